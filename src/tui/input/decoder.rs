//! Bytes from the terminal, taken apart whatever way they were read.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyModifiers};

use super::event::{Input, character, key};
use super::sequences::{Sequence, control_sequence, single_shift};
use crate::tui::theme::Background;

/// How long `ESC` waits to be the beginning of something: then it is the key.
const ESCAPE: Duration = Duration::from_millis(50);

/// The same of `ESC [` or `ESC ]` with nothing behind it: somebody may have typed
/// it, with Alt, and the next key is one. No terminal is known to pause for so long
/// just there.
const WITH_ALT: Duration = Duration::from_secs(1);

/// How long a reply may take from its beginning to its end, over a slow line: who
/// has typed what looks like one, and goes on, is not locked out for ever.
const REPLY: Duration = Duration::from_secs(5);

/// How long the rest of a paste is waited for since something of it came. Nobody
/// types its beginning.
const PAUSE_IN_PASTE: Duration = Duration::from_secs(5);

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
        self.last = now;
        let has_limit = !matches!(self.state, State::Ground | State::Escape | State::Paste);
        if has_limit && now >= self.began + REPLY {
            out.extend(self.rest());
        }
        for &byte in bytes {
            out.extend(self.byte(byte));
        }
    }

    /// Until when more bytes are waited for before [`rest`](Self::rest); none:
    /// nothing has begun.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        // A reply's bytes are those behind `ESC`.
        let introducer = usize::from(matches!(self.state, State::Reply | State::ReplyEscape));
        Some(match self.state {
            State::Ground => return None,
            State::Escape => self.last + ESCAPE,
            State::Paste => self.last + PAUSE_IN_PASTE,
            State::Control | State::Reply | State::ReplyEscape if self.bytes.len() > introducer => {
                self.began + REPLY
            }
            _ => self.began + WITH_ALT,
        })
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

    fn escape(&mut self, byte: u8) -> Option<Input> {
        self.bytes.clear();
        self.began = self.last;
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
        with_pauses(pieces, Duration::ZERO)
    }

    /// The same with so much time after each piece.
    fn with_pauses(pieces: &[&[u8]], pause: Duration) -> Vec<Input> {
        let mut now = Instant::now();
        let (mut decoder, mut out) = (Decoder::new(now), Vec::new());
        for piece in pieces {
            decoder.feed(piece, now, &mut out);
            now += pause;
            if decoder.deadline().is_some_and(|deadline| now >= deadline) {
                out.extend(decoder.rest());
            }
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
    fn what_has_begun_belongs_together_in_spite_of_a_pause() {
        let paste = &b"\x1b[200~quit\rw\x1b[201~"[..];
        for text in REPLIES.into_iter().chain([paste]) {
            for at in 2..text.len() {
                let (head, tail) = text.split_at(at);
                // The old form of the mouse comes as one, and is not asked for.
                let is_long = at > 2 && !text.starts_with(b"\x1b[M");
                let pause = Duration::from_millis(if is_long { 4900 } else { 900 });
                let found = with_pauses(&[head, tail], pause);
                let shown = String::from_utf8_lossy(text);
                let is_key = |input: &Input| matches!(input, Input::Key(_));
                assert!(!found.iter().any(is_key), "{shown} at {at}: {found:?}");
            }
        }
    }

    #[test]
    fn who_has_typed_the_beginning_of_a_reply_is_not_locked_out() {
        let q = [character('q')];
        for beginning in [&b"\x1b["[..], b"\x1b]", b"\x1bP", b"\x1b_", b"\x1bO"] {
            assert_eq!(with_pauses(&[beginning, b"q"], Duration::from_secs(1)), q);
        }
        // Who types on does not wait for the end of each pause.
        let typed = [&b"\x1b]"[..]].into_iter().chain([&b"q"[..]; 10]);
        let typed: Vec<&[u8]> = typed.collect();
        let found = with_pauses(&typed, Duration::from_millis(600));
        assert_eq!(found, [character('q'), character('q')]);
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
            let now = Instant::now();
            let (mut decoder, mut out) = (Decoder::new(now), Vec::new());
            decoder.feed(&bytes, now, &mut out);
            decoder.rest();
            out.clear();
            decoder.feed(b"q", now, &mut out);
            prop_assert_eq!(out, [character('q')]);
        }
    }
}
