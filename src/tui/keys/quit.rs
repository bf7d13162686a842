//! The keys that quit, whoever shows something.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::Action;
use super::bound::KeyTable;

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

    /// Whether a key is one of them, by the keys that count.
    pub(crate) fn contain(self, key: &KeyEvent, keys: &KeyTable) -> bool {
        match key.code {
            KeyCode::Esc if self == QuitKeys::ControlCOrEscape => true,
            _ if keys.of_every_view(key) != Some(Action::Quit) => false,
            // What can be typed is, where text is.
            KeyCode::Char(_) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
                self == QuitKeys::ControlCOrQ
            }
            KeyCode::Esc => self == QuitKeys::ControlCOrQ,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::notation::parse;

    #[test]
    fn control_c_quits_everywhere_and_a_letter_only_where_none_is_typed() {
        let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        let built_in = KeyTable::built_in();
        let quits = |key: KeyEvent| QuitKeys::ALL.map(|keys| keys.contain(&key, built_in));
        assert_eq!(quits(control_c), [true; 3]);
        assert_eq!(quits(key(KeyCode::Char('q'))), [true, false, false]);
        assert_eq!(quits(key(KeyCode::Esc)), [false, false, true]);
        assert_eq!(quits(key(KeyCode::Enter)), [false; 3]);
        assert_eq!(QuitKeys::ALL.map(|keys| keys as usize), [0, 1, 2]);
        // As they are bound.
        let keys = vec![parse("x").unwrap(), parse("F10").unwrap()];
        let away = vec![parse("Ctrl-X").unwrap()];
        let exports = Action::Space(crate::tui::space::action::SpaceAction::Export);
        let gap = crate::tui::protocol::action::Check::Gap;
        let gap = Action::Protocol(crate::tui::protocol::action::ProtocolAction::Switch(gap));
        let changes = [(Action::Quit, keys), (exports, away.clone()), (gap, away)];
        let rebound = KeyTable::rebound(&changes).unwrap();
        let quits = |key: KeyEvent| QuitKeys::ALL.map(|keys| keys.contain(&key, &rebound));
        assert_eq!(quits(key(KeyCode::Char('q'))), [false; 3]);
        assert_eq!(quits(key(KeyCode::Char('x'))), [true, false, false]);
        assert_eq!(quits(key(KeyCode::F(10))), [true; 3]);
        assert_eq!(quits(control_c), [true; 3]);
    }
}
