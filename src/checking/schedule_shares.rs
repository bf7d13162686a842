//! How the time of a case is shared among the schedules.

use std::time::Duration;

use crate::events::case::Fallbacks;
use crate::linux::features::preemption::Preemption;
use crate::oracle::tally::Tally;
use crate::setup::schedule::Schedule;

/// Shares time among schedules: by what this kernel can do, and by what each has
/// found so far in the run.
#[derive(Clone, Debug)]
pub(crate) struct ScheduleShares(Vec<Weighed>);

/// A schedule, and why it has its share.
#[derive(Clone, Debug)]
struct Weighed {
    schedule: Schedule,
    /// What it is expected to find, relative to the others.
    expected: f64,
    /// Whether what it finds changes its share.
    learns: bool,
    spent: Duration,
    torn: u64,
    violations: u64,
    /// Fallbacks to mmap_lock, and the time in which they were counted.
    fallbacks: u64,
    counted: Duration,
}

/// None gets less of a case than this.
const LEAST: f64 = 0.08;

impl ScheduleShares {
    /// The same time for each, whatever they find.
    pub(crate) fn equal(schedules: &[Schedule]) -> Self {
        Self::new(schedules.iter().map(|&schedule| (schedule, 1.0)), false)
    }

    /// Most to those that are likely to find something. What a sandbox or a limit
    /// forbids is left out.
    pub(crate) fn auto(preemption: &Preemption, may: impl Fn(Schedule) -> bool) -> Self {
        let preempts = preemption.is_preemptible().unwrap_or(true);
        let expected = [
            (Schedule::Apart, 1.0),
            (Schedule::Dwell, 4.0),
            (Schedule::Preempt, if preempts { 4.0 } else { 1.0 }),
            (Schedule::PreemptIdle, if preempts { 2.0 } else { 0.5 }),
            (Schedule::Storm, 2.0),
        ];
        Self::new(expected.into_iter().filter(|(one, _)| may(*one)), true)
    }

    fn new(expected: impl Iterator<Item = (Schedule, f64)>, learns: bool) -> Self {
        let weighed = expected.map(|(schedule, expected)| Weighed {
            schedule,
            expected,
            learns,
            spent: Duration::ZERO,
            torn: 0,
            violations: 0,
            fallbacks: 0,
            counted: Duration::ZERO,
        });
        ScheduleShares(weighed.collect())
    }

    /// How many schedules there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The schedules in a line, and how they share the time.
    pub(crate) fn describe(&self, may_use_fifo: bool) -> String {
        let shares = self.share(Duration::from_secs(100));
        let describe = |(schedule, share): &(Schedule, Duration)| {
            let policy = match schedule {
                Schedule::Preempt if may_use_fifo => " (the writer has SCHED_FIFO)",
                Schedule::Preempt => " (the writer may not have SCHED_FIFO)",
                _ => "",
            };
            match shares.len() {
                1 => format!("{schedule}{policy}"),
                _ => format!("{schedule} {:.0} %{policy}", share.as_secs_f64()),
            }
        };
        let list: Vec<String> = shares.iter().map(describe).collect();
        let mut text = list.join(", ");
        if self.0.iter().any(|one| one.learns) {
            text.push_str(" of the time at first, then more for what finds more");
            let is_missing = |one: &Schedule| !self.0.iter().any(|it| it.schedule == *one);
            let usual = [Schedule::Preempt, Schedule::PreemptIdle, Schedule::Storm];
            for schedule in usual.into_iter().filter(is_missing) {
                text.push_str(&format!("; {schedule} is not possible here"));
            }
        }
        text
    }

    /// How to spend this time: all schedules, each its share.
    pub(crate) fn share(&self, time: Duration) -> Vec<(Schedule, Duration)> {
        let most = |rate: fn(&Weighed) -> f64| self.0.iter().map(rate).fold(0.0, f64::max);
        let (violations, torn) = (most(Weighed::violations), most(Weighed::torn));
        let fallbacks = most(Weighed::fallbacks);
        let part = |rate: f64, most: f64| if most > 0.0 { rate / most } else { 0.0 };
        let weight = |one: &Weighed| {
            let found = part(one.violations(), violations)
                + part(one.torn(), torn) / 4.0
                + part(one.fallbacks(), fallbacks) / 8.0;
            one.expected * if one.learns { 1.0 + found } else { 1.0 }
        };
        let sum: f64 = self.0.iter().map(weight).sum();
        let shares: Vec<f64> = self
            .0
            .iter()
            .map(|one| (weight(one) / sum).max(LEAST))
            .collect();
        let sum: f64 = shares.iter().sum();
        let of = |(one, share): (&Weighed, &f64)| (one.schedule, time.mul_f64(share / sum));
        self.0.iter().zip(&shares).map(of).collect()
    }

    /// Whether what they find changes how they share.
    pub(crate) fn learn(&self) -> bool {
        self.0.len() > 1 && self.0.iter().any(|one| one.learns)
    }

    /// Takes note of what a schedule found in so much time, and of how often its
    /// reader fell back to mmap_lock where that was counted.
    pub(crate) fn note(
        &mut self,
        schedule: Schedule,
        found: &Tally,
        fallbacks: Option<Fallbacks>,
        elapsed_ns: u64,
    ) {
        if let Some(one) = self.0.iter_mut().find(|one| one.schedule == schedule) {
            let elapsed = Duration::from_nanos(elapsed_ns);
            one.spent += elapsed;
            one.torn += found.torn;
            one.violations += found.violation_count();
            if let Some(fallbacks) = fallbacks {
                one.fallbacks += fallbacks.count;
                one.counted += elapsed;
            }
        }
    }
}

impl Weighed {
    /// A second.
    fn violations(&self) -> f64 {
        self.violations as f64 / self.spent.as_secs_f64().max(1e-3)
    }

    /// A second.
    fn fallbacks(&self) -> f64 {
        self.fallbacks as f64 / self.counted.as_secs_f64().max(1e-3)
    }

    /// A second.
    fn torn(&self) -> f64 {
        self.torn as f64 / self.spent.as_secs_f64().max(1e-3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::features::tests::facts;

    const TIME: Duration = Duration::from_secs(10);

    fn share_of(shares: &ScheduleShares, schedule: Schedule) -> f64 {
        let of = |(one, time): (Schedule, Duration)| {
            (one == schedule).then(|| time.as_secs_f64() / TIME.as_secs_f64())
        };
        shares.share(TIME).into_iter().find_map(of).unwrap()
    }

    fn found(violations: u64) -> Tally {
        let mut tally = Tally {
            torn: violations,
            ..Tally::default()
        };
        tally.violations[0][0] = violations;
        tally
    }

    #[test]
    fn time_goes_where_something_is_found_and_nothing_is_left_out() {
        let unknown = facts("7.3.0", Some(true)).preemption;
        let mut shares = ScheduleShares::auto(&unknown, |_| true);
        let before = share_of(&shares, Schedule::Apart);
        for (schedule, _) in shares.share(TIME) {
            let rare = u64::from(schedule == Schedule::Apart) * 1_000_000;
            shares.note(schedule, &found(rare), None, 1_000_000_000);
        }
        assert!(share_of(&shares, Schedule::Apart) > 1.5 * before);
        let spent: Duration = shares.share(TIME).iter().map(|(_, time)| *time).sum();
        assert!(spent.abs_diff(TIME) < Duration::from_millis(1), "{spent:?}");
        for (schedule, time) in shares.share(TIME) {
            assert!(time.as_secs_f64() / TIME.as_secs_f64() > 0.05, "{schedule}");
        }
    }

    #[test]
    fn fallbacks_count_a_little_where_they_were_counted() {
        let unknown = facts("7.3.0", Some(true)).preemption;
        let mut shares = ScheduleShares::auto(&unknown, |_| true);
        let before = share_of(&shares, Schedule::Storm);
        shares.note(Schedule::Apart, &found(0), None, 1_000_000_000);
        assert_eq!(share_of(&shares, Schedule::Storm), before);
        let fallbacks = Some(Fallbacks {
            count: 10,
            scans: 100,
        });
        shares.note(Schedule::Storm, &found(0), fallbacks, 1_000_000_000);
        let after = share_of(&shares, Schedule::Storm);
        assert!(after > before && after < 1.2 * before, "{before} {after}");
    }

    #[test]
    fn who_names_schedules_gets_the_same_time_for_each() {
        let mut shares = ScheduleShares::equal(&[Schedule::Apart, Schedule::Storm]);
        shares.note(Schedule::Storm, &found(1_000), None, 1_000_000);
        assert_eq!(shares.describe(true), "apart 50 %, storm 50 %");
        let preemption = facts("7.3.0", Some(true)).preemption;
        let without_storm = ScheduleShares::auto(&preemption, |one| one != Schedule::Storm);
        let text = without_storm.describe(true);
        assert!(text.ends_with("; storm is not possible here"), "{text}");
        let one = ScheduleShares::equal(&[Schedule::Preempt]);
        let refused = "preempt (the writer may not have SCHED_FIFO)";
        assert_eq!(one.describe(false), refused);
    }
}
