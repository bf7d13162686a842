//! Sequence after sequence: chosen with a purpose, run under every reader, judged;
//! what is found is made as short as it can be, and repeated while a thread touches
//! the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::find::{Find, FindKey};
use super::generate::Generator;
use super::seen::Seen;
use super::sequence::Sequence;
use super::shrink::{Shown, Shrinking, learn};
use super::totals::{CallCounts, HuntResult, Totals};
use super::transition::Transition;
use super::trial::{Meeting, Trial};
use crate::checking::schedule_shares::ScheduleShares;
use crate::linux::features::rule::Rule;
use crate::linux::locks::{LockCounter, LockEvidence};
use crate::linux::reader::Reader;
use crate::modifier::error::ModifierError;
use crate::modifier::options::ModifierOptions;
use crate::scenario::definition::Scenario;
use crate::setup::case_setup::CaseSetup;
use crate::setup::cpus::keep_apart;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// How long a sequence is read by each reader.
const TRIAL: Duration = Duration::from_millis(60);

/// How many sequences are drawn at most for one that is run.
const DRAWS: u32 = 8;

/// Sequences that are kept for others like them.
const KEPT: usize = 64;

/// How long making one find smaller may take, at most and at least; the part of the
/// whole time that one of no known mechanism may take, which comes at once.
const LONGEST: Duration = Duration::from_secs(60);
const SHORTEST: Duration = Duration::from_secs(2);
const AT_ONCE: u32 = 5;

/// How often a modifier is started anew before any sequence was run.
const MOST_RESTARTS: u64 = 20;

/// The part of the time after which finds with the signature of a known hole are made
/// smaller: until then others are looked for.
const KNOWN_AFTER: f64 = 0.65;

/// How long the proof reads; as often as this, until it shows again.
const PROOF: Duration = Duration::from_secs(1);
const PROOFS: u32 = 5;

/// What to hunt with.
#[derive(Clone, Debug)]
pub(crate) struct HuntOptions {
    /// The whole time, or that of a round of a hunt that is endless.
    pub(crate) duration: Duration,
    /// Whether it goes on until it is interrupted: a round after the other, each of
    /// which ends with making smaller what has a known mechanism.
    pub(crate) endless: bool,
    /// Who reads, and the rule each is judged by.
    pub(crate) readers: Vec<(Reader, Rule)>,
    pub(crate) shares: ScheduleShares,
    pub(crate) modifier: ModifierOptions,
    /// Count how often readers fall back to mmap_lock, with this.
    pub(crate) locks: Option<LockEvidence>,
}

/// What a hunt tells while it goes on.
pub(crate) enum News<'a> {
    /// What has come of it so far; `running`: the sequence that is run.
    Progress {
        totals: &'a Totals,
        running: &'a Scenario,
    },
    /// A sequence is read, or read once more.
    Reading {
        scenario: &'a Scenario,
        meeting: &'a Meeting,
        purpose: &'a Purpose,
    },
    /// Something was seen for the first time: the find as it was seen.
    Seen(&'a Find),
    /// The same, made smaller and repeated.
    Found(&'a Find),
}

/// What a sequence is read for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Search,
    /// Whether something smaller still shows the find.
    Shrink(FindKey),
    /// The find once more, while a thread touches the pages.
    Repeat(FindKey),
}

/// A sequence to run.
struct Choice {
    /// How many of its steps are new, and whether a page is mapped in every state.
    worth: (usize, bool),
    sequence: Sequence,
    scenario: Scenario,
    steps: BTreeSet<Transition>,
}

/// One hunter.
#[derive(Debug)]
pub(crate) struct Hunt<'a> {
    options: HuntOptions,
    generator: Generator,
    setup: ModifierSetup,
    interrupted: &'a AtomicBool,
    start: Instant,
    shares: BTreeMap<String, ScheduleShares>,
    /// Sequences with the part of the scans that they tear, and a quarter of the part
    /// in which a reader falls back.
    kept: Vec<(Sequence, f64)>,
    /// Seen, and not yet made smaller.
    pending: Vec<Seen>,
    totals: Totals,
    finds: Vec<Find>,
    /// Of the locks that its readers take.
    counter: Option<LockCounter>,
}

impl<'a> Hunt<'a> {
    /// Starts a modifier.
    ///
    /// # Errors
    /// When that is not possible.
    pub(crate) fn new(
        options: HuntOptions,
        generator: Generator,
        interrupted: &'a AtomicBool,
    ) -> Result<Self> {
        let setup = start_modifier(&options)?;
        let shares = options.readers.iter();
        let shares = shares.map(|(reader, _)| (reader.to_string(), options.shares.clone()));
        let locks = options.locks;
        Ok(Hunt {
            counter: locks.and_then(|locks| locks.of_new_threads().ok()),
            shares: shares.collect(),
            options,
            generator,
            setup,
            interrupted,
            start: Instant::now(),
            kept: Vec::new(),
            pending: Vec::new(),
            totals: Totals::default(),
            finds: Vec::new(),
        })
    }

    /// Hunts until time is over.
    ///
    /// # Errors
    /// When no modifier can be started, or `tell` fails.
    pub(crate) fn run(&mut self, tell: &mut dyn FnMut(News<'_>) -> Result<()>) -> Result<()> {
        while !self.is_over() {
            let stepped = self.next(tell);
            self.totals.elapsed = self.start.elapsed();
            match stepped {
                Ok(()) => {}
                // One that never runs is not started over and over.
                Err(error)
                    if is_the_modifiers(&error)
                        && !self.is_over()
                        && self.totals.restarts < MOST_RESTARTS + self.totals.run =>
                {
                    self.totals.restarts += 1;
                    self.totals.restarted_for = Some(format!("{error:#}"));
                    self.setup = start_modifier(&self.options)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What is to be done now.
    fn next(&mut self, tell: &mut dyn FnMut(News<'_>) -> Result<()>) -> Result<()> {
        let whole = self.options.duration;
        let elapsed = match self.options.endless {
            true => within_round(self.start.elapsed(), whole),
            false => self.start.elapsed(),
        };
        let left = whole.saturating_sub(elapsed);
        let known_now = elapsed >= whole.mul_f64(KNOWN_AFTER);
        let is_due = |seen: &Seen| known_now || seen.key.label.is_none();
        let is_first = |seen: &Seen| {
            let mut finds = self.finds.iter();
            is_due(seen) && finds.all(|find| find.key.label != seen.key.label)
        };
        let first = self.pending.iter().position(is_first);
        let Some(at) = first.or_else(|| self.pending.iter().position(is_due)) else {
            return self.step(tell);
        };
        let share = match self.pending[at].key.label {
            None => whole / AT_ONCE,
            Some(_) => left / self.pending.len() as u32,
        };
        let seen = self.pending.remove(at);
        let budget = share.saturating_sub(PROOF).clamp(SHORTEST, LONGEST);
        match self.prove(seen.clone(), budget, tell) {
            Ok(find) => {
                tell(News::Found(&find))?;
                self.finds.push(find);
                Ok(())
            }
            Err(error) => {
                // It was seen all the same.
                self.finds.push(seen.find());
                Err(error)
            }
        }
    }

    /// What it came to, however it ended.
    pub(crate) fn result(mut self, ran: Result<()>) -> HuntResult {
        // There was no time to make these smaller.
        let pending = std::mem::take(&mut self.pending);
        self.finds.extend(pending.into_iter().map(Seen::find));
        HuntResult {
            totals: self.totals,
            finds: self.finds,
            problem: ran.err(),
        }
    }

    fn is_over(&self) -> bool {
        let is_late = !self.options.endless && self.start.elapsed() >= self.options.duration;
        is_late || self.interrupted.load(Ordering::Relaxed)
    }

    /// One sequence under every reader.
    fn step(&mut self, tell: &mut dyn FnMut(News<'_>) -> Result<()>) -> Result<()> {
        let Some(choice) = self.choose()? else {
            return Ok(());
        };
        let Choice {
            sequence,
            scenario,
            steps,
            ..
        } = choice;
        self.totals.run += 1;
        self.totals.coverage.begin(&steps);
        tell(News::Progress {
            totals: &self.totals,
            running: &scenario,
        })?;
        let mut worth = 0.0_f64;
        for (reader, rule) in self.options.readers.clone() {
            if self.is_over() {
                break;
            }
            let meeting = Meeting {
                reader,
                rule,
                setting: self.setting(reader, &scenario),
                schedule: self.schedule(reader),
            };
            let Some(trial) = Trial::prepare(&scenario, &meeting, false, &mut self.setup)? else {
                continue;
            };
            tell(News::Reading {
                scenario: &scenario,
                meeting: &meeting,
                purpose: &Purpose::Search,
            })?;
            let begun = Instant::now();
            let seen = trial.read(
                TRIAL,
                self.counter.as_ref(),
                &mut self.setup,
                self.interrupted,
            )?;
            let tally = &seen.result.tally;
            let fallbacks = seen.result.placements.iter().find_map(|it| it.fallbacks);
            let torn = tally.torn as f64 / tally.scans.max(1) as f64;
            let fell_back = fallbacks.map_or(0.0, |it| it.per_scan().min(1.0));
            worth = worth.max(torn + fell_back / 4.0);
            if let Some(shares) = self.shares.get_mut(&reader.to_string()) {
                let elapsed_ns = seen.result.elapsed_ns;
                shares.note(meeting.schedule, tally, fallbacks, elapsed_ns);
            }
            self.totals.add_fallbacks(fallbacks);
            self.totals.operations += seen.result.operations;
            self.totals.tally.merge(tally);
            self.totals.coverage.note(&steps, tally);
            for event in &seen.violations {
                let key = FindKey::of(event);
                let of_reader = (key.clone(), reader.to_string());
                let known = self.totals.violations.keys().any(|(one, _)| *one == key);
                *self.totals.violations.entry(of_reader).or_default() += 1;
                if known {
                    continue;
                }
                let after = self.start.elapsed();
                let shown = Shown {
                    sequence: sequence.clone(),
                    scenario: scenario.clone(),
                    meeting: meeting.clone(),
                    seen: seen.clone(),
                };
                let seen = Seen {
                    key,
                    after,
                    took: begun.elapsed(),
                    shown,
                };
                self.pending.push(seen.clone());
                tell(News::Seen(&seen.find()))?;
            }
        }
        self.keep(sequence, worth);
        Ok(())
    }

    /// A sequence that is a cycle here, with its scenario and its steps: one with a
    /// step that was not seen yet, if it can be had.
    fn choose(&mut self) -> Result<Option<Choice>> {
        let mut best: Option<Choice> = None;
        for _ in 0..DRAWS {
            if self.is_over() {
                break;
            }
            let Some(sequence) = self.draw() else {
                continue;
            };
            self.totals.drawn += 1;
            let words: Vec<String> = sequence
                .body
                .iter()
                .map(|call| word_of(&call.to_string()))
                .collect();
            for word in &words {
                self.totals.calls.entry(word.clone()).or_default().tried += 1;
            }
            let calls = &mut self.totals.calls;
            let name = format!("fuzz-{}", self.totals.drawn);
            let learnt = learn(&sequence, &name, &mut self.setup, &mut |error| {
                note_refusal(calls, error);
            })?;
            let Some(scenario) = learnt else {
                self.totals.no_cycle += 1;
                continue;
            };
            let steps = steps(&sequence, &scenario);
            let new = self.totals.coverage.new_among(&steps);
            let stays = !scenario.always_mapped().is_empty();
            let (worth, good) = ((new, stays), new > 0 && stays);
            if best.as_ref().is_none_or(|best| worth > best.worth) {
                best = Some(Choice {
                    worth,
                    sequence,
                    scenario,
                    steps,
                });
            }
            if good || self.generator.chance(1, 3) {
                break;
            }
        }
        Ok(best)
    }

    fn draw(&mut self) -> Option<Sequence> {
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

    fn keep(&mut self, sequence: Sequence, worth: f64) {
        self.kept.push((sequence, worth));
        if self.kept.len() > KEPT {
            let least =
                (0..self.kept.len()).min_by(|&a, &b| self.kept[a].1.total_cmp(&self.kept[b].1));
            self.kept.swap_remove(least.unwrap_or(0));
        }
    }

    /// Where a reader meets the sequence.
    fn setting(&mut self, reader: Reader, scenario: &Scenario) -> CaseSetup {
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
    fn schedule(&mut self, reader: Reader) -> Schedule {
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

    /// Makes a find smaller and repeats it.
    fn prove(
        &mut self,
        seen: Seen,
        budget: Duration,
        tell: &mut dyn FnMut(News<'_>) -> Result<()>,
    ) -> Result<Find> {
        let found = seen.shown.scenario.clone();
        let purpose = Purpose::Shrink(seen.key.clone());
        let mut shrinking = Shrinking {
            key: seen.key.clone(),
            setup: &mut self.setup,
            interrupted: self.interrupted,
            until: Instant::now() + budget,
            patience: (seen.took * 8).clamp(Duration::from_millis(400), Duration::from_secs(3)),
            tell: &mut |scenario, meeting| {
                tell(News::Reading {
                    scenario,
                    meeting,
                    purpose: &purpose,
                })
            },
        };
        let shown = shrinking.shrink(seen.shown)?;
        let mut find = Seen { shown, ..seen }.find();
        find.scenario = found;
        let trial = Trial::prepare(&find.shortest, &find.meeting, true, &mut self.setup)?;
        let Some(trial) = trial else {
            return Ok(find);
        };
        let purpose = Purpose::Repeat(find.key.clone());
        for _ in 0..PROOFS {
            if self.interrupted.load(Ordering::Relaxed) || find.is_proven {
                break;
            }
            tell(News::Reading {
                scenario: &find.shortest,
                meeting: &find.meeting,
                purpose: &purpose,
            })?;
            match trial.read(PROOF, None, &mut self.setup, self.interrupted) {
                Ok(again) => {
                    let mut seen = again.violations.iter();
                    if let Some(event) = seen.find(|event| FindKey::of(event) == find.key) {
                        find.event = event.clone();
                        find.result = again.result;
                        find.info = again.info;
                        find.is_proven = true;
                    }
                }
                Err(error) => match error.downcast_ref::<ModifierError>() {
                    Some(gone @ ModifierError::PageGone { .. }) => {
                        find.fault = Some(gone.to_string());
                        self.setup = start_modifier(&self.options)?;
                        break;
                    }
                    _ => return Err(error),
                },
            }
        }
        Ok(find)
    }
}

/// The first word of a call.
fn word_of(call: &str) -> String {
    call.split(' ').next().unwrap_or_default().to_owned()
}

fn note_refusal(calls: &mut BTreeMap<String, CallCounts>, error: &SetupError) {
    if let SetupError::Modifier(ModifierError::Operation { text, reason, .. }) = error {
        let counts = calls.entry(word_of(text)).or_default();
        counts.refused += 1;
        counts.reason = Some(reason.clone());
    }
}

/// The steps of a scenario.
fn steps(sequence: &Sequence, scenario: &Scenario) -> BTreeSet<Transition> {
    let mut states: Vec<_> = scenario.states().collect();
    states.push(&scenario.original);
    let steps = states.windows(2);
    steps
        .filter_map(|pair| Transition::of(sequence, pair[0], pair[1]))
        .collect()
}

/// How long the round under way has lasted.
fn within_round(elapsed: Duration, round: Duration) -> Duration {
    Duration::from_nanos((elapsed.as_nanos() % round.as_nanos().max(1)) as u64)
}

fn start_modifier(options: &HuntOptions) -> Result<ModifierSetup> {
    let setup = ModifierSetup::new(&options.modifier)?;
    keep_apart(setup.pid());
    Ok(setup)
}

/// Whether the modifier failed or died: another one may do.
fn is_the_modifiers(error: &anyhow::Error) -> bool {
    error.is::<ModifierError>()
        || error.is::<SetupError>()
        || error.is::<crate::sampling::options::SamplerError>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_hunt_has_a_time_for_known_finds_in_each_round() {
        let round = Duration::from_secs(60);
        let is_time = |seconds| {
            within_round(Duration::from_secs(seconds), round) >= round.mul_f64(KNOWN_AFTER)
        };
        let times = [0, 38, 40, 59, 61, 98, 101, 3_599].map(is_time);
        assert_eq!(times, [false, false, true, true, false, false, true, true]);
    }
}
