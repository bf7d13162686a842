//! All text, KTAP, JSON and CSV for files and pipes.
//!
//! * of a check, each a [`Reporter`] of its observations: [`human`] with
//!   [`table`], [`promises`] and [`summary`]; [`ktap`]; [`json`]; [`mail`]; how
//!   far it is: [`progress`]; what changed since another one: [`comparison`];
//! * of the other commands: [`watch`], [`difference`], [`steps`],
//!   [`scenarios`], [`survey`], [`latency`], and [`model`] for `protocol`;
//! * of a hunt: [`fuzz`]; of a recording judged afresh: [`judged`];
//! * an address space as a file: [`export`];
//! * what they share: [`page`], [`style`], [`seen`], [`changes`],
//!   [`left_out`], [`output`], [`safe_output`], [`save`], [`new_files`], [`new_folder`].

pub(crate) mod changes;
pub(crate) mod comparison;
pub(crate) mod difference;
pub(crate) mod document;
pub(crate) mod export;
pub(crate) mod foreign;
pub(crate) mod fuzz;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod judged;
pub(crate) mod ktap;
pub(crate) mod latency;
pub(crate) mod left_out;
pub(crate) mod lessons;
pub(crate) mod mail;
pub(crate) mod model;
pub(crate) mod new_files;
pub(crate) mod new_folder;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod progress;
pub(crate) mod promises;
pub(crate) mod safe_output;
pub(crate) mod save;
pub(crate) mod scenarios;
pub(crate) mod seen;
pub(crate) mod steps;
pub(crate) mod style;
pub(crate) mod summary;
pub(crate) mod survey;
pub(crate) mod table;
pub(crate) mod watch;
pub(crate) mod watch_printer;

use std::io;

use crate::events::Observation;

/// Something that turns the stream into text, as it comes.
pub trait Reporter {
    /// Takes in the next observation.
    ///
    /// # Errors
    /// When the text cannot be written; a broken pipe means that nobody reads
    /// on.
    fn observe(&mut self, observation: &Observation) -> io::Result<()>;
}

impl Reporter for Box<dyn Reporter> {
    fn observe(&mut self, observation: &Observation) -> io::Result<()> {
        (**self).observe(observation)
    }
}
