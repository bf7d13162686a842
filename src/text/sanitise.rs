//! Text from a target, made safe for a terminal and a report.
//!
//! A mapped file's name is whatever someone called the file: it may hold
//! escape sequences that move the cursor, characters that turn the writing
//! direction round, or bytes that are no UTF-8 at all.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Shows `bytes` as text in which nothing can act on a terminal: control
/// characters (C0 with ESC and newline, DEL, C1), line and paragraph
/// separators, characters that are invisible or steer the writing direction,
/// and bytes that are not UTF-8 become `\xNN`, one for each byte.
///
/// All else is left as it is, the backslash too: the kernel's own `\012` stays
/// readable. So this is for showing, not for getting the bytes back.
pub(crate) fn sanitise(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(is_hostile)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for piece in bytes.utf8_chunks() {
        for character in piece.valid().chars() {
            if is_hostile(character) {
                escape(&mut out, character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                out.push(character);
            }
        }
        escape(&mut out, piece.invalid());
    }
    Cow::Owned(out)
}

/// [`sanitise`], cut to about `limit` bytes of the original with `…` where
/// something is missing: for quoting in a one-line error.
pub(crate) fn sanitise_cut(bytes: &[u8], limit: usize) -> Cow<'_, str> {
    match bytes.get(..limit) {
        Some(head) if head.len() < bytes.len() => {
            let mut out = sanitise(head).into_owned();
            out.push('…');
            Cow::Owned(out)
        }
        _ => sanitise(bytes),
    }
}

/// [`sanitise`], on one line.
pub(crate) fn one_line(text: &str) -> String {
    sanitise(text.replace('\n', " ").as_bytes()).into_owned()
}

/// [`sanitise`] of text of several lines that may have colours: newlines stay, and the
/// sequences that set colours and bold (SGR), which act on nothing else.
pub(crate) fn sanitise_styled(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr2(b'\n', ESCAPE, rest) {
        out.push_str(&sanitise(&rest[..at]));
        let kept = match rest[at] {
            ESCAPE => style_length(&rest[at..]),
            _ => 1,
        };
        match std::str::from_utf8(&rest[at..at + kept]) {
            Ok(kept) if !kept.is_empty() => out.push_str(kept),
            _ => escape(&mut out, &rest[at..=at]),
        }
        rest = &rest[at + kept.max(1)..];
    }
    out.push_str(&sanitise(rest));
    out
}

const ESCAPE: u8 = 0x1b;

/// The length of the sequence that begins here, if it sets colours or bold; else 0.
fn style_length(bytes: &[u8]) -> usize {
    let Some(parameters) = bytes.strip_prefix(b"\x1b[") else {
        return 0;
    };
    let is_parameter = |byte: &u8| byte.is_ascii_digit() || *byte == b';';
    let length = parameters
        .iter()
        .take_while(|byte| is_parameter(byte))
        .count();
    match parameters.get(length) {
        Some(b'm') => length + 3,
        _ => 0,
    }
}

fn escape(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\x{byte:02x}");
    }
}

/// Control characters, and Unicode's format characters (category Cf), the
/// separators of lines and paragraphs, fillers and variation selectors.
fn is_hostile(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control()
        || matches!(u32::from(character),
            0x00ad | 0x034f | 0x0600..=0x0605 | 0x061c | 0x06dd | 0x070f
            | 0x0890..=0x0891 | 0x08e2 | 0x115f..=0x1160 | 0x17b4..=0x17b5
            | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202e
            | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
            | 0xfff0..=0xfffb | 0xfffe..=0xffff | 0x110bd | 0x110cd
            | 0x13430..=0x1343f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    #[test]
    fn of_styled_text_newlines_and_colours_stay() {
        let text = "a\n\x1b[1mb\x1b[0;31m\n";
        assert_eq!(super::sanitise_styled(text.as_bytes()), text);
        for (hostile, shown) in [
            (&b"\x1b[2Jx"[..], "\\x1b[2Jx"),
            (b"\x1b", "\\x1b"),
            (b"\x1b[", "\\x1b["),
            (b"\x1b[1;m\x1b]0;t\x07", "\x1b[1;m\\x1b]0;t\\x07"),
            (b"\xff\n\r", "\\xff\n\\x0d"),
            ("\u{202e}".as_bytes(), "\\xe2\\x80\\xae"),
        ] {
            assert_eq!(super::sanitise_styled(hostile), shown);
        }
    }

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_is_shown_as_bytes() {
        for (bytes, shown) in [
            (&b"/usr/lib/libc.so.6"[..], "/usr/lib/libc.so.6"),
            (
                "/home/j\u{fc}rgen/\u{65e5}\u{672c}".as_bytes(),
                "/home/jürgen/日本",
            ),
            (b"a\x1b[2Jb", "a\\x1b[2Jb"),
            (b"a\nb\r\t\x00\x7f", "a\\x0ab\\x0d\\x09\\x00\\x7f"),
            ("\u{9b}31m".as_bytes(), "\\xc2\\x9b31m"),
            (
                "a\u{202e}b\u{200b}c".as_bytes(),
                "a\\xe2\\x80\\xaeb\\xe2\\x80\\x8bc",
            ),
            (b"\xff\xfea\xc3", "\\xff\\xfea\\xc3"),
            (b"a\\012b", "a\\012b"),
            (
                "\u{feff}\u{e0041}".as_bytes(),
                "\\xef\\xbb\\xbf\\xf3\\xa0\\x81\\x81",
            ),
        ] {
            assert_eq!(sanitise(bytes), shown);
        }
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(sanitise(b"[heap]"), Cow::Borrowed("[heap]")));
    }

    #[test]
    fn a_cut_is_marked_and_splits_no_character() {
        assert_eq!(sanitise_cut(b"abcdef", 3), "abc…");
        assert_eq!(sanitise_cut(b"abc", 3), "abc");
        assert_eq!(sanitise_cut("aü".as_bytes(), 2), "a\\xc3…");
    }

    proptest! {
        #[test]
        fn nothing_hostile_comes_through(bytes: Vec<u8>, text: String) {
            for input in [&bytes[..], text.as_bytes()] {
                prop_assert!(!sanitise(input).chars().any(is_hostile));
            }
        }
    }
}
