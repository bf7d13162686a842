//! What rows and lines are drawn with.

use std::time::Duration;

use ratatui::style::Style;

use super::column_widths::{column_width, fitting};
use crate::session::changes::{Change, ChangeKind, FADE};
use crate::session::picture::Picture;
use crate::session::rows::Row;
use crate::session::snapshot::Snapshot;
use crate::tui::shown::Shown;
use crate::tui::space::Space;
use crate::tui::space::columns::{Column, Columns};
use crate::tui::theme::{Role, Theme};

/// Columns of the states that have a line.
pub(crate) const STATE: usize = 9;

/// Turns rows into text.
pub(crate) struct Painter<'a> {
    pub(crate) theme: Theme,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) picture: &'a Picture,
    pub(crate) now: Duration,
    pub(crate) width: usize,
    /// Columns of an address range.
    pub(crate) range_width: usize,
    pub(crate) columns: Columns,
    pub(crate) exact: bool,
    /// Whether an answer of `PROCMAP_QUERY` that is not there is on its way.
    pub(crate) is_asked: bool,
}

impl<'a> Painter<'a> {
    pub(crate) fn new(
        space: &Space,
        shown: &Shown,
        snapshot: &'a Snapshot,
        picture: &'a Picture,
        visible: &[Row],
        width: u16,
    ) -> Self {
        let digits = visible
            .iter()
            .filter_map(|row| picture.range_of(*row))
            // Not the gate VMA: its sixteen digits would widen the column.
            .filter(|range| range.end < 1 << 48)
            .map(|range| format!("{:08x}-{:08x}", range.start, range.end).len())
            .max();
        let width = usize::from(width);
        let range_width = digits.unwrap_or(17);
        Painter {
            theme: shown.theme,
            snapshot,
            picture,
            // A picture that stands still does not age.
            now: shown.time(),
            width,
            range_width,
            columns: fitting(space.shown_columns(snapshot), width, range_width),
            exact: space.exact,
            is_asked: snapshot.explored.has_query
                && snapshot.ended.is_none()
                && shown.frozen.is_none(),
        }
    }

    pub(crate) fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    pub(crate) fn has(&self, column: Column) -> bool {
        self.columns.has(column)
    }

    pub(crate) fn column_width(&self, column: Column) -> usize {
        column_width(column, self.exact, self.width)
    }

    /// What has just happened to the VMA that starts there.
    pub(crate) fn flash_at(&self, start: u64) -> Option<&'a Change> {
        self.picture
            .change_at(start)
            .filter(|change| self.now < change.at + FADE && change.kind != ChangeKind::Vanished)
    }
}

/// The sign of a change, and its role.
pub(crate) fn mark(kind: ChangeKind) -> (&'static str, Role) {
    match kind {
        ChangeKind::New => ("+", Role::New),
        ChangeKind::Changed => ("~", Role::Changed),
        ChangeKind::Vanished => ("−", Role::Vanished),
    }
}
