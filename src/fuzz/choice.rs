//! What is drawn, and how it is met: like what was worth it before.

use std::collections::BTreeMap;
use std::time::Duration;

use super::generate::Generator;
use super::sequence::Sequence;
use crate::checking::schedule_shares::ScheduleShares;
use crate::events::case::CaseResult;
use crate::linux::reader::Reader;
use crate::scenario::definition::Scenario;
use crate::setup::case_setup::CaseSetup;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// Sequences that are kept for others like them.
const KEPT: usize = 64;

/// Draws sequences, and how readers meet them.
#[derive(Debug)]
pub(crate) struct Chooser {
    pub(crate) generator: Generator,
    /// By reader.
    shares: BTreeMap<String, ScheduleShares>,
    /// Sequences with the part of the scans that they tear, and a quarter of the part
    /// in which a reader falls back.
    kept: Vec<(Sequence, f64)>,
}

impl Chooser {
    pub(crate) fn new(
        generator: Generator,
        readers: impl Iterator<Item = Reader>,
        shares: &ScheduleShares,
    ) -> Self {
        let shares = readers.map(|reader| (reader.to_string(), shares.clone()));
        Chooser {
            generator,
            shares: shares.collect(),
            kept: Vec::new(),
        }
    }

    /// Takes note of what a reader found under a schedule; what the sequence is worth
    /// for that.
    pub(crate) fn note(&mut self, reader: Reader, schedule: Schedule, found: &CaseResult) -> f64 {
        let fallbacks = found.fallbacks();
        if let Some(shares) = self.shares.get_mut(&reader.to_string()) {
            shares.note(schedule, &found.tally, fallbacks, found.elapsed_ns);
        }
        let torn = found.tally.torn as f64 / found.tally.scans.max(1) as f64;
        let fell_back = fallbacks.map_or(0.0, |it| it.per_scan().min(1.0));
        torn + fell_back / 4.0
    }

    /// A new sequence, or one like another that was worth it.
    pub(crate) fn draw(&mut self) -> Option<Sequence> {
        let fresh = self.kept.is_empty() || self.generator.chance(2, 3);
        let sequence = if fresh {
            self.generator.fresh()
        } else {
            // The best of three.
            let three: Vec<(Sequence, f64)> =
                (0..3).map(|_| self.generator.pick(&self.kept)).collect();
            let best = three.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
            self.generator.like(&best.0)
        };
        (!sequence.body.is_empty()).then_some(sequence)
    }

    /// Keeps a sequence for others like it, if it is among those most worth it.
    pub(crate) fn keep(&mut self, sequence: Sequence, worth: f64) {
        self.kept.push((sequence, worth));
        if self.kept.len() > KEPT {
            let least =
                (0..self.kept.len()).min_by(|&a, &b| self.kept[a].1.total_cmp(&self.kept[b].1));
            self.kept.swap_remove(least.unwrap_or(0));
        }
    }

    /// Where a reader meets the sequence.
    pub(crate) fn setting(&mut self, reader: Reader, scenario: &Scenario) -> CaseSetup {
        let placement = match () {
            () if scenario.last => Placement::Last,
            () if self.generator.chance(7, 10) => Placement::Low,
            () if self.generator.chance(1, 2) => Placement::Inside,
            () => Placement::Boundary,
        };
        let variants = CaseSetup::new(reader, placement).variants(scenario);
        if variants.is_empty() {
            return CaseSetup::new(reader, placement);
        }
        self.generator.pick(&variants)
    }

    /// A schedule, each as often as it has its share of the time.
    pub(crate) fn schedule(&mut self, reader: Reader) -> Schedule {
        let whole = Duration::from_secs(1);
        let shares = self.shares[&reader.to_string()].share(whole);
        let mut at = self.generator.below(whole.as_nanos() as u64);
        for (schedule, share) in &shares {
            let share = share.as_nanos() as u64;
            if at < share {
                return *schedule;
            }
            at -= share;
        }
        shares
            .last()
            .map_or(Schedule::Apart, |(schedule, _)| *schedule)
    }
}
