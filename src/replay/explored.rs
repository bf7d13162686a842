//! What the explorer asks for of a moment that was recorded.

use std::sync::Arc;

use crate::session::explorer::change_log::ChangeLog;
use crate::session::explorer::history::{listed, past};
use crate::session::explorer::queries::open_range;
use crate::session::explorer::request::ExplorerRequest;
use crate::session::snapshot::Snapshot;

/// Answers what is asked for of a snapshot that was recorded, and of the log as it was
/// then: nothing can be asked of the kernel any more.
pub(crate) fn replayed(snapshot: &mut Snapshot, request: &Arc<ExplorerRequest>, log: &ChangeLog) {
    let open = open_range(request, snapshot.picture.as_deref());
    let explored = &mut snapshot.explored;
    let is_open = |address: u64| request.open == Some(address);
    explored.inspection.take_if(|it| !is_open(it.address));
    explored.usage.take_if(|it| !is_open(it.address));
    if let Some(row) = request.log {
        explored.log = Arc::new(listed(log, &request.arrangement.filter, row));
    }
    if let Some(range) = open {
        explored.past = Arc::new(past(log, range));
    }
    let still = request.still.as_ref();
    explored.still = still.map(|it| Arc::new(it.0.arranged(request.arrangement.clone())));
    explored.request = request.clone();
}
