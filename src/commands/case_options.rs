//! How the cases of a run are read.

use super::plan::Plan;
use super::repeats::without_repeats;
use super::schedule_shares::ScheduleShares;
use crate::cli::check::CheckArguments;
use crate::compare::kept::KeptRun;
use crate::linux::features::preemption::Preemption;
use crate::sampling::options::Dwell;
use crate::scenario::arena::DEFAULT_SLOTS;
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
}

/// The placements of a run that does not ask for others: what finds most
/// (`cargo bench --bench finding`), and what the kernel's selftest does.
const USUAL: [Placement; 2] = [Placement::Low, Placement::Boundary];

/// Slots of the arena where a site stands at every boundary: so many that
/// there are several.
const SLOTS_FOR_EVERY: u32 = 620;

impl CaseOptions {
    /// What the command line asks for; the placements it leaves open are as in
    /// the run to compare with, if there is one.
    pub(crate) fn of(
        arguments: &CheckArguments,
        plan: &Plan,
        kept: Option<&KeptRun>,
        preemption: &Preemption,
    ) -> Self {
        let shares = match (arguments.schedules(), arguments.dwell) {
            (Some(schedules), _) => ScheduleShares::equal(&without_repeats(&schedules)),
            // Who says how long to pause wants just that.
            (None, Dwell::Fixed(_)) => ScheduleShares::equal(&[Schedule::Dwell]),
            (None, Dwell::Find) => ScheduleShares::auto(preemption, Schedule::is_possible),
        };
        let mut wanted = arguments.placements.clone();
        if wanted.is_empty() {
            wanted = kept.map_or_else(|| USUAL.to_vec(), KeptRun::placements);
        }
        CaseOptions {
            placements: without_repeats(&wanted),
            read_size: arguments.read_size.map(|bytes| bytes as usize),
            // Each writer needs a site of its own.
            sites: match arguments.sites {
                None if arguments.writers > 1 => Some(arguments.writers.into()),
                sites => sites.map(usize::from),
            },
            dwell: arguments.dwell,
            shares,
            burst: arguments.burst,
            reader_count: plan.reader_count,
            shared_fd: arguments.shared_fd,
            prove: arguments.prove,
        }
    }

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
        }
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
