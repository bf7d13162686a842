//! How soon a way of reading finds a violation on a broken simulated kernel,
//! counted in steps of reader and writer together.

use super::Locking;
use super::address_space::PAGE;
use super::fault::Fault;
use super::file::SimulatedKernel;
use super::order::Ordering;
use super::run::SimulatedCase;
use super::writer::Workload;
use vmascope::internals::linux::ChunkReader;
use vmascope::internals::linux::Reader;
use vmascope::internals::maps::{Lines, ScanText};
use vmascope::internals::oracle::StatesError;
use vmascope::internals::oracle::TextJudge;
use vmascope::internals::oracle::Violation;
use vmascope::internals::scenario::Scenario;

/// Bytes of a simulated kernel's line.
const LINE: usize = 49;

/// Lines of a chunk: as many as a page of Linux holds of the modifier's.
const CHUNK: usize = 99;

/// A way to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approach {
    /// The kernel selftest's loop: read two pages, look at the last line of
    /// the one and the first of the other.
    BoundaryLoop,
    /// Placement `boundary`: the site at a chunk boundary, the whole file read
    /// and judged.
    Boundary,
    /// Placement `inside`: the site in the middle of a chunk, the whole file
    /// read and judged.
    Inside,
    /// Placement `low`: the site at the lowest addresses, read to the line
    /// behind it, its variants in turns.
    Low,
}

impl Approach {
    /// All of them.
    pub(crate) const ALL: [Approach; 4] = [
        Approach::BoundaryLoop,
        Approach::Boundary,
        Approach::Inside,
        Approach::Low,
    ];

    /// The name in tables.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Approach::BoundaryLoop => "boundary loop",
            Approach::Boundary => "boundary",
            Approach::Inside => "inside",
            Approach::Low => "low",
        }
    }
}

/// What is hunted, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hunt<'a> {
    /// What the writer does.
    pub(crate) scenario: &'a Scenario,
    /// What is wrong with the kernel, which else locks one VMA at a time.
    pub(crate) fault: Fault,
    /// How it is read.
    pub(crate) approach: Approach,
    /// In which order reader and writer step.
    pub(crate) ordering: Ordering,
}

impl Hunt<'_> {
    /// Steps until the first violation; none within `most`.
    ///
    /// # Errors
    /// When the scenario changes something outside its site.
    pub(crate) fn steps_to_first(&self, seed: u64, most: u64) -> Result<Option<u64>, StatesError> {
        let (before, behind) = match self.approach {
            // The fence and the site's first line end the first chunk.
            Approach::BoundaryLoop | Approach::Boundary => (CHUNK - 2, 2 * CHUNK),
            Approach::Inside => (CHUNK / 2, 2 * CHUNK),
            Approach::Low => (0, 2 * CHUNK),
        };
        let workload = Workload::among(self.scenario, before, behind);
        let locking = Locking::LineLastEnd;
        let buffer = CHUNK * LINE + 1;
        let case = SimulatedCase::new(&workload, locking, Some(self.fault), buffer, seed)?;
        let states = case.states();
        let site = &states.sites()[0];
        let kernel = SimulatedKernel::new(&workload, locking, Some(self.fault), buffer, seed)
            .ordered(self.ordering);
        let clock = kernel.counters();
        let mut reader = ChunkReader::new(kernel, PAGE as usize * 2);
        let mut judge = TextJudge::new(Reader::Maps, locking.rule());
        let mut text = ScanText::default();
        let lines = |state| Lines::of(states.site_text(0, state)).count();
        let longest = (0..site.state_count()).map(lines).max().unwrap_or(1);
        // The fence before it, the site, the line behind it; or so many lines.
        let sizes: Vec<usize> = std::iter::once(longest + 2)
            .chain((1..longest.max(2)).map(|line| line + 1))
            .map(|lines| lines * LINE)
            .collect();
        for turn in 0.. {
            if reader.file().steps() > most {
                break;
            }
            let read = match self.approach {
                Approach::BoundaryLoop => reader.rewind(&mut text).and_then(|()| {
                    reader.step(&clock, &mut text)?;
                    reader.step(&clock, &mut text)?;
                    Ok(false)
                }),
                Approach::Boundary | Approach::Inside => {
                    reader.scan(&clock, &mut text).map(|()| true)
                }
                Approach::Low => {
                    reader.set_read_size(sizes[turn % sizes.len()]);
                    reader.scan_until(&clock, &mut text, site.range.end)
                }
            };
            let Ok(whole) = read else {
                // A simulated file never fails.
                break;
            };
            let verdict = if whole {
                judge.judge(states, &text)
            } else {
                judge.judge_beginning(states, &text)
            };
            let counts = |violation: &&Violation| {
                let at_boundary = violation.chunk == 1 && violation.first_in_chunk;
                self.approach != Approach::BoundaryLoop || at_boundary
            };
            if verdict.violations.iter().find(counts).is_some() {
                return Ok(Some(reader.file().steps()));
            }
        }
        Ok(None)
    }

    /// The median of [`steps_to_first`](Self::steps_to_first) over so many
    /// seeds; none where most found nothing.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn median(&self, seeds: u64, most: u64) -> Result<Option<u64>, StatesError> {
        let mut all = (1..=seeds)
            .map(|seed| self.steps_to_first(seed, most))
            .collect::<Result<Vec<_>, _>>()?;
        all.sort_unstable_by_key(|steps| steps.unwrap_or(u64::MAX));
        Ok(all.get(all.len() / 2).copied().flatten())
    }
}
