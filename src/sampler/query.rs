//! One pass of queries over the sites, judged.

use std::sync::Arc;

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use crate::kernel::chunk::{ReadClock, Window};
use crate::kernel::dwell::{Dwell, Pause};
use crate::kernel::file::ProcFile;
use crate::kernel::process::mm_is_alive;
use crate::kernel::procmap_query::{Filter, Lookup, QueriedVma, Query, QueryError, VmaQuery};
use crate::scan::{QueryJudge, States, Tally};

/// Asks, with a pause before each question.
#[derive(Debug)]
pub(super) struct Asker {
    /// Perhaps several threads ask it.
    file: Arc<ProcFile>,
    /// A file of our own, to see whether the address space still exists.
    own: ProcFile,
    dwell: Dwell,
}

impl Asker {
    pub(super) fn new(file: Arc<ProcFile>, own: ProcFile, pause: Pause) -> Self {
        Asker {
            file,
            own,
            dwell: Dwell::new(pause),
        }
    }

    pub(super) fn set_pause(&mut self, pause: Pause) {
        self.dwell.set(pause);
    }

    /// Whether the address space that is asked about still exists.
    pub(super) fn is_alive(&mut self) -> bool {
        mm_is_alive(&mut self.own).unwrap_or(false)
    }

    #[inline]
    pub(super) fn ask(
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
pub(super) struct Answers {
    pub(super) states: Arc<States>,
    pub(super) judge: QueryJudge,
    violations: Allowance,
}

impl Answers {
    pub(super) fn new(states: Arc<States>, judge: QueryJudge) -> Self {
        Answers {
            states,
            judge,
            violations: Allowance::new(16, 40),
        }
    }

    /// Counts an answer and what it violates, and calls `found` for that or
    /// counts it in `not_described`; whether it violates a promise.
    pub(super) fn take(
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
pub(super) struct QuerySampling {
    asker: Asker,
    answers: Answers,
    queries: Vec<Query>,
}

impl QuerySampling {
    pub(super) fn new(
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

    pub(super) fn asker(&mut self) -> &mut Asker {
        &mut self.asker
    }

    /// One pass over all questions; whether it mixed states or violates a
    /// promise.
    pub(super) fn pass(
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
