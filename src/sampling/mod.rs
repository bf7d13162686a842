//! Reads and has judged: in a thread that never waits, or followed by its caller.
//!
//! * [`sampler`], [`options`], [`sampling_loop`]: the thread;
//! * [`text`], [`query`], [`walk`], [`unknown`]: what is read and judged in one
//!   scan, by [`text_reader`], [`answers`] and [`unknown_counting`], in the time of a
//!   [`clock`];
//!   [`tune`] finds the pause that tears most;
//! * [`recorded`]: every scan, as it was read, to a recording;
//! * [`scanned_calls`]: the target's system calls beside its scans;
//! * [`finds`]: what was found; [`describe`], [`sentences`]: events and words for it;
//! * [`follow`]: scans compared for `watch`, on its caller's thread; [`watch_observation`]:
//!   what it tells of; [`followed_scans`]: its scans as a recording;
//! * [`probe`]: one address, asked for over and over.
//!
//! A [`Sampler`](sampler::Sampler) scans one file over and over on a thread of its own, into
//! buffers that are reused, and judges every scan. It publishes its totals,
//! queues a description of what is worth showing into a bounded ring, and on
//! request leaves its latest scan to be taken. What finds no room is counted,
//! not waited for.

pub(crate) mod answers;
pub(crate) mod clock;
pub(crate) mod describe;
pub(crate) mod finds;
pub(crate) mod follow;
pub(crate) mod followed_scans;
pub(crate) mod options;
pub(crate) mod probe;
pub(crate) mod query;
pub(crate) mod reader;
pub(crate) mod recorded;
pub(crate) mod sampler;
pub(crate) mod sampling_loop;
pub(crate) mod scanned_calls;
pub(crate) mod sentences;
pub(crate) mod text;
pub(crate) mod text_reader;
pub(crate) mod tune;
pub(crate) mod unknown;
pub(crate) mod unknown_counting;
pub(crate) mod walk;
pub(crate) mod watch_observation;

use scanned_calls::{CallsBetween, CallsSeen};

use crate::linux::dwell::DwellTime;
use crate::maps::scan_text::ScanText;
use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;
use crate::oracle::verdict::Verdict;

/// What a sampler has published.
#[derive(Clone, Debug, Default)]
pub struct Published {
    pub tally: Tally,
    /// What was missing and came back, in a target whose states nobody knows:
    /// no violations.
    pub missing: MissingCounts,
    /// Whether the target's calls are seen.
    pub calls: CallsSeen,
    /// Finds that found no room in the queue.
    pub dropped: u64,
    /// Finds that were counted but, being of a frequent kind, not described.
    pub not_described: u64,
    /// Nanoseconds spent between the start of the first and the end of the
    /// last scan.
    pub elapsed_ns: u64,
    /// Nanoseconds of the last scan, judging included.
    pub last_scan_ns: u64,
    /// The pause before each read that was found to tear most scans, once it
    /// was.
    pub found_dwell: Option<DwellTime>,
}

/// A scan taken from a running sampler.
#[derive(Clone, Debug, Default)]
pub struct TakenScan {
    pub text: ScanText,
    /// Its number, from 1.
    pub number: u64,
    /// What the judge says of it.
    pub verdict: Verdict,
}

/// A text taken from a running sampler, and what the target did since the one
/// taken before.
#[derive(Debug, Default)]
pub(crate) struct TakenText {
    pub(crate) text: Vec<u8>,
    pub(crate) calls: CallsBetween,
}

/// Which scan is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanWanted {
    /// The next one.
    Any,
    /// The next one that is torn or violates a promise.
    Torn,
    /// The next one that violates a promise.
    Violating,
}

impl ScanWanted {
    fn fits(self, verdict: &Verdict) -> bool {
        match self {
            ScanWanted::Any => true,
            ScanWanted::Torn => !verdict.coherent(),
            ScanWanted::Violating => !verdict.violations.is_empty(),
        }
    }

    /// A number for it, which is not 0.
    pub(crate) fn to_raw(self) -> u8 {
        match self {
            ScanWanted::Any => 1,
            ScanWanted::Torn => 2,
            ScanWanted::Violating => 3,
        }
    }

    pub(crate) fn from_raw(raw: u8) -> Option<Self> {
        [ScanWanted::Any, ScanWanted::Torn, ScanWanted::Violating]
            .into_iter()
            .find(|wanted| wanted.to_raw() == raw)
    }
}
