//! What `check` prints and writes, each format a function of the stream.

mod human;
mod json;
mod ktap;
mod mail;
mod number;
mod promises;
pub mod protocol;
mod save;
mod table;

use std::io;

pub use human::{Human, HumanOptions};
pub use json::Json;
pub use ktap::Ktap;
pub use mail::MailReport;
pub use number::{grouped, rate, seconds, short};
pub use promises::Promises;
pub use save::{SaveError, Saved};

use crate::observation::Observation;

/// Something that turns the stream into text, as it comes.
pub trait Reporter {
    /// Takes in the next observation.
    ///
    /// # Errors
    /// When the text cannot be written; a broken pipe means that nobody reads
    /// on.
    fn observe(&mut self, observation: &Observation) -> io::Result<()>;
}
