//! Scans of a target whose states nobody knows: read and judged by
//! [`UnknownScanner`], beside the target's calls where they may be seen. The
//! sampling thread drives it here, and `watch` in [`follow`](super::follow).

use std::sync::Arc;
use std::time::Instant;

use super::clock::Clock;
use super::finds::Finds;
use super::options::SamplerError;
use super::reader::Sampling;
use super::scanned_calls::{CallsBetween, CallsSeen, MOST_SCANS, ScannedCalls};
use super::text_reader::TextReader;
use super::unknown_counting::{JudgedScan, UnknownCounting};
use crate::linux::calls::trace::{CallTrace, CallTraceError};
use crate::linux::chunk::{ChunkReader, ReadClock, ScanError};
use crate::linux::file::ProcFile;
use crate::maps::line::parse_range;
use crate::maps::scan_text::{Lines, ScanText};
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::evidence::Cause;
use crate::oracle::missing::MissingCounts;
use crate::oracle::unknown_judge::UnknownJudge;
use crate::oracle::verdict::Verdict;
use crate::recording::raw::Raw;
use crate::setup::read_range::ReadRange;
use crate::text::number::nanoseconds;

/// Reads a scan, and then has it judged: in between whoever drives it finds out
/// whether the end of the target has cut the scan short.
#[derive(Debug)]
pub(crate) struct UnknownScanner {
    /// After judging, its text is the scan before.
    reader: TextReader,
    judge: UnknownJudge,
    calls: Option<ScannedCalls>,
    /// Whose calls are to be seen, until that has been tried.
    see_calls_of: Option<u32>,
    refused: Option<Arc<str>>,
    /// Why what came back was missing, each.
    causes: Vec<Cause>,
    counts: MissingCounts,
}

impl UnknownScanner {
    /// Scans this file; the calls of `see_calls_of` are seen, too, if they may be.
    pub(crate) fn new(file: ChunkReader<ProcFile>, smaps: bool, see_calls_of: Option<u32>) -> Self {
        UnknownScanner {
            reader: TextReader::new(file, smaps, ReadRange::default()),
            judge: UnknownJudge::new(),
            calls: None,
            see_calls_of,
            refused: None,
            causes: Vec::new(),
            counts: MissingCounts::default(),
        }
    }

    pub(crate) fn read(&mut self, clock: &impl ReadClock) -> Result<(), ScanError> {
        if let Some(pid) = self.see_calls_of.take() {
            // Only for what its addresses tell: the first scan that counts is made
            // when calls are seen, so that of a command that is held until then
            // all are.
            self.reader.scan(clock)?;
            self.see_calls(pid);
        }
        if let Some(calls) = &mut self.calls {
            calls.scan_begins();
        }
        self.reader.scan(clock)?;
        if let Some(calls) = &mut self.calls {
            calls.scan_ends();
        }
        Ok(())
    }

    /// Whether what was read may have been cut short, as it is when the target
    /// dies or calls exec. A scan that ends as the one before did was not.
    fn may_be_cut_short(&self) -> bool {
        let last = last_line(self.reader.text().text());
        last.is_empty() || last != last_line(self.latest().text())
    }

    /// Judges what was read, and finds the calls that explain it.
    pub(crate) fn judge(&mut self) -> &Verdict {
        self.judge.judge(self.reader.text_mut());
        self.counts = self.judge.counts();
        self.causes.clear();
        if let Some(calls) = &mut self.calls {
            calls.scan_judged();
            for came_back in self.judge.came_back() {
                let cause = calls.cause(came_back);
                if cause.is_suspected_hole() {
                    self.counts.suspect(came_back);
                }
                self.causes.push(cause);
            }
        }
        self.judge.verdict()
    }

    fn see_calls(&mut self, pid: u32) {
        let trace = match has_64_bit_addresses(self.reader.text().text()) {
            true => CallTrace::open(pid),
            false => Err(CallTraceError::Of32Bits),
        };
        match trace {
            Ok(trace) => {
                self.calls = Some(ScannedCalls::new(trace));
                self.judge.follow_for(MOST_SCANS);
            }
            Err(why) => self.refused = Some(why.to_string().into()),
        }
    }

    /// Whether calls are seen.
    pub(crate) fn calls_seen(&self) -> CallsSeen {
        match (&self.calls, &self.refused) {
            (Some(calls), _) => calls.seen(),
            (None, Some(why)) => CallsSeen::Refused(why.clone()),
            (None, None) => CallsSeen::No,
        }
    }

    /// The calls since this was asked the last time.
    pub(crate) fn hand_over_calls(&mut self, into: &mut CallsBetween) {
        match &mut self.calls {
            Some(calls) => calls.hand_over(into),
            None => *into = CallsBetween::default(),
        }
    }

    /// Reads calls while nothing is scanned.
    pub(crate) fn meanwhile(&mut self) {
        if let Some(calls) = &mut self.calls {
            calls.meanwhile();
        }
    }

    /// What the judge said of the latest scan.
    pub(crate) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    /// What was made of the latest scan.
    pub(crate) fn judged(&self) -> JudgedScan<'_> {
        JudgedScan {
            judge: &self.judge,
            before: self.reader.text(),
            causes: &self.causes,
            counts: self.counts,
        }
    }

    /// How much came back in the latest scan.
    pub(crate) fn counts(&self) -> MissingCounts {
        self.counts
    }

    /// The latest scan that was judged.
    pub(crate) fn latest(&self) -> &ScanText {
        self.judge.latest()
    }

    /// The scan judged before that.
    pub(crate) fn before(&self) -> &ScanText {
        self.reader.text()
    }
}

/// A reader of `maps` or `smaps`, and the judge that knows no states.
#[derive(Debug)]
pub(crate) struct UnknownSampling {
    scanner: UnknownScanner,
    counting: UnknownCounting,
}

impl UnknownSampling {
    pub(crate) fn new(file: ChunkReader<ProcFile>, smaps: bool, see_calls_of: Option<u32>) -> Self {
        UnknownSampling {
            scanner: UnknownScanner::new(file, smaps, see_calls_of),
            counting: UnknownCounting::new(),
        }
    }
}

impl Sampling for UnknownSampling {
    fn sample(
        &mut self,
        clock: &Clock,
        start: Instant,
        finds: &mut Finds<'_>,
    ) -> Result<bool, SamplerError> {
        let scanner = &mut self.scanner;
        scanner.read(clock)?;
        finds.now_ns = nanoseconds(start.elapsed());
        if scanner.may_be_cut_short() && !scanner.reader.is_alive()? {
            return Err(ScanError::TargetGone.into());
        }
        scanner.judge();
        Ok(self.counting.count(scanner.judged(), finds))
    }

    fn raw(&self) -> Raw<'_> {
        Raw::Scan {
            text: self.scanner.latest(),
            whole: true,
        }
    }

    fn is_alive(&mut self) -> Result<bool, ScanError> {
        self.scanner.reader.is_alive()
    }

    fn missing(&self) -> MissingCounts {
        self.counting.missing()
    }

    fn calls_seen(&self) -> CallsSeen {
        self.scanner.calls_seen()
    }

    fn hand_over_calls(&mut self, into: &mut CallsBetween) {
        self.scanner.hand_over_calls(into);
    }

    fn meanwhile(&mut self) {
        self.scanner.meanwhile();
    }

    fn boundaries(&self) -> Option<&BoundaryPairs> {
        Some(self.counting.boundaries())
    }

    fn latest(&self) -> Option<(&ScanText, &Verdict)> {
        Some((self.scanner.latest(), self.scanner.verdict()))
    }

    fn give_scan(&mut self, other: &mut ScanText) {
        // The judge compares the next scan with it.
        other.copy_from(self.scanner.latest());
    }
}

/// Whether something but the gate VMA is mapped above 4 GiB, as always in a
/// process of 64 bits, and never in one of 32: its calls have other numbers.
fn has_64_bit_addresses(text: &[u8]) -> bool {
    let ranges = Lines::of(text).filter_map(parse_range);
    ranges
        .take_while(|(start, _)| *start < 1 << 63)
        .any(|(_, end)| end > 1 << 32)
}

/// The last line of a text, with its newline.
fn last_line(text: &[u8]) -> &[u8] {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    &text[memchr::memrchr(b'\n', body).map_or(0, |newline| newline + 1)..]
}
