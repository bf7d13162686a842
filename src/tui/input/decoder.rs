//! Bytes from the terminal, taken apart whatever way they were read.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};

use super::event::{Input, character, key};
use super::sequences::{Sequence, control_sequence, single_shift};
use crate::tui::theme::Background;

/// How long `ESC` waits to be the beginning of something: then it is the key.
const ESCAPE: Duration = Duration::from_millis(50);

/// How long the rest of a reply or a paste is waited for.
const REST: Duration = Duration::from_millis(500);

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

#[derive(Clone, Debug, Default)]
pub(crate) struct Decoder {
    state: State,
    /// What belongs to the state so far.
    bytes: Vec<u8>,
}

impl Decoder {
    /// Takes bytes in as they were read.
    pub(crate) fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for &byte in bytes {
            out.extend(self.byte(byte));
        }
    }

    /// How long more bytes are waited for before [`rest`](Self::rest); none:
    /// nothing has begun.
    pub(crate) fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Escape => Some(ESCAPE),
            _ => Some(REST),
        }
    }

    /// Nothing came: a lone `ESC` is a key, the rest of all else is lost.
    pub(crate) fn rest(&mut self) -> Option<Input> {
        let was = std::mem::take(&mut self.state);
        self.bytes.clear();
        (was == State::Escape).then(|| key(KeyCode::Esc, KeyModifiers::NONE))
    }

    fn byte(&mut self, byte: u8) -> Option<Input> {
        match self.state {
            State::Ground => self.ground(byte),
            State::Escape => self.escape(byte),
            State::Control => self.control(byte),
            State::SingleShift => {
                self.state = State::Ground;
                single_shift(byte).map(Input::Key)
            }
            State::Reply | State::ReplyEscape => self.reply(byte),
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
                self.bytes = vec![byte];
                return None;
            }
        })
    }

    fn escape(&mut self, byte: u8) -> Option<Input> {
        self.bytes.clear();
        self.state = match byte {
            0x1b => return Some(key(KeyCode::Esc, KeyModifiers::NONE)),
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
        match self.ground(byte)? {
            Input::Key(mut event) => {
                event.modifiers |= KeyModifiers::ALT;
                Some(Input::Key(event))
            }
            other => Some(other),
        }
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

    fn reply(&mut self, byte: u8) -> Option<Input> {
        if self.state == State::ReplyEscape {
            self.state = State::Ground;
            return match byte {
                b'\\' => self.background(),
                _ => self.escape(byte),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What comes of bytes that are read in these pieces, with nothing behind.
    fn decoded(pieces: &[&[u8]]) -> Vec<Input> {
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        for piece in pieces {
            decoder.feed(piece, &mut out);
        }
        out.extend(decoder.rest());
        out
    }

    const REPLIES: [&[u8]; 17] = [
        b"\x1b]11;rgb:ffff/ffff/ffff\x07",
        b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
        b"\x1b]52;c;cXVpdAo=\x1b\\",
        b"\x1bP>|XTerm(378)\x1b\\",
        b"\x1bP1$r0m\x1b\\",
        b"\x1b_Gi=31;OK\x1b\\",
        b"\x1b^q\x1b\\",
        b"\x1bXq\x1b\\",
        b"\x1b[?64;1;2c",
        b"\x1b[>41;354;0c",
        b"\x1b[?2026;2$y",
        b"\x1b[12;5R",
        b"\x1b[8;24;80t",
        b"\x1b[0n",
        b"\x1b[?1u",
        b"\x1b[I",
        b"\x1b[M !!",
    ];

    #[test]
    fn a_reply_is_no_key_however_it_is_read() {
        let q = character('q');
        for reply in REPLIES {
            for at in 0..=reply.len() {
                let (head, tail) = reply.split_at(at);
                let shown = String::from_utf8_lossy(reply);
                let mut found = decoded(&[head, tail, b"q"]);
                found.retain(|input| !matches!(input, Input::Background(_)));
                assert_eq!(found, std::slice::from_ref(&q), "{shown} at {at}");
            }
        }
        // One that never ends, and who wants to leave.
        let quit = key(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(decoded(&[b"\x1b]11;rgb:", b"\x03"]), [quit]);
    }

    #[test]
    fn the_background_is_taken_from_its_reply() {
        for (reply, background) in [
            (&b"\x1b]11;rgb:ffff/ffff/ffff\x07"[..], Background::Light),
            (b"\x1b]11;rgb:0/0/0\x1b\\", Background::Dark),
        ] {
            for at in 0..=reply.len() {
                let (head, tail) = reply.split_at(at);
                assert_eq!(decoded(&[head, tail]), [Input::Background(background)]);
            }
        }
    }

    #[test]
    fn keys_are_what_they_were() {
        use KeyCode::{BackTab, Backspace, Char, Down, Enter, Esc, F, Home, PageUp, Tab, Up};
        const NO: KeyModifiers = KeyModifiers::NONE;
        const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
        const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
        let cases: [(&[u8], KeyCode, KeyModifiers); 24] = [
            (b"q", Char('q'), NO),
            (b"Q", Char('Q'), SHIFT),
            ("ü".as_bytes(), Char('ü'), NO),
            ("日".as_bytes(), Char('日'), NO),
            (b"\r", Enter, NO),
            (b"\t", Tab, NO),
            (b"\x7f", Backspace, NO),
            (b"\x03", Char('c'), CONTROL),
            (b"\x0c", Char('l'), CONTROL),
            (b"\x1c", Char('4'), CONTROL),
            (b"\x1b", Esc, NO),
            (b"\x1bx", Char('x'), KeyModifiers::ALT),
            (b"\x1b[A", Up, NO),
            (b"\x1bOB", Down, NO),
            (b"\x1b[1;5A", Up, CONTROL),
            (b"\x1b[H", Home, NO),
            (b"\x1b[1~", Home, NO),
            (b"\x1b[5~", PageUp, NO),
            (b"\x1bOP", F(1), NO),
            (b"\x1b[11~", F(1), NO),
            (b"\x1b[[A", F(1), NO),
            (b"\x1b[Z", BackTab, SHIFT),
            (b"\x1b[27;5;99~", Char('c'), CONTROL),
            (b"\x1b[99;5u", Char('c'), CONTROL),
        ];
        for (bytes, code, modifiers) in cases {
            for at in 0..=bytes.len() {
                let (head, tail) = bytes.split_at(at);
                let shown = String::from_utf8_lossy(bytes);
                assert_eq!(decoded(&[head, tail]), [key(code, modifiers)], "{shown:?}");
            }
        }
    }

    #[test]
    fn the_mouse_and_pastes() {
        let wheel = decoded(&[b"\x1b[<64;3;4M\x1b[<65;3;4M"]);
        assert_eq!(wheel, [Input::Wheel(-1), Input::Wheel(1)]);
        // Pressed, released, moved, another button.
        let clicks = decoded(&[b"\x1b[<0;3;4M\x1b[<0;3;4m\x1b[<32;3;4M\x1b[<2;3;4M"]);
        assert_eq!(clicks, [Input::Click(2, 3)]);
        let paste = |text: &str| Input::Paste(text.into());
        let both = decoded(&[b"\x1b[200~quit\rw\x1b[2", b"J\x1b[201", b"~x"]);
        assert_eq!(both, [paste("quit\rw\x1b[2J"), character('x')]);
        let long = [&b"\x1b[200~"[..], &[b'w'; 100_000], END_OF_PASTE, b"q"].concat();
        let found = decoded(&[&long]);
        assert!(
            matches!(&found[..], [Input::Paste(text), q] if text.len() < 9000
            && *q == character('q'))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_and_quit_still_quits(bytes: Vec<u8>) {
            let (mut decoder, mut out) = (Decoder::default(), Vec::new());
            decoder.feed(&bytes, &mut out);
            decoder.rest();
            out.clear();
            decoder.feed(b"q", &mut out);
            prop_assert_eq!(out, [character('q')]);
        }
    }
}
