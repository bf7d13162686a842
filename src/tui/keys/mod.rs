//! The keys: one table, from which they are looked up and the help and the
//! footer are made.

pub(crate) mod action;
pub(crate) mod quit;
pub(crate) mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::view::View;
use action::Action;
use table::BINDINGS;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    pub keys: &'static [(KeyCode, KeyModifiers)],
    pub action: Action,
    /// In which views; empty: in all.
    pub views: &'static [View],
    /// The keys, as the help shows them.
    pub shown: &'static str,
    /// What they do; empty: the row before says so too.
    pub help: &'static str,
    /// The same where there is little room.
    pub brief: &'static str,
    /// A word for the footer; empty: not there.
    pub footer: &'static str,
}

impl Binding {
    fn is_of_every_view(&self) -> bool {
        self.views.is_empty()
    }

    fn fits(&self, event: &KeyEvent) -> bool {
        // Shift is part of the character already.
        let modifiers = match event.code {
            KeyCode::Char(_) => event.modifiers - KeyModifiers::SHIFT,
            _ => event.modifiers,
        };
        self.keys.contains(&(event.code, modifiers))
    }
}

/// What a key does in this view, but not in every one.
pub(crate) fn of_the_view(event: &KeyEvent, view: View) -> Option<Action> {
    let mut bindings = bindings(view).filter(|binding| !binding.is_of_every_view());
    let found = bindings.find(|binding| binding.fits(event));
    found.map(|binding| binding.action)
}

pub(crate) fn of_every_view(event: &KeyEvent) -> Option<Action> {
    let mut bindings = BINDINGS.iter().filter(|binding| binding.is_of_every_view());
    let found = bindings.find(|binding| binding.fits(event));
    found.map(|binding| binding.action)
}

/// The rows that count in a view, and do something: there may be no modifier.
pub(crate) fn useful(view: View, has_modifier: bool) -> impl Iterator<Item = &'static Binding> {
    bindings(view).filter(move |binding| has_modifier || !binding.action.needs_modifier())
}

/// The rows that count in a view.
fn bindings(view: View) -> impl Iterator<Item = &'static Binding> {
    BINDINGS
        .iter()
        .filter(move |binding| binding.is_of_every_view() || binding.views.contains(&view))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tears::update::TearsAction;
    use table::NO;

    #[test]
    fn no_key_means_two_things_in_one_view() {
        for view in View::ALL {
            let mut seen = std::collections::HashSet::new();
            for key in bindings(view).flat_map(|binding| binding.keys) {
                assert!(seen.insert(key), "{key:?} in {view:?}");
            }
        }
    }

    #[test]
    fn a_key_is_found_with_shift_too() {
        let shifted = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::SHIFT);
        assert_eq!(of_every_view(&shifted), Some(Action::SaveScreen));
        let enter = KeyEvent::new(KeyCode::Enter, NO);
        assert_eq!(of_every_view(&enter), None);
        assert_eq!(of_the_view(&enter, View::Boundary), None);
        let open = Some(Action::Tears(TearsAction::Open));
        assert_eq!(of_the_view(&enter, View::Tears), open);
    }
}
