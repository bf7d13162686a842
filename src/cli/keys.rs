//! Keys as the command line takes them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::input::event::{Input, character};

/// Keys that are no characters.
const NAMED: [(&str, KeyCode); 12] = [
    ("<Enter>", KeyCode::Enter),
    ("<Esc>", KeyCode::Esc),
    ("<Tab>", KeyCode::Tab),
    ("<Backspace>", KeyCode::Backspace),
    ("<Up>", KeyCode::Up),
    ("<Down>", KeyCode::Down),
    ("<Left>", KeyCode::Left),
    ("<Right>", KeyCode::Right),
    ("<PageUp>", KeyCode::PageUp),
    ("<PageDown>", KeyCode::PageDown),
    ("<Home>", KeyCode::Home),
    ("<End>", KeyCode::End),
];

/// Keys that are pressed one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys(pub(crate) Vec<KeyEvent>);

/// Each character is a key, and each name one: `3<Enter>`.
pub(crate) fn keys(text: &str) -> Result<Keys, String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let named = NAMED.iter().find(|(name, _)| rest.starts_with(name));
        if let (None, Some(unknown)) = (named, name_of(rest)) {
            let names = NAMED.map(|(name, _)| name).join(", ");
            return Err(format!("there is no key {unknown}; there are {names}"));
        }
        let (key, length) = match named {
            Some((name, code)) => (KeyEvent::new(*code, KeyModifiers::NONE), name.len()),
            None if next.is_control() => {
                return Err("a key that is no character has a name: <Enter>, <Esc>, <Tab>".into());
            }
            None => match character(next) {
                Input::Key(key) => (key, next.len_utf8()),
                _ => continue,
            },
        };
        keys.push(key);
        rest = &rest[length..];
    }
    Ok(Keys(keys))
}

/// The name in front, whether or not a key has it.
fn name_of(text: &str) -> Option<&str> {
    let (word, _) = text.strip_prefix('<')?.split_once('>')?;
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| &text[..word.len() + 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_names() {
        let Keys(keys) = keys("3<Enter>S<>>").unwrap();
        let codes: Vec<KeyCode> = keys.iter().map(|key| key.code).collect();
        let characters = ['S', '<', '>', '>'].map(KeyCode::Char);
        assert_eq!(codes[..2], [KeyCode::Char('3'), KeyCode::Enter]);
        assert_eq!(codes[2..], characters);
        assert_eq!(keys[2].modifiers, KeyModifiers::SHIFT);
        assert!(super::keys("a\n").unwrap_err().contains("<Enter>"));
        for unknown in ["<Foo>", "<enter>", "3<F1>", "<x>"] {
            let error = super::keys(unknown).unwrap_err();
            assert!(
                error.contains("there is no key <") && error.contains("<PageUp>"),
                "{error}"
            );
        }
    }
}
