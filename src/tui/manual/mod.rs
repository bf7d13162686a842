//! Manual mode: reader and modifier by hand. It is on while its view is shown.

pub(crate) mod render;
pub(crate) mod render_file;
pub(crate) mod render_taken;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use super::view::View;

#[derive(Clone, Copy, Debug, Default)]
pub struct Manual {
    /// The top row of the file; none: it follows the reader.
    pub top: Option<usize>,
    /// Whether what was done is shown, in the place of the file.
    shows_timelines: bool,
    /// The view it was entered from.
    before: View,
    /// Steps taken when the rows were scrolled.
    steps: usize,
}

impl Manual {
    /// Whether what was done is shown, in the place of the file.
    pub(crate) fn shows_timelines(self) -> bool {
        self.shows_timelines
    }
}
