//! Sequence after sequence: chosen with a purpose, run under every reader, judged;
//! what is found is made as short as it can be, and repeated while a thread touches
//! the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::choice::Chooser;
use super::find::{Find, FindKey};
use super::generate::Generator;
use super::news::{News, Purpose};
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
use crate::setup::cpus::keep_apart;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;

/// How long a sequence is read by each reader.
const TRIAL: Duration = Duration::from_millis(60);

/// How many sequences are drawn at most for one that is run.
const DRAWS: u32 = 8;

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
    chooser: Chooser,
    setup: ModifierSetup,
    interrupted: &'a AtomicBool,
    start: Instant,
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
        let readers = options.readers.iter().map(|(reader, _)| *reader);
        let chooser = Chooser::new(generator, readers, &options.shares);
        let locks = options.locks;
        Ok(Hunt {
            counter: locks.and_then(|locks| locks.of_new_threads().ok()),
            options,
            chooser,
            setup,
            interrupted,
            start: Instant::now(),
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
                setting: self.chooser.setting(reader, &scenario),
                schedule: self.chooser.schedule(reader),
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
            worth = worth.max(self.chooser.note(reader, meeting.schedule, &seen.result));
            self.totals.add_fallbacks(seen.result.fallbacks());
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
                let (find, totals) = (&seen.find(), &self.totals);
                tell(News::Seen { find, totals })?;
            }
        }
        self.chooser.keep(sequence, worth);
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
            let Some(sequence) = self.chooser.draw() else {
                continue;
            };
            self.totals.drawn += 1;
            let words: Vec<String> = sequence
                .body
                .iter()
                .map(|call| word_of(&call.to_string()))
                .chain(sequence.ground_words().map(str::to_owned))
                .collect();
            for word in &words {
                self.totals.calls.entry(word.clone()).or_default().tried += 1;
            }
            let calls = &mut self.totals.calls;
            let name = format!("fuzz-{}", self.totals.drawn);
            let generator = &mut self.chooser.generator;
            let learnt = learn(&sequence, &name, &mut self.setup, &mut |error| {
                note_refusal(calls, error);
                if let SetupError::Modifier(ModifierError::NotHere { call, .. }) = error {
                    generator.leave_out(call);
                }
            })?;
            let Some(scenario) = learnt else {
                self.totals.no_cycle += 1;
                continue;
            };
            let steps = Transition::all(&sequence, &scenario);
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
            if good || self.chooser.generator.chance(1, 3) {
                break;
            }
        }
        Ok(best)
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
    let (word, reason) = match error {
        SetupError::Modifier(ModifierError::Operation { text, reason, .. }) => {
            (word_of(text), reason)
        }
        SetupError::Modifier(ModifierError::NotHere { call, reason, .. }) => {
            ((*call).to_owned(), reason)
        }
        _ => return,
    };
    let counts = calls.entry(word).or_default();
    counts.refused += 1;
    counts.reason = Some(reason.clone());
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
