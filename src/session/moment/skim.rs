//! What happened in a moment, without what it showed.

use super::changes;
use super::decoder::parsed;
use super::difference::parse;
use super::wire::{CHANGES, FOUND, fields};
use crate::session::explorer::change_log::LoggedChange;
use crate::session::snapshot::FoundEvent;

/// What a moment was the first to show. It needs no moment before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Skimmed {
    pub(crate) found: Vec<FoundEvent>,
    pub(crate) changes: Vec<LoggedChange>,
}

impl Skimmed {
    /// What is not damaged.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut skimmed = Skimmed::default();
        for (number, field) in fields(bytes).filter_map(Result::ok) {
            match number {
                FOUND => skimmed.found = parsed(field).unwrap_or_default(),
                CHANGES => {
                    let changes = parse(field).and_then(|parsed| changes::decode(&parsed));
                    skimmed.changes = changes.unwrap_or_default();
                }
                _ => {}
            }
        }
        skimmed
    }
}
