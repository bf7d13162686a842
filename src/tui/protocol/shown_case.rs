//! Which case is shown.

use std::sync::{Arc, LazyLock};

use crate::model::case::{CaseError, ModelCase, cases};
use crate::scenario::definition::Scenario;

/// Those of the catalogue; none where the model and the catalogue do not agree, which
/// a test rules out.
pub(super) static CASES: LazyLock<Vec<ModelCase>> = LazyLock::new(|| cases().unwrap_or_default());

/// A case of the catalogue, by its number in [`CASES`], or that of a find or of a scenario
/// of a file.
#[derive(Clone, Debug)]
pub(super) enum ShownCase {
    Catalogued(usize),
    Found(Arc<ModelCase>),
}

impl ShownCase {
    /// That of the scenario with this name: of the catalogue, or else of one among these.
    ///
    /// # Errors
    /// There is none, or it cannot be modelled.
    pub(super) fn named(name: &str, scenarios: &[Scenario]) -> Result<Self, CaseError> {
        if let Some(at) = CASES.iter().position(|case| case.name == name) {
            return Ok(ShownCase::Catalogued(at));
        }
        let case = ModelCase::of(ModelCase::scenario(scenarios, name)?)?;
        Ok(ShownCase::Found(Arc::new(ModelCase {
            catalogued: false,
            ..case
        })))
    }

    pub(super) fn case(&self) -> &ModelCase {
        match self {
            ShownCase::Catalogued(at) => &CASES[*at],
            ShownCase::Found(case) => case,
        }
    }

    /// The one after it in the catalogue, or by `1` less than there are the one before.
    pub(super) fn step(&self, by: usize) -> Self {
        let last = CASES.len().saturating_sub(1);
        ShownCase::Catalogued(match self {
            ShownCase::Catalogued(at) => (at + by) % CASES.len(),
            ShownCase::Found(_) if by == 1 => 0,
            ShownCase::Found(_) => last,
        })
    }
}
