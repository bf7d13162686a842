//! The Protocol: a case, a reader's locking protocol, and an interleaving that
//! is stepped through, both ways.

pub(crate) mod action;
pub(crate) mod drawn;
pub(crate) mod explain;
pub(crate) mod render;
pub(crate) mod shown_case;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use std::time::Duration;

use super::scroll::moved;
use crate::explain::{protocol_of, site_from};
use crate::model::judge::FindingKind;
use crate::model::machine::{ModelState, ModelStep, ProtocolModel};
use crate::model::protocol_options::{Afresh, GapCheck};
use crate::model::protocols::{PROTOCOLS, Protocol};
use crate::model::step_that_matters::StepThatMatters;
use crate::model::trace::Trace;
use crate::model::verdict::ProtocolVerdict;
use crate::scenario::definition::Scenario;
use crate::session::snapshot::Scene;
use drawn::DrawnWalk;
use explain::Explained;
use shown_case::{CASES, ShownCase};

/// Between two steps that are played.
const PACE: Duration = Duration::from_millis(500);

/// The case whose race everybody knows, from the changelog.
const FIRST_CASE: &str = "split-tail";

#[derive(Clone, Debug)]
pub struct ProtocolView {
    case: ShownCase,
    /// One of [`PROTOCOLS`], before anything was switched.
    base: usize,
    /// The same as switched.
    protocol: Protocol,
    verdict: ProtocolVerdict,
    /// The steps: those made, and behind them those that were loaded or taken
    /// back.
    trace: Trace,
    /// How many of them are made.
    made: usize,
    loaded: Option<usize>,
    /// The step of the trace that matters most.
    matters: Option<StepThatMatters>,
    /// The find that the steps explain.
    explained: Option<Explained>,
    shows_programs: bool,
    /// When the next step is made, while they are played; zero: at once.
    plays: Option<Duration>,
    /// The walk that the steps are of.
    drawn: Option<DrawnWalk>,
    /// The seed that is drawn next.
    next_seed: u64,
    /// Nobody has pressed a key here yet.
    untouched: bool,
}

impl ProtocolView {
    /// The scenario that runs, one of these, else the changelog's, and the reader of this
    /// kernel; none without cases.
    #[must_use]
    pub(crate) fn new(scene: Option<&Scene>, scenarios: &[Scenario]) -> Option<Self> {
        let named = |name: &str| ShownCase::named(name, scenarios).ok();
        let running = scene.and_then(|scene| named(&scene.info.case.scenario));
        let case = running.or_else(|| named(FIRST_CASE))?;
        let rule = scene.map_or("line-end", |scene| &*scene.info.rule);
        let protocol = protocol_of("maps", rule).ok()?;
        let base = PROTOCOLS.iter().position(|one| *one == protocol)?;
        Some(ProtocolView {
            untouched: true,
            ..Self::of(case, base, PROTOCOLS[base])
        })
    }

    /// Whether it may give way to the scenario that runs.
    pub(crate) fn is_untouched(&self) -> bool {
        self.untouched
    }

    fn of(case: ShownCase, base: usize, protocol: Protocol) -> Self {
        let model = ProtocolModel::new(case.case(), protocol, 1);
        let (verdict, trace) = (ProtocolVerdict::of(&model), Trace::new(&model));
        ProtocolView {
            case,
            base,
            protocol,
            verdict,
            trace,
            made: 0,
            loaded: None,
            matters: None,
            explained: None,
            shows_programs: false,
            plays: None,
            drawn: None,
            next_seed: 1,
            untouched: false,
        }
    }

    #[must_use]
    pub(crate) fn model(&self) -> ProtocolModel<'_> {
        ProtocolModel::new(self.case.case(), self.protocol, 1)
    }

    /// The position of the case in the catalogue, from 1, and how many there are;
    /// none: it is that of a find.
    #[must_use]
    pub(crate) fn number(&self) -> Option<(usize, usize)> {
        match self.case {
            ShownCase::Catalogued(at) => Some((at + 1, CASES.len())),
            ShownCase::Found(_) => None,
        }
    }

    #[must_use]
    pub(crate) fn case_name(&self) -> &str {
        &self.case.case().name
    }

    /// Whether the reader looks twice where there is a gap.
    #[must_use]
    pub(crate) fn has_gap_check(&self) -> bool {
        self.protocol.gap_check != GapCheck::None
    }

    /// Whether a step that is made has left out what is mapped all the time.
    #[must_use]
    pub(crate) fn has_shown_hole(&self) -> bool {
        self.trace.rows[..self.made].iter().any(|row| {
            let violation = row.printed.and_then(|printed| printed.kind.violation());
            violation.is_some_and(|violation| violation.cause().is_some())
        })
    }

    /// Whether a find is explained, and the step that matters for it is made.
    #[must_use]
    pub(crate) fn has_shown_what_matters(&self) -> bool {
        let matters = self.matters.as_ref().filter(|_| self.explained.is_some());
        matters.is_some_and(|matters| self.made > matters.row)
    }

    /// Whether the steps explain a find.
    #[must_use]
    pub(crate) fn is_explaining(&self) -> bool {
        self.explained.is_some()
    }

    /// How many steps are made, and which one matters, from 1; none: no step does.
    #[must_use]
    pub(crate) fn steps_to_what_matters(&self) -> Option<(usize, usize)> {
        let matters = self.matters.as_ref()?;
        Some((self.made, matters.row + 1))
    }

    #[must_use]
    pub(crate) fn verdict(&self) -> &ProtocolVerdict {
        &self.verdict
    }

    /// The protocol's name, and whether it is that one with something switched
    /// that no named protocol has.
    #[must_use]
    pub(crate) fn name(&self) -> (&'static str, bool) {
        (self.protocol.name, !PROTOCOLS.contains(&self.protocol))
    }

    /// Whether the reader's searches go on from a slot, or would but for the
    /// cure of H2: others have no H2 to cure.
    #[must_use]
    pub(crate) fn can_cure_h2(&self) -> bool {
        self.protocol.steps_on() || self.protocol.afresh == Afresh::Searches
    }

    /// The trace, and how many of its steps are made.
    #[must_use]
    pub(crate) fn trace(&self) -> (&Trace, usize) {
        (&self.trace, self.made)
    }

    #[must_use]
    pub(crate) fn state(&self) -> &ModelState {
        match self.made {
            0 => &self.trace.start,
            made => &self.trace.rows[made - 1].state,
        }
    }

    /// The steps made, as a trace of their own.
    #[must_use]
    pub(crate) fn so_far(&self) -> Trace {
        Trace {
            start: self.trace.start,
            rows: self.trace.rows[..self.made].to_vec(),
        }
    }

    #[cfg(test)]
    pub fn loaded(&self) -> Option<&crate::model::verdict::Finding> {
        self.verdict.findings.get(self.loaded?)
    }

    pub(crate) fn make(&mut self, step: ModelStep) -> bool {
        let same = self.trace.rows.get(self.made).map(|row| row.step) == Some(step);
        if !same {
            let model = self.model();
            let mut trace = self.so_far();
            if !trace.make(&model, step) {
                return false;
            }
            self.trace = trace;
            self.loaded = None;
            self.drawn = None;
            self.matters = None;
            self.explained = None;
        }
        self.made += 1;
        true
    }

    pub(crate) fn load(&mut self, steps: &[ModelStep]) {
        self.trace = Trace::of(&self.model(), steps);
        // The reader's way to the site is the same in every trace.
        self.made = site_from(&self.trace);
        self.explained = None;
        let torn = self.trace.rows.iter().rposition(|row| {
            let kind = row.printed.map(|printed| printed.kind);
            kind.is_some_and(|kind| kind != FindingKind::InOrder)
        });
        let model = ProtocolModel::new(self.case.case(), self.protocol, 1);
        self.matters = torn.and_then(|at| self.trace.step_that_matters(&model, at));
    }

    /// Plays on, or stops; from the end, all again.
    pub(crate) fn play_or_stop(&mut self) {
        self.plays = match self.plays {
            Some(_) => None,
            None => {
                if self.made == self.trace.rows.len() {
                    self.made = site_from(&self.trace);
                }
                Some(Duration::ZERO)
            }
        };
    }

    #[must_use]
    pub(crate) fn is_playing(&self) -> bool {
        self.plays.is_some()
    }

    /// Makes the next step if it is due; whether it was. At the step that matters it
    /// stops, and at the end.
    pub(crate) fn play_on(&mut self, now: Duration) -> bool {
        if self.plays.is_none_or(|due| now < due) {
            return false;
        }
        self.made = (self.made + 1).min(self.trace.rows.len());
        let matters = self.matters.as_ref().map(|matters| matters.row + 1);
        let stops = self.made == self.trace.rows.len() || Some(self.made) == matters;
        self.plays = (!stops).then_some(now + PACE);
        true
    }

    /// Loads the next finding, violations first.
    pub(crate) fn load_finding(&mut self, backwards: bool) {
        let count = self.verdict.findings.len();
        if count == 0 {
            return;
        }
        // The last is the worst.
        let next = match (self.loaded, backwards) {
            (None, _) => count - 1,
            (Some(at), false) => (at + count - 1) % count,
            (Some(at), true) => (at + 1) % count,
        };
        self.loaded = Some(next);
        self.drawn = None;
        let steps = self.verdict.findings[next].steps.clone();
        self.load(&steps);
    }

    /// Steps along the trace; its ends are the ends.
    pub(crate) fn move_by(&mut self, by: i64) {
        self.untouched = false;
        self.plays = None;
        self.made = moved(self.made, by, self.trace.rows.len());
    }
}
