//! What comes of bytes, however they were read.

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
fn the_rest_of_a_paste_is_no_key_after_any_pause_but_control_c_is() {
    let pieces = [&b"\x1b[200~quit\rw"[..], b"qS", b"x\x03q", b"\x1b[201~q"];
    let found = with_pauses(&pieces, Duration::from_secs(3600));
    assert_eq!(
        found,
        [Input::Paste("quit\rwqSx\x03q".into()), character('q')]
    );
    // Its end was lost on the way.
    let quit = key(KeyCode::Char('c'), KeyModifiers::CONTROL);
    let pieces = [&b"\x1b[200~quit\rw"[..], b"\x03", b"q"];
    let found = with_pauses(&pieces, QUIET_IN_PASTE);
    assert_eq!(found, [quit, character('q')]);
    let at_once = with_pauses(&pieces, Duration::from_millis(10));
    assert_eq!(at_once, []);
}

#[test]
fn who_has_typed_the_beginning_of_a_reply_is_not_locked_out() {
    let q = character('q');
    for (beginning, typed) in [
        (&b"\x1b["[..], '['),
        (b"\x1b]", ']'),
        (b"\x1bP", 'P'),
        (b"\x1b_", '_'),
        (b"\x1bO", 'O'),
    ] {
        let keys = [escape_key(), character(typed), q.clone()];
        let found = with_pauses(&[beginning, b"q"], Duration::from_secs(1));
        assert_eq!(found, keys);
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
    let cases: [(&[u8], KeyCode, KeyModifiers); 23] = [
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
fn escape_and_a_key_are_two_keys_however_they_are_read() {
    let control_c = key(KeyCode::Char('c'), KeyModifiers::CONTROL);
    for (bytes, typed) in [
        ("\x1bL", character('L')),
        ("\x1b,", character(',')),
        ("\x1bü", character('ü')),
        ("\x1b\x03", control_c),
        ("\x1b\x1b", escape_key()),
    ] {
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.as_bytes().split_at(at);
            let found = decoded(&[head, tail]);
            assert_eq!(found, [escape_key(), typed.clone()], "{bytes:?} at {at}");
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
