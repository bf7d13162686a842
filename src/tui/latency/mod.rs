//! The Latency: what reading costs a writer, measured live.

pub(crate) mod render;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::{Role, Theme};
use super::widgets::text::{put_rows, wrapped};
use crate::latency::live::LabSnapshot;

/// What is said of a moment of the past.
const NOTHING: &str = "The lab did not run at this moment: nothing was measured.";

#[derive(Clone, Debug, Default)]
pub struct LatencyView {
    /// The reader that keys add and remove, among those of the lab.
    pub selected: usize,
    /// The latest snapshot, unless the display is frozen.
    pub snapshot: Option<Arc<LabSnapshot>>,
}

/// Draws a moment of the past at which the lab did not run.
pub(crate) fn nothing(theme: Theme, area: Rect, buffer: &mut Buffer) {
    let lines = wrapped(NOTHING, area.width, theme.style(Role::Dim));
    put_rows(buffer, area, theme, &lines, 0);
}
