//! What `check` prints and writes, each format a function of the stream; what
//! `watch` and `diff` say of changes; and address spaces as files.

pub mod changes;
pub mod difference;
pub mod export;
mod human;
mod json;
mod ktap;
mod left_out;
mod mail;
mod number;
mod progress;
mod promises;
pub mod protocol;
mod save;
mod scenarios;
mod steps;
pub mod survey;
mod table;
pub mod watch;

use std::io;

pub use human::{Human, HumanOptions};
pub use crate::observation::{DOCUMENT_FORMAT, DOCUMENT_SHAPE};
pub use json::Json;
pub use ktap::Ktap;
pub use mail::MailReport;
pub use number::{bytes, grouped, rate, rate_text, seconds, short};
pub use progress::WithProgress;
pub use promises::Promises;
pub use save::{SaveError, Saved};
pub use scenarios::{holes_text, scenarios_json, write_scenarios};
pub use steps::{StepHeading, StepPrinter};
pub use table::Widths;

use std::io::Write as _;

use crate::observation::Observation;

/// Says one line to the user, on standard error. That nobody can read it is no
/// error: there is nobody left to tell.
pub fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

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
