//! One pass of queries over the sites, judged.

use std::sync::Arc;

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use crate::linux::chunk::ReadClock;
use crate::linux::dwell::{Dwell, Pause};
use crate::linux::file::ProcFile;
use crate::linux::process::mm_is_alive;
use crate::linux::procmap_query::{Filter, Lookup, QueriedVma, Query, QueryError, VmaQuery};
use crate::maps::scan_text::Window;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;

/// Asks, with a pause before each question.
#[derive(Debug)]
pub(crate) struct Asker {
    /// Perhaps several threads ask it.
    file: Arc<ProcFile>,
    /// A file of our own, to see whether the address space still exists.
    own: ProcFile,
    dwell: Dwell,
}

impl Asker {
    pub(crate) fn new(file: Arc<ProcFile>, own: ProcFile, pause: Pause) -> Self {
        Asker {
            file,
            own,
            dwell: Dwell::new(pause),
        }
    }

    pub(crate) fn set_pause(&mut self, pause: Pause) {
        self.dwell.set(pause);
    }

    /// Whether the address space that is asked about still exists.
    pub(crate) fn is_alive(&mut self) -> bool {
        mm_is_alive(&mut self.own).unwrap_or(false)
    }

    #[inline]
    pub(crate) fn ask(
        &mut self,
        clock: &Clock,
        query: &Query,
    ) -> Result<(Option<QueriedVma>, Window), QueryError> {
        self.dwell.wait();
        let finished = clock.finished();
        let answer = (&*self.file).query(query)?;
        let begun = clock.begun();
        Ok((answer, Window { finished, begun }))
    }
}

/// The judge of answers, and how many violations are described.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) states: Arc<States>,
    pub(crate) judge: QueryJudge,
    violations: Allowance,
}

impl Answers {
    pub(crate) fn new(states: Arc<States>, judge: QueryJudge) -> Self {
        Answers {
            states,
            judge,
            violations: Allowance::new(16, 40),
        }
    }

    /// Counts an answer and what it violates, and calls `found` for that or
    /// counts it in `not_described`; whether it violates a promise.
    pub(crate) fn take(
        &mut self,
        query: Query,
        (answer, window): (Option<QueriedVma>, Window),
        tally: &mut Tally,
        now_ns: impl Fn() -> u64,
        not_described: &mut u64,
        found: &mut impl FnMut(FoundKind),
    ) -> bool {
        tally.lines += 1;
        let finding = self
            .judge
            .judge(&self.states, window, &query, answer.as_ref());
        let Some(finding) = finding else {
            return false;
        };
        tally.add_violation(&finding.kind, finding.known);
        if self.violations.take(now_ns()) {
            found(FoundKind::QueryViolation {
                query,
                answer,
                finding,
                window,
            });
        } else {
            *not_described += 1;
        }
        true
    }
}

/// A reader that asks for every page of the sites: exactly, for the next VMA,
/// and for the next that may be written or executed.
#[derive(Debug)]
pub(crate) struct QuerySampling {
    asker: Asker,
    answers: Answers,
    queries: Vec<Query>,
}

impl QuerySampling {
    pub(crate) fn new(
        asker: Asker,
        states: Arc<States>,
        judge: QueryJudge,
        page_size: u64,
    ) -> Self {
        let any = Filter::default();
        let writable = Filter {
            writable: true,
            ..any
        };
        let executable = Filter {
            executable: true,
            ..any
        };
        let questions = [
            (Lookup::Covering, any),
            (Lookup::CoveringOrNext, any),
            (Lookup::CoveringOrNext, writable),
            (Lookup::CoveringOrNext, executable),
        ];
        let queries = states
            .sites()
            .iter()
            .flat_map(|site| site.range.clone().step_by(page_size as usize))
            .flat_map(|address| {
                questions.map(|(lookup, filter)| Query {
                    address,
                    lookup,
                    filter,
                })
            })
            .collect();
        QuerySampling {
            asker,
            answers: Answers::new(states, judge),
            queries,
        }
    }

    pub(crate) fn asker(&mut self) -> &mut Asker {
        &mut self.asker
    }

    /// One pass over all questions; whether it mixed states or violates a
    /// promise.
    pub(crate) fn pass(
        &mut self,
        clock: &Clock,
        tally: &mut Tally,
        now_ns: impl Fn() -> u64,
        not_described: &mut u64,
        mut found: impl FnMut(FoundKind),
    ) -> Result<bool, QueryError> {
        let mut violating = false;
        self.answers.judge.begin_pass(&self.answers.states);
        for query in &self.queries {
            let answer = self.asker.ask(clock, query)?;
            violating |=
                self.answers
                    .take(*query, answer, tally, &now_ns, not_described, &mut found);
        }
        let torn = self.answers.judge.pass_is_mixed();
        tally.scans += 1;
        tally.torn += u64::from(torn);
        tally.violating_scans += u64::from(violating);
        Ok(torn || violating)
    }
}
