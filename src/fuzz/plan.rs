//! What to hunt with on this kernel.

use std::time::{Duration, SystemTime};

use anyhow::Result;

use super::hunt::HuntOptions;
use crate::checking::schedule_shares::ScheduleShares;
use crate::events::run_info::{RunInfo, run_info};
use crate::linux::features::KernelFacts;
use crate::linux::locks::LockEvidence;
use crate::linux::reader::Reader;
use crate::modifier::options::ModifierOptions;
use crate::setup::evidence::gather_evidence;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::schedule::{Schedule, may_use_fifo};

/// The options of a hunt, and what is to be said of the run.
#[derive(Clone, Debug)]
pub(crate) struct HuntPlan {
    pub(crate) options: HuntOptions,
    pub(crate) info: RunInfo,
}

impl HuntPlan {
    /// Looks what these readers do on this kernel, where it has them. Without
    /// schedules: all, by what they find.
    ///
    /// # Errors
    /// When that cannot be seen.
    pub(crate) fn new(
        duration: Duration,
        mut readers: Vec<Reader>,
        schedules: Option<Vec<Schedule>>,
        modifier: ModifierOptions,
    ) -> Result<Self> {
        let mut facts = KernelFacts::detect()?;
        readers.retain(|reader| !reader.queries() || facts.procmap_query);
        let shares = match schedules {
            Some(schedules) => ScheduleShares::equal(&schedules),
            None => ScheduleShares::auto(&facts.preemption, Schedule::is_possible),
        };
        let may_use_fifo = {
            let mut setup = ModifierSetup::new(&modifier)?;
            gather_evidence(&mut setup, &mut facts, &readers)?;
            may_use_fifo(setup.modifier())
        };
        let rules: Vec<_> = readers
            .iter()
            .map(|reader| (*reader, facts.rule_for(*reader)))
            .collect();
        let mut info = run_info(0, &facts, &rules);
        info.schedules = shares.describe(may_use_fifo);
        let readers = rules.iter().map(|(reader, rule)| (*reader, rule.rule));
        Ok(HuntPlan {
            options: HuntOptions {
                duration,
                endless: false,
                readers: readers.collect(),
                shares,
                modifier,
                locks: LockEvidence::find().ok(),
            },
            info,
        })
    }
}

/// A number that is another one each time.
pub(crate) fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanoseconds = since.unwrap_or(Duration::ZERO).as_nanos() as u64;
    // Short enough to be typed.
    nanoseconds / 1_000 % 1_000_000_000
}
