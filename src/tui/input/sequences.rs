//! The control sequences that keys, the mouse and pastes send. All others are
//! replies, and mean nothing here.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::event::{Input, character};

/// What a control sequence begins, or is.
pub(super) enum Sequence {
    Input(Input),
    OldMouse,
    Paste,
}

/// `CSI parameters final`; none: no key.
pub(super) fn control_sequence(parameters: &[u8], last: u8) -> Option<Sequence> {
    if let Some(parameters) = parameters.strip_prefix(b"<") {
        return mouse(parameters, last).map(Sequence::Input);
    }
    // The function keys of the Linux console.
    if parameters == b"[" {
        let number = last.checked_sub(b'A').filter(|number| *number < 5)?;
        return Some(pressed(KeyCode::F(number + 1), KeyModifiers::NONE));
    }
    let numbers = numbers(parameters)?;
    let first = numbers.first().copied();
    let modifiers = modifiers(numbers.get(1).copied().unwrap_or(1));
    let code = match (last, first) {
        (b'~', Some(200)) => return Some(Sequence::Paste),
        // modifyOtherKeys of xterm.
        (b'~', Some(27)) => return typed(*numbers.get(2)?, modifiers),
        (b'~', Some(number)) => numbered(number)?,
        (b'u', Some(code)) => return typed(code, modifiers),
        (b'M', None) => return Some(Sequence::OldMouse),
        (b'Z', None | Some(1)) => return Some(pressed(KeyCode::BackTab, KeyModifiers::SHIFT)),
        // `R` with modifiers may be F3, or where the cursor is: a reply.
        (_, None | Some(1)) if last != b'R' => lettered(last)?,
        _ => return None,
    };
    Some(pressed(code, modifiers))
}

/// `ESC O letter`.
pub(super) fn single_shift(letter: u8) -> Option<KeyEvent> {
    let code = match letter {
        b'M' => KeyCode::Enter,
        _ => lettered(letter)?,
    };
    Some(KeyEvent::new(code, KeyModifiers::NONE))
}

fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Sequence {
    Sequence::Input(Input::Key(KeyEvent::new(code, modifiers)))
}

fn lettered(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F((number - 10) as u8),
        17..=21 => KeyCode::F((number - 11) as u8),
        23 | 24 => KeyCode::F((number - 12) as u8),
        _ => return None,
    })
}

/// A key by the number of its character.
fn typed(code: u32, modifiers: KeyModifiers) -> Option<Sequence> {
    let code = match code {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        127 => KeyCode::Backspace,
        code => match char::from_u32(code).filter(|character| !character.is_control())? {
            plain if modifiers.is_empty() => return Some(Sequence::Input(character(plain))),
            other => KeyCode::Char(other),
        },
    };
    Some(pressed(code, modifiers))
}

/// One more than the sum of Shift 1, Alt 2, Control 4.
fn modifiers(number: u32) -> KeyModifiers {
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
    ] {
        modifiers.set(modifier, number.saturating_sub(1) & bit != 0);
    }
    modifiers
}

/// `button;column;row`, as SGR writes it.
fn mouse(parameters: &[u8], last: u8) -> Option<Input> {
    let [button, column, row] = numbers(parameters)?[..] else {
        return None;
    };
    let at = |number: u32| u16::try_from(number.saturating_sub(1)).ok();
    match (button, last) {
        (0, b'M') => Some(Input::Click(at(column)?, at(row)?)),
        (64, b'M') => Some(Input::Wheel(-1)),
        (65, b'M') => Some(Input::Wheel(1)),
        _ => None,
    }
}

/// Numbers between semicolons; none: it is something else. What follows a
/// colon says more than is asked here.
fn numbers(parameters: &[u8]) -> Option<Vec<u32>> {
    let text = std::str::from_utf8(parameters).ok()?;
    if text.is_empty() {
        return Some(Vec::new());
    }
    let number = |part: &str| part.split(':').next()?.parse().ok();
    text.split(';').map(number).collect()
}
