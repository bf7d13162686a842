//! The keys of actions.

use super::entry::Entry;
use super::problem::{Problem, quoted};
use crate::tui::keys::action::Action;
use crate::tui::keys::bound::{Clash, KeyTable};
use crate::tui::keys::notation::{Key, parse, written};
use crate::tui::keys::table::BINDINGS;

/// Names of actions that an error lists.
const LISTED: usize = 6;

pub(super) fn read(section: &[Entry<'_>]) -> Result<&'static KeyTable, Problem> {
    if section.is_empty() {
        return Ok(KeyTable::built_in());
    }
    let mut changes: Vec<(Action, Vec<Key>)> = Vec::new();
    for entry in section {
        let named = BINDINGS
            .iter()
            .map(|row| row.action)
            .find(|action| action.name() == Some(&entry.name));
        let action = named.ok_or_else(|| unknown(entry))?;
        let keys = entry.texts()?.into_iter().map(|text| {
            // The longest name of a key has a few characters.
            let key = if text.len() > 20 {
                parse("")
            } else {
                parse(text)
            };
            key.map_err(|why| entry.no(&why.replace("key \"\"", &format!("key {}", quoted(text)))))
        });
        changes.push((action, keys.collect::<Result<_, _>>()?));
    }
    let table = KeyTable::rebound(&changes).map_err(|clash| hidden(section, clash))?;
    // One a command line, for as long as the program runs.
    Ok(Box::leak(Box::new(table)))
}

/// No action is called so; those are listed that have a word of it.
fn unknown(entry: &Entry<'_>) -> Problem {
    let has_word = |name: &&str| {
        let mut words = name.split('-');
        words.any(|word| {
            entry
                .name
                .split(['-', '_', ' '])
                .any(|wanted| wanted == word)
        })
    };
    let names = BINDINGS.iter().filter_map(|row| row.action.name());
    let mut like: Vec<&str> = names.filter(has_word).collect();
    let more = if like.len() > LISTED { ", …" } else { "" };
    like.truncate(LISTED);
    let like = match like.is_empty() {
        true => String::new(),
        false => format!(" (perhaps {}{more})", like.join(", ")),
    };
    entry.no(&format!(
        "there is no such action{like}; vmascope --print-config lists all"
    ))
}

/// The later one of those two in the file is to blame.
fn hidden(section: &[Entry<'_>], clash: Clash) -> Problem {
    let names = clash
        .actions
        .map(|action| action.name().unwrap_or_default());
    let is_one = |entry: &&Entry<'_>| names.contains(&entry.name.as_str());
    let key = written(clash.key);
    let Some(entry) = section.iter().rev().find(is_one) else {
        unreachable!("no key of the table itself means two things, as a test says");
    };
    let other = if entry.name == names[0] {
        names[1]
    } else {
        names[0]
    };
    entry.no(&match other {
        "quit" if key == "Ctrl-C" => "Ctrl-C quits in any case; choose another key".to_owned(),
        _ => format!(
            "{key} is {other} in {}, too; give one of them another key",
            clash.view.name()
        ),
    })
}
