//! How the cases of a run are read.

use super::schedule_shares::ScheduleShares;
use crate::recording::recorder::Recorder;
use crate::sampling::options::Dwell;
use crate::scenario::arena::DEFAULT_SLOTS;
use crate::scenario::definition::MAX_SITES;
use crate::setup::place_sites::INSIDE_SITES;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// How the cases of a run are read.
#[derive(Clone, Debug)]
pub(crate) struct CaseOptions {
    /// Where the sites stand, one after the other.
    pub(crate) placements: Vec<Placement>,
    /// The caller's buffer in bytes; none: what the placement wants.
    pub(crate) read_size: Option<usize>,
    /// How many sites; none: as many as the placement wants.
    pub(crate) sites: Option<usize>,
    pub(crate) dwell: Dwell,
    /// The schedules, and how they share the time of a case.
    pub(crate) shares: ScheduleShares,
    /// The most operations between two rests of a writer, 0 for no rests;
    /// none: what suits the placement.
    pub(crate) burst: Option<u32>,
    pub(crate) reader_count: u16,
    /// Whether several readers that query share one file.
    pub(crate) shared_fd: bool,
    pub(crate) prove: bool,
    /// Where all that is read is recorded.
    pub(crate) recorder: Option<Recorder>,
}

/// The placements of a run that does not ask for others: what finds most
/// (`cargo bench --bench finding`), and what the kernel's selftest does.
pub(crate) const USUAL: [Placement; 2] = [Placement::Low, Placement::Boundary];

/// Slots of the arena where a site stands at every boundary: so many that
/// there are several.
const SLOTS_FOR_EVERY: u32 = 620;

impl CaseOptions {
    /// What a run does that asks for nothing in particular, under one schedule.
    pub(crate) fn usual() -> Self {
        CaseOptions {
            placements: USUAL.to_vec(),
            read_size: None,
            sites: None,
            dwell: Dwell::Find,
            shares: ScheduleShares::equal(&[Schedule::Dwell]),
            burst: None,
            reader_count: 1,
            shared_fd: false,
            prove: false,
            recorder: None,
        }
    }

    /// The most sites that there are at once.
    pub(crate) fn most_sites(&self) -> usize {
        let of_placement = |placement: &Placement| match placement {
            Placement::Every => MAX_SITES,
            Placement::Inside => INSIDE_SITES,
            _ => 1,
        };
        let most = self.placements.iter().map(of_placement).max();
        self.sites.or(most).unwrap_or(1).clamp(1, MAX_SITES)
    }

    /// Slots that the arena needs for these placements.
    pub(crate) fn slots(&self) -> u32 {
        if self.placements.contains(&Placement::Every) {
            SLOTS_FOR_EVERY
        } else {
            DEFAULT_SLOTS
        }
    }
}
