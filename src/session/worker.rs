//! The session's thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::by_hand::ByHand;
use super::coverage;
use super::coverage::Skipped;
use super::explorer::queries::Lens;
use super::probing::{Pace, Probing};
use super::rates::RateMeter;
use super::report_totals::Ledger;
use super::running::{Plan, READERS, Running};
use super::snapshot::{FoundEvent, Snapshot, TargetInfo};
use super::thread::{Tell, Work};
use super::trigger::Trigger;
use super::{Request, SessionOptions, Update};
use crate::events::Observation;
use crate::events::run_info::run_info;
use crate::linux::features::rule::Reader;
use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::kernel_text::in_plain_words;
use crate::modifier::child_process::error::ChildError;
use crate::modifier::error::ModifierError;
use crate::modifier::options::ModifierOptions;
use crate::oracle::tally::Tally;
use crate::sampling::Published;
use crate::sampling::thread::Rate;
use crate::scenario::catalogue::scenarios;
use crate::scenario::definition::Scenario;
use crate::setup::cpus::keep_apart;
use crate::setup::error::StageError;
use crate::setup::evidence::gather_evidence;
use crate::setup::modifier_setup::Stage;
use crate::setup::placement::Placement;
use crate::text::sanitise::sanitise;

/// How often there may be something new: thirty times a second.
pub(crate) const TICK: Duration = Duration::from_micros(33_300);
/// How often answers to queries are shown anew while the modifier runs:
/// oftener would be a flicker.
const ANSWERS: Duration = Duration::from_millis(200);
/// Slots of the arena: two chunks of lines, so that a scan is short and comes
/// by the site often.
const SLOTS: u32 = 140;
/// Finds that may wait to be sent.
pub(crate) const WAITING: usize = 512;
/// How long a scenario is shown before the next one comes by itself.
const STAY: Duration = Duration::from_secs(5);
/// Scenarios that H2 shows in only inside a chunk, so that is where their site
/// goes first.
const FIRST_INSIDE: [&str; 4] = [
    "split-tail",
    "merge-both",
    "merge-left-partial",
    "merge-right-partial",
];

/// What the thread works with.
pub(crate) struct Worker {
    pub(crate) options: SessionOptions,
    pub(crate) requests: Receiver<Request>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) start: Instant,
    pub(crate) scenarios: &'static [Scenario],
    pub(crate) at: usize,
    pub(crate) placement: Placement,
    pub(crate) rate: Rate,
    pub(crate) trigger: Trigger,
    /// Whether the next scenario comes by itself.
    pub(crate) moves_on: bool,
    /// When the scenario that runs began.
    pub(crate) began: Duration,
    /// Whether manual mode is on.
    pub(crate) manual: bool,
}

/// Modifiers that may die while a scenario is laid out.
const MODIFIERS: u32 = 5;

/// What it has found out and set up.
pub(crate) struct World {
    pub(crate) facts: KernelFacts,
    pub(crate) rules: Vec<(Reader, ReaderRule)>,
    pub(crate) target: Arc<TargetInfo>,
    pub(crate) stage: Stage,
    pub(crate) lens: Lens,
    pub(crate) running: Option<Running>,
    /// In manual mode: then the sampler and the modifier stand still.
    pub(crate) by_hand: Option<ByHand>,
    pub(crate) probing: Probing,
    pub(crate) ledger: Ledger,
    pub(crate) meter: RateMeter,
    /// Of everything before the scenario that runs.
    pub(crate) before: Tally,
    pub(crate) found: Vec<FoundEvent>,
    pub(crate) dropped: u64,
    pub(crate) answers_due: Duration,
    pub(crate) skipped: Skipped,
    /// Something happened that is not sent yet.
    pub(crate) news: bool,
    pub(crate) suspended: bool,
    /// Why the modifier is gone, if it is.
    pub(crate) ended: Option<String>,
}

impl World {
    /// Whether the modifier is gone; the first time that is told. Where it may
    /// be `dying`, its end is waited for.
    pub(crate) fn note_death(&mut self, dying: bool) -> bool {
        if self.ended.is_some() {
            return true;
        }
        let modifier = self.stage.modifier();
        let lives = match dying {
            true => modifier.check_dying(),
            false => modifier.check_alive(),
        };
        let Err(death) = lives else {
            return false;
        };
        // Its last picture stays; nothing is read any more.
        if let Some(running) = &self.running {
            running.gaze.sampler.pause(true);
        }
        let how = match death {
            ModifierError::Child(ChildError::Died { how, .. }) => {
                format!("the modifier died ({how})")
            }
            other => other.to_string(),
        };
        self.ended = Some(format!("{how}, c starts another"));
        self.news = true;
        true
    }
}

impl Worker {
    pub(crate) fn new(
        options: SessionOptions,
        requests: Receiver<Request>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let scenarios = scenarios();
        let at = options.scenario.min(scenarios.len() - 1);
        Worker {
            requests,
            stop,
            start: Instant::now(),
            scenarios,
            at,
            placement: first_placement(&scenarios[at]),
            rate: Rate::Full,
            trigger: Trigger::default(),
            moves_on: options.moves_on,
            began: Duration::ZERO,
            manual: false,
            options,
        }
    }

    fn set_up(&mut self) -> anyhow::Result<World> {
        let mut facts = KernelFacts::detect()?;
        let mut stage = new_stage()?;
        gather_evidence(&mut stage, &mut facts, &[Reader::Maps])?;
        let rules = READERS
            .map(|reader| (reader, facts.rule_for(reader)))
            .to_vec();
        let target = Arc::new(TargetInfo {
            name: format!("modifier {}", stage.pid()),
            kernel: format!("Linux {}", sanitise(facts.release.text.as_bytes())),
            readers: rules
                .iter()
                .filter(|(reader, _)| !reader.queries() || facts.procmap_query)
                .map(|(reader, rule)| (reader.to_string(), in_plain_words(*reader, rule.rule)))
                .collect(),
        });
        let ledger = Ledger::new(run_info(1, &facts, &rules));
        Ok(World {
            lens: Lens::new(stage.pid(), &facts),
            facts,
            rules,
            target,
            stage,
            running: None,
            by_hand: None,
            probing: Probing::new(Pace::Ours),
            ledger,
            meter: RateMeter::default(),
            before: Tally::default(),
            found: Vec::new(),
            dropped: 0,
            answers_due: Duration::ZERO,
            skipped: Skipped::new(),
            news: true,
            suspended: false,
            ended: None,
        })
    }

    /// Lays out the scenario at hand, or the next that works here, and runs
    /// it.
    pub(crate) fn begin(&mut self, world: &mut World, tell: &mut Tell) -> anyhow::Result<()> {
        self.finish(world);
        let mut tried = 0;
        let staged = loop {
            let scenario = &self.scenarios[self.at];
            match world.stage.set(scenario, Reader::Maps, self.placement) {
                Ok(staged) => break staged,
                Err(StageError::NoPlace { .. }) if self.placement != Placement::Boundary => {
                    self.placement = Placement::Boundary;
                }
                Err(error) if error.is_skip() && tried < self.scenarios.len() => {
                    let text = format!("skipped {}: {error}", scenario.name);
                    let skipped = (scenario.name.clone(), error.to_string());
                    world.skipped.extend([skipped]);
                    say(tell, Update::Notice(text));
                    self.at = (self.at + 1) % self.scenarios.len();
                    tried += 1;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let plan = Plan {
            scenario: &self.scenarios[self.at],
            number: (self.at + 1, self.scenarios.len()),
            rules: &world.rules,
            rate: self.rate,
            trigger: self.trigger,
            has_query: world.facts.procmap_query,
        };
        let mut running = Running::start(&mut world.stage, staged, &plan, self.start.elapsed())?;
        running.gaze.arrange(&world.lens.look().arrangement);
        for info in running.infos() {
            world
                .ledger
                .case_started(&Observation::CaseStarted(Box::new(info)));
        }
        world.running = Some(running);
        self.began = self.start.elapsed();
        world.meter.restart();
        world.news = true;
        if self.manual {
            self.take_in_hand(world)?;
        }
        Ok(())
    }

    /// Ends the scenario that runs and books its results.
    pub(crate) fn finish(&mut self, world: &mut World) {
        world.by_hand = None;
        let Some(mut running) = world.running.take() else {
            return;
        };
        let now = self.start.elapsed();
        // Why it ended by itself was told when it did.
        let published = running
            .gaze
            .sampler
            .stop()
            .unwrap_or_else(|_| running.gaze.sampler.published());
        running.finds(now, &mut world.found);
        world.dropped += published.dropped;
        for (case, tally, operations, elapsed) in running.results(now, &published) {
            world.ledger.add(&case, &tally, operations, elapsed);
        }
        world.before = world.ledger.total();
    }

    /// Goes on to the next scenario when the one that runs has been shown long
    /// enough.
    fn move_on(&mut self, world: &mut World, tell: &mut Tell) -> anyhow::Result<()> {
        if world.suspended || world.ended.is_some() {
            // What nobody could watch does not count.
            self.began = self.start.elapsed();
        }
        if self.moves_on && self.start.elapsed() >= self.began + STAY {
            self.change(world, 1, tell)?;
        }
        Ok(())
    }

    fn tick(&mut self, world: &mut World, tell: &mut Tell) -> anyhow::Result<()> {
        let now = self.start.elapsed();
        world.news |= world.probing.tick();
        let Some(running) = &world.running else {
            return Ok(());
        };
        if world.suspended {
            return Ok(());
        }
        let has_ended = running.gaze.sampler.has_ended();
        if world.note_death(has_ended) {
            return Ok(());
        }
        let Some(running) = &mut world.running else {
            return Ok(());
        };
        if has_ended {
            running.gaze.sampler.stop()?;
            anyhow::bail!("the sampling thread has ended");
        }
        if let Some(by_hand) = &mut world.by_hand {
            match by_hand.tick(&mut world.stage, now) {
                Ok(news) => world.news |= news,
                Err(error) => say(tell, Update::Notice(error.to_string())),
            }
        }
        world.news |= running.look(now);
        let changed = running.gaze.has_changed();
        let (picture, history) = (running.gaze.picture.as_deref(), &running.gaze.history);
        world.news |= world.lens.tick(now, picture, history, changed);
        world.news |= running.gaze.locks.look(now, &running.gaze.sampler);
        let before = world.found.len();
        running.finds(now, &mut world.found);
        if running.still || self.manual || now >= world.answers_due {
            world.answers_due = now + ANSWERS;
            world.news |= running.ask(now, &mut world.found);
            world.news |= running.count_pairs();
        }
        for found in &world.found[before..] {
            world.ledger.event(&found.event);
        }
        world.news |= world.found.len() > before;
        if world.found.len() > WAITING {
            let excess = world.found.len() - WAITING;
            world.found.drain(..excess);
            world.dropped += excess as u64;
        }
        let published = running.gaze.sampler.published();
        let finished = running.counters.operations();
        world.news |= world.meter.add(now, &published.tally, finished);
        Ok(())
    }

    /// An error is none where the modifier has died just now: that is told. If
    /// a scenario was to be laid out, it is, for another modifier.
    fn survive(
        &mut self,
        world: &mut World,
        mut error: anyhow::Error,
        tell: &mut Tell,
    ) -> anyhow::Result<()> {
        // The next may be killed too.
        for _ in 0..MODIFIERS {
            if !world.note_death(true) {
                break;
            }
            if world.running.is_some() {
                return Ok(());
            }
            let begun = self.renew(world).and_then(|()| self.begin(world, tell));
            match begun {
                Ok(()) => return Ok(()),
                Err(another) => error = another,
            }
        }
        Err(error)
    }

    fn tell_news(&mut self, world: &mut World, tell: &mut Tell) {
        if !world.news {
            return;
        }
        let snapshot = self.snapshot(world);
        match tell(Update::Snapshot(Box::new(snapshot))) {
            Ok(()) => world.news = false,
            // Kept for the next time.
            Err(Update::Snapshot(back)) => world.found = back.found,
            Err(_) => {}
        }
        assert!(
            !self.options.panic,
            "a panic on purpose, asked for by a test"
        );
    }

    fn snapshot(&self, world: &mut World) -> Snapshot {
        let running = world.running.as_ref();
        let published = running.map_or_else(Published::default, |running| {
            running.gaze.sampler.published()
        });
        let query_tally = running.map_or_else(Tally::default, |r| r.query_tally.clone());
        let results = running.map(|running| running.results(self.start.elapsed(), &published));
        let readers: Vec<String> = world.target.readers.iter().map(|it| it.0.clone()).collect();
        let coverage = coverage::rows(
            self.scenarios,
            &readers,
            &world.ledger,
            &world.skipped,
            &results.unwrap_or_default(),
        );
        let mut overall = world.before.clone();
        overall.merge(&published.tally);
        overall.merge(&query_tally);
        Snapshot {
            at: self.start.elapsed(),
            target: world.target.clone(),
            scene: running.map(|running| running.scene.clone()),
            still: running.map(|running| running.still),
            pairs: running.map_or_else(Arc::default, |running| running.pairs.clone()),
            query_tally,
            overall,
            dropped: world.dropped + published.dropped,
            tally: published.tally,
            rates: world.meter.rates(),
            locks: running.and_then(|running| running.gaze.locks.per_scan()),
            history: Arc::new(world.meter.history()),
            picture: running.and_then(|running| running.gaze.picture.clone()),
            answers: running.map_or_else(Arc::default, |running| running.answers.clone()),
            coverage: Arc::new(coverage),
            moves_on: self.moves_on,
            found: std::mem::take(&mut world.found),
            missing: None,
            manual: world.by_hand.as_ref().map(|by_hand| by_hand.shown.clone()),
            probe: world.probing.reading.clone(),
            ended: world.ended.clone(),
            explored: world.lens.explored(),
        }
    }
}

/// A modifier with a CPU of its own.
pub(crate) fn new_stage() -> Result<Stage, StageError> {
    let stage = Stage::new(&ModifierOptions {
        slots: SLOTS,
        ..ModifierOptions::default()
    })?;
    keep_apart(stage.pid());
    Ok(stage)
}

/// Says something that may be lost if nobody listens.
pub(crate) fn say(tell: &mut Tell, update: Update) {
    let _ = tell(update);
}

impl Work for Worker {
    fn work(&mut self, tell: &mut Tell) -> anyhow::Result<()> {
        let mut world = self.set_up()?;
        self.begin(&mut world, tell)?;
        let mut next = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            let left = next.saturating_duration_since(Instant::now());
            let done = match self.requests.recv_timeout(left) {
                Ok(request) => {
                    world.note_death(false);
                    self.obey(&mut world, request, tell)
                }
                Err(RecvTimeoutError::Timeout) => {
                    next = Instant::now() + TICK;
                    let done = self.tick(&mut world, tell);
                    let done = done.and_then(|()| self.move_on(&mut world, tell));
                    self.tell_news(&mut world, tell);
                    done
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Err(error) = done {
                self.survive(&mut world, error, tell)?;
            }
        }
        Ok(())
    }
}

pub(crate) fn first_placement(scenario: &Scenario) -> Placement {
    if FIRST_INSIDE.contains(&&*scenario.name) {
        Placement::Low
    } else {
        Placement::Boundary
    }
}
