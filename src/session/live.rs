//! What `PROCMAP_QUERY` answers for each page of the site, asked and judged
//! once a frame.

use std::sync::Arc;

use crate::linux::chunk::ReadClock;
use crate::linux::features::rule::Granularity;
use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::procmap_query::{Filter, Lookup, Query, QueryError, VmaQuery};
use crate::maps::permissions::Permissions;
use crate::maps::scan_text::Window;
use crate::modifier::counters::Counters;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::sampling::events::{Found, FoundKind};
use crate::setup::error::StageError;

/// The answer for one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageAnswer {
    /// The address asked for, in bytes.
    pub address: u64,
    /// `vm_start`, `vm_end` and permissions, or none for `ENOENT`.
    pub answer: Option<(u64, u64, Permissions)>,
}

/// Asks for every page of a site.
#[derive(Debug)]
pub(crate) struct LiveQueries {
    file: ProcFile,
    states: Arc<States>,
    counters: Counters,
    judge: QueryJudge,
    pages: Vec<u64>,
}

impl LiveQueries {
    pub(crate) fn new(
        pid: u32,
        states: Arc<States>,
        counters: Counters,
        granularity: Granularity,
        page_size: u64,
    ) -> Result<Self, StageError> {
        let pages = states
            .sites()
            .iter()
            .flat_map(|site| site.range.clone().step_by(page_size.max(1) as usize))
            .collect();
        Ok(LiveQueries {
            file: ProcFile::open(pid, ProcFileName::Maps)?,
            states,
            counters,
            judge: QueryJudge::new(granularity),
            pages,
        })
    }

    /// Asks for each page once; `found` is called for what no correct kernel
    /// answers.
    pub(crate) fn ask(
        &mut self,
        tally: &mut Tally,
        at_ns: u64,
        mut found: impl FnMut(Found),
    ) -> Result<Vec<PageAnswer>, QueryError> {
        let mut answers = Vec::with_capacity(self.pages.len());
        let mut violating = false;
        for &address in &self.pages {
            let query = Query {
                address,
                lookup: Lookup::Covering,
                filter: Filter::default(),
            };
            let finished = ReadClock::finished(&self.counters);
            let answer = self.file.query(&query)?;
            let window = Window {
                finished,
                begun: ReadClock::begun(&self.counters),
            };
            answers.push(PageAnswer {
                address,
                answer: answer.map(|vma| (vma.start, vma.end, vma.permissions)),
            });
            tally.lines += 1;
            let finding = self
                .judge
                .judge(&self.states, window, &query, answer.as_ref());
            if let Some(finding) = finding {
                violating = true;
                tally.add_violation(&finding.kind, finding.known);
                found(Found {
                    scan: tally.scans + 1,
                    at_ns,
                    kind: FoundKind::QueryViolation {
                        query,
                        answer,
                        finding,
                        window,
                    },
                });
            }
        }
        tally.scans += 1;
        tally.violating_scans += u64::from(violating);
        Ok(answers)
    }
}
