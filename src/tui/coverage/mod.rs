//! The Coverage: how far each scenario has been looked at.
//!
//! * [`grid`]: where each scenario stands;
//! * [`words`]: a case in words;
//! * [`render`]: the matrix of scenario and reader, and the words of one.

pub(crate) mod grid;
pub(crate) mod render;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use self::grid::Grid;
use super::scroll::moved;
use super::shown::Shown;
use crate::session::coverage::{CoverageRow, CoverageState};

#[derive(Clone, Copy, Debug, Default)]
pub struct Coverage {
    /// The scenario under the cursor, by its place; none: that which runs.
    pub selected: Option<usize>,
}

impl Coverage {
    pub(crate) fn follow(&mut self) {
        self.selected = None;
    }

    /// Moves the cursor by scenarios.
    pub(crate) fn select(&mut self, by: i64, shown: &Shown) {
        let count = scenarios(shown).count();
        self.selected = Some(moved(self.at(shown), by, count.saturating_sub(1)));
    }

    /// The scenario that is told in words.
    pub(crate) fn at(self, shown: &Shown) -> usize {
        let runs = |rows: &[CoverageRow]| rows.iter().any(|it| it.state == CoverageState::Running);
        let running = || scenarios(shown).position(runs);
        self.selected.or_else(running).unwrap_or(0)
    }

    /// Where the scenarios stand in the view.
    pub(crate) fn grid(self, shown: &Shown) -> Grid {
        let readers = scenarios(shown).next().map_or(0, <[_]>::len);
        Grid::new(
            shown.body(),
            scenarios(shown).count(),
            readers,
            self.at(shown),
        )
    }
}

/// The rows of each scenario, a reader each.
pub(crate) fn scenarios(shown: &Shown) -> impl Iterator<Item = &[CoverageRow]> {
    let rows: &[CoverageRow] = (shown.snapshot.as_ref()).map_or(&[], |snapshot| &snapshot.coverage);
    rows.chunk_by(|one, next| one.case.scenario == next.case.scenario)
}
