//! The Coverage: how far each scenario has been looked at.

pub(crate) mod render;

use super::shown::Shown;

#[derive(Clone, Copy, Debug, Default)]
pub struct Coverage {
    /// The top row; none: it follows the scenario that runs.
    pub top: Option<usize>,
}

impl Coverage {
    pub(crate) fn follow(&mut self) {
        self.top = None;
    }

    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        self.top = Some(render::scrolled(*self, shown).moved(by));
    }
}
