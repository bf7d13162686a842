//! The Boundary: the site original, modified and live, and how often
//! neighbouring lines had which form; of a target that is not ours, the lines at
//! its chunk boundaries.

pub(crate) mod addresses;
pub(crate) mod foreign;
pub(crate) mod large_pages;
pub(crate) mod pair_table;
pub(crate) mod render;
pub(crate) mod state_columns;

use super::shown::Shown;

#[derive(Clone, Copy, Debug, Default)]
pub struct Boundary {
    /// The top row.
    pub top: u16,
}

impl Boundary {
    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        self.top = render::scrolled(*self, shown).moved(by) as u16;
    }
}
