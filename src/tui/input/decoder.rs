//! Bytes from the terminal, taken apart whatever way they were read.
//!
//! What has begun ends by itself, or after a pause, and what follows is keys: a
//! terminal may break off, and somebody may have typed the beginning. How long the
//! pauses are is a choice: [`ESCAPE`], [`WITH_ALT`], [`REPLY`]. Only a paste waits
//! for its end without limit, since its rest, taken for keys, could quit or write
//! files; a Ctrl-C after a pause ([`QUIET_IN_PASTE`]) is the way out of one that has
//! lost its end.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyModifiers};

use super::event::{Input, character, key};
use super::sequences::{Sequence, control_sequence, single_shift};
use crate::tui::theme::Background;

/// How long `ESC` waits to be the beginning of something: then it is the key.
const ESCAPE: Duration = Duration::from_millis(50);

/// The same of `ESC [` or `ESC ]` with nothing behind it: then somebody has typed it,
/// and both are keys. No terminal is known to pause for so long just there.
const WITH_ALT: Duration = Duration::from_secs(1);

/// How long a reply may take from its beginning to its end, over a slow line: who
/// has typed what looks like one, and goes on, is not locked out for ever.
const REPLY: Duration = Duration::from_secs(5);

/// How long nothing has come of a paste when a Ctrl-C that comes alone is a key: by
/// then somebody waits for something to happen. Terminals paste no such character,
/// most of them.
const QUIET_IN_PASTE: Duration = Duration::from_secs(1);

/// Ctrl-C.
const INTERRUPT: &[u8] = b"\x03";

/// Bytes kept of a paste: a prompt takes its first line.
const PASTE: usize = 4096;

/// Bytes of a control sequence: no key has so many.
const SEQUENCE: usize = 32;

const END_OF_PASTE: &[u8] = b"\x1b[201~";

/// Where in the stream of bytes it is (ECMA-48, and what terminals added).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    /// `ESC [`.
    Control,
    /// `ESC O`.
    SingleShift,
    /// DCS, OSC, APC, PM or SOS, to its end: a reply.
    Reply,
    /// `ESC` in one: its end, if `\` follows.
    ReplyEscape,
    /// A character of several bytes.
    Character,
    /// Coordinates of the mouse in the oldest form, which is not asked for.
    OldMouse(u8),
    Paste,
}

#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    state: State,
    /// What belongs to the state so far.
    bytes: Vec<u8>,
    /// When the latest bytes came, and those with which this sequence began.
    last: Instant,
    began: Instant,
}

impl Decoder {
    pub(crate) fn new(now: Instant) -> Self {
        Decoder {
            state: State::Ground,
            bytes: Vec::new(),
            last: now,
            began: now,
        }
    }

    /// Takes bytes in that were read now.
    pub(crate) fn feed(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Input>) {
        let quiet = now.saturating_duration_since(self.last);
        self.last = now;
        if self.state == State::Paste && bytes == INTERRUPT && quiet >= QUIET_IN_PASTE {
            self.rest();
        }
        let has_limit = !matches!(self.state, State::Ground | State::Escape | State::Paste);
        if has_limit && now >= self.began + REPLY {
            out.extend(self.rest());
        }
        for &byte in bytes {
            let found = self.byte(byte, out);
            out.extend(found);
        }
    }

    /// Until when more bytes are waited for before [`rest`](Self::rest); none: for
    /// ever.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        // A reply's bytes are those behind `ESC`.
        let introducer = usize::from(matches!(self.state, State::Reply | State::ReplyEscape));
        Some(match self.state {
            State::Ground | State::Paste => return None,
            State::Escape => self.last + ESCAPE,
            State::Control | State::Reply | State::ReplyEscape if self.bytes.len() > introducer => {
                self.began + REPLY
            }
            _ => self.began + WITH_ALT,
        })
    }

    /// Nothing came: a lone `ESC` is a key, and so is what follows it alone; the rest
    /// of all else is lost.
    pub(crate) fn rest(&mut self) -> Vec<Input> {
        let was = std::mem::take(&mut self.state);
        let bytes = std::mem::take(&mut self.bytes);
        let typed = match (was, &bytes[..]) {
            (State::Escape, _) => None,
            (State::Control, []) => Some(b'['),
            (State::SingleShift, _) => Some(b'O'),
            (State::Reply, [introducer]) => Some(*introducer),
            _ => return Vec::new(),
        };
        let typed = typed.map(|byte| character(char::from(byte)));
        std::iter::once(escape_key()).chain(typed).collect()
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<Input>) -> Option<Input> {
        match self.state {
            State::Ground => self.ground(byte),
            State::Escape => self.escape(byte, out),
            State::Control => self.control(byte),
            State::SingleShift => {
                self.state = State::Ground;
                single_shift(byte).map(Input::Key)
            }
            State::Reply | State::ReplyEscape => self.reply(byte, out),
            State::Character => self.character(byte),
            State::OldMouse(left) => {
                self.state = match left {
                    0 | 1 => State::Ground,
                    left => State::OldMouse(left - 1),
                };
                None
            }
            State::Paste => self.paste(byte),
        }
    }

    fn ground(&mut self, byte: u8) -> Option<Input> {
        const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
        Some(match byte {
            0x1b => {
                self.state = State::Escape;
                self.began = self.last;
                return None;
            }
            b'\r' => key(KeyCode::Enter, KeyModifiers::NONE),
            b'\t' => key(KeyCode::Tab, KeyModifiers::NONE),
            0x7f => key(KeyCode::Backspace, KeyModifiers::NONE),
            0 => key(KeyCode::Char(' '), CONTROL),
            1..=0x1a => key(KeyCode::Char(char::from(byte - 1 + b'a')), CONTROL),
            0x1c..=0x1f => key(KeyCode::Char(char::from(byte - 0x1c + b'4')), CONTROL),
            0x20..=0x7e => character(char::from(byte)),
            _ => {
                self.state = State::Character;
                self.began = self.last;
                self.bytes = vec![byte];
                return None;
            }
        })
    }

    /// A key behind `ESC` is one with Alt, or one pressed after Esc that was not read
    /// before: no key has another meaning with Alt, so it is taken for both keys.
    fn escape(&mut self, byte: u8, out: &mut Vec<Input>) -> Option<Input> {
        self.bytes.clear();
        self.began = self.last;
        self.state = match byte {
            0x1b => return Some(escape_key()),
            b'[' => State::Control,
            b'O' => State::SingleShift,
            b'P' | b']' | b'_' | b'^' | b'X' => State::Reply,
            _ => State::Ground,
        };
        if self.state == State::Reply {
            self.bytes.push(byte);
        }
        // The end of a reply whose beginning came too long ago is no key.
        if self.state != State::Ground || byte == b'\\' {
            return None;
        }
        out.push(escape_key());
        self.ground(byte)
    }

    fn control(&mut self, byte: u8) -> Option<Input> {
        let of_the_console = self.bytes == b"[";
        match byte {
            b'[' if self.bytes.is_empty() => {
                self.bytes.push(byte);
                return None;
            }
            0x20..=0x3f if !of_the_console => {
                if self.bytes.len() < SEQUENCE {
                    self.bytes.push(byte);
                }
                return None;
            }
            0x40..=0x7e => {}
            _ => {
                self.state = State::Ground;
                return self.ground(byte);
            }
        }
        let parameters = std::mem::take(&mut self.bytes);
        self.state = State::Ground;
        match control_sequence(&parameters, byte)? {
            Sequence::Input(input) => return Some(input),
            Sequence::OldMouse => self.state = State::OldMouse(3),
            Sequence::Paste => self.state = State::Paste,
        }
        None
    }

    fn reply(&mut self, byte: u8, out: &mut Vec<Input>) -> Option<Input> {
        if self.state == State::ReplyEscape {
            self.state = State::Ground;
            return match byte {
                b'\\' => self.background(),
                _ => self.escape(byte, out),
            };
        }
        if byte == 0x07 {
            self.state = State::Ground;
            return self.background();
        }
        self.state = match byte {
            0x1b => State::ReplyEscape,
            // CAN and SUB end it.
            0x18 | 0x1a => State::Ground,
            // No reply has other control characters: somebody pressed Ctrl-C.
            0..0x20 => {
                self.state = State::Ground;
                return self.ground(byte);
            }
            _ => State::Reply,
        };
        if self.bytes.len() < SEQUENCE {
            self.bytes.push(byte);
        }
        None
    }

    /// What a reply that has ended says, if it is the one that is asked for
    /// (OSC 11).
    fn background(&mut self) -> Option<Input> {
        let reply = std::mem::take(&mut self.bytes);
        let color = reply.strip_prefix(b"]11;")?;
        // The byte that ended it may be there too.
        let color = std::str::from_utf8(color).ok()?.trim_end_matches('\x1b');
        Background::of_reply(color).map(Input::Background)
    }

    fn character(&mut self, byte: u8) -> Option<Input> {
        if byte & 0xc0 != 0x80 {
            self.state = State::Ground;
            return self.ground(byte);
        }
        self.bytes.push(byte);
        let text = std::str::from_utf8(&self.bytes).ok();
        let found = text.and_then(|text| text.chars().next());
        if found.is_some() || self.bytes.len() == 4 {
            self.state = State::Ground;
        }
        found.map(character)
    }

    fn paste(&mut self, byte: u8) -> Option<Input> {
        self.bytes.push(byte);
        if let Some(text) = self.bytes.strip_suffix(END_OF_PASTE) {
            let text = String::from_utf8_lossy(text).into_owned();
            self.state = State::Ground;
            return Some(Input::Paste(text));
        }
        if self.bytes.len() > 2 * PASTE {
            self.bytes
                .drain(PASTE..self.bytes.len() - END_OF_PASTE.len());
        }
        None
    }
}

fn escape_key() -> Input {
    key(KeyCode::Esc, KeyModifiers::NONE)
}

#[cfg(test)]
#[path = "decoder_tests.rs"]
mod tests;
