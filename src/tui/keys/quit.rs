//! The keys that quit, whoever shows something.

use crossterm::event::{KeyCode, KeyEvent};

use super::action::Action;
use super::of_every_view;

/// The keys that quit where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuitKeys {
    /// Everywhere but where text is typed.
    ControlCOrQ,
    /// Where text is typed.
    ControlC,
    /// Where text could be typed, and none has been.
    ControlCOrEscape,
}

impl QuitKeys {
    pub(crate) const ALL: [QuitKeys; 3] = [
        QuitKeys::ControlCOrQ,
        QuitKeys::ControlC,
        QuitKeys::ControlCOrEscape,
    ];

    pub(crate) fn contain(self, key: &KeyEvent) -> bool {
        match key.code {
            KeyCode::Esc => self == QuitKeys::ControlCOrEscape,
            _ if of_every_view(key) != Some(Action::Quit) => false,
            KeyCode::Char('q') => self == QuitKeys::ControlCOrQ,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;

    #[test]
    fn control_c_quits_everywhere_and_a_letter_only_where_none_is_typed() {
        let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        let quits = |key: KeyEvent| QuitKeys::ALL.map(|keys| keys.contain(&key));
        assert_eq!(quits(control_c), [true; 3]);
        assert_eq!(quits(key(KeyCode::Char('q'))), [true, false, false]);
        assert_eq!(quits(key(KeyCode::Esc)), [false, false, true]);
        assert_eq!(quits(key(KeyCode::Enter)), [false; 3]);
        assert_eq!(QuitKeys::ALL.map(|keys| keys as usize), [0, 1, 2]);
    }
}
