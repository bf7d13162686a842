//! The changes that were logged, each once.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::maps::diff::change::ChangedVma;
use crate::session::explorer::change_log::{ChangeLog, LATELY, LoggedChange};

/// How far a log has been recorded.
#[derive(Clone, Debug, Default)]
pub(super) struct LogPosition {
    /// The number of the last change.
    last: u64,
    /// Those known to be suspected holes, of the latest.
    suspected: BTreeSet<u64>,
}

impl LogPosition {
    /// Those logged since this was asked last, and those that turned out to be
    /// suspected holes since, oldest first; `now` on the clock of the log.
    pub(super) fn news<'a>(&mut self, log: &'a ChangeLog, now: Duration) -> Vec<&'a LoggedChange> {
        let newest = log.iter().rev();
        // What is older cannot turn out to be one: twice as long, since the log may
        // be looked at later.
        let latest = newest.take_while(|it| it.number > self.last || now < it.at + LATELY * 2);
        let mut latest: Vec<&LoggedChange> = latest.collect();
        latest.reverse();
        let suspected = latest.iter().filter(|it| it.is_suspected_hole);
        let suspected: BTreeSet<u64> = suspected.map(|it| it.number).collect();
        let is_new = |it: &&LoggedChange| {
            let turned_out = it.is_suspected_hole && !self.suspected.contains(&it.number);
            it.number > self.last || turned_out
        };
        latest.retain(is_new);
        self.last = log.counts().total();
        self.suspected = suspected;
        latest
    }
}

/// Changes that were logged.
///
/// # Errors
/// In a few words: they are none.
pub(super) fn decode(changes: &Value) -> Result<Vec<LoggedChange>, String> {
    let changes = Vec::<LoggedChange>::deserialize(changes).map_err(|error| error.to_string())?;
    let vmas = |it: &LoggedChange| it.change.vmas().count();
    let is_backward = |vma: &ChangedVma| vma.start > vma.end;
    if changes
        .iter()
        .any(|it| vmas(it) == 0 || it.change.vmas().any(is_backward))
    {
        return Err("a change of no VMA".into());
    }
    Ok(changes)
}
