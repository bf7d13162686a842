//! What a lesson is made of.

use serde::Deserialize;

use super::goal::Goal;
use crate::stepping::step::ManualStep;

/// A lesson of a few minutes: rounds of predict, do, see, explain.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Lesson {
    /// What the command line calls it.
    pub(crate) name: String,
    pub(crate) title: String,
    /// How many minutes it takes.
    pub(crate) minutes: u32,
    /// What it is about, in a sentence.
    pub(crate) about: String,
    /// What is on the screen beside it.
    pub(crate) watch: Watch,
    /// What the kernel must do for it to be shown live.
    pub(crate) needs: Option<Need>,
    /// What is shown where the kernel does not: a recording of one that does.
    pub(crate) recording: Option<RecordingName>,
    #[serde(rename = "round")]
    pub(crate) rounds: Vec<Round>,
}

/// What is watched, and in which view to begin with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Watch {
    /// The name of the view, as the action has it that shows it, without `show-`.
    pub(crate) view: String,
    pub(crate) target: WatchedTarget,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WatchedTarget {
    /// The process that shows the lesson.
    Own,
    /// The modifier, with this scenario of the catalogue.
    Scenario(String),
    /// The same, with the learner's own scenario, in a file.
    OwnScenario,
    /// The model.
    Model(ModelCaseAndProtocol),
}

/// What not every kernel does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Need {
    /// Readers of `maps` lock one VMA at a time (since 6.17, with `CONFIG_PER_VMA_LOCK`).
    PerVmaLocks,
}

/// A recording that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RecordingName {
    HoleInside,
    HoleMremap,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Round {
    /// What one must know to predict something.
    pub(crate) tell: String,
    pub(crate) ask: String,
    /// Whether what is right depends on the learner's own scenario: the first answer where
    /// the rule lets no page be printed twice.
    #[serde(default)]
    pub(crate) right_by_rule: bool,
    pub(crate) answers: [Answer; 3],
    /// What is to be done, one thing after the other.
    #[serde(rename = "do")]
    pub(crate) steps: Vec<Step>,
    /// Why it came so.
    pub(crate) explain: String,
}

impl Round {
    /// The place of the answer that is right.
    pub(crate) fn right(&self) -> usize {
        self.answers
            .iter()
            .position(|answer| answer.right)
            .unwrap_or(0)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) text: String,
    /// Why it is right, or what is wrong with it.
    pub(crate) why: String,
    #[serde(default)]
    pub(crate) right: bool,
}

/// A case of the model and a reader's protocol, by their names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelCaseAndProtocol {
    pub(crate) case: String,
    pub(crate) protocol: String,
}

/// Something to do; in its texts `<name>` stands for the key of that action.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) text: String,
    pub(crate) hint: String,
    /// What the model shows when this begins, whatever it showed before.
    pub(crate) prepare: Option<ModelCaseAndProtocol>,
    pub(crate) goal: Goal,
    /// Actions that reach the goal, by their names; `type:TEXT` types a text. None where it
    /// comes by itself, and where the goal is a way, which is gone.
    #[serde(default)]
    pub(crate) solution: Vec<String>,
    /// What there is to see once it is reached.
    pub(crate) see: String,
    /// The same where a recording is shown; none: the same as live.
    pub(crate) recorded: Option<Box<Step>>,
}

impl Lesson {
    /// The steps by hand that are taken before those of this step of a round.
    pub(crate) fn way_before(&self, round: usize, step: usize) -> &[ManualStep] {
        let before = &self.rounds[..round];
        let all = before.iter().flat_map(|round| &round.steps);
        let all = all.chain(&self.rounds[round].steps[..step]);
        let mut ways = all.filter_map(|step| match &step.goal {
            Goal::ByHand(goal) if !goal.way.is_empty() => Some(&*goal.way),
            _ => None,
        });
        ways.next_back().unwrap_or_default()
    }

    /// Where something is done in the model: what that shows to begin with, and what is done
    /// from there on before this step of a round.
    pub(crate) fn model_before(
        &self,
        round: usize,
        step: usize,
    ) -> Option<(&ModelCaseAndProtocol, Vec<&Step>)> {
        let before = self.rounds[..round].iter().flat_map(|round| &round.steps);
        let mut steps: Vec<&Step> = before.chain(&self.rounds[round].steps[..=step]).collect();
        if !matches!(steps.last()?.goal, Goal::Model(_)) {
            return None;
        }
        let prepared = steps.iter().rposition(|step| step.prepare.is_some());
        let start = match (prepared, &self.watch.target) {
            (Some(at), _) => steps[at].prepare.as_ref(),
            (None, WatchedTarget::Model(start)) => Some(start),
            (None, _) => None,
        };
        steps.pop();
        Some((start?, steps.split_off(prepared.unwrap_or(0))))
    }

    /// Something to do, as it is with a recording or without.
    pub(crate) fn step(&self, round: usize, step: usize, is_recorded: bool) -> &Step {
        let step = &self.rounds[round].steps[step];
        match &step.recorded {
            Some(recorded) if is_recorded => recorded,
            _ => step,
        }
    }
}
