//! The explorer: where one is in the Space, and what is to be seen there.
//!
//! * [`Explorer`]: the state;
//! * `act`: what keys do to it;
//! * [`prompt`]: text that is typed, a filter or an address;
//! * [`columns`]: what is shown of each VMA;
//! * `moves`: from row to row, to an address, a change, a tear;
//! * `look`: what is asked of the session.

pub(crate) mod columns;
pub(crate) mod cursor;
pub(crate) mod prompt;
pub(crate) mod render;
pub(crate) mod request;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use columns::Columns;
use prompt::Prompt;

use super::app::App;
use crate::session::explorer::look::Look;
use crate::session::explorer::recent::MINUTE;
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;

/// A place in the address space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The address, in bytes.
    pub address: u64,
    /// The line that was meant when it was chosen: where an address is in two
    /// lines, it is this one.
    pub line: u32,
}

/// The VMA that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenVma {
    /// An address in it, in bytes.
    pub address: u64,
    /// The rows scrolled.
    pub top: u16,
}

/// What lies over the list and takes the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// The columns; the position of the one that is selected.
    Columns(usize),
    /// The formats to export in.
    Export,
}

/// The state of the Space.
#[derive(Clone, Debug, Default)]
pub struct Explorer {
    /// Where one is; none: it follows the site.
    pub spot: Option<Spot>,
    /// On which row of the list that is.
    pub offset: u16,
    /// The filter, as it was typed.
    pub filter: String,
    /// Whether VMAs of one file are one row.
    pub fold: bool,
    /// Groups that are not, by the address of their first VMA.
    pub unfolded: BTreeSet<u64>,
    /// What is shown of each VMA; none: what fits the target.
    pub columns: Option<Columns>,
    /// Whether sizes are exact.
    pub exact: bool,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// What lies over the list.
    pub menu: Option<Menu>,
    /// The VMA that is open.
    pub open: Option<OpenVma>,
    /// Whether the log of changes is shown, and how far it is scrolled.
    pub log: Option<u16>,
    /// What was last asked for, and when.
    asked: (Arc<Look>, Duration),
}

/// Whether something is shown with its age.
pub(crate) fn ages(app: &App) -> bool {
    let explored = app.shown.as_ref().map(|shown| &shown.explored);
    let recent = explored.into_iter().flat_map(|it| it.recent.iter());
    let newest = recent.map(|recent| recent.at).max();
    newest.is_some_and(|at| app.now < at + MINUTE)
        || app.explorer.open.is_some()
        || app.explorer.log.is_some()
}

impl Explorer {
    /// Goes back to where a new target begins; what was chosen stays.
    pub fn restart(&mut self) {
        self.spot = None;
        self.open = None;
        self.unfolded.clear();
    }

    /// What is shown of each VMA.
    #[must_use]
    pub fn shown_columns(&self, snapshot: &Snapshot) -> Columns {
        self.columns
            .unwrap_or_else(|| Columns::usual(snapshot.scene.is_some()))
    }

    /// The row one is on; none: it follows.
    #[must_use]
    pub fn row(&self, picture: &Picture) -> Option<usize> {
        let spot = self.spot?;
        let covers = |line: u32| {
            let line = picture.lines.get(line as usize);
            line.is_some_and(|line| (line.start..line.end).contains(&spot.address))
        };
        let line = if covers(spot.line) {
            Some(spot.line)
        } else {
            picture.line_at(spot.address)
        };
        let row = line.and_then(|line| picture.row_of_line(line));
        row.or_else(|| picture.rows.iter().rposition(|row| row.line().is_some()))
    }
}
