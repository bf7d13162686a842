//! The shortest way to a duplicate by hand: a breadth-first search over all
//! that can be done by hand, by the rule of the kernel. Nothing is known of
//! scenarios here.

use super::model::{Model, Place, Stand};
use super::step::{Size, Step};
use crate::algorithms::breadth_first::BreadthFirst;
use crate::linux::features::rule::{Position, Rule};

/// Most states that are looked at. Those of a scenario and a few hundred
/// VMAs are some thousands.
const MOST: usize = 400_000;

/// All that decides what further steps lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SearchState {
    /// Where the reader is.
    pub stand: Stand,
    /// The state of the site.
    pub state: usize,
    /// How much a read asks for.
    pub size: Size,
}

impl SearchState {
    /// Nothing is read, the site is as it was laid out.
    pub(crate) const START: Self = SearchState {
        stand: Stand::START,
        state: 0,
        size: Size::Page,
    };

    /// What a step leads to, and whether it repeats something.
    #[must_use]
    pub(crate) fn after(self, model: &Model<'_>, step: Step) -> (Self, bool) {
        let mut next = self;
        let mut repeats = false;
        match step {
            Step::Read => {
                let generated = model.read(&self.stand, self.state, self.size);
                repeats = generated.repeats(&self.stand);
                next.stand = generated.stand;
            }
            Step::Operate => next.state = (self.state + 1) % model.state_count(),
            Step::Size => next.size = self.size.other(),
            Step::Rewind => next.stand = Stand::START,
        }
        (next, repeats)
    }
}

/// What the search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// These steps, fewest first, end with a read that repeats something.
    Steps(Vec<Step>),
    /// There is none: everything that can be reached was looked at. Where a
    /// reader that resumes at the other place would repeat something, the
    /// steps for it.
    None(Option<Vec<Step>>),
    /// The address space is too large to look at everything.
    Unknown,
}

/// The fewest steps from a state to a duplicate.
#[must_use]
pub(crate) fn shortest_way(model: &Model<'_>, from: SearchState) -> Way {
    match search(model, from) {
        Way::None(_) => {
            let position = match model.rule.position {
                Position::LastEnd => Position::NextStart,
                Position::NextStart => Position::LastEnd,
            };
            let rule = Rule {
                position,
                ..model.rule
            };
            let other = search(&Model { rule, ..*model }, SearchState::START);
            Way::None(match other {
                Way::Steps(steps) => Some(steps),
                _ => None,
            })
        }
        found => found,
    }
}

fn search(model: &Model<'_>, from: SearchState) -> Way {
    let mut search = BreadthFirst::from(from);
    while let Some((number, state)) = search.visit() {
        for step in Step::ALL {
            if step == Step::Read && state.stand.place == Place::End {
                continue;
            }
            let (next, repeats) = state.after(model, step);
            if repeats {
                return Way::Steps(search.steps_through(number, step));
            }
            search.reach(number, step, next);
        }
        if search.nodes().len() > MOST {
            return Way::Unknown;
        }
    }
    Way::None(None)
}
