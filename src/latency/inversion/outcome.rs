//! What a measurement of the inversion comes to.

use serde::{Deserialize, Serialize};

use super::verdict::{InversionSampleSummary, Verdict, verdict};
use crate::latency::load::Load;
use crate::latency::outcome::Skipped;
use crate::latency::times::Summary;
use crate::linux::thread_place::ThreadPlace;
use crate::modifier::timed_writer::mailbox::Command;

/// What the writer changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WriterPlace {
    /// Single pages of its region, far from what is read.
    Elsewhere,
    /// The VMA that is being read.
    VmaRead,
}

impl WriterPlace {
    pub(crate) const ALL: [Self; 2] = [Self::Elsewhere, Self::VmaRead];

    /// As in "the writer's calls …".
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::VmaRead => "on the VMA being read",
        }
    }

    /// What the writer does there.
    pub(crate) fn command(self) -> Command {
        match self {
            Self::Elsewhere => Command::Work,
            Self::VmaRead => Command::Protect,
        }
    }
}

/// All that was measured. Times are in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InversionOutcome {
    pub version: String,
    /// `uname -srvm`.
    pub kernel: String,
    /// The preemption model, and where it is known from.
    pub preemption: String,
    /// When it started, as RFC 3339.
    pub started: String,
    pub setup: InversionSetup,
    /// For each reader, in the order they were asked for, the writer's calls
    /// elsewhere and on the VMA being read.
    pub rows: Vec<InversionRow>,
    /// From where on a call is long: elsewhere, on the VMA being read.
    pub limit_ns: [Option<u64>; 2],
    /// Readers that this kernel does not have, and why.
    pub skipped: Vec<Skipped>,
    /// What did not come back.
    pub stuck: Vec<Stuck>,
    /// What could not be done as it was asked.
    pub notes: Vec<String>,
    /// Times that were lost for want of room.
    pub dropped: u64,
    /// It was interrupted: not all samples were taken.
    pub interrupted: bool,
}

/// How it was measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InversionSetup {
    /// The writer's CPU.
    pub writer_cpu: usize,
    /// That of the reader and of the busy thread.
    pub reader_cpu: usize,
    /// Bytes of the VMA that is read.
    pub vma_read: u64,
    /// Bytes of the writer's region.
    pub region: u64,
    /// VMAs of it.
    pub vmas: u64,
    /// Samples of each row: rounds.
    pub samples: u32,
    /// The length of each.
    pub sample_ns: u64,
}

/// One reader, and the writer's calls in one place.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InversionRow {
    pub reader: Load,
    pub place: WriterPlace,
    /// All samples together.
    pub calls: Summary,
    /// Chunks or queries of the reader.
    pub pieces: u64,
    /// How often the reader lost its CPU.
    pub lost_cpu: u64,
    pub samples: Vec<InversionSampleSummary>,
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Both threads in the middle of a call.
    pub caught: Option<Caught>,
}

impl InversionRow {
    /// The longest call of the sample in which that was shortest, and of all.
    pub(crate) fn longest(&self) -> (u64, u64) {
        let longest = self.samples.iter().map(|sample| sample.max_ns);
        let (least, most) = (longest.clone().min(), longest.max());
        (least.unwrap_or(0), most.unwrap_or(0))
    }

    pub(crate) fn judge(&mut self, limit_ns: Option<u64>) {
        self.verdict = match verdict(&self.samples, limit_ns) {
            // What never lost its CPU shows nothing.
            Verdict::NotSeen if self.reader != Load::NONE && self.lost_cpu == 0 => {
                Verdict::NotMeasured
            }
            verdict => verdict,
        };
    }
}

/// Writer and reader while a call of the writer did not come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Caught {
    /// How long it had not, at least.
    pub after_ns: u64,
    pub writer: ThreadPlace,
    pub reader: ThreadPlace,
}

/// A thread that did not come back within seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Stuck {
    pub who: Who,
    pub reader: Load,
    pub place: WriterPlace,
    /// How long it was waited for.
    pub waited_ns: u64,
    /// Of a writer: it came back when the busy thread had ended.
    pub came_back: bool,
    /// Where both were, as far as the kernel tells.
    pub writer_at: Option<ThreadPlace>,
    pub reader_at: Option<ThreadPlace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    Writer,
    Reader,
}
