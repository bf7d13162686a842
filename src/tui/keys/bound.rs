//! The keys that actions have: those of the table, or those that the user has chosen.

use std::sync::LazyLock;

use crossterm::event::{KeyCode, KeyEvent};

use super::Binding;
use super::action::Action;
use super::hints::KeyHints;
use super::notation::{self, CTRL_C, Key, key_of};
use super::table::BINDINGS;
use crate::tui::view::View;

/// The table, with the keys that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyTable {
    rows: Vec<BoundRow>,
    pub(crate) hints: KeyHints,
}

/// One row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BoundRow {
    pub(crate) binding: &'static Binding,
    keys: Vec<Key>,
    /// The keys, as the help shows them; empty: there is none.
    pub(crate) shown: String,
}

/// A key that would mean two things in one view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clash {
    pub(crate) key: Key,
    pub(crate) actions: [Action; 2],
    pub(crate) view: View,
}

impl KeyTable {
    /// The table as it is built in.
    pub(crate) fn built_in() -> &'static KeyTable {
        static TABLE: LazyLock<KeyTable> = LazyLock::new(|| {
            let row = |binding: &'static Binding| BoundRow {
                binding,
                keys: binding.keys.to_vec(),
                shown: binding.shown.to_owned(),
            };
            KeyTable::with_hints(BINDINGS.iter().map(row).collect())
        });
        &TABLE
    }

    fn with_hints(rows: Vec<BoundRow>) -> Self {
        let key = |row: &BoundRow| {
            let first = row.keys.first().map(|key| notation::shown(*key));
            Some((row.binding.action.name()?, first))
        };
        let hints = KeyHints::new(rows.iter().filter_map(key));
        KeyTable { rows, hints }
    }

    /// The same where these actions have these keys in place of theirs; Ctrl-C quits
    /// in any case.
    ///
    /// # Errors
    /// The first [`Clash`].
    pub(crate) fn rebound(changes: &[(Action, Vec<Key>)]) -> Result<KeyTable, Clash> {
        let mut table = KeyTable::built_in().clone();
        for row in &mut table.rows {
            let action = row.binding.action;
            if let Some((_, keys)) = changes.iter().find(|(changed, _)| *changed == action) {
                row.keys.clone_from(keys);
                if action == Action::Quit && !keys.contains(&CTRL_C) {
                    row.keys.push(CTRL_C);
                }
            }
        }
        match table.clash() {
            Some(clash) => Err(clash),
            None => {
                table.show_keys();
                Ok(KeyTable::with_hints(table.rows))
            }
        }
    }

    fn clash(&self) -> Option<Clash> {
        for view in View::ALL {
            let mut seen: Vec<(Key, Action)> = Vec::new();
            for row in self.of(view) {
                let action = row.binding.action;
                for key in &row.keys {
                    match seen
                        .iter()
                        .find(|(other, of)| other == key && *of != action)
                    {
                        Some((_, other)) => {
                            return Some(Clash {
                                key: *key,
                                actions: [*other, action],
                                view,
                            });
                        }
                        None => seen.push((*key, action)),
                    }
                }
            }
        }
        None
    }

    /// Has each row show the keys that its actions have now.
    fn show_keys(&mut self) {
        let shown: Vec<String> = self.rows.iter().map(|row| self.shown_now(row)).collect();
        for (row, shown) in self.rows.iter_mut().zip(shown) {
            row.shown = shown;
        }
    }

    /// What the table shows, each key replaced by the one that does the same now.
    fn shown_now(&self, row: &BoundRow) -> String {
        let mut shown: Vec<String> = Vec::new();
        for part in parts(row.binding) {
            let now = match part {
                Part::Text(text) => text.to_owned(),
                Part::Key(key, text) => {
                    let row = self.rows.iter().find(|other| {
                        other.binding.views == row.binding.views
                            && other.binding.keys.contains(&key)
                    });
                    let keys = row.map_or(&[][..], |row| &row.keys);
                    match (keys.contains(&key), keys.first()) {
                        (true, _) => text.to_owned(),
                        (false, Some(first)) => notation::shown(*first),
                        (false, None) => continue,
                    }
                }
            };
            if !shown.contains(&now) {
                shown.push(now);
            }
        }
        // Nothing but what stands between keys: there are none.
        match parts(row.binding).all(|part| part.is_shown_as_it_was(&shown)) {
            true => row.binding.shown.to_owned(),
            false if shown.iter().all(|it| it == BETWEEN) => String::new(),
            false => shown.join(" "),
        }
    }

    /// The rows that count in a view.
    fn of(&self, view: View) -> impl Iterator<Item = &BoundRow> {
        let counts = move |it: &Binding| it.is_of_every_view() || it.views.contains(&view);
        self.rows.iter().filter(move |row| counts(row.binding))
    }

    /// The rows that count in a view, and do something: there may be no modifier.
    pub(crate) fn useful(&self, view: View, has_modifier: bool) -> impl Iterator<Item = &BoundRow> {
        self.of(view)
            .filter(move |row| has_modifier || !row.binding.action.needs_modifier())
            // A lesson shows its keys itself.
            .filter(|row| !matches!(row.binding.action, Action::Lesson(_)))
            .filter(|row| row.binding.shown.is_empty() || !row.shown.is_empty())
    }

    /// What a key does in this view, but not in every one.
    pub(crate) fn of_the_view(&self, event: &KeyEvent, view: View) -> Option<Action> {
        let mut rows = self.of(view).filter(|row| !row.binding.is_of_every_view());
        rows.find(|row| row.keys.contains(&key_of(event)))
            .map(|row| row.binding.action)
    }

    pub(crate) fn of_every_view(&self, event: &KeyEvent) -> Option<Action> {
        let mut rows = self
            .rows
            .iter()
            .filter(|row| row.binding.is_of_every_view());
        rows.find(|row| row.keys.contains(&key_of(event)))
            .map(|row| row.binding.action)
    }

    /// The keys of an action.
    pub(crate) fn keys(&self, action: Action) -> &[Key] {
        let row = self.rows.iter().find(|row| row.binding.action == action);
        row.map_or(&[], |row| &row.keys)
    }

    /// The first of them, as the screen shows it; none: no key does that.
    pub(crate) fn first(&self, action: Action) -> Option<String> {
        self.keys(action).first().map(|key| notation::shown(*key))
    }

    /// The same as [`KeyHints::hint`].
    pub(crate) fn hint(&self, text: &str) -> String {
        self.hints.hint(text)
    }
}

/// What may stand between two keys.
const BETWEEN: &str = "…";

/// A part of the keys as the table shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Key(Key, &'a str),
}

impl Part<'_> {
    fn is_shown_as_it_was(self, shown: &[String]) -> bool {
        let (Part::Text(text) | Part::Key(_, text)) = self;
        shown.iter().any(|now| now == text)
    }
}

/// What a row of the table shows, part by part. `↑↓` are two keys, and `Z` behind a key
/// with Ctrl is one with Ctrl, too.
pub(super) fn parts(binding: &'static Binding) -> impl Iterator<Item = Part<'static>> {
    let mut has_ctrl = false;
    let words = binding.shown.split(' ').filter(|word| !word.is_empty());
    words.flat_map(move |word| {
        if let Some((code, modifiers)) = shown_key(word) {
            let key = match has_ctrl {
                true => (lower(code), CTRL_C.1),
                false => (code, modifiers),
            };
            has_ctrl |= modifiers == CTRL_C.1;
            return vec![Part::Key(key, word)];
        }
        let letters = word.char_indices().map(|(at, letter)| {
            let text = &word[at..at + letter.len_utf8()];
            match (text, shown_key(text)) {
                (BETWEEN, _) | (_, None) => Part::Text(text),
                (_, Some(key)) => Part::Key(key, text),
            }
        });
        letters.collect()
    })
}

fn lower(code: KeyCode) -> KeyCode {
    match code {
        KeyCode::Char(letter) => KeyCode::Char(letter.to_ascii_lowercase()),
        code => code,
    }
}

/// The key that is shown like this.
fn shown_key(text: &str) -> Option<Key> {
    let named = notation::NAMED.iter().find(|(_, shown, _)| *shown == text);
    match named {
        Some((.., code)) => Some((*code, crossterm::event::KeyModifiers::NONE)),
        None if text == BETWEEN => None,
        None => notation::parse(text).ok(),
    }
}
