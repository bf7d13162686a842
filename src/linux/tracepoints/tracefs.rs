//! The numbers of tracepoints, from tracefs: read where it is mounted; where
//! it is not, from a [mount of our own](crate::linux::mount_apart).

use std::io;
use std::io::ErrorKind;

use rustix::io::Errno;

use crate::linux::advice::{Advised, says_nothing};
use crate::linux::mount_apart::{mount_apart, read_apart};
use crate::linux::rights::Rights;

/// Where tracefs is found, newer place first.
const PLACES: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/// Why a tracepoint's number cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TracefsError {
    /// This user may not read it.
    #[error("{place} cannot be read by this user: {}", who_may())]
    Forbidden { place: &'static str },
    /// Nobody has mounted it.
    #[error(
        "tracefs is not mounted: `mount -t tracefs tracefs /sys/kernel/tracing`; or {}",
        who_may()
    )]
    NotMounted,
    /// The kernel has none.
    #[error("this kernel has no tracefs (CONFIG_TRACING)")]
    NotThere,
    /// It has none of these tracepoints.
    #[error("this kernel has no tracepoint {tracepoint} (it came with Linux 5.11)")]
    NoTracepoint {
        /// `system/name`.
        tracepoint: &'static str,
    },
    /// Anything else.
    #[error("the number of tracepoint {tracepoint} cannot be read from tracefs: {why}")]
    Other {
        /// `system/name`.
        tracepoint: &'static str,
        /// What the kernel said.
        why: String,
    },
}

impl TracefsError {
    /// Whether another user might have it.
    pub(crate) fn is_for_want_of_rights(&self) -> bool {
        let is_refused = matches!(self, Self::Forbidden { .. } | Self::NotMounted);
        is_refused && !Rights::here().root
    }
}

fn who_may() -> &'static str {
    match Rights::here().root {
        false => "run as root",
        true => {
            "a container or a sandbox (seccomp) may keep root from that here: run outside of it"
        }
    }
}

/// The number of a tracepoint, by which perf_event_open(2) knows it.
pub(crate) fn id(tracepoint: &'static str) -> Result<u64, TracefsError> {
    let mut forbidden = None;
    for place in PLACES {
        match std::fs::read_to_string(format!("{place}/events/{tracepoint}/id")) {
            Ok(text) => return parse(tracepoint, &text),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                forbidden.get_or_insert(TracefsError::Forbidden { place });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if std::fs::exists(format!("{place}/events")).unwrap_or(false) {
                    return Err(TracefsError::NoTracepoint { tracepoint });
                }
            }
            Err(error) => return Err(other(tracepoint, &error)),
        }
    }
    if let Some(forbidden) = forbidden {
        return Err(forbidden);
    }
    let tracefs = match mount_apart("tracefs") {
        Ok(tracefs) => tracefs,
        Err(Errno::NODEV) => return Err(TracefsError::NotThere),
        Err(errno) if says_nothing(&errno.into()) => {
            return Err(other(tracepoint, &errno.into()));
        }
        // No right to mount, or a kernel before 5.2.
        Err(_) => return Err(TracefsError::NotMounted),
    };
    match read_apart(&tracefs, &format!("events/{tracepoint}/id")) {
        Ok(text) => parse(tracepoint, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(TracefsError::NoTracepoint { tracepoint })
        }
        Err(error) => Err(other(tracepoint, &error)),
    }
}

fn parse(tracepoint: &'static str, text: &str) -> Result<u64, TracefsError> {
    let number = text.trim_ascii().parse();
    number.map_err(|_| TracefsError::Other {
        tracepoint,
        why: "it is not a number".into(),
    })
}

fn other(tracepoint: &'static str, error: &io::Error) -> TracefsError {
    TracefsError::Other {
        tracepoint,
        why: Advised(error).to_string(),
    }
}
