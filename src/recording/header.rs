//! What a recording says of itself first.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::events::run_info::command_line;
use crate::linux::kernel_text::kernel_text;
use crate::linux::process::page_size;

/// The first frame. Fields that a later version adds are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the program that wrote it.
    pub version: String,
    /// The command line, sanitised.
    pub command_line: String,
    /// `uname -srvm`.
    pub kernel: String,
    /// In bytes.
    pub page_size: u64,
    /// The wall-clock time at which it began: all times in it are counted from then.
    pub began: DateTime<Utc>,
    /// What was watched.
    pub subject: RecordedSubject,
    /// How a check was printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed: Option<CheckPrinted>,
    /// Since format 1.1: it is a part of another recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<CutFrom>,
    /// Since format 1.1: addresses and names in it are not those that were read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_anonymised: bool,
}

/// What the text of a check depends on besides its observations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckPrinted {
    pub allow_known: bool,
    pub verbose: bool,
    /// Columns of the longest name of a scenario, and of a reader.
    pub widths: (usize, usize),
}

/// Which part of another recording this is. Numbers and times are those of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutFrom {
    /// From when to when, in nanoseconds since the whole began.
    Time { from_ns: u64, to_ns: u64 },
    /// What shows one find: its number among all, from 1.
    Find(usize),
}

impl fmt::Display for CutFrom {
    /// `the part from 12.000s to 14.000s of a longer recording`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CutFrom::Time { from_ns, to_ns } => {
                let [from, to] = [from_ns, to_ns].map(|ns| Duration::from_nanos(*ns));
                write!(
                    f,
                    "the part from {from:.3?} to {to:.3?} of a longer recording"
                )
            }
            CutFrom::Find(number) => write!(f, "what find {number} of a longer recording needs"),
        }
    }
}

/// What was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordedSubject {
    /// The modifier, on a screen.
    Modifier,
    /// A process that is not ours, on a screen.
    Target,
    /// The cases of a check.
    Check,
    /// A process that is not ours, without a screen.
    Watch,
}

impl Header {
    /// Of this program on this kernel, from now on.
    pub fn of_now(subject: RecordedSubject) -> Self {
        Header {
            version: env!("CARGO_PKG_VERSION").into(),
            command_line: command_line(),
            kernel: kernel_text(),
            page_size: page_size(),
            began: Utc::now(),
            subject,
            printed: None,
            cut: None,
            is_anonymised: false,
        }
    }

    /// Of a recording that has not said yet what it is.
    pub(crate) fn unknown() -> Self {
        Header {
            version: String::new(),
            command_line: String::new(),
            kernel: String::new(),
            page_size: 0,
            began: DateTime::UNIX_EPOCH,
            cut: None,
            is_anonymised: false,
            subject: RecordedSubject::Target,
            printed: None,
        }
    }
}
