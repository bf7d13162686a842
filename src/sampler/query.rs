//! One pass of queries over the site, judged.

use std::sync::Arc;

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use crate::kernel::chunk::{ReadClock, Window};
use crate::kernel::dwell::Dwell;
use crate::kernel::features::Granularity;
use crate::kernel::file::ProcFile;
use crate::kernel::process::mm_is_alive;
use crate::kernel::procmap_query::{Filter, Lookup, Query, QueryError, VmaQuery};
use crate::scan::{QueryJudge, States, Tally};

/// A reader that asks for every page of the site, exactly and for the next.
#[derive(Debug)]
pub(super) struct QuerySampling {
    file: ProcFile,
    states: Arc<States>,
    judge: QueryJudge,
    queries: Vec<Query>,
    dwell: Dwell,
    violations: Allowance,
}

impl QuerySampling {
    pub(super) fn new(
        file: ProcFile,
        states: Arc<States>,
        granularity: Granularity,
        dwell: Dwell,
        page_size: u64,
    ) -> Self {
        let queries = states
            .sites()
            .iter()
            .flat_map(|site| site.range.clone().step_by(page_size as usize))
            .flat_map(|address| {
                [Lookup::Covering, Lookup::CoveringOrNext].map(|lookup| Query {
                    address,
                    lookup,
                    filter: Filter::default(),
                })
            })
            .collect();
        QuerySampling {
            file,
            states,
            judge: QueryJudge::new(granularity),
            queries,
            dwell,
            violations: Allowance::new(16, 40),
        }
    }

    /// Whether the address space that is asked about still exists.
    pub(super) fn is_alive(&mut self) -> bool {
        mm_is_alive(&mut self.file).unwrap_or(false)
    }

    /// One pass over all addresses.
    pub(super) fn pass(
        &mut self,
        clock: &Clock,
        tally: &mut Tally,
        now_ns: impl Fn() -> u64,
        not_described: &mut u64,
        mut found: impl FnMut(FoundKind),
    ) -> Result<(), QueryError> {
        let mut violating = false;
        for query in &self.queries {
            self.dwell.wait();
            let finished = clock.finished();
            let answer = self.file.query(query)?;
            let window = Window {
                finished,
                begun: clock.begun(),
            };
            tally.lines += 1;
            let finding = self
                .judge
                .judge(&self.states, window, query, answer.as_ref());
            let Some(finding) = finding else {
                continue;
            };
            violating = true;
            tally.add_violation(&finding.kind, finding.known);
            if self.violations.take(now_ns()) {
                found(FoundKind::QueryViolation {
                    query: *query,
                    answer,
                    finding,
                    window,
                });
            } else {
                *not_described += 1;
            }
        }
        tally.scans += 1;
        tally.violating_scans += u64::from(violating);
        Ok(())
    }
}
