//! What keys do in the Tears.

use ratatui::layout::Position;

use super::Tears;
use super::render::{list_area, scrolled};
use crate::tui::shown::Shown;
use crate::tui::widgets::selection::first_listed;

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TearsAction {
    Open,
    Follow,
}

impl Tears {
    pub(crate) fn update(&mut self, action: TearsAction) {
        let list = self.shown_mut();
        match action {
            TearsAction::Follow => list.selected = None,
            TearsAction::Open => {
                list.open = match list.open {
                    Some(_) => None,
                    // What is open stays selected when newer ones come.
                    None => list.current().map(|listed| listed.number).map(|number| {
                        list.selected = Some(number);
                        0
                    }),
                };
            }
        }
    }

    pub(crate) fn close(&mut self) {
        self.shown_mut().open = None;
    }

    /// Selects the tear in a row of the screen; opens the one that is.
    pub(crate) fn click(&mut self, column: u16, row: u16, shown: &Shown) {
        let at = Position::new(column, row);
        let area = list_area(self, shown, shown.body());
        let Some(area) = area.filter(|area| area.contains(at)) else {
            return;
        };
        let list = self.shown_mut();
        let at = first_listed(list.position(), area) + usize::from(row - area.y);
        let Some(number) = list.iter().nth(at).map(|listed| listed.number) else {
            return;
        };
        if list.selected.replace(number) == Some(number) {
            self.update(TearsAction::Open);
        }
    }

    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        let to = scrolled(self, shown).moved(by);
        let list = self.shown_mut();
        if let Some(open) = &mut list.open {
            *open = to as u16;
        } else {
            // At the very top the newest is followed.
            let listed = list.iter().nth(to).map(|listed| listed.number);
            list.selected = listed.filter(|_| to > 0);
        }
    }
}
