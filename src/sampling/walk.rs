//! One walk over the address space by queries, each for the next VMA, judged.

use std::collections::VecDeque;
use std::sync::Arc;

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
use crate::oracle::verdict::{Tear, TearKind};

/// A reader that asks for the first VMA, then for the one that covers the end
/// of the last answer or comes next, until there is none: what `maps` would
/// show, an answer a line. Each answer counts as a chunk of its own.
#[derive(Debug)]
pub(crate) struct WalkSampling {
    asker: Asker,
    answers: Answers,
    /// Where to stop, in bytes; none: where nothing is left.
    until: Option<u64>,
    latest: VecDeque<QueriedVma>,
    tears: Allowance,
}

impl WalkSampling {
    pub(crate) fn new(
        asker: Asker,
        states: Arc<States>,
        judge: QueryJudge,
        until: Option<u64>,
    ) -> Self {
        WalkSampling {
            asker,
            answers: Answers::new(states, judge, DESCRIBED),
            until,
            latest: VecDeque::with_capacity(AROUND + 1),
            tears: Allowance::new(4, 40),
        }
    }
}

impl Sampling for WalkSampling {
    fn sample(&mut self, clock: &Clock, finds: &mut Finds<'_>) -> Result<bool, SamplerError> {
        let mut torn = false;
        let (mut cursor, mut chunk) = (0, 0);
        self.latest.clear();
        self.answers.begin_pass();
        loop {
            let query = Query {
                address: cursor,
                lookup: Lookup::CoveringOrNext,
                filter: Filter::default(),
            };
            let (answer, window) = self.asker.ask(clock, &query)?;
            self.answers.take(query, (answer, window), finds);
            let Some(vma) = answer else {
                break;
            };
            if let Some(previous) = self.latest.back()
                && vma.start < previous.end
            {
                torn = true;
                let tear = tear(previous, &vma, chunk, window);
                finds.tally.duplicates_at_boundary += 1;
                finds.tally.backward += u64::from(tear.backward);
                let latest = &self.latest;
                finds.describe(&mut self.tears, || FoundKind::Tear {
                    tear,
                    excerpt: excerpt(latest, &vma, chunk),
                });
            }
            if self.until.is_some_and(|until| vma.start >= until) {
                break;
            }
            cursor = vma.end;
            chunk += 1;
            if self.latest.len() == AROUND {
                self.latest.pop_front();
            }
            self.latest.push_back(vma);
        }
        Ok(self.answers.end_pass(torn, finds.tally))
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
