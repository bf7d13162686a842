//! The keys: one table, from which they are looked up and the help and the
//! footer are made.
//!
//! * [`table`]: what each does where nobody has chosen others; [`action`], [`names`];
//! * [`bound`]: the table with the keys that count; [`hints`]: texts that name them;
//! * [`notation`]: how keys are written; [`quit`]: those that quit.

pub(crate) mod action;
pub(crate) mod bound;
pub(crate) mod hints;
pub(crate) mod names;
pub(crate) mod notation;
pub(crate) mod quit;
pub(crate) mod table;

use super::view::View;
use action::Action;
use notation::Key;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub keys: &'static [Key],
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
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::tui::tears::update::TearsAction;
    use bound::{KeyTable, Part, parts};
    use notation::{CTRL_C, parse, written};
    use table::{BINDINGS, NO};

    #[test]
    fn no_key_means_two_things_in_one_view() {
        assert_eq!(KeyTable::rebound(&[]).as_ref(), Ok(KeyTable::built_in()));
    }

    #[test]
    fn every_key_can_be_written_and_every_action_has_a_name_of_its_own() {
        let mut names = std::collections::HashSet::new();
        for binding in BINDINGS {
            for key in binding.keys {
                assert_eq!(parse(&written(*key)), Ok(*key));
            }
            let name = binding.action.name().expect("a name");
            let letters =
                |byte: u8| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit();
            assert!(name.bytes().all(letters), "{name}");
            assert!(names.insert(name), "{name}");
        }
    }

    /// What a row shows is what the table binds, so that it can be replaced.
    #[test]
    fn every_key_that_is_shown_is_in_the_table() {
        for row in BINDINGS {
            for part in parts(row) {
                let Part::Key(key, text) = part else {
                    assert_eq!(part, Part::Text("…"), "{}", row.shown);
                    continue;
                };
                let of_the_views = |it: &&Binding| it.views == row.views;
                let mut bound = BINDINGS.iter().filter(of_the_views);
                assert!(
                    bound.any(|it| it.keys.contains(&key)),
                    "{text} of {}",
                    row.shown
                );
            }
        }
    }

    #[test]
    fn a_key_is_found_with_shift_too() {
        let keys = KeyTable::built_in();
        let shifted = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::SHIFT);
        assert_eq!(keys.of_every_view(&shifted), Some(Action::SaveScreen));
        let back = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        assert_eq!(keys.of_every_view(&back), Some(Action::PreviousView));
        let enter = KeyEvent::new(KeyCode::Enter, NO);
        assert_eq!(keys.of_every_view(&enter), None);
        assert_eq!(keys.of_the_view(&enter, View::Boundary), None);
        let open = Some(Action::Tears(TearsAction::Open));
        assert_eq!(keys.of_the_view(&enter, View::Tears), open);
    }

    /// Each `<name>` in a text of the application is that of an action.
    #[test]
    fn hints_name_actions() {
        let mut folders = vec![std::path::PathBuf::from("src/tui")];
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder of src") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a text");
                let is_code = |line: &&str| line.contains('"') && !line.contains("assert");
                for line in text.lines().filter(is_code) {
                    let (_, quoted) = line.split_once('"').unwrap_or_default();
                    for name in quoted
                        .split('<')
                        .skip(1)
                        .filter_map(|it| it.split_once('>'))
                    {
                        let mut names = BINDINGS.iter().filter_map(|it| it.action.name());
                        let is_one = names.any(|it| it == name.0);
                        let is_name = name.0.contains(|it: char| it.is_ascii_lowercase())
                            && name
                                .0
                                .bytes()
                                .all(|it| it.is_ascii_lowercase() || b"-".contains(&it));
                        assert!(is_one || !is_name, "<{}> in {}", name.0, path.display());
                        found += usize::from(is_one);
                    }
                }
            }
        }
        assert!(found > 15, "{found} hints");
    }

    /// h j k l do what the arrows do, where they do nothing else.
    #[test]
    fn letters_do_what_arrows_do() {
        let keys = KeyTable::built_in();
        let mut others = Vec::new();
        for view in View::ALL {
            for (arrow, letter) in [("Up", 'k'), ("Down", 'j'), ("Left", 'h'), ("Right", 'l')] {
                let does = |text: &str| {
                    let (code, modifiers) = parse(text).unwrap();
                    let event = KeyEvent::new(code, modifiers);
                    let of_view = keys.of_the_view(&event, view);
                    of_view.or_else(|| keys.of_every_view(&event))
                };
                let (by_arrow, by_letter) = (does(arrow), does(&letter.to_string()));
                if by_arrow.is_some() && by_arrow != by_letter {
                    assert!(by_letter.is_some(), "{letter} in {view:?}");
                    others.push((view, letter));
                }
            }
        }
        assert_eq!(others, [(View::Query, 'h'), (View::Protocol, 'h')]);
    }

    fn rebound(changes: &[(Action, &[&str])]) -> KeyTable {
        let keys = |keys: &[&str]| keys.iter().map(|key| parse(key).unwrap()).collect();
        let changes: Vec<_> = changes.iter().map(|(it, to)| (*it, keys(to))).collect();
        KeyTable::rebound(&changes).unwrap()
    }

    #[test]
    fn what_is_shown_follows_the_keys() {
        let keys = rebound(&[
            (Action::PreviousScenario, &["Z"]),
            (Action::Suspend, &[]),
            (Action::Up, &["F2"]),
            (Action::Placement, &[]),
            (Action::Show(View::Fuzz), &["§", "9"]),
            (Action::Quit, &["F10"]),
        ]);
        let shown = |action| {
            let mut rows = keys.useful(View::Space, true);
            rows.find(|row| row.binding.action == action)
                .map(|row| &*row.shown)
        };
        assert_eq!(shown(Action::NextScenario), Some("c Z M"));
        assert_eq!(shown(Action::Redraw), Some("Ctrl-L"));
        assert_eq!(shown(Action::Up), Some("F2 ↓ j"));
        assert_eq!(shown(Action::Placement), None);
        assert_eq!(shown(Action::Show(View::Space)), Some("1 … 9"));
        assert_eq!(shown(Action::Quit), Some("F10 Ctrl-C"));
        assert_eq!(keys.keys(Action::Quit).last(), Some(&CTRL_C));
        let hint = keys.hint("<up> and <suspend>, a < b, <Nothing>; <quit>");
        assert_eq!(hint, "F2 and (no key), a < b, <Nothing>; F10");
    }

    #[test]
    fn a_key_that_hides_another_is_refused() {
        let freeze = vec![parse("c").unwrap()];
        let clash = KeyTable::rebound(&[(Action::Freeze, freeze.clone())]).unwrap_err();
        let actions = [Action::Freeze, Action::NextScenario];
        assert_eq!((clash.view, clash.actions), (View::Space, actions));
        // Nor does a key of some views hide one of all.
        let save = KeyTable::rebound(&[(Action::SaveScreen, vec![parse("x").unwrap()])]);
        assert!(save.unwrap_err().actions.contains(&Action::SaveScreen));
        // Once the other has given it up it is free.
        let cases = crate::tui::protocol::action::ProtocolAction::Case;
        let changes = [
            (Action::Freeze, freeze),
            (Action::NextScenario, Vec::new()),
            (Action::Protocol(cases), Vec::new()),
        ];
        assert!(KeyTable::rebound(&changes).is_ok());
    }
}
