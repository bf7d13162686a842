//! The shortest way to a duplicate by hand: a breadth-first search over all
//! that can be done by hand, by the rule of the kernel. Nothing is known of
//! scenarios here.

use super::reader_model::{ReaderModel, ReaderPosition, ResumePoint};
use super::step::{ManualStep, ReadSize};
use crate::algorithms::breadth_first::BreadthFirst;
use crate::linux::features::rule::{Position, Rule};

/// Most states that are looked at. Those of a scenario and a few hundred
/// VMAs are some thousands.
const MOST: usize = 400_000;

/// All that decides what further steps lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SearchState {
    /// Where the reader is.
    pub stand: ReaderPosition,
    /// The state of the site.
    pub state: usize,
    /// How much a read asks for.
    pub size: ReadSize,
}

impl SearchState {
    /// Nothing is read, the site is as it was laid out.
    pub(crate) const START: Self = SearchState {
        stand: ReaderPosition::START,
        state: 0,
        size: ReadSize::Page,
    };

    /// What a step leads to, and whether it repeats something.
    #[must_use]
    pub(crate) fn after(self, model: &ReaderModel<'_>, step: ManualStep) -> (Self, bool) {
        let mut next = self;
        let mut repeats = false;
        match step {
            ManualStep::Read => {
                let generated = model.read(&self.stand, self.state, self.size);
                repeats = generated.repeats(&self.stand);
                next.stand = generated.stand;
            }
            ManualStep::Operate => next.state = (self.state + 1) % model.state_count(),
            ManualStep::Size => next.size = self.size.other(),
            ManualStep::Rewind => next.stand = ReaderPosition::START,
        }
        (next, repeats)
    }
}

/// What the search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WayToDuplicate {
    /// These steps, fewest first, end with a read that repeats something.
    Steps(Vec<ManualStep>),
    /// There is none: everything that can be reached was looked at. Where a
    /// reader that resumes at the other place would repeat something, the
    /// steps for it.
    None(Option<Vec<ManualStep>>),
    /// The address space is too large to look at everything.
    Unknown,
}

/// The fewest steps from a state to a duplicate.
#[must_use]
pub(crate) fn shortest_way(model: &ReaderModel<'_>, from: SearchState) -> WayToDuplicate {
    match search(model, from) {
        WayToDuplicate::None(_) => {
            let position = match model.rule.position {
                Position::LastEnd => Position::NextStart,
                Position::NextStart => Position::LastEnd,
            };
            let rule = Rule {
                position,
                ..model.rule
            };
            let other = search(&ReaderModel { rule, ..*model }, SearchState::START);
            WayToDuplicate::None(match other {
                WayToDuplicate::Steps(steps) => Some(steps),
                _ => None,
            })
        }
        found => found,
    }
}

fn search(model: &ReaderModel<'_>, from: SearchState) -> WayToDuplicate {
    let mut search = BreadthFirst::from(from);
    while let Some((number, state)) = search.visit() {
        for step in ManualStep::ALL {
            if step == ManualStep::Read && state.stand.place == ResumePoint::End {
                continue;
            }
            let (next, repeats) = state.after(model, step);
            if repeats {
                return WayToDuplicate::Steps(search.steps_through(number, step));
            }
            search.reach(number, step, next);
        }
        if search.nodes().len() > MOST {
            return WayToDuplicate::Unknown;
        }
    }
    WayToDuplicate::None(None)
}
