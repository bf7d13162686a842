//! Scans, the states they may show, and the judge that compares the two.
//!
//! Everything here is pure: no clock, no I/O. A modifier that does nothing but
//! its scenario has a known address space in each state ([`States`]); a reader
//! racing with it must see, line by line or chunk by chunk, what some allowed
//! state has next. [`TextJudge`] applies that rule to a scan of `maps` or of
//! the VMA headers of `smaps`, [`QueryJudge`] to one `PROCMAP_QUERY` answer.
//! Of a target whose states nobody knows, [`UnknownJudge`] says what scans say by
//! themselves. [`PairTable`] counts which lines followed each other.
//! [`diff`] says what changed between two scans.

mod bytes;
mod coverage;
pub mod diff;
mod engine;
mod next_line;
mod pairs;
mod query;
mod signature;
mod site;
mod smaps;
mod states;
mod tally;
mod text;
mod unknown;
mod verdict;

pub use next_line::StateLine;
pub use pairs::{PairForm, PairRow, PairTable};
pub use query::{QueryFinding, QueryJudge};
pub use site::{OperationInfo, SiteClock, SiteStates};
pub use smaps::keep_headers;
pub use states::{Capture, MAX_STATES, States, StatesError, VmaAttributes};
pub use tally::Tally;
pub use text::TextJudge;
pub use unknown::{Blink, MissingCounts, UnknownJudge};
pub use verdict::{Tear, TearKind, Verdict, Violation, ViolationKind};
