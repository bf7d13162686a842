//! The Latency: what reading costs a writer, measured live.

pub(crate) mod render;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use std::sync::Arc;

use crate::latency::live::LabSnapshot;

#[derive(Clone, Debug, Default)]
pub struct LatencyView {
    /// The reader that keys add and remove, among those of the lab.
    pub selected: usize,
    /// The latest snapshot, unless the display is frozen.
    pub snapshot: Option<Arc<LabSnapshot>>,
}
