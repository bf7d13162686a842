//! What there is to show at one moment of a recording.

use std::sync::Arc;
use std::time::Duration;

use super::local_time::LocalTime;
use super::step::Speed;
use super::timeline::Timeline;
use crate::latency::live::LabSnapshot;
use crate::session::snapshot::{FoundEvent, Snapshot};

/// Where in a recording one is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Since the session started.
    pub at: Duration,
    /// The same by the clock on the wall, if it is known.
    pub local: Option<LocalTime>,
    /// The scan that is shown, where it was chosen by its number; its totals are
    /// those of the snapshot before it.
    pub scan: Option<u64>,
    /// How fast time goes; none: it stands still.
    pub playing: Option<Speed>,
    /// The speed at which it would go on.
    pub speed: Speed,
    /// Whether there is something live to go back to.
    pub has_live: bool,
    /// Whether what was shown then cannot be read: what is shown is older.
    pub is_damaged: bool,
}

/// All there is to show at one moment of a recording.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    pub snapshot: Snapshot,
    /// What the lab told, where it ran.
    pub lab: Option<Arc<LabSnapshot>>,
    /// All that was found up to here, oldest first.
    pub found: Arc<Vec<FoundEvent>>,
    pub place: Place,
    pub timeline: Arc<Timeline>,
    /// One line for whoever looks, such as why a step led nowhere.
    pub notice: Option<String>,
}
