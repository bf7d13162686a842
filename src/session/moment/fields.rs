//! The fields of a snapshot that are recorded as they are. A new one is a line of
//! the table, with a number that none ever had.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::session::snapshot::Snapshot;

/// The number of the scene.
pub(super) const SCENE: u8 = 3;

/// A field of a snapshot.
pub(super) struct Field {
    /// What it is known by in a moment.
    pub(super) number: u8,
    /// Whether it is known to be the same without a look into it.
    pub(super) is_same: fn(&Snapshot, &Snapshot) -> bool,
    pub(super) take: fn(&Snapshot) -> serde_json::Result<Value>,
    pub(super) put: fn(&mut Snapshot, &Value) -> serde_json::Result<()>,
}

macro_rules! fields {
    ($($number:literal: $kind:ident $($part:ident).+;)*) => {
        &[$(Field {
            number: $number,
            is_same: |one, other| $kind(&one.$($part).+, &other.$($part).+),
            take: |snapshot| serde_json::to_value(&snapshot.$($part).+),
            put: |snapshot, value| {
                snapshot.$($part).+ = Deserialize::deserialize(value)?;
                Ok(())
            },
        },)*]
    };
}

pub(super) const FIELDS: &[Field] = fields! {
    1: plain at;
    2: shared target;
    3: optional scene;
    4: plain still;
    5: plain tally;
    6: plain query_tally;
    7: plain overall;
    8: plain dropped;
    9: plain rates;
    10: plain locks;
    11: shared history;
    12: plain same_until;
    13: plain answers;
    14: shared pairs;
    15: optional boundaries;
    16: shared coverage;
    17: plain moves_on;
    19: plain missing;
    20: plain calls;
    21: plain suspected;
    22: optional manual;
    23: optional probe;
    24: plain ended;
    25: plain explored.has_query;
    26: plain explored.answers;
    27: optional explored.inspection;
    28: optional explored.usage;
    29: shared explored.smaps_locks;
    30: plain explored.max_map_count;
    31: plain explored.changes;
    32: plain explored.since;
    33: plain trigger;
    34: plain rate;
};

fn plain<T>(_: &T, _: &T) -> bool {
    false
}

pub(super) fn shared<T: ?Sized>(one: &Arc<T>, other: &Arc<T>) -> bool {
    Arc::ptr_eq(one, other)
}

pub(super) fn optional<T>(one: &Option<Arc<T>>, other: &Option<Arc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}
