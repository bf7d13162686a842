//! The menu of scenarios: what is typed filters, Enter chooses.

pub(crate) mod render;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::scenario::catalogue::scenarios;
use crate::scenario::definition::Scenario;
use crate::tui::scroll::{Scrolled, TO_THE_END, TO_THE_TOP};

/// Most characters of a filter: no name or summary is longer.
const MOST: usize = 60;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScenarioMenu {
    filter: String,
    /// The selected one, among those that match.
    selected: usize,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MenuResult {
    /// It stays open.
    Open,
    Closed,
    /// It closes; the scenario at this position in the catalogue is wanted.
    Scenario(usize),
    /// The key is not for the menu.
    NotMine,
}

impl ScenarioMenu {
    /// Opens with the scenario of that name selected.
    #[must_use]
    pub(crate) fn at(name: Option<&str>) -> Self {
        let found = scenarios().iter().position(|one| Some(&*one.name) == name);
        ScenarioMenu {
            filter: String::new(),
            selected: found.unwrap_or(0),
        }
    }

    #[must_use]
    pub(crate) fn filter(&self) -> &str {
        &self.filter
    }

    /// The scenarios whose name or summary has every word that was typed, and
    /// their positions in the catalogue.
    pub(crate) fn matches(&self) -> impl Iterator<Item = (usize, &'static Scenario)> {
        let typed = self.filter.to_lowercase();
        scenarios().iter().enumerate().filter(move |(_, scenario)| {
            typed
                .split_whitespace()
                .all(|word| scenario.name.contains(word) || has(&scenario.summary, word))
        })
    }

    /// The position of the selected one among those that match.
    #[must_use]
    pub(crate) fn selected(&self) -> usize {
        let last = self.matches().count().saturating_sub(1);
        self.selected.min(last)
    }

    /// Selects one of those that match.
    pub(crate) fn select(&mut self, number: usize) {
        self.selected = number;
    }

    /// Moves the selection by so many, in a list of so many rows on the screen.
    pub(crate) fn scroll(&mut self, by: i64, rows: u16) {
        let list = Scrolled {
            at: self.selected(),
            last: self.matches().count().saturating_sub(1),
            rows: rows.into(),
        };
        self.selected = list.moved(by);
    }

    /// Takes a key; the list has so many rows on the screen.
    pub(crate) fn press(&mut self, key: &KeyEvent, rows: u16) -> MenuResult {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return MenuResult::Closed,
            KeyCode::Enter => {
                let chosen = self.matches().nth(self.selected());
                return chosen.map_or(MenuResult::Open, |(at, _)| MenuResult::Scenario(at));
            }
            KeyCode::Up => self.scroll(-1, rows),
            KeyCode::Down => self.scroll(1, rows),
            KeyCode::PageUp => self.scroll(-i64::from(rows), rows),
            KeyCode::PageDown => self.scroll(i64::from(rows), rows),
            KeyCode::Home => self.scroll(TO_THE_TOP, rows),
            KeyCode::End => self.scroll(TO_THE_END, rows),
            KeyCode::Char('p') if control => self.scroll(-1, rows),
            KeyCode::Char('n') if control => self.scroll(1, rows),
            KeyCode::Char('u') if control => self.typed(String::clear),
            KeyCode::Char(_) if control => return MenuResult::NotMine,
            KeyCode::Backspace => self.typed(|filter| {
                filter.pop();
            }),
            KeyCode::Char(character) if !character.is_control() => self.typed(|filter| {
                if filter.chars().count() < MOST {
                    filter.push(character);
                }
            }),
            _ => {}
        }
        MenuResult::Open
    }

    /// Changes the filter; the first that matches is selected.
    fn typed(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.filter);
        self.selected = 0;
    }
}

/// Whether a summary has a word, whatever the case of its letters.
fn has(summary: &str, word: &str) -> bool {
    summary.to_lowercase().contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(menu: &mut ScenarioMenu, code: KeyCode) -> MenuResult {
        menu.press(&KeyEvent::new(code, KeyModifiers::NONE), 9)
    }

    fn names(menu: &ScenarioMenu) -> Vec<&str> {
        menu.matches().map(|(_, one)| &*one.name).collect()
    }

    #[test]
    fn typing_filters_by_name_and_summary_and_enter_chooses() {
        let mut menu = ScenarioMenu::at(Some("remap"));
        assert_eq!(menu.selected(), 2);
        for character in "Gap new".chars() {
            assert_eq!(press(&mut menu, KeyCode::Char(character)), MenuResult::Open);
        }
        assert_eq!(names(&menu), ["new-both", "new-left", "new-right"]);
        press(&mut menu, KeyCode::Down);
        let at = scenarios().iter().position(|one| one.name == "new-left");
        assert_eq!(
            press(&mut menu, KeyCode::Enter),
            MenuResult::Scenario(at.unwrap())
        );
    }

    #[test]
    fn nothing_matches_and_nothing_is_chosen() {
        let mut menu = ScenarioMenu::default();
        for character in "quit".chars() {
            press(&mut menu, KeyCode::Char(character));
        }
        assert!(names(&menu).is_empty());
        assert_eq!(press(&mut menu, KeyCode::Enter), MenuResult::Open);
        press(&mut menu, KeyCode::Down);
        for _ in 0..9 {
            press(&mut menu, KeyCode::Backspace);
        }
        assert_eq!(names(&menu).len(), scenarios().len());
        assert_eq!(press(&mut menu, KeyCode::Esc), MenuResult::Closed);
    }

    #[test]
    fn the_selection_stays_in_the_list_and_control_keys_are_not_typed() {
        let mut menu = ScenarioMenu::default();
        press(&mut menu, KeyCode::Up);
        assert_eq!(menu.selected(), 0);
        press(&mut menu, KeyCode::End);
        assert_eq!(menu.selected(), scenarios().len() - 1);
        let quit = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(menu.press(&quit, 9), MenuResult::NotMine);
        assert_eq!(menu.filter(), "");
    }
}
