//! What `vmascope protocol` prints.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod matrix;
pub(crate) mod walks;
pub(crate) mod walks_json;

use crate::model::protocol_options::{Afresh, GapCheck, Locking, ResumeAt};
use crate::model::protocols::Protocol;

/// How `vmascope check` looks at a protocol on a kernel that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    pub reader: &'static str,
    pub kernels: &'static str,
}

/// How `check` looks at this protocol; none where no kernel has it.
pub(crate) fn checked_by(protocol: &Protocol) -> Option<Checked> {
    let checked = |reader, kernels| Some(Checked { reader, kernels });
    let patched = protocol.afresh == Afresh::Searches
        || protocol.gap_check != GapCheck::SearchIfMoved
        || protocol.checks_end
        || !protocol.retries_detached;
    match (protocol.locking, protocol.position) {
        _ if protocol.broken => None,
        (Locking::RcuSequence, _) => None,
        (Locking::MmapLock, ResumeAt::NextStart) => checked("maps", "to 6.16"),
        (Locking::MmapLock, _) => checked("smaps", "6.17 to 7.1"),
        (Locking::PerVma, _) => {
            let (reader, since) = match protocol.afresh {
                _ if protocol.query => ("query", "since 6.18"),
                Afresh::Lines => ("smaps", "since 7.2"),
                _ => ("maps", "since 6.17"),
            };
            checked(reader, if patched { "patched so" } else { since })
        }
    }
}
