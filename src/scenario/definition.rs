//! Scenarios: what the modifier does to a few VMAs, over and over. They are
//! data: the built-in ones are in `scenarios.toml`.

use std::sync::LazyLock;

use thiserror::Error;

use super::call::Call;
use super::page_layout::Strip;
use super::scenario_file::parse_scenarios;
use crate::linux::known_holes::KnownHoles;

/// Most operations a [`Scenario`] may have.
pub(crate) const MAX_OPERATIONS: usize = 16;

/// Most sites that a modifier works on at once.
pub(crate) const MAX_SITES: usize = 16;

/// Most threads of a modifier that operate at once.
pub(crate) const MAX_WRITERS: usize = crate::maps::scan_text::MAX_WRITERS;

const BUILT_IN: &str = include_str!("scenarios.toml");

/// One thing the modifier can do: a cycle of operations that ends where it
/// began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The name it is asked for by.
    pub name: String,
    /// One line: what it does.
    pub summary: String,
    /// One line: the worst a reader may see by the review of the patch series
    /// that brought the per-VMA locks; none where it says nothing of this.
    pub review: Option<String>,
    /// The known holes that released kernels show here; none where nobody has
    /// said so.
    pub known_holes: Option<KnownHoles>,
    /// The same where the site is the last that is mapped; none where that
    /// makes no difference.
    pub known_holes_last: Option<KnownHoles>,
    /// The site before the first operation and after the last.
    pub original: Strip,
    /// A VMA elsewhere that mremap moves from; it stays mapped.
    pub source: Option<Strip>,
    /// Whether the site must be the last that is mapped (but for the gate VMA):
    /// the scenario is about the end of the address space.
    pub last: bool,
    /// One to [`MAX_OPERATIONS`] operations.
    pub operations: Vec<ScenarioOperation>,
}

/// One operation of a [`Scenario`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioOperation {
    /// The system call.
    pub call: Call,
    /// The site after it, as the scenario declares it; whether a kernel
    /// agrees is for the user of the scenario to find out.
    pub state: Strip,
}

impl Scenario {
    /// The states of the site, the original one first: one for each
    /// operation, since the last operation leads back.
    pub fn states(&self) -> impl Iterator<Item = &Strip> {
        let changed = self.operations.len().saturating_sub(1);
        std::iter::once(&self.original).chain(
            self.operations[..changed]
                .iter()
                .map(|operation| &operation.state),
        )
    }

    /// The state after `finished` operations since the layout.
    pub fn state_after(&self, finished: u64) -> &Strip {
        let count = self.operations.len() as u64;
        match finished % count {
            0 => &self.original,
            position => &self.operations[position as usize - 1].state,
        }
    }

    /// The pages of the site that are mapped in every state.
    pub fn always_mapped(&self) -> Vec<u32> {
        Strip::always_mapped(self.states())
    }
}

/// Why there is no such scenario, or why a catalogue cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScenarioError {
    /// The text is not TOML of the right shape.
    #[error("scenarios of {origin}, line {line}: {problem}")]
    Syntax {
        /// Where the text comes from.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// What the parser says, on one line.
        problem: String,
    },
    /// A scenario that makes no sense.
    #[error("scenario `{scenario}` of {origin}, {field}: {problem}")]
    Invalid {
        /// Where the text comes from.
        origin: String,
        /// The scenario's name.
        scenario: String,
        /// The field that is wrong.
        field: String,
        /// Why, and what to do.
        problem: String,
    },
    /// A file of scenarios cannot be read.
    #[error("cannot read scenarios from {path}: {problem}")]
    File {
        /// The file.
        path: String,
        /// Why, and what to do.
        problem: String,
    },
    /// A name that is in two places.
    #[error("scenario `{name}` of {origin} has a name that is taken; give it another")]
    Taken {
        /// The name.
        name: String,
        /// The file in which it is for the second time.
        origin: String,
    },
    /// There is none of that name.
    #[error("no scenario `{name}`; there are {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names that exist, with commas.
        known: String,
    },
}

/// The built-in catalogue.
pub fn scenarios() -> &'static [Scenario] {
    static CATALOGUE: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
        parse_scenarios(BUILT_IN, "the built-in catalogue")
            .expect("the built-in catalogue is part of the program and a unit test reads it")
    });
    &CATALOGUE
}

/// The built-in scenario of that name.
///
/// # Errors
///
/// [`ScenarioError::Unknown`], which lists the names that exist.
pub fn find(name: &str) -> Result<&'static Scenario, ScenarioError> {
    find_in(scenarios(), name)
}

/// The one of that name among `scenarios`.
///
/// # Errors
///
/// [`ScenarioError::Unknown`], which lists the names that exist.
pub(crate) fn find_in<'a>(
    scenarios: impl IntoIterator<Item = &'a Scenario> + Clone,
    name: &str,
) -> Result<&'a Scenario, ScenarioError> {
    let mut all = scenarios.clone().into_iter();
    all.find(|scenario| scenario.name == name).ok_or_else(|| {
        let names = scenarios.into_iter().map(|scenario| &*scenario.name);
        ScenarioError::Unknown {
            name: name.to_owned(),
            known: names.collect::<Vec<_>>().join(", "),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_sound() {
        assert_eq!(scenarios().len(), 26);
        for scenario in scenarios() {
            assert!(!scenario.always_mapped().is_empty(), "{}", scenario.name);
            let changes = scenario
                .states()
                .skip(1)
                .all(|state| *state != scenario.original);
            assert!(changes, "{}", scenario.name);
        }
    }

    #[test]
    fn a_scenario_is_found_by_name_and_an_unknown_one_says_what_there_is() {
        assert_eq!(find("split").unwrap().original.to_string(), "rrr");
        let message = find("spilt").unwrap_err().to_string();
        assert!(
            message.starts_with("no scenario `spilt`; there are split, resize, "),
            "{message}"
        );
    }

    #[test]
    fn states_go_round() {
        let scenario = find("replace-two").unwrap();
        let states: Vec<String> = scenario.states().map(Strip::to_string).collect();
        assert_eq!(states, ["r w r w", "r xx w", "r w x w"]);
        assert_eq!(scenario.state_after(3).to_string(), "r w r w");
        assert_eq!(scenario.state_after(5).to_string(), "r w x w");
    }
}
