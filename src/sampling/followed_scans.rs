//! The scans of a target that is followed, as they go to a recording.

use std::time::Instant;

use super::recorded::RecordedScans;
use super::unknown_counting::JudgedScan;
use crate::events::case::CaseKey;
use crate::linux::features::rule::Rule;
use crate::linux::reader::Reader;
use crate::oracle::missing::MissingCounts;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::process::attached::AttachedTarget;
use crate::recording::raw::Raw;
use crate::recording::recorder::Recorder;
use crate::recording::stream::StreamInfo;
use crate::text::number::nanoseconds;

/// The scans of one address space as a stream of a recording, and what they came to.
#[derive(Debug)]
pub(crate) struct FollowedScans {
    scans: RecordedScans,
    start: Instant,
    tally: Tally,
    missing: MissingCounts,
}

impl FollowedScans {
    /// Of a target that is followed from now on.
    pub(crate) fn begin(recorder: &Recorder, target: &AttachedTarget) -> Self {
        let case = CaseKey {
            scenario: format!("{} (PID {})", target.info.comm(), target.pid()),
            reader: Reader::Maps.to_string(),
        };
        // Where the states are unknown no rule judges.
        let info = StreamInfo::new(case, Reader::Maps, Rule::LINE_END, &States::unknown());
        let info = StreamInfo {
            stream: recorder.next_stream(),
            ..info
        };
        let (mut scans, start) = (RecordedScans::of(recorder, info), Instant::now());
        scans.begin(start);
        FollowedScans {
            scans,
            start,
            tally: Tally::default(),
            missing: MissingCounts::default(),
        }
    }

    /// A scan that was read from then to then, and judged.
    pub(crate) fn put(&mut self, (begin, end): (Instant, Instant), scan: JudgedScan<'_>) {
        let since = |at: Instant| nanoseconds(at.saturating_duration_since(self.start));
        let raw = Raw::Scan {
            text: scan.judge.latest(),
            whole: true,
        };
        self.scans.put((since(begin), since(end)), raw);
        self.tally.add(scan.judge.verdict());
        self.missing.merge(scan.counts);
        self.scans.put_totals(&self.tally, self.missing);
    }

    /// Nothing is read for a while.
    pub(crate) fn look(&mut self) {
        self.scans.look();
    }
}

impl Drop for FollowedScans {
    fn drop(&mut self) {
        self.scans.put_last_totals(&self.tally, self.missing);
    }
}
