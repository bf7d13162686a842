//! Where one is in the notes.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use super::script::{Notes, all};
use crate::tui::keys::action::Action;
use crate::tui::keys::bound::KeyTable;
use crate::tui::keys::notation::key_of;
use crate::tui::theme::Theme;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NotesView {
    pub(super) all: Vec<Notes>,
    /// The demonstration, and its step.
    pub(super) at: usize,
    pub(super) step: usize,
    pub(super) keys: &'static KeyTable,
    pub(crate) theme: Theme,
    /// Since the clock was started.
    pub(crate) since_start: Duration,
    /// When it was set to zero.
    pub(super) zero: Duration,
}

impl NotesView {
    pub(crate) fn new(at: usize, keys: &'static KeyTable, theme: Theme) -> Self {
        NotesView {
            all: all(),
            at,
            step: 0,
            keys,
            theme,
            since_start: Duration::ZERO,
            zero: Duration::ZERO,
        }
    }

    /// The same as far as it is drawn: the clock shows seconds.
    pub(crate) fn at_seconds(mut self) -> Self {
        self.since_start = Duration::from_secs(self.elapsed().as_secs());
        self.zero = Duration::ZERO;
        self
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.since_start.saturating_sub(self.zero)
    }

    pub(super) fn notes(&self) -> &Notes {
        &self.all[self.at]
    }

    /// Takes a key; whether it leaves.
    pub(crate) fn press(&mut self, key: &KeyEvent) -> bool {
        let last = self.notes().steps.len().saturating_sub(1);
        let action = self.keys.of_every_view(key);
        match (key.code, action) {
            (_, Some(Action::Quit)) => return true,
            (_, Some(Action::Down))
            | (KeyCode::Right | KeyCode::Enter | KeyCode::Char(' ' | 'l'), _) => {
                if self.step < last {
                    self.step += 1;
                } else if self.at + 1 < self.all.len() {
                    (self.at, self.step) = (self.at + 1, 0);
                }
            }
            (_, Some(Action::Up)) | (KeyCode::Left | KeyCode::Char('h'), _) => {
                if self.step > 0 {
                    self.step -= 1;
                } else if self.at > 0 {
                    self.at -= 1;
                    self.step = self.notes().steps.len().saturating_sub(1);
                }
            }
            (_, Some(Action::PageDown | Action::NextView)) if self.at + 1 < self.all.len() => {
                (self.at, self.step) = (self.at + 1, 0);
            }
            (_, Some(Action::PageUp | Action::PreviousView)) if self.at > 0 => {
                (self.at, self.step) = (self.at - 1, 0);
            }
            (KeyCode::Char('0'), _) if key_of(key).1.is_empty() => self.zero = self.since_start,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::tui::notes::render;
    use crate::tui::theme::Depth;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    fn press(view: &mut NotesView, code: KeyCode) -> bool {
        view.press(&KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn text(view: &NotesView, columns: u16, rows: u16) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        render::render(view, buffer.area, &mut buffer);
        let row = |y| (0..columns).map(move |x| (x, y));
        let lines = (0..rows).map(|y| row(y).map(|at| buffer[at].symbol()).collect::<String>());
        lines
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect()
    }

    #[test]
    fn one_goes_through_all_steps_and_back() {
        let mut view = NotesView::new(0, KeyTable::built_in(), Theme::new(Depth::True));
        let count: usize = view.all.iter().map(|it| it.steps.len()).sum();
        for _ in 1..count {
            let before = (view.at, view.step);
            assert!(!press(&mut view, KeyCode::Char(' ')));
            assert!((view.at, view.step) > before);
        }
        assert_eq!(view.at, view.all.len() - 1);
        let last = (view.at, view.step);
        press(&mut view, KeyCode::Right);
        assert_eq!((view.at, view.step), last, "there is no more");
        for _ in 1..count {
            press(&mut view, KeyCode::Char('k'));
        }
        assert_eq!((view.at, view.step), (0, 0));
        press(&mut view, KeyCode::PageDown);
        assert_eq!((view.at, view.step), (1, 0));
        press(&mut view, KeyCode::PageUp);
        assert_eq!((view.at, view.step), (0, 0));
        assert!(press(&mut view, KeyCode::Char('q')));
    }

    #[test]
    fn the_step_and_the_clock_are_on_every_screen() {
        let mut view = NotesView::new(3, KeyTable::built_in(), Theme::new(Depth::True));
        view.since_start = Duration::from_secs(125);
        press(&mut view, KeyCode::Char('0'));
        view.since_start = Duration::from_secs(200);
        for (columns, rows) in [(60, 16), (80, 24), (120, 40)] {
            let shown = text(&view, columns, rows);
            assert!(shown.contains("1:15 of 3:00"), "{shown}");
            assert!(shown.contains("nothing moves by itself"), "{shown}");
            assert!(shown.contains("The duplicate by hand"), "{shown}");
        }
        insta::assert_snapshot!("notes_80x24", text(&view, 80, 24));
    }
}
