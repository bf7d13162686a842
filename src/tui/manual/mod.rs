//! Manual mode: reader and modifier by hand. It is on while its view is shown.

pub(crate) mod render;
pub(crate) mod render_file;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use super::shown::Shown;
use super::view::View;
use crate::session::by_hand::ManualShown;

#[derive(Clone, Copy, Debug, Default)]
pub struct Manual {
    /// The top row of the file; none: it follows the reader.
    pub top: Option<usize>,
    /// The view it was entered from.
    before: View,
    /// Steps taken when the rows were scrolled.
    steps: usize,
}

impl Shown {
    /// Where reader and modifier are, if manual mode is on.
    #[must_use]
    pub(crate) fn by_hand(&self) -> Option<&ManualShown> {
        self.latest.as_ref()?.manual.as_deref()
    }
}
