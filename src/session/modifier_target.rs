//! The built-in modifier as the target of a session: a scenario is laid out,
//! read for as long as it is looked at, and then the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::SessionCommand;
use super::by_hand::ByHand;
use super::coverage;
use super::coverage::Skipped;
use super::foreign_report::Report;
use super::new_setup::{first_placement, new_setup, target_name};
use super::probing::ProbeInterval;
use super::report_totals::CaseTotals;
use super::running::{READERS, Running};
use super::scan_view::ScanView;
use super::session_loop::Target;
use super::snapshot::{ShownTarget, Snapshot};
use super::state::{Rules, SessionState};
use crate::linux::features::KernelFacts;
use crate::linux::reader::Reader;
use crate::modifier::child_process::error::ChildError;
use crate::modifier::error::ModifierError;
use crate::modifier::options::ModifierOptions;
use crate::oracle::tally::Tally;
use crate::recording::recorder::Recorder;
use crate::sampling::Published;
use crate::sampling::options::Rate;
use crate::scenario::definition::Scenario;
use crate::setup::evidence::gather_evidence;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::placement::Placement;

/// How often answers to queries are shown anew beside the same scan while the
/// modifier runs: oftener would be a flicker.
const ANSWERS: Duration = Duration::from_millis(200);
/// How long a scenario is shown before the next one comes by itself.
const STAY: Duration = Duration::from_secs(5);
/// Modifiers that may die while a scenario is laid out.
const MODIFIERS: u32 = 5;
pub(crate) struct ModifierTarget {
    pub(crate) scenarios: &'static [Scenario],
    /// The scenario that runs: its position in the catalogue.
    pub(crate) at: usize,
    pub(crate) placement: Placement,
    /// Whether the next scenario comes by itself.
    pub(crate) moves_on: bool,
    /// How a modifier is started.
    pub(crate) options: ModifierOptions,
    /// When the scenario that runs began.
    pub(crate) began: Duration,
    /// Whether manual mode is on.
    pub(crate) manual: bool,
    pub(crate) facts: KernelFacts,
    pub(crate) rules: Rules,
    pub(crate) info: Arc<ShownTarget>,
    pub(crate) setup: ModifierSetup,
    pub(crate) running: Option<Running>,
    /// In manual mode: then the sampler and the modifier stand still.
    pub(crate) by_hand: Option<ByHand>,
    /// The totals of everything before the scenario that runs.
    pub(crate) before: Tally,
    answers_due: Duration,
    pub(crate) skipped: Skipped,
    pub(crate) suspended: bool,
}

/// What a session of a modifier begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    /// Those there are: the catalogue, and perhaps others behind it.
    pub(crate) scenarios: &'static [Scenario],
    /// The position among them of the one that comes first.
    pub(crate) scenario: usize,
    /// Whether the next one comes by itself.
    pub(crate) moves_on: bool,
    /// Whether it stands still, and is stepped by hand.
    pub(crate) by_hand: bool,
}

impl ModifierTarget {
    /// Starts a modifier and lays out the first scenario, from which it perhaps moves on by itself.
    pub(crate) fn start(
        first: First,
        options: ModifierOptions,
        (stop, recorder): (&Arc<AtomicBool>, Recorder),
    ) -> anyhow::Result<(SessionState, Self)> {
        let First {
            scenarios,
            scenario,
            moves_on,
            by_hand,
        } = first;
        let at = scenario.min(scenarios.len() - 1);
        let mut facts = KernelFacts::detect()?;
        let mut setup = new_setup(&options)?;
        gather_evidence(&mut setup, &mut facts, &[Reader::Maps])?;
        let rules = READERS
            .map(|reader| (reader, facts.rule_for(reader)))
            .to_vec();
        let interval = ProbeInterval::Ours;
        let mut state = SessionState::new(setup.pid(), &facts, &rules, Rate::Full, interval, stop);
        state.keep(recorder);
        let mut target = ModifierTarget {
            scenarios,
            at,
            placement: match by_hand {
                true => Placement::Boundary,
                false => first_placement(&scenarios[at]),
            },
            moves_on,
            options,
            began: Duration::ZERO,
            manual: by_hand,
            info: Arc::new(ShownTarget::new(target_name(&setup), &facts, &rules)),
            facts,
            rules,
            setup,
            running: None,
            by_hand: None,
            before: Tally::default(),
            answers_due: Duration::ZERO,
            skipped: Skipped::new(),
            suspended: false,
        };
        target.begin(&mut state)?;
        Ok((state, target))
    }

    /// Whether the modifier is gone; the first time that is told. Where it may
    /// be `dying`, its end is waited for.
    pub(crate) fn note_death(&mut self, state: &mut SessionState, dying: bool) -> bool {
        if state.ended.is_some() {
            return true;
        }
        let modifier = self.setup.modifier();
        let lives = match dying {
            true => modifier.check_dying(),
            false => modifier.check_alive(),
        };
        let Err(death) = lives else {
            return false;
        };
        // Its last picture stays; nothing is read any more.
        if let Some(running) = &self.running {
            running.view.sampler.pause(true);
        }
        let how = match death {
            ModifierError::Child(ChildError::Died { how, .. }) => {
                format!("the modifier died ({how})")
            }
            other => other.to_string(),
        };
        state.ended = Some(format!("{how}, c starts another"));
        state.news = true;
        true
    }

    fn read(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        let now = state.now();
        let Some(running) = self.running.as_ref().filter(|_| !self.suspended) else {
            return Ok(());
        };
        let has_ended = running.view.sampler.has_ended();
        if self.note_death(state, has_ended) {
            return Ok(());
        }
        let Some(running) = &mut self.running else {
            return Ok(());
        };
        if has_ended {
            running.view.sampler.stop()?;
            anyhow::bail!("the sampling thread has ended");
        }
        if let Some(by_hand) = &mut self.by_hand {
            match by_hand.tick(&mut self.setup, now) {
                Ok(news) => state.news |= news,
                Err(error) => state.notice(error.to_string()),
            }
        }
        state.news |= running.update_view(now);
        state.explore(now, &mut running.view);
        while let Some(event) = running.next_find() {
            state.find(now, event);
        }
        // By hand nothing else moves, and no counter either.
        let is_due = running.still || running.view.is_new(now) || now >= self.answers_due;
        if is_due && !self.manual {
            self.answers_due = now + ANSWERS;
            let (is_new, find) = running.ask(now);
            state.news |= is_new | running.count_pairs();
            if let Some(event) = find {
                state.find(now, event);
            }
        }
        let published = running.view.sampler.published();
        state.count(now, &published.tally, running.counters.operations());
        Ok(())
    }

    /// Goes on to the next scenario when the one that runs has been shown long
    /// enough.
    fn move_on(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        if self.suspended || state.ended.is_some() {
            // What nobody could watch does not count.
            self.began = state.now();
        }
        if self.moves_on && state.now() >= self.began + STAY {
            self.change(state, 1)?;
        }
        Ok(())
    }
}

impl ModifierTarget {
    fn results(&self, now: Duration, published: &Published) -> Vec<CaseTotals> {
        let running = self.running.as_ref();
        running.map_or_else(Vec::new, |running| running.results(now, published))
    }
}

impl Target for ModifierTarget {
    fn pid(&self) -> u32 {
        self.setup.pid()
    }

    fn view(&mut self) -> Option<&mut ScanView> {
        self.running.as_mut().map(|running| &mut running.view)
    }

    fn tick(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        self.read(state)?;
        self.move_on(state)
    }

    fn drive(&mut self, state: &mut SessionState, command: SessionCommand) -> anyhow::Result<()> {
        self.carry_out(state, command)
    }

    fn suspend(&mut self, state: &mut SessionState, suspended: bool) -> anyhow::Result<()> {
        self.suspended = suspended;
        let is_gone = self.note_death(state, false);
        let Some(running) = self.running.as_ref().filter(|_| !is_gone) else {
            return Ok(());
        };
        running.view.sampler.pause(suspended || self.manual);
        if suspended {
            self.setup.modifier().pause()?;
        } else if !running.still && !self.manual {
            self.setup.modifier().run()?;
        }
        Ok(())
    }

    fn report(&self, state: &SessionState, published: &Published) -> Report {
        let results = self.results(state.now(), published);
        Report::Judged(state.totals.observations(&results))
    }

    fn show(&self, state: &SessionState, published: &Published, snapshot: &mut Snapshot) {
        let readers: Vec<String> = self.info.readers.iter().map(|it| it.0.clone()).collect();
        snapshot.target = self.info.clone();
        snapshot.moves_on = self.moves_on;
        snapshot.coverage = Arc::new(coverage::rows(
            self.scenarios,
            &readers,
            &state.totals,
            &self.skipped,
            &self.results(snapshot.at, published),
        ));
        snapshot.overall.merge(&self.before);
        snapshot.manual = self.by_hand.as_ref().map(|by_hand| by_hand.shown.clone());
        if let Some(running) = &self.running {
            snapshot.overall.merge(&running.query_tally);
            snapshot.query_tally = running.query_tally.clone();
            snapshot.scene = Some(running.scene.clone());
            snapshot.still = Some(running.still);
            snapshot.pairs = running.pairs.clone();
            snapshot.answers = running.answers.clone();
        }
    }

    /// An error is none where the modifier has died just now: that is told. If
    /// a scenario was to be laid out, it is, for another modifier.
    fn survive(
        &mut self,
        state: &mut SessionState,
        mut error: anyhow::Error,
    ) -> anyhow::Result<()> {
        // The next may be killed too.
        for _ in 0..MODIFIERS {
            // Somebody has left: its end is not waited for.
            let is_wanted = !state.stop.load(Ordering::Relaxed);
            if !is_wanted || !self.note_death(state, true) {
                break;
            }
            if self.running.is_some() {
                return Ok(());
            }
            let begun = self.renew(state).and_then(|()| self.begin(state));
            match begun {
                Ok(()) => return Ok(()),
                Err(another) => error = another,
            }
        }
        Err(error)
    }
}
