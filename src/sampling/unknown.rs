//! Scans of a target whose states nobody knows: read and judged by
//! [`UnknownScanner`], which the sampling thread drives here and `watch` in
//! [`follow`](super::follow).

use super::clock::Clock;
use super::finds::{AROUND, Allowance, Finds, FoundKind};
use super::options::SamplerError;
use super::reader::Sampling;
use super::text_reader::TextReader;
use crate::linux::chunk::{ChunkReader, ReadClock, ScanError};
use crate::linux::file::ProcFile;
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::unknown_judge::{Blink, MissingCounts, UnknownJudge};
use crate::oracle::verdict::Verdict;
use crate::setup::read_range::ReadRange;

/// Reads a scan, and then has it judged: in between whoever drives it finds out
/// whether the end of the target has cut the scan short.
#[derive(Debug)]
pub(crate) struct UnknownScanner {
    /// After judging, its text is the scan before.
    reader: TextReader,
    judge: UnknownJudge,
}

impl UnknownScanner {
    pub(crate) fn new(file: ChunkReader<ProcFile>, smaps: bool) -> Self {
        UnknownScanner {
            reader: TextReader::new(file, smaps, ReadRange::default()),
            judge: UnknownJudge::new(),
        }
    }

    pub(crate) fn read(&mut self, clock: &impl ReadClock) -> Result<(), ScanError> {
        self.reader.scan(clock).map(drop)
    }

    /// Whether what was read may have been cut short, as it is when the target
    /// dies or calls exec. A scan that ends as the one before did was not.
    fn may_be_cut_short(&self) -> bool {
        let last = last_line(self.reader.text().text());
        last.is_empty() || last != last_line(self.latest().text())
    }

    /// Judges what was read.
    pub(crate) fn judge(&mut self) -> &Verdict {
        self.judge.judge(self.reader.text_mut())
    }

    /// What the judge said of the latest scan.
    pub(crate) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    /// What the scan before lacked, as the latest one shows.
    pub(crate) fn blinks(&self) -> &[Blink] {
        self.judge.blinks()
    }

    /// How much came back in the latest scan.
    pub(crate) fn counts(&self) -> MissingCounts {
        self.judge.counts()
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
    missing: MissingCounts,
    boundaries: BoundaryPairs,
    tears: Allowance,
    blinks: Allowance,
}

impl UnknownSampling {
    pub(crate) fn new(file: ChunkReader<ProcFile>, smaps: bool) -> Self {
        UnknownSampling {
            scanner: UnknownScanner::new(file, smaps),
            missing: MissingCounts::default(),
            boundaries: BoundaryPairs::default(),
            tears: Allowance::new(4, 40),
            // Normal: enough to look at, and no crowd that hides the tears.
            blinks: Allowance::new(4, 2),
        }
    }
}

impl Sampling for UnknownSampling {
    fn sample(&mut self, clock: &Clock, finds: &mut Finds<'_>) -> Result<bool, SamplerError> {
        let scanner = &mut self.scanner;
        scanner.read(clock)?;
        if scanner.may_be_cut_short() && !scanner.reader.is_alive() {
            return Err(ScanError::TargetGone.into());
        }
        finds.tally.add(scanner.judge());
        self.missing.merge(scanner.counts());
        self.boundaries.add(scanner.latest());
        for blink in scanner.blinks() {
            finds.describe(&mut self.blinks, || FoundKind::Blink {
                excerpt: Excerpt::of_scan(scanner.before(), blink.at, AROUND),
                blink: blink.clone(),
            });
        }
        for tear in &scanner.verdict().tears {
            finds.describe(&mut self.tears, || FoundKind::Tear {
                tear: *tear,
                excerpt: Excerpt::of_scan(scanner.latest(), tear.at, AROUND),
            });
        }
        Ok(!scanner.verdict().coherent())
    }

    fn is_alive(&mut self) -> bool {
        self.scanner.reader.is_alive()
    }

    fn missing(&self) -> MissingCounts {
        self.missing
    }

    fn boundaries(&self) -> Option<&BoundaryPairs> {
        Some(&self.boundaries)
    }

    fn latest(&self) -> Option<(&ScanText, &Verdict)> {
        Some((self.scanner.latest(), self.scanner.verdict()))
    }

    fn give_scan(&mut self, other: &mut ScanText) {
        // The judge compares the next scan with it.
        other.copy_from(self.scanner.latest());
    }
}

/// The last line of a text, with its newline.
fn last_line(text: &[u8]) -> &[u8] {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    &text[memchr::memrchr(b'\n', body).map_or(0, |newline| newline + 1)..]
}
