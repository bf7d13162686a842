//! What scans of a target whose states nobody knows add up to, and what of it is
//! described.

use super::finds::{AROUND, Allowance, Finds, FoundKind};
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::evidence::Cause;
use crate::oracle::missing::{CameBack, MissingCounts};
use crate::oracle::unknown_judge::UnknownJudge;

/// What was made of a scan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JudgedScan<'a> {
    /// Its judge.
    pub(crate) judge: &'a UnknownJudge,
    /// The scan before.
    pub(crate) before: &'a ScanText,
    /// Why what came back was missing, each; what has none is of an unknown cause.
    pub(crate) causes: &'a [Cause],
    /// How much came back.
    pub(crate) counts: MissingCounts,
}

impl<'a> JudgedScan<'a> {
    /// What the scan before lacked and this one shows, and why, where that is worth
    /// showing: blinks, and suspected holes.
    pub(crate) fn came_back(self) -> impl Iterator<Item = (&'a CameBack, &'a Cause)> {
        let all = self.judge.came_back().iter().enumerate();
        all.map(move |(index, it)| (it, self.causes.get(index).unwrap_or(&Cause::Unknown)))
            .filter(|(it, cause)| it.is_blink() || cause.is_suspected_hole())
    }
}

/// Counts what was made of scans.
#[derive(Debug)]
pub(crate) struct UnknownCounting {
    missing: MissingCounts,
    boundaries: BoundaryPairs,
    tears: Allowance,
    suspected: Allowance,
    blinks: Allowance,
}

impl UnknownCounting {
    pub(crate) fn new() -> Self {
        UnknownCounting {
            missing: MissingCounts::default(),
            boundaries: BoundaryPairs::default(),
            tears: Allowance::new(4, 40),
            suspected: Allowance::new(8, 10),
            // Normal: enough to look at, and no crowd that hides the tears.
            blinks: Allowance::new(4, 2),
        }
    }

    /// Counts a scan, and describes what it shows; whether it was torn.
    pub(crate) fn count(&mut self, scan: JudgedScan<'_>, finds: &mut Finds<'_>) -> bool {
        let (verdict, latest) = (scan.judge.verdict(), scan.judge.latest());
        finds.tally.add(verdict);
        self.missing.merge(scan.counts);
        self.boundaries.add(latest);
        for (came_back, cause) in scan.came_back() {
            let allowance = match cause.is_suspected_hole() {
                true => &mut self.suspected,
                false => &mut self.blinks,
            };
            finds.describe(allowance, || FoundKind::CameBack {
                excerpt: Excerpt::of_scan(scan.before, came_back.at, AROUND),
                came_back: came_back.clone(),
                cause: cause.clone(),
            });
        }
        for tear in &verdict.tears {
            finds.describe(&mut self.tears, || FoundKind::Tear {
                tear: *tear,
                excerpt: Excerpt::of_scan(latest, tear.at, AROUND),
            });
        }
        !verdict.coherent()
    }

    /// What was missing and came back so far.
    pub(crate) fn missing(&self) -> MissingCounts {
        self.missing
    }

    /// The pairs of lines at chunk boundaries so far.
    pub(crate) fn boundaries(&self) -> &BoundaryPairs {
        &self.boundaries
    }
}
