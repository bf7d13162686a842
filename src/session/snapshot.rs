//! What a session hands to its screen: one value that never changes again.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::by_hand::ManualShown;
use super::coverage::CoverageRow;
use super::explorer::queries::Explored;
use super::live::PageAnswers;
use super::picture::Picture;
use super::rates::{Point, Rates};
use super::trigger::Trigger;
use crate::events::case::CaseInfo;
use crate::events::event::Event;
use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::kernel_text::in_plain_words;
use crate::linux::reader::Reader;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;
use crate::sampling::options::Rate;
use crate::sampling::probe::reading::Reading;
use crate::sampling::scanned_calls::CallsSeen;
use crate::text::sanitise::sanitise;

/// Everything there is to show at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Since the session started.
    pub at: Duration,
    /// Who is watched, and on what kernel.
    pub target: Arc<ShownTarget>,
    /// What the modifier does; none for a target that is not ours.
    pub scene: Option<Arc<Scene>>,
    /// Whether the modifier stands still; none where there is no modifier.
    pub still: Option<bool>,
    /// The totals of the text reader in this scene.
    pub tally: Tally,
    /// The totals of `PROCMAP_QUERY` in this scene.
    pub query_tally: Tally,
    /// The totals of everything since the session started.
    pub overall: Tally,
    /// Finds that were lost for want of room.
    pub dropped: u64,
    /// At which rate scans are made at most.
    pub rate: Rate,
    /// Which of them are held.
    pub trigger: Trigger,
    /// How many a second, lately; none while nothing goes on: what stands still
    /// has no rate.
    pub rates: Option<Rates>,
    /// What the text reader locks for each scan; none where that cannot be
    /// counted, or nothing goes on.
    pub locks: Option<ScanLocks>,
    /// The history of finds, oldest first, a point each quarter of a second.
    pub history: Arc<Vec<Point>>,
    pub picture: Option<Arc<Picture>>,
    /// The last scan known to have had the same text.
    pub same_until: u64,
    /// What `PROCMAP_QUERY` answers for each page of the site.
    pub answers: PageAnswers,
    /// Neighbouring lines seen so far, by form.
    pub pairs: Arc<Vec<ShownPair>>,
    /// The lines on both sides of chunk boundaries, of a target whose states are
    /// unknown; none where they are known.
    pub boundaries: Option<Arc<BoundaryPairs>>,
    /// How far each scenario has been looked at; empty where there are none.
    pub coverage: Arc<Vec<CoverageRow>>,
    /// Whether the next scenario comes by itself.
    pub moves_on: bool,
    /// What was found since the last snapshot.
    pub found: Vec<FoundEvent>,
    /// What was missing and came back, in a target whose states are unknown;
    /// none where they are known.
    pub missing: Option<MissingCounts>,
    /// Whether the calls of such a target are seen.
    pub calls: CallsSeen,
    /// Where its latest suspected holes were, and when.
    pub suspected: Vec<(Range<u64>, Duration)>,
    /// Manual mode, while it is on.
    pub manual: Option<Arc<ManualShown>>,
    /// What the probe has to tell, while it is looked at.
    pub probe: Option<Arc<Reading>>,
    /// The target is no longer watched, and this is why; the rest stays as it was.
    pub ended: Option<String>,
    /// What the explorer asked for.
    pub explored: Explored,
}

impl Snapshot {
    /// The number of the scan that is shown: of several with the same text the
    /// last.
    #[must_use]
    pub(crate) fn scan_number(&self) -> u64 {
        let picture = self.picture.as_ref();
        picture
            .map_or(0, |picture| picture.scan.number)
            .max(self.same_until)
    }

    /// Whether the target is not ours.
    #[must_use]
    pub(crate) fn is_foreign(&self) -> bool {
        self.missing.is_some()
    }

    /// All that was found since the session started, whether or not it is
    /// described.
    #[must_use]
    pub(crate) fn finds(&self) -> u64 {
        let came_back = |missing: MissingCounts| missing.blinks + missing.suspected;
        let came_back = self.missing.map_or(0, came_back);
        self.overall.duplicates() + self.overall.violation_count() + came_back
    }
}

/// mmap_lock read acquisitions of a reader for each scan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanLocks {
    /// How many, over the last second.
    pub per_scan: f64,
    /// It locks one VMA at a time, so those are its fallbacks.
    pub fallbacks: bool,
}

/// Who is watched.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ShownTarget {
    /// `modifier, PID 123`.
    pub name: String,
    /// `Linux 6.18.1`.
    pub kernel: String,
    /// For each reader its name, and in plain words what it locks and where it
    /// resumes.
    pub readers: Vec<(String, String)>,
}

impl ShownTarget {
    pub(crate) fn new(name: String, facts: &KernelFacts, rules: &[(Reader, ReaderRule)]) -> Self {
        let is_there = |reader: Reader| !reader.queries() || facts.procmap_query;
        ShownTarget {
            name,
            kernel: format!("Linux {}", sanitise(facts.release.text.as_bytes())),
            readers: rules
                .iter()
                .filter(|(reader, _)| is_there(*reader))
                .map(|(reader, rule)| (reader.to_string(), in_plain_words(*reader, rule.rule)))
                .collect(),
        }
    }
}

/// A scenario that is laid out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scene {
    pub info: CaseInfo,
    /// Where it works, in bytes.
    pub site: Range<u64>,
    /// Whether scans end behind the site, before the end of the file.
    pub stops_early: bool,
    /// What a letter of a state stands for.
    pub letter_bytes: u64,
    /// Its position in the catalogue, from 1, and how many there are.
    pub number: (usize, usize),
}

/// A find, and when it was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundEvent {
    /// Since the session started.
    pub at: Duration,
    pub event: Arc<Event>,
}

/// How often a pair of neighbouring lines was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPair {
    /// The form, in a word or two: original, duplicate, hole, …
    pub form: String,
    /// The first line, sanitised; empty where all pairs of the form are
    /// counted together.
    pub previous: String,
    pub line: String,
    /// Whether a chunk boundary was between them.
    pub across_boundary: bool,
    pub count: u64,
    /// No correct kernel shows it.
    pub must_never: bool,
}
