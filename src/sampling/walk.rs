//! One walk over the address space by queries, each for the next VMA, judged.

use std::collections::VecDeque;
use std::sync::Arc;

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use super::query::{Answers, Asker};
use crate::linux::procmap_query::{Filter, Lookup, QueriedVma, Query, QueryError};
use crate::maps::excerpt::{Excerpt, ExcerptLine};
use crate::maps::scan_text::Window;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::oracle::verdict::{Tear, TearKind};

/// Answers shown before what was found.
const AROUND: usize = 3;

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
            answers: Answers::new(states, judge),
            until,
            latest: VecDeque::with_capacity(AROUND + 1),
            tears: Allowance::new(4, 40),
        }
    }

    pub(crate) fn asker(&mut self) -> &mut Asker {
        &mut self.asker
    }

    /// One walk; whether it mixed states.
    pub(crate) fn pass(
        &mut self,
        clock: &Clock,
        tally: &mut Tally,
        now_ns: impl Fn() -> u64,
        not_described: &mut u64,
        mut found: impl FnMut(FoundKind),
    ) -> Result<bool, QueryError> {
        let (mut violating, mut torn) = (false, false);
        let (mut cursor, mut chunk) = (0, 0);
        self.latest.clear();
        self.answers.judge.begin_pass(&self.answers.states);
        loop {
            let query = Query {
                address: cursor,
                lookup: Lookup::CoveringOrNext,
                filter: Filter::default(),
            };
            let (answer, window) = self.asker.ask(clock, &query)?;
            violating |= self.answers.take(
                query,
                (answer, window),
                tally,
                &now_ns,
                not_described,
                &mut found,
            );
            let Some(vma) = answer else {
                break;
            };
            if let Some(previous) = self.latest.back()
                && vma.start < previous.end
            {
                torn = true;
                let tear = tear(previous, &vma, chunk, window);
                tally.duplicates_at_boundary += 1;
                tally.backward += u64::from(tear.backward);
                if self.tears.take(now_ns()) {
                    let excerpt = self.excerpt(&vma, chunk);
                    found(FoundKind::Tear { tear, excerpt });
                } else {
                    *not_described += 1;
                }
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
        torn |= self.answers.judge.pass_is_mixed();
        tally.scans += 1;
        tally.torn += u64::from(torn);
        tally.violating_scans += u64::from(violating);
        Ok(torn || violating)
    }

    /// The last answers, and this one.
    fn excerpt(&self, vma: &QueriedVma, chunk: usize) -> Excerpt {
        let before = self.latest.len();
        let lines = self.latest.iter().chain([vma]).enumerate();
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
