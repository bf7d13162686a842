//! Sequence after sequence: chosen with a purpose, run under every reader, judged;
//! what is found is made as short as it can be, and repeated while a thread touches
//! the pages.
//!
//! * [`choose`]: the sequence that is run next; [`search`]: it is read;
//! * [`prove`]: what is found is shortened and repeated.

pub(crate) mod choose;
pub(crate) mod prove;
pub(crate) mod search;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::checking::schedule_shares::ScheduleShares;
use crate::fuzz::choice::Chooser;
use crate::fuzz::find::Find;
use crate::fuzz::generate::Generator;
use crate::fuzz::news::News;
use crate::fuzz::seen::Seen;
use crate::fuzz::totals::{HuntResult, Totals};
use crate::linux::features::rule::Rule;
use crate::linux::locks::{LockCounter, LockEvidence};
use crate::linux::reader::Reader;
use crate::modifier::error::ModifierError;
use crate::modifier::options::ModifierOptions;
use crate::setup::cpus::keep_apart;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;

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

/// How long the proof reads.
const PROOF: Duration = Duration::from_secs(1);

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
