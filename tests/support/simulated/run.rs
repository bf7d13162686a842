//! A simulated kernel, its states captured, and a reader that is judged.

use std::ops::Range;

use super::Locking;
use super::fault::Fault;
use super::file::SimulatedKernel;
use super::order::Ordering;
use super::writer::{How, Workload};
use vmascope::internals::linux::ChunkReader;
use vmascope::internals::linux::ReadClock;
use vmascope::internals::linux::{Filter, Lookup, Query};
use vmascope::internals::linux::{Granularity, Position, Reader, Rule};
use vmascope::internals::maps::ScanText;
use vmascope::internals::maps::Window;
use vmascope::internals::oracle::QueryJudge;
use vmascope::internals::oracle::Tally;
use vmascope::internals::oracle::TextJudge;
use vmascope::internals::oracle::Verdict;
use vmascope::internals::oracle::{MovedVma, OperationInfo, SiteClock, SiteStates};
use vmascope::internals::oracle::{States, StatesError};

/// One simulated case: a workload on a kernel.
#[derive(Debug)]
pub(crate) struct SimulatedCase {
    kernel: SimulatedKernel,
    reader: Reader,
    rule: Rule,
    read_size: usize,
    states: States,
}

impl Locking {
    /// The rule that a correct kernel of this kind keeps.
    #[must_use]
    pub(crate) fn rule(self) -> Rule {
        let (granularity, position) = match self {
            Locking::ChunkNextStart => (Granularity::Chunk, Position::NextStart),
            Locking::ChunkLastEnd => (Granularity::Chunk, Position::LastEnd),
            Locking::LineLastEnd => (Granularity::Line, Position::LastEnd),
        };
        Rule {
            granularity,
            position,
        }
    }
}

impl SimulatedCase {
    /// Captures the states of `workload` and sets up the kernel.
    ///
    /// # Errors
    /// When the workload changes something outside its site.
    pub(crate) fn new(
        workload: &Workload,
        locking: Locking,
        fault: Option<Fault>,
        buffer_size: usize,
        seed: u64,
    ) -> Result<Self, StatesError> {
        let kernel = SimulatedKernel::new(workload, locking, fault, buffer_size, seed);
        let captures = workload.captures();
        let operations = workload
            .effects
            .iter()
            .map(|effect| {
                let addresses =
                    |pages: Range<u32>| kernel.address(pages.start)..kernel.address(pages.end);
                let pages = addresses(effect.pages.clone());
                let unmaps = effect.how != How::Changes || effect.to == b'.';
                OperationInfo {
                    text: format!("{effect:?}"),
                    moves: (effect.how == How::EmptiesFirst)
                        .then(|| pages.clone())
                        .into_iter()
                        .map(|to| MovedVma {
                            to,
                            from: effect.from.clone().map(addresses),
                            tail: effect.tail.clone().map(addresses),
                        })
                        .collect(),
                    unmaps: (unmaps.then_some(pages).into_iter())
                        .chain(effect.from.clone().map(addresses))
                        .collect(),
                }
            })
            .collect();
        let site = SiteStates {
            range: kernel.address(workload.site.start)..kernel.address(workload.site.end),
            operations,
            clock: SiteClock::default(),
        };
        Ok(SimulatedCase {
            kernel,
            reader: Reader::Maps,
            rule: locking.rule(),
            read_size: super::address_space::PAGE as usize,
            states: States::of_site(site, &captures)?,
        })
    }

    /// The same, read with a caller's buffer of `bytes` instead of a page.
    #[must_use]
    pub(crate) fn with_read_size(mut self, bytes: usize) -> Self {
        self.read_size = bytes;
        self
    }

    /// The same, of which not `maps` is read but another file.
    #[must_use]
    pub(crate) fn read_by(mut self, reader: Reader) -> Self {
        self.kernel = self.kernel.read_by(reader);
        self.reader = reader;
        self
    }

    /// The same, where reader and writer step in another order.
    #[must_use]
    pub(crate) fn ordered(mut self, ordering: Ordering) -> Self {
        self.kernel = self.kernel.ordered(ordering);
        self
    }

    /// The same, judged by another rule than the kernel's own.
    #[must_use]
    pub(crate) fn judged_by(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    /// The states it is judged against.
    #[must_use]
    pub(crate) fn states(&self) -> &States {
        &self.states
    }

    /// Scans until `lines` lines are judged, or a violation is found if
    /// `to_first` says so; what was found and the steps it took.
    pub(crate) fn scan_text(&mut self, lines: u64, to_first: bool) -> (Tally, u64) {
        self.scan_text_with(lines, to_first, |_, _| {})
    }

    /// The same; `each` is given every scan and its verdict.
    pub(crate) fn scan_text_with(
        &mut self,
        lines: u64,
        to_first: bool,
        mut each: impl FnMut(&ScanText, &Verdict),
    ) -> (Tally, u64) {
        let mut judge = TextJudge::new(self.reader, self.rule);
        let mut tally = Tally::default();
        let clock = self.kernel.counters();
        let from = self.kernel.steps();
        let mut reader = ChunkReader::new(&mut self.kernel, self.read_size);
        let mut text = ScanText::default();
        while tally.lines < lines && !(to_first && tally.violation_count() > 0) {
            if reader.scan(&clock, &mut text).is_err() {
                break;
            }
            let verdict = judge.judge(&self.states, &text);
            tally.add(verdict);
            each(&text, verdict);
        }
        let steps = reader.file().steps() - from;
        (tally, steps)
    }

    /// The same for queries of every page of the site and the page before:
    /// exact and next, of any VMA and of writable ones.
    pub(crate) fn query(&mut self, answers: u64, to_first: bool) -> (Tally, u64) {
        let mut judge = QueryJudge::new(self.rule.granularity);
        let mut tally = Tally::default();
        let clock = self.kernel.counters();
        let from = self.kernel.steps();
        let site = self.states.sites()[0].range.clone();
        let addresses = site.start - super::address_space::PAGE..site.end;
        let writable = Filter {
            writable: true,
            ..Filter::default()
        };
        let questions = [
            (Lookup::Covering, Filter::default()),
            (Lookup::CoveringOrNext, Filter::default()),
            (Lookup::CoveringOrNext, writable),
        ];
        while tally.lines < answers && !(to_first && tally.violation_count() > 0) {
            tally.scans += 1;
            for address in addresses
                .clone()
                .step_by(super::address_space::PAGE as usize)
            {
                for (lookup, filter) in questions {
                    let query = Query {
                        address,
                        lookup,
                        filter,
                    };
                    let finished = clock.finished();
                    let answer = self.kernel.query(&query);
                    let window = Window {
                        finished,
                        begun: clock.begun(),
                    };
                    tally.lines += 1;
                    if let Some(finding) =
                        judge.judge(&self.states, window, &query, answer.as_ref())
                    {
                        tally.add_violation(&finding.kind, finding.known);
                    }
                }
            }
        }
        (tally, self.kernel.steps() - from)
    }
}
