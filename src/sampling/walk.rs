//! One walk over the address space by queries, each for the next VMA, judged.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::answers::Answers;
use super::clock::Clock;
use super::finds::{AROUND, Allowance, Finds, FoundKind};
use super::options::SamplerError;
use super::query::{Asker, DESCRIBED};
use super::reader::Sampling;
use crate::linux::chunk::ScanError;
use crate::linux::dwell::DwellTime;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::linux::procmap_query::{Filter, Lookup, QueriedVma, Query};
use crate::maps::excerpt::{Excerpt, ExcerptLine};
use crate::maps::scan_text::Window;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::oracle::verdict::{Tear, TearKind};
use crate::recording::pass::Answered;
use crate::recording::raw::Raw;

/// A reader that asks for the first VMA, then for the one that covers the end
/// of the last answer or comes next, until there is none: what `maps` would
/// show, an answer a line.
#[derive(Debug)]
pub(crate) struct WalkSampling {
    asker: Asker,
    walk: JudgedWalk,
}

impl WalkSampling {
    pub(crate) fn new(asker: Asker, walk: JudgedWalk) -> Self {
        WalkSampling { asker, walk }
    }
}

impl Sampling for WalkSampling {
    fn sample(
        &mut self,
        clock: &Clock,
        _: Instant,
        finds: &mut Finds<'_>,
    ) -> Result<bool, SamplerError> {
        self.asker.begin_pass();
        self.walk.begin();
        loop {
            let answered = self.asker.ask(clock, &self.walk.question())?;
            if !self.walk.take(answered, finds) {
                return Ok(self.walk.end(finds.tally));
            }
        }
    }

    fn raw(&self) -> Raw<'_> {
        Raw::Pass(self.asker.pass())
    }

    fn keep_answers(&mut self, writers: usize) {
        self.asker.keep_answers(writers);
    }

    fn set_dwell(&mut self, pause: DwellTime) {
        self.asker.set_dwell(pause);
    }

    fn begin_storm(&mut self, storm: InterruptStorm) {
        self.asker.begin_storm(storm);
    }

    fn is_alive(&mut self) -> Result<bool, ScanError> {
        self.asker.is_alive()
    }
}

/// Says what a walk asks next, and judges, counts and describes what is answered. Each
/// answer counts as a chunk of its own.
#[derive(Debug)]
pub(crate) struct JudgedWalk {
    answers: Answers,
    /// Where to stop, in bytes; none: where nothing is left.
    until: Option<u64>,
    /// Where the last answer ended, in bytes.
    cursor: u64,
    chunk: usize,
    torn: bool,
    latest: VecDeque<QueriedVma>,
    tears: Allowance,
}

impl JudgedWalk {
    pub(crate) fn new(states: Arc<States>, judge: QueryJudge, until: Option<u64>) -> Self {
        JudgedWalk {
            answers: Answers::new(states, judge, DESCRIBED),
            until,
            cursor: 0,
            chunk: 0,
            torn: false,
            latest: VecDeque::with_capacity(AROUND + 1),
            tears: Allowance::new(4, 40),
        }
    }

    /// The next walk does not follow the one before.
    pub(crate) fn after_gap(&mut self) {
        self.answers.after_gap();
    }

    pub(crate) fn begin(&mut self) {
        (self.cursor, self.chunk, self.torn) = (0, 0, false);
        self.latest.clear();
        self.answers.begin_pass();
    }

    /// What is asked next.
    pub(crate) fn question(&self) -> Query {
        Query {
            address: self.cursor,
            lookup: Lookup::CoveringOrNext,
            filter: Filter::default(),
        }
    }

    /// Judges the answer to that; whether the walk goes on.
    pub(crate) fn take(&mut self, answered: Answered, finds: &mut Finds<'_>) -> bool {
        self.answers.take(self.question(), answered, finds);
        let (Some(vma), window) = answered else {
            return false;
        };
        if let Some(previous) = self.latest.back()
            && vma.start < previous.end
        {
            self.torn = true;
            let tear = tear(previous, &vma, self.chunk, window);
            finds.tally.duplicates_at_boundary += 1;
            finds.tally.backward += u64::from(tear.backward);
            let (latest, chunk) = (&self.latest, self.chunk);
            finds.describe(&mut self.tears, || FoundKind::Tear {
                tear,
                excerpt: excerpt(latest, &vma, chunk),
            });
        }
        if self.until.is_some_and(|until| vma.start >= until) {
            return false;
        }
        self.cursor = vma.end;
        self.chunk += 1;
        if self.latest.len() == AROUND {
            self.latest.pop_front();
        }
        self.latest.push_back(vma);
        true
    }

    /// Counts the walk; whether it was torn, or violates a promise.
    pub(crate) fn end(&mut self, tally: &mut Tally) -> bool {
        self.answers.end_pass(self.torn, tally)
    }
}

/// The last answers, and this one.
fn excerpt(latest: &VecDeque<QueriedVma>, vma: &QueriedVma, chunk: usize) -> Excerpt {
    let before = latest.len();
    let lines = latest.iter().chain([vma]).enumerate();
    Excerpt {
        lines: lines
            .map(|(i, vma)| ExcerptLine {
                chunk: chunk + i - before,
                text: format!("{:08x}-{:08x} {}", vma.start, vma.end, vma.permissions),
                marked: i == before,
            })
            .collect(),
    }
}

fn tear(previous: &QueriedVma, vma: &QueriedVma, chunk: usize, window: Window) -> Tear {
    Tear {
        kind: TearKind::DuplicateAtBoundary,
        backward: vma.start < previous.start,
        chunk,
        at: 0,
        previous: (previous.start, previous.end),
        line: (vma.start, vma.end),
        window,
    }
}
