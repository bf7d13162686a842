//! The Boundary: the site original, modified and live, and how often
//! neighbouring lines had which form.

pub(crate) mod addresses;
pub(crate) mod pair_table;
pub(crate) mod render;
pub(crate) mod state_columns;

use super::scroll::moved;
use super::shown::Shown;

#[derive(Clone, Copy, Debug, Default)]
pub struct Boundary {
    /// The top row.
    pub top: u16,
}

impl Boundary {
    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        let (top, last) = render::scroll_range(*self, shown);
        self.top = moved(top, by, last) as u16;
    }
}
