//! Keys as they are written: in settings, and on the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_width::UnicodeWidthChar;

/// A key that is pressed, with Ctrl or without.
pub(crate) type Key = (KeyCode, KeyModifiers);

/// Keys that are no characters: as settings have them, and as the screen does.
pub(crate) const NAMED: [(&str, &str, KeyCode); 16] = [
    ("Enter", "Enter", KeyCode::Enter),
    ("Esc", "Esc", KeyCode::Esc),
    ("Tab", "Tab", KeyCode::Tab),
    ("Shift-Tab", "Shift-Tab", KeyCode::BackTab),
    ("Backspace", "Backspace", KeyCode::Backspace),
    ("Space", "space", KeyCode::Char(' ')),
    ("Up", "↑", KeyCode::Up),
    ("Down", "↓", KeyCode::Down),
    ("Left", "←", KeyCode::Left),
    ("Right", "→", KeyCode::Right),
    ("PageUp", "PgUp", KeyCode::PageUp),
    ("PageDown", "PgDn", KeyCode::PageDown),
    ("Home", "Home", KeyCode::Home),
    ("End", "End", KeyCode::End),
    ("Insert", "Insert", KeyCode::Insert),
    ("Delete", "Delete", KeyCode::Delete),
];

/// The function keys there are.
const FUNCTION_KEYS: std::ops::RangeInclusive<u8> = 1..=12;

const CTRL: &str = "Ctrl-";

/// Ctrl-C quits, whatever settings say.
pub(crate) const CTRL_C: Key = (KeyCode::Char('c'), KeyModifiers::CONTROL);

/// The key of an event: Shift is part of a character already.
pub(crate) fn key_of(event: &KeyEvent) -> Key {
    let modifiers = match event.code {
        KeyCode::Char(_) | KeyCode::BackTab => event.modifiers - KeyModifiers::SHIFT,
        _ => event.modifiers,
    };
    (event.code, modifiers)
}

/// A key as settings write it: `q`, `Ctrl-O`, `PageUp`.
pub(crate) fn written(key: Key) -> String {
    let named = NAMED.iter().find(|(.., code)| *code == key.0);
    spelled(key, named.map(|(name, ..)| *name))
}

/// The same as the screen shows it.
pub(crate) fn shown(key: Key) -> String {
    let named = NAMED.iter().find(|(.., code)| *code == key.0);
    spelled(key, named.map(|(_, shown, _)| *shown))
}

fn spelled((code, modifiers): Key, name: Option<&str>) -> String {
    let has_ctrl = modifiers.contains(KeyModifiers::CONTROL);
    let name = match (name, code) {
        (Some(name), _) => name.to_owned(),
        (None, KeyCode::F(number)) => format!("F{number}"),
        (None, KeyCode::Char(letter)) if has_ctrl => letter.to_uppercase().to_string(),
        (None, KeyCode::Char(letter)) => letter.to_string(),
        (None, code) => format!("{code:?}"),
    };
    format!("{}{name}", if has_ctrl { CTRL } else { "" })
}

/// Reads a key as settings write it.
///
/// # Errors
/// What is wrong with it: there is no such key, or no terminal sends it as one.
pub(crate) fn parse(text: &str) -> Result<Key, String> {
    if let Some(rest) = text.strip_prefix(CTRL) {
        return with_ctrl(text, rest);
    }
    if let Some((.., code)) = NAMED.iter().find(|(name, ..)| *name == text) {
        return Ok((*code, KeyModifiers::NONE));
    }
    let number = text.strip_prefix('F').and_then(|text| text.parse().ok());
    if let Some(number) = number.filter(|number| FUNCTION_KEYS.contains(number)) {
        return Ok((KeyCode::F(number), KeyModifiers::NONE));
    }
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) if one.width().is_some_and(|width| width > 0) && !one.is_whitespace() => {
            Ok((KeyCode::Char(one), KeyModifiers::NONE))
        }
        _ => {
            let names = NAMED.map(|(name, ..)| name).join(", ");
            Err(format!(
                "there is no key {text:?}; there are single characters, Ctrl-A to Ctrl-Z, F1 to \
                 F12, {names}"
            ))
        }
    }
}

/// With Ctrl a terminal sends letters and the space as keys of their own, and no others.
fn with_ctrl(text: &str, rest: &str) -> Result<Key, String> {
    let letter = match rest.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => char::from(letter.to_ascii_lowercase()),
        _ if rest == "Space" => ' ',
        _ => {
            return Err(format!(
                "{text:?} cannot be typed: with Ctrl terminals send letters and Space alone"
            ));
        }
    };
    let same = match letter {
        'i' => "Tab",
        'm' => "Enter",
        _ => return Ok((KeyCode::Char(letter), KeyModifiers::CONTROL)),
    };
    Err(format!(
        "{text:?} cannot be typed: terminals send {same} for it; write that"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "q",
            "Q",
            "?",
            "ü",
            "漢",
            "Enter",
            "Space",
            "Shift-Tab",
            "PageDown",
            "F1",
            "F12",
            "Ctrl-O",
            "Ctrl-Space",
            "-",
            "Ctrl-Z",
        ] {
            assert_eq!(written(parse(text).unwrap()), text);
        }
        assert_eq!(parse("Ctrl-o"), parse("Ctrl-O"));
        assert_eq!(shown(parse("PageUp").unwrap()), "PgUp");
        assert_eq!(shown(parse("Ctrl-Space").unwrap()), "Ctrl-space");
    }

    #[test]
    fn what_no_terminal_sends_is_no_key() {
        for (text, says) in [
            ("", "there is no key"),
            ("qq", "PageUp"),
            (" ", "Space"),
            ("\u{301}", "there is no key"),
            ("\t", "there is no key"),
            ("enter", "Enter"),
            ("F13", "F1 to F12"),
            ("F0", "F1 to F12"),
            ("Alt-x", "there is no key"),
            ("Ctrl-1", "cannot be typed"),
            ("Ctrl-Left", "cannot be typed"),
            ("Ctrl-", "cannot be typed"),
            ("Ctrl-I", "terminals send Tab"),
            ("Ctrl-m", "terminals send Enter"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
            assert_eq!(error.lines().count(), 1);
        }
    }
}
