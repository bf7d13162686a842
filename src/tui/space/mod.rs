//! The Space: the explorer of one address space. Here is where one is in it
//! and what is to be seen there.
//!
//! * [`action`], [`update`](mod@update): what keys do to it;
//! * [`prompt`]: text that is typed, a filter or an address; [`named_filter`];
//! * [`columns`]: what is shown of each VMA;
//! * [`cursor`], [`window`]: the VMA one is on, and the rows on the screen;
//! * [`moves`], [`search`]: from row to row; to an address, a change, a tear;
//! * [`request`]: what is asked of the session;
//! * [`render`]: the picture of it.

pub(crate) mod action;
pub(crate) mod click;
pub(crate) mod columns;
pub(crate) mod cursor;
pub(crate) mod moves;
pub(crate) mod named_filter;
pub(crate) mod prompt;
pub(crate) mod render;
pub(crate) mod request;
pub(crate) mod search;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;
pub(crate) mod window;

use std::collections::BTreeSet;

use super::shown::Shown;
use crate::session::explorer::filter::LineFilter;
use crate::session::explorer::recent::MINUTE;
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;
use columns::{Columns, UsualColumns};
use cursor::Cursor;
use named_filter::{NamedFilter, in_words};
use prompt::Prompt;
use render::areas::parts;
use render::minimap::KeptMap;
use request::Asked;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenVma {
    /// An address in it, in bytes.
    pub address: u64,
    /// The rows scrolled.
    pub top: u16,
}

/// Where one is in the log of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenLog {
    /// The number of the change that is selected; none: the newest.
    pub selected: Option<u64>,
    /// Whether it is open, and the rows scrolled in it.
    pub open: Option<u16>,
}

/// What lies over the list and takes the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListMenu {
    /// The columns; the position of the one that is selected.
    Columns(usize),
    /// The formats to export in; the position of the one that is selected.
    Export(usize),
}

#[derive(Clone, Debug, Default)]
pub struct Space {
    /// Where one is; none: it follows the site.
    pub cursor: Option<Cursor>,
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
    pub(crate) usual_columns: UsualColumns,
    pub(crate) named_filters: Vec<NamedFilter>,
    pub exact: bool,
    pub prompt: Option<Prompt>,
    pub menu: Option<ListMenu>,
    pub open: Option<OpenVma>,
    /// The log of changes, where it is shown.
    pub log: Option<OpenLog>,
    asked: Asked,
    /// The map of the picture that is shown.
    map: KeptMap,
}

impl Space {
    /// Goes back to where a new target begins; what was chosen stays.
    pub(crate) fn restart(&mut self) {
        self.cursor = None;
        self.open = None;
        self.unfolded.clear();
    }

    /// What is shown of each VMA.
    pub(crate) fn shown_columns(&self, snapshot: &Snapshot) -> Columns {
        let usual = match snapshot.scene {
            Some(_) => self.usual_columns.modifier,
            None => self.usual_columns.target,
        };
        self.columns.unwrap_or(usual)
    }

    /// What a text that is typed as a filter means.
    pub(crate) fn line_filter(&self, typed: &str) -> LineFilter {
        LineFilter::parse(&in_words(typed, &self.named_filters))
    }

    /// The row one is on; none: it follows.
    pub(crate) fn row(&self, picture: &Picture) -> Option<usize> {
        self.cursor?.row(picture)
    }

    /// Lays the map out once for each picture, not for each frame: of a million
    /// VMAs that takes long.
    pub(crate) fn lay_out_map(&mut self, shown: &Shown) {
        let snapshot = shown.snapshot.as_ref();
        if let Some(picture) = snapshot.and_then(|it| it.picture.as_ref()) {
            self.map.keep(picture, parts(shown.body()).map);
        }
    }

    /// Whether something is shown with its age.
    pub(crate) fn shows_ages(&self, shown: &Shown) -> bool {
        let explored = shown.snapshot.as_ref().map(|shown| &shown.explored);
        let recent = explored.into_iter().flat_map(|it| it.recent.iter());
        let newest = recent.map(|recent| recent.at).max();
        newest.is_some_and(|at| shown.now < at + MINUTE)
            || self.open.is_some()
            || self.log.is_some()
    }
}
