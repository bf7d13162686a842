//! Which case is shown.

use std::sync::{Arc, LazyLock};

use crate::model::case::{ModelCase, cases};

/// Those of the catalogue; none where the model and the catalogue do not agree, which
/// a test rules out.
pub(super) static CASES: LazyLock<Vec<ModelCase>> = LazyLock::new(|| cases().unwrap_or_default());

/// A case of the catalogue, by its number in [`CASES`], or that of a find.
#[derive(Clone, Debug)]
pub(super) enum ShownCase {
    Catalogued(usize),
    Found(Arc<ModelCase>),
}

impl ShownCase {
    /// That of the catalogue with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let at = CASES.iter().position(|case| case.name == name)?;
        Some(ShownCase::Catalogued(at))
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
