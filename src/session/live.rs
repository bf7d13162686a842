//! What `PROCMAP_QUERY` answers for each page of the site, asked and judged
//! once a frame.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::picture::Picture;
use crate::linux::features::rule::Granularity;
use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::procmap_query::{QueriedVma, Query, QueryError};
use crate::maps::permissions::Permissions;
use crate::modifier::counters::Counters;
use crate::oracle::missing::MissingCounts;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::recording::pass::Pass;
use crate::recording::raw::Raw;
use crate::sampling::answers::{Answers, ask, exact_questions};
use crate::sampling::finds::{Allowance, Finds, Found};
use crate::sampling::recorded::RecordedScans;
use crate::setup::error::SetupError;

/// The answer for one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageAnswer {
    /// The address asked for, in bytes.
    pub address: u64,
    /// `vm_start`, `vm_end` and permissions, or none for `ENOENT`.
    pub answer: Option<(u64, u64, Permissions)>,
}

impl PageAnswer {
    pub(crate) fn new(address: u64, answer: Option<QueriedVma>) -> Self {
        PageAnswer {
            address,
            answer: answer.map(|vma| (vma.start, vma.end, vma.permissions)),
        }
    }
}

/// Answers, and when they were asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PageAnswers {
    /// Since the session started.
    asked: Duration,
    list: Arc<Vec<PageAnswer>>,
}

impl PageAnswers {
    /// Takes newer answers; whether they are other ones.
    pub(crate) fn renew(&mut self, asked: Duration, list: Vec<PageAnswer>) -> bool {
        self.asked = asked;
        let is_new = *self.list != list;
        if is_new {
            self.list = Arc::new(list);
        }
        is_new
    }

    /// What may be shown beside the lines of a picture: answers that were asked
    /// for after it was read. Both have the time of a tick, which takes a scan
    /// first and asks then.
    #[must_use]
    pub(crate) fn beside(&self, picture: &Picture) -> &[PageAnswer] {
        if self.asked < picture.at {
            return &[];
        }
        &self.list
    }
}

/// Asks for every page of a site.
#[derive(Debug)]
pub(crate) struct LiveQueries {
    file: ProcFile,
    counters: Counters,
    answers: Answers,
    queries: Vec<Query>,
    /// Where its passes are recorded.
    recorded: Option<RecordedScans>,
    /// What was answered in this one.
    pass: Pass,
    /// What was counted, this one included.
    counted: Tally,
}

impl LiveQueries {
    pub(crate) fn new(
        pid: u32,
        states: Arc<States>,
        counters: Counters,
        granularity: Granularity,
        letter_bytes: u64,
        recorded: Option<RecordedScans>,
    ) -> Result<Self, SetupError> {
        Ok(LiveQueries {
            pass: Pass::new(recorded.as_ref().map_or(0, RecordedScans::writers)),
            recorded,
            counted: Tally::default(),
            file: ProcFile::open(pid, ProcFileName::Maps)?,
            counters,
            queries: exact_questions(&states, letter_bytes).collect(),
            answers: Answers::new(states, QueryJudge::new(granularity), Allowance::ALL),
        })
    }

    /// Asks for each page once; the answers, and the last that no correct
    /// kernel gives.
    pub(crate) fn ask(
        &mut self,
        tally: &mut Tally,
        at_ns: u64,
    ) -> Result<(Vec<PageAnswer>, Option<Found>), QueryError> {
        let mut pages = Vec::with_capacity(self.queries.len());
        let mut last = None;
        let scan = tally.scans + 1;
        let mut finds = Finds {
            tally,
            scan,
            now_ns: at_ns,
            not_described: &mut 0,
            found: &mut |found| last = Some(found),
        };
        self.pass.clear();
        for query in &self.queries {
            let answered = ask(&self.file, &self.counters, query)?;
            pages.push(PageAnswer::new(query.address, answered.0));
            self.pass.push(&answered);
            self.answers.take(*query, answered, &mut finds);
        }
        self.answers.end_pass(false, finds.tally);
        if let Some(recorded) = &mut self.recorded {
            recorded.put((at_ns, at_ns), Raw::Pass(&self.pass));
            recorded.put_totals(finds.tally, MissingCounts::default());
            self.counted.clone_from(finds.tally);
        }
        Ok((pages, last))
    }
}

impl Drop for LiveQueries {
    fn drop(&mut self) {
        if let Some(recorded) = &mut self.recorded {
            recorded.put_last_totals(&self.counted, MissingCounts::default());
        }
    }
}
