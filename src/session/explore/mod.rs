//! What an explorer of an address space asks for, and what it is told.
//!
//! Whoever looks sends a [`Look`]: which lines are to be shown, and which of
//! them are on the screen or open. All reading happens on the session's
//! thread; what it found comes back with the snapshots.

mod filter;
mod history;
mod inspection;
mod kind;
mod lens;
mod look;
mod recent;
mod usage;

pub use filter::{Candidate, Filter, parse_address};
pub(super) use history::History;
pub use history::{COMPARE, Past};
pub use inspection::{Answer, Inspection, differences};
pub use kind::{VmaKind, name_of_line};
pub use lens::Explored;
pub(super) use lens::Lens;
pub use look::{Arrangement, Look, StillPicture};
pub use recent::{MINUTE, Recent};
pub use usage::Usage;
