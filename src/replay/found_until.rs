//! What had been found by a moment.

use std::sync::Arc;

use crate::session::snapshot::FoundEvent;

/// Keeps the list that was asked for last: mostly the next one is the same, or longer.
#[derive(Debug, Default)]
pub(crate) struct FoundUntil {
    list: Arc<Vec<FoundEvent>>,
}

impl FoundUntil {
    /// Of all that was found, each with its moment, what was by this one.
    pub(crate) fn until(
        &mut self,
        all: &[(usize, FoundEvent)],
        moment: usize,
    ) -> Arc<Vec<FoundEvent>> {
        let end = all.partition_point(|(of, _)| *of <= moment);
        if end != self.list.len() {
            let list = all[..end].iter().map(|(_, found)| found.clone());
            self.list = Arc::new(list.collect());
        }
        self.list.clone()
    }
}
