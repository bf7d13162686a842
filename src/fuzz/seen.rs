//! What was seen, before it is made smaller.

use std::time::Duration;

use super::find::{Find, FindKey};
use super::shrink::Shown;

/// A violation as it was seen first.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) key: FindKey,
    pub(super) after: Duration,
    /// How long it had been read until then.
    pub(super) took: Duration,
    pub(super) shown: Shown,
}

impl Seen {
    /// The find as it was seen.
    pub(super) fn find(self) -> Find {
        let Seen {
            key, after, shown, ..
        } = self;
        let violations = &shown.seen.violations;
        let same = violations.iter().find(|event| FindKey::of(event) == key);
        let mut event = same.unwrap_or(&violations[0]).clone();
        let scenario = shown.scenario.clone();
        let mut shortest = shown.scenario;
        shortest.name = name_of(&key);
        event.case.scenario.clone_from(&shortest.name);
        Find {
            event,
            key,
            after,
            scenario,
            shortest,
            meeting: shown.meeting,
            info: shown.seen.info,
            result: shown.seen.result,
            is_proven: false,
            fault: None,
        }
    }
}

/// `hole-h1`: for the scenario of a find.
fn name_of(key: &FindKey) -> String {
    let label = key.label.as_deref().unwrap_or("unlabelled");
    let text = format!("{} {label}", key.title).to_ascii_lowercase();
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}
