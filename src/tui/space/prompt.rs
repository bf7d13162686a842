//! Text that is typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Characters that can be typed.
const MOST: usize = 120;

/// What it is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Which lines are shown.
    Filter,
    /// An address to go to.
    Address,
}

/// A line that is being typed; one types at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    pub purpose: Purpose,
    pub text: String,
    /// What there was before, for Esc.
    pub before: String,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// The text may have changed.
    Edited,
    /// Enter.
    Accepted,
    /// Esc, or Backspace in an empty line.
    Cancelled,
    /// This key types nothing.
    Other,
}

impl Prompt {
    /// Asks for text, with something to begin with.
    #[must_use]
    pub(crate) fn new(purpose: Purpose, text: &str) -> Self {
        Prompt {
            purpose,
            text: text.to_owned(),
            before: text.to_owned(),
        }
    }

    pub(crate) fn key(&mut self, key: &KeyEvent) -> Typed {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Typed::Accepted,
            KeyCode::Esc => return Typed::Cancelled,
            KeyCode::Backspace if control => self.text.clear(),
            KeyCode::Backspace if self.text.pop().is_none() => return Typed::Cancelled,
            KeyCode::Backspace => {}
            KeyCode::Char('u') if control => self.text.clear(),
            KeyCode::Char('w') if control => {
                let kept = self.text.trim_end();
                let end = kept.rfind(' ').map_or(0, |space| space + 1);
                self.text.truncate(end);
            }
            KeyCode::Char(character)
                if !control && !character.is_control() && self.text.chars().count() < MOST =>
            {
                self.text.push(character);
            }
            _ => return Typed::Other,
        }
        Typed::Edited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_typed_and_taken_back() {
        let mut prompt = Prompt::new(Purpose::Filter, "");
        let plain = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let control = |letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        for letter in "lib ü q".chars() {
            assert_eq!(prompt.key(&plain(KeyCode::Char(letter))), Typed::Edited);
        }
        assert_eq!(prompt.text, "lib ü q");
        prompt.key(&control('w'));
        assert_eq!(prompt.text, "lib ü ");
        prompt.key(&plain(KeyCode::Backspace));
        prompt.key(&plain(KeyCode::Backspace));
        assert_eq!(prompt.text, "lib ");
        assert_eq!(prompt.key(&control('c')), Typed::Other);
        assert_eq!(prompt.key(&plain(KeyCode::Tab)), Typed::Other);
        prompt.key(&control('u'));
        assert_eq!(prompt.text, "");
        assert_eq!(prompt.key(&plain(KeyCode::Backspace)), Typed::Cancelled);
        assert_eq!(prompt.key(&plain(KeyCode::Esc)), Typed::Cancelled);
        assert_eq!(prompt.key(&plain(KeyCode::Enter)), Typed::Accepted);
    }
}
