//! Manual mode: the sampler and the modifier stand still, and the user takes
//! each step.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::picture::{Context, Picture};
use super::taken_step::{TakenStep, TakenSteps};
use crate::linux::features::rule::Rule;
use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::prepared_scenario::PreparedScenario;
use crate::stepping::narration::Narration;
use crate::stepping::reader_model::{ReaderModel, ReaderPosition};
use crate::stepping::script::Script;
use crate::stepping::step::{ManualStep, ReadSize};
use crate::stepping::stepper::{Stepper, StepperError};
use crate::stepping::way_to_duplicate::WayToDuplicate;
use crate::text::number::count;
use crate::text::sanitise::sanitise;

/// Between two steps that are played: long enough to read what is said.
const PACE: Duration = Duration::from_millis(2500);

/// Lines shown ahead of the reader.
const AHEAD: usize = 24;

/// What can be asked for in manual mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManualCommand {
    /// Everything stands still from now on.
    Enter,
    /// Everything goes on.
    Leave,
    Step(ManualStep),
    /// Take the last step back: the site is set back, and all steps before are made
    /// again.
    Back,
    /// Play the shortest way to a duplicate, a step every few seconds; while it
    /// is played, the next step at once.
    Play,
}

/// The shortest way to a duplicate, while it is played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Played {
    pub steps: Vec<ManualStep>,
    /// How many of `steps` are taken.
    pub taken: usize,
}

/// All there is to show in manual mode.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ManualShown {
    /// The file so far, and its verdict.
    #[serde(skip)]
    pub picture: Arc<Picture>,
    /// Where the reader stands.
    pub stand: ReaderPosition,
    /// Whether the end of the file was read.
    pub ended: bool,
    /// Whether the reader did something else than its rule says, so that nobody
    /// knows where it stands.
    pub astray: bool,
    /// What the reader would print from here on as things are, sanitised.
    pub ahead: Vec<String>,
    /// How much a read asks for.
    pub size: ReadSize,
    /// The state of the site.
    pub state: usize,
    /// The modifier's next operation, as code.
    pub operation: String,
    /// What just happened, and what comes next.
    pub account: Narration,
    pub steps: Vec<ManualStep>,
    /// The same with what each did; empty in older recordings.
    #[serde(default)]
    pub taken: Vec<TakenStep>,
    /// The way that is played, until it is done.
    pub played: Option<Played>,
}

/// A session in manual mode.
pub(crate) struct ByHand {
    manual: Stepper<ProcFile>,
    taken: TakenSteps,
    played: Option<(Played, Duration)>,
    pub(crate) shown: Arc<ManualShown>,
}

impl ByHand {
    /// Makes the modifier stand still in its original state and opens a file
    /// of its own.
    pub(crate) fn start(
        setup: &mut ModifierSetup,
        prepared: &PreparedScenario,
        rule: Rule,
    ) -> Result<Self, anyhow::Error> {
        let finished = setup.modifier().pause_at_original()?;
        let file = ProcFile::open(setup.pid(), ProcFileName::Maps).map_err(SetupError::from)?;
        let manual = Stepper::new(Script::of(prepared), rule, file, finished)?;
        let shown = Arc::new(show(&manual, &[], None, Duration::ZERO));
        Ok(ByHand {
            manual,
            taken: TakenSteps::default(),
            played: None,
            shown,
        })
    }

    /// Takes a step, which ends what is played.
    pub(crate) fn step(
        &mut self,
        setup: &mut ModifierSetup,
        step: ManualStep,
        now: Duration,
    ) -> Result<(), StepperError> {
        self.played = None;
        self.take(setup, step)?;
        self.show(now);
        Ok(())
    }

    /// Takes the last step back. What was done cannot be undone, so it is done again
    /// but for that: from the original state, by a reader that starts afresh.
    pub(crate) fn back(
        &mut self,
        setup: &mut ModifierSetup,
        now: Duration,
    ) -> Result<(), StepperError> {
        self.played = None;
        let mut steps = self.manual.steps().to_vec();
        let Some(last) = steps.pop() else {
            return Ok(());
        };
        let finished = setup.modifier().pause_at_original()?;
        self.manual.restart(finished)?;
        let before = std::mem::take(&mut self.taken);
        for step in &steps {
            self.take(setup, *step)?;
        }
        let count = count(steps.len() as u64, "step");
        let same = match before.differs_from(&self.taken) {
            None => "to the same lines".to_owned(),
            Some(at) => format!("but in step {at} the kernel gave OTHER lines than before"),
        };
        self.manual.tell_first(&format!(
            "Step {last} was taken back: the site was set back, and a new reader made {count} \
             again, {same}. "
        ));
        self.show(now);
        Ok(())
    }

    /// Plays the shortest way, or its next step at once.
    pub(crate) fn play(
        &mut self,
        setup: &mut ModifierSetup,
        now: Duration,
    ) -> Result<(), StepperError> {
        if self.played.is_none() {
            match self.manual.way_to_duplicate() {
                WayToDuplicate::Steps(steps) => {
                    self.played = Some((Played { steps, taken: 0 }, now));
                }
                WayToDuplicate::None(elsewhere) => self.manual.tell_none(elsewhere.as_deref()),
                WayToDuplicate::Unknown => self.manual.tell_unknown(),
            }
        }
        self.play_on(setup, now)
    }

    /// Takes the next step of what is played, if it is time for it; whether
    /// there is something new.
    pub(crate) fn tick(
        &mut self,
        setup: &mut ModifierSetup,
        now: Duration,
    ) -> Result<bool, StepperError> {
        if self.played.as_ref().is_none_or(|(_, due)| now < *due) {
            return Ok(false);
        }
        self.play_on(setup, now)?;
        Ok(true)
    }

    fn play_on(&mut self, setup: &mut ModifierSetup, now: Duration) -> Result<(), StepperError> {
        if let Some((mut played, _)) = self.played.take()
            && let Some(step) = played.steps.get(played.taken).copied()
        {
            self.take(setup, step)?;
            played.taken += 1;
            if played.taken < played.steps.len() {
                self.played = Some((played, now + PACE));
            }
        }
        self.show(now);
        Ok(())
    }

    fn take(&mut self, setup: &mut ModifierSetup, step: ManualStep) -> Result<(), StepperError> {
        let operate = || setup.modifier().step();
        self.taken.take(&mut self.manual, step, operate)
    }

    fn show(&mut self, now: Duration) {
        let played = self.played.as_ref().map(|(played, _)| played.clone());
        self.shown = Arc::new(show(&self.manual, &self.taken.steps, played, now));
    }
}

fn show(
    manual: &Stepper<ProcFile>,
    taken: &[TakenStep],
    played: Option<Played>,
    now: Duration,
) -> ManualShown {
    let script = manual.script();
    let mut picture = Picture::default();
    picture.scan.text.copy_from(manual.text());
    picture.scan.verdict = manual.verdict().clone();
    picture.at = now;
    picture.index(Context {
        site: Some((&script.site, &script.states)),
    });
    picture.lay_out(Vec::new());
    let model = ReaderModel {
        states: &script.states,
        rule: manual.rule(),
        page_size: script.page_size as usize,
    };
    let ahead = if manual.is_astray() || manual.has_ended() {
        Vec::new()
    } else {
        model
            .read(&manual.stand(), manual.state(), ReadSize::Page)
            .lines
            .iter()
            .take(AHEAD)
            .map(|line| sanitise(line.text.trim_ascii_end()).into_owned())
            .collect()
    };
    ManualShown {
        picture: Arc::new(picture),
        stand: manual.stand(),
        ended: manual.has_ended(),
        astray: manual.is_astray(),
        ahead,
        size: manual.size(),
        state: manual.state(),
        operation: manual.next_operation().to_owned(),
        account: manual.narration().clone(),
        steps: manual.steps().to_vec(),
        taken: taken.to_vec(),
        played,
    }
}
