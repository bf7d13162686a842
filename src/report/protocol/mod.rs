//! What `vmascope protocol` prints.

mod human;
mod json;
mod listing;
mod matrix;

pub use human::print_human;
pub use json::print_json;

use crate::protocol::{Locking, Position, Protocol};

/// The reader of `vmascope check` that has this protocol on some kernel, if
/// there is one.
#[must_use]
pub fn checked_by(protocol: &Protocol) -> Option<&'static str> {
    match (protocol.broken, protocol.locking, protocol.position) {
        (true, ..) | (_, Locking::RcuSequence, _) => None,
        _ if protocol.query => Some("query"),
        (_, Locking::MmapLock, Position::LastEnd) => Some("smaps"),
        _ => Some("maps"),
    }
}
