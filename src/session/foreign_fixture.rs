//! What is counted and found in scans that a target may have shown: by the judge
//! and the counts of the program.

use crate::events::case::CaseKey;
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::states::States;
use crate::oracle::unknown_judge::UnknownJudge;
use crate::sampling::describe::FindContext;
use crate::sampling::finds::{AROUND, Found, FoundKind};
use crate::setup::placement::Placement;

use super::foreign_report::ForeignSeen;

/// After some scans of a process that is not ours, one a millisecond.
pub(crate) fn watched(scans: &[ScanText]) -> (ForeignSeen, BoundaryPairs) {
    let (mut judge, mut seen) = (UnknownJudge::new(), ForeignSeen::default());
    let mut boundaries = BoundaryPairs::default();
    let case = CaseKey {
        scenario: "target (PID 4242)".into(),
        reader: "maps".into(),
    };
    let moment = FindContext {
        case: &case,
        placement: Placement::Inside,
        reader_index: 0,
        states: &States::unknown(),
    };
    for (i, now) in scans.iter().enumerate() {
        judge.judge(&mut now.clone());
        seen.tally.add(judge.verdict());
        seen.missing.merge(judge.counts());
        boundaries.add(now);
        let tears = judge.verdict().tears.iter().map(|tear| FoundKind::Tear {
            tear: *tear,
            excerpt: Excerpt::of_scan(now, tear.at, AROUND),
        });
        let blinks = judge.blinks().iter().map(|blink| FoundKind::Blink {
            excerpt: Excerpt::of_scan(&scans[i - 1], blink.at, AROUND),
            blink: blink.clone(),
        });
        for kind in tears.chain(blinks) {
            seen.keep(&moment.describe(Found {
                scan: i as u64 + 1,
                at_ns: i as u64 * 1_000_000,
                kind,
            }));
        }
    }
    (seen, boundaries)
}
