//! What comes from the terminal.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::theme::Background;

/// Something that somebody did at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(KeyEvent),
    /// The first button was pressed, at this column and row.
    Click(u16, u16),
    /// The mouse wheel was turned by so many steps; down is positive.
    Wheel(i32),
    Paste(String),
    /// The terminal says what it draws on.
    Background(Background),
}

pub(crate) fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
    Input::Key(KeyEvent::new(code, modifiers))
}

/// A character that was typed; a capital one with Shift.
pub(crate) fn character(character: char) -> Input {
    let shift = if character.is_uppercase() {
        KeyModifiers::SHIFT
    } else {
        KeyModifiers::NONE
    };
    key(KeyCode::Char(character), shift)
}
