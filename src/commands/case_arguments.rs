//! How the cases of a check are read, as its command line says.

use super::plan::Plan;
use super::populate::populate_asked;
use super::repeats::without_repeats;
use crate::checking::case_options::{CaseOptions, USUAL};
use crate::checking::schedule_shares::ScheduleShares;
use crate::cli::check::CheckArguments;
use crate::compare::kept::KeptRun;
use crate::linux::features::preemption::Preemption;
use crate::recording::recorder::Recorder;
use crate::sampling::options::Dwell;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// What the command line asks for; the placements it leaves open are as in
/// the run to compare with, if there is one.
pub(crate) fn case_options(
    arguments: &CheckArguments,
    plan: &Plan,
    kept: Option<&KeptRun>,
    preemption: &Preemption,
    recorder: Option<Recorder>,
) -> CaseOptions {
    let populates = populate_asked(arguments, kept).is_some();
    let shares = match (arguments.schedules(), arguments.dwell) {
        (Some(schedules), _) => ScheduleShares::equal(&without_repeats(&schedules)),
        // What lasts needs no widened windows.
        (None, Dwell::Find) if populates => ScheduleShares::equal(&[Schedule::Apart]),
        // Who says how long to pause wants just that.
        (None, Dwell::Fixed(_)) => ScheduleShares::equal(&[Schedule::Dwell]),
        (None, Dwell::Find) => ScheduleShares::auto(preemption, Schedule::is_possible),
    };
    let mut wanted = arguments.placements.clone();
    if wanted.is_empty() && populates && kept.is_none() {
        wanted.push(Placement::Low);
    }
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
        recorder,
    }
}
