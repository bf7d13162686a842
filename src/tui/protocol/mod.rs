//! The state of the Protocol view: a case, a reader's protocol, and an
//! interleaving that is stepped through, both ways.

pub(crate) mod render;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::LazyLock;

use super::app::{App, View};
use super::keys::Action;
use crate::events::event::{Event, Seen};
use crate::model::aspects::{Afresh, GapCheck, Locking};
use crate::model::case::{Case, SITE, cases};
use crate::model::explore::nearest;
use crate::model::judge::{Cause, Sight};
use crate::model::machine::{Model, State, Step};
use crate::model::protocols::{PROTOCOLS, Protocol};
use crate::model::reader::{Line, Point};
use crate::model::trace::Trace;
use crate::model::verdict::Verdict;

/// All cases; none where the model and the catalogue do not agree, which a
/// test rules out.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| cases().unwrap_or_default());

/// The case whose race everybody knows, from the changelog.
const FIRST_CASE: &str = "split-tail";

/// What the Protocol view shows.
#[derive(Clone, Debug)]
pub struct ModelView {
    case: usize,
    /// One of [`PROTOCOLS`], before anything was switched.
    base: usize,
    /// The same as switched.
    protocol: Protocol,
    /// All that the checker found.
    verdict: Verdict,
    /// The steps: those made, and behind them those that were loaded or taken
    /// back.
    trace: Trace,
    /// How many of them are made.
    made: usize,
    /// The finding that was loaded last.
    loaded: Option<usize>,
}

impl ModelView {
    /// The changelog's case and the merged reader; none without cases.
    #[must_use]
    pub fn new() -> Option<Self> {
        let case = CASES.iter().position(|case| case.name == FIRST_CASE)?;
        let base = PROTOCOLS.iter().position(|one| one.name == "merged")?;
        Some(Self::of(case, base, PROTOCOLS[base]))
    }

    fn of(case: usize, base: usize, protocol: Protocol) -> Self {
        let model = Model::new(&CASES[case], protocol, 1);
        ModelView {
            case,
            base,
            protocol,
            verdict: Verdict::of(&model),
            trace: Trace::new(&model),
            made: 0,
            loaded: None,
        }
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> Model<'static> {
        Model::new(&CASES[self.case], self.protocol, 1)
    }

    /// The position of the case, from 1, and how many there are.
    #[must_use]
    pub fn number(&self) -> (usize, usize) {
        (self.case + 1, CASES.len())
    }

    /// What the checker found.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The protocol's name, and whether it is that one with something switched
    /// that no named protocol has.
    #[must_use]
    pub fn name(&self) -> (&'static str, bool) {
        (self.protocol.name, !PROTOCOLS.contains(&self.protocol))
    }

    /// Whether the reader's searches go on from a slot, or would but for the
    /// cure of H2: others have no H2 to cure.
    #[must_use]
    pub fn can_cure_h2(&self) -> bool {
        self.protocol.steps_on() || self.protocol.afresh == Afresh::Searches
    }

    /// The trace, and how many of its steps are made.
    #[must_use]
    pub fn trace(&self) -> (&Trace, usize) {
        (&self.trace, self.made)
    }

    /// The state now.
    #[must_use]
    pub fn state(&self) -> &State {
        match self.made {
            0 => &self.trace.start,
            made => &self.trace.rows[made - 1].state,
        }
    }

    /// The steps made, as a trace of their own.
    #[must_use]
    pub fn so_far(&self) -> Trace {
        Trace {
            start: self.trace.start,
            rows: self.trace.rows[..self.made].to_vec(),
        }
    }

    /// The finding that was loaded last.
    #[cfg(test)]
    pub fn loaded(&self) -> Option<&crate::model::verdict::Finding> {
        self.verdict.findings.get(self.loaded?)
    }

    fn make(&mut self, step: Step) -> bool {
        let same = self.trace.rows.get(self.made).map(|row| row.step) == Some(step);
        if !same {
            let model = self.model();
            let mut trace = self.so_far();
            if !trace.make(&model, step) {
                return false;
            }
            self.trace = trace;
            self.loaded = None;
        }
        self.made += 1;
        true
    }

    fn load(&mut self, steps: &[Step]) {
        self.trace = Trace::of(&self.model(), steps);
        // The reader's way to the site is the same in every trace.
        let printed = |state: &State| {
            let reader = &state.readers[0];
            reader.position == SITE && reader.point == Point::Next
        };
        let at = self.trace.rows.iter().position(|row| printed(&row.state));
        let at = at.map_or(0, |at| at + 1);
        let alone = |row: &crate::model::trace::Row| row.step == Step::Reader(0);
        self.made = if self.trace.rows[..at].iter().all(alone) {
            at
        } else {
            0
        };
    }

    /// Loads the next finding, violations first.
    fn load_finding(&mut self, backwards: bool) {
        let count = self.verdict.findings.len();
        if count == 0 {
            return;
        }
        // The worst is the last.
        let next = match (self.loaded, backwards) {
            (None, _) => count - 1,
            (Some(at), false) => (at + count - 1) % count,
            (Some(at), true) => (at + 1) % count,
        };
        self.loaded = Some(next);
        let steps = self.verdict.findings[next].steps.clone();
        self.load(&steps);
    }

    /// Steps along the trace; its ends are the ends.
    pub fn move_by(&mut self, by: i64) {
        let to = (self.made as i64).saturating_add(by);
        self.made = to.clamp(0, self.trace.rows.len() as i64) as usize;
    }
}

/// A protocol after something was switched: the one that is named so, else
/// `base` under its own name and broken on purpose.
fn settle(switched: Protocol, base: Protocol) -> Protocol {
    let same = |one: &&Protocol| {
        Protocol {
            name: one.name,
            summary: one.summary,
            broken: one.broken,
            ..switched
        } == **one
    };
    PROTOCOLS.iter().find(same).copied().unwrap_or(Protocol {
        name: base.name,
        summary: base.summary,
        broken: true,
        ..switched
    })
}

/// Makes sure that there is something to show.
pub(crate) fn open(app: &mut App) {
    if app.model.is_none() {
        app.model = ModelView::new().map(Box::new);
    }
}

/// Carries out an action of the view; a line for the user where it cannot be
/// done.
pub(crate) fn act(app: &mut App, action: Action) -> Option<String> {
    let lab = app.model.as_deref_mut()?;
    let step = match action {
        Action::ModelReader => Step::Reader(0),
        Action::ModelWriter => Step::Writer,
        Action::ModelChunk => Step::NewChunk(0),
        Action::ModelReuse => Step::WriterReuses(0),
        Action::ModelOther => Step::OtherTakes(0),
        Action::ModelGapCheck | Action::ModelCureH1 | Action::ModelCureH2 | Action::ModelCureH3
            if lab.protocol.locking != Locking::PerVma =>
        {
            return Some("this reader has no such check; m goes on to one that has".into());
        }
        Action::ModelCureH2 if !lab.can_cure_h2() => {
            return Some("this reader has no H2: it searches afresh for each line".into());
        }
        other => {
            change(lab, other);
            return None;
        }
    };
    if lab.make(step) {
        return None;
    }
    let why = match step {
        Step::Reader(_) if lab.state().readers[0].is_done() => "the reader's walk is over",
        Step::Reader(_) => "the reader waits for mmap_lock; w lets the writer go on",
        Step::Writer => "the writer waits for the reader; r lets it go on",
        Step::NewChunk(_) => "a chunk ends only behind a line that was printed",
        Step::WriterReuses(_) => {
            "the writer takes no structure now, or none that the reader has found is free"
        }
        Step::OtherTakes(_) => "no structure that the reader has found is free",
    };
    Some(why.into())
}

fn change(lab: &mut ModelView, action: Action) {
    let count = CASES.len();
    let mut protocol = lab.protocol;
    match action {
        Action::ModelForth => lab.move_by(1),
        Action::ModelBack => lab.move_by(-1),
        Action::ModelFinding => lab.load_finding(false),
        Action::ModelPreviousFinding => lab.load_finding(true),
        Action::ModelCase => *lab = ModelView::of((lab.case + 1) % count, lab.base, protocol),
        Action::ModelPreviousCase => {
            *lab = ModelView::of((lab.case + count - 1) % count, lab.base, protocol);
        }
        Action::ModelProtocol | Action::ModelPreviousProtocol => {
            let by = if action == Action::ModelProtocol {
                1
            } else {
                PROTOCOLS.len() - 1
            };
            let base = (lab.base + by) % PROTOCOLS.len();
            *lab = ModelView::of(lab.case, base, PROTOCOLS[base]);
        }
        Action::ModelGapCheck => {
            protocol.gap_check = match protocol.gap_check {
                GapCheck::None => GapCheck::SearchIfMoved,
                _ => GapCheck::None,
            };
            *lab = ModelView::of(lab.case, lab.base, settle(protocol, PROTOCOLS[lab.base]));
        }
        Action::ModelCureH1 => {
            protocol.gap_check = match protocol.gap_check {
                GapCheck::FallBackIfMoved => GapCheck::SearchIfMoved,
                _ => GapCheck::FallBackIfMoved,
            };
            *lab = ModelView::of(lab.case, lab.base, settle(protocol, PROTOCOLS[lab.base]));
        }
        Action::ModelCureH2 => {
            protocol.afresh = match (protocol.afresh, PROTOCOLS[lab.base].afresh) {
                (Afresh::Searches, Afresh::Searches) => Afresh::Fallbacks,
                (Afresh::Searches, before) => before,
                _ => Afresh::Searches,
            };
            *lab = ModelView::of(lab.case, lab.base, settle(protocol, PROTOCOLS[lab.base]));
        }
        Action::ModelCureH3 => {
            protocol.checks_end = !protocol.checks_end;
            *lab = ModelView::of(lab.case, lab.base, settle(protocol, PROTOCOLS[lab.base]));
        }
        _ => {}
    }
}

/// Opens the model on the case that explains the tear that is selected, at the
/// interleaving that leads to the same two lines if there is one, else to the
/// same kind of thing.
pub(crate) fn explain_tear(app: &mut App) -> Option<String> {
    let Some(event) = app.shown_tears().current().map(|it| it.found.event.clone()) else {
        return Some("there is no tear yet to explain".into());
    };
    let Some(case) = CASES
        .iter()
        .position(|case| case.name == event.case.scenario)
    else {
        return Some("the model knows the scenarios of the built-in modifier only".into());
    };
    let scene = app.shown.as_ref().and_then(|shown| shown.scene.as_ref());
    let rule = scene.map_or("", |scene| &*scene.info.rule);
    let wanted = match (event.case.reader.as_str(), rule) {
        ("query", _) => "query",
        (_, "chunk-start") => "mmap-lock-next-start",
        (_, "chunk-end") => "mmap-lock-last-end",
        ("smaps", _) => "smaps",
        _ => "merged",
    };
    let base = PROTOCOLS.iter().position(|one| one.name == wanted)?;
    let mut lab = ModelView::of(case, base, PROTOCOLS[base]);
    let lines = site_start(app, &event).and_then(|site| lines_of(&event, site));
    let model = lab.model();
    let same = lines.and_then(|(previous, line)| {
        nearest(&model, |state, printed| {
            let reader = &state.readers[0];
            let before = (reader.last_start, reader.position);
            printed.line == Some(line)
                && before == (previous.0, previous.1)
                && fits(printed.sight, &event)
        })
    });
    let steps = same.or_else(|| same_kind(&lab.verdict, &event));
    let Some(steps) = steps else {
        app.model = Some(Box::new(lab));
        app.view = View::Protocol;
        return Some(format!(
            "the model of {wanted} has no such thing in this case: try m"
        ));
    };
    lab.load(&steps);
    app.model = Some(Box::new(lab));
    app.view = View::Protocol;
    None
}

/// Where the site of the event is, in bytes, and the size of a page, if the
/// scenario is still the one that is watched.
fn site_start(app: &App, event: &Event) -> Option<(u64, u64)> {
    let scene = app.shown.as_ref()?.scene.clone()?;
    let same = scene.info.case.scenario == event.case.scenario;
    same.then_some((scene.site.start, scene.page_size))
}

/// The line that the event is about and the one before it, in pages.
fn lines_of(event: &Event, (site, page_size): (u64, u64)) -> Option<(Line, Line)> {
    let Seen::Text(text) = &event.seen else {
        return None;
    };
    let lines = &text.excerpt.lines;
    let at = lines.iter().position(|line| line.marked)?;
    let parse = |at: usize| in_pages(&lines.get(at)?.text, site, page_size);
    Some((parse(at.checked_sub(1)?)?, parse(at)?))
}

fn in_pages(text: &str, site: u64, page_size: u64) -> Option<Line> {
    let (range, rest) = text.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let page = |text: &str| {
        let address = u64::from_str_radix(text, 16).ok()?;
        let page = address.checked_sub(site)? / page_size;
        u8::try_from(page).ok()?.checked_add(SITE)
    };
    let letter = match rest.get(..3)? {
        "rw-" => b'w',
        "r-x" => b'x',
        _ => b'r',
    };
    Some((page(start)?, page(end)?, letter))
}

fn same_kind(verdict: &Verdict, event: &Event) -> Option<Vec<Step>> {
    let mut findings = verdict.findings.iter();
    let found = findings.rfind(|finding| fits(finding.sight, event))?;
    Some(found.steps.clone())
}

/// Whether the model's sight is the kernel's, the label included.
fn fits(sight: Sight, event: &Event) -> bool {
    match sight {
        Sight::Violation(violation) => {
            let cause = violation.cause().map(Cause::label);
            let labelled = event.known.as_deref().is_none_or(|known| {
                // "H1 or H2" is both.
                cause.is_some_and(|cause| known.contains(cause))
            });
            violation.name() == event.name && labelled
        }
        Sight::Backward => event.name.contains("backward"),
        Sight::SeenTwice | Sight::Duplicate => event.name.contains("duplicate"),
        Sight::InOrder => false,
    }
}
