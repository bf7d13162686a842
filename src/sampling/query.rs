//! One pass of queries over the sites, judged.

use std::sync::Arc;
use std::time::Instant;

use super::answers::{Answers, ask, questions};
use super::clock::Clock;
use super::finds::{Allowance, Finds};
use super::options::SamplerError;
use super::reader::Sampling;
use crate::linux::chunk::ScanError;
use crate::linux::dwell::{DwellTime, DwellTimer};
use crate::linux::file::ProcFile;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::linux::process::mm_is_alive;
use crate::linux::procmap_query::{Query, QueryError};
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::recording::pass::{Answered, Pass};
use crate::recording::raw::Raw;

/// How many violations are described.
pub(crate) const DESCRIBED: Allowance = Allowance::new(16, 40);

/// Asks, with a pause before each question.
#[derive(Debug)]
pub(crate) struct Asker {
    /// Perhaps several threads ask it.
    file: Arc<ProcFile>,
    /// A file of our own, to see whether the address space still exists.
    own: ProcFile,
    dwell: DwellTimer,
    /// The answers of the latest pass, if they are kept.
    pass: Pass,
    is_kept: bool,
}

impl Asker {
    pub(crate) fn new(file: Arc<ProcFile>, own: ProcFile, pause: DwellTime) -> Self {
        Asker {
            file,
            own,
            dwell: DwellTimer::new(pause),
            pass: Pass::new(0),
            is_kept: false,
        }
    }

    /// From now on the answers of a pass are kept until the next one begins; of so many
    /// writers that are counted.
    pub(crate) fn keep_answers(&mut self, writers: usize) {
        self.pass = Pass::new(writers);
        self.is_kept = true;
    }

    pub(crate) fn begin_pass(&mut self) {
        self.pass.clear();
    }

    /// The answers of the latest pass, where they are kept.
    pub(crate) fn pass(&self) -> &Pass {
        &self.pass
    }

    pub(crate) fn set_dwell(&mut self, pause: DwellTime) {
        self.dwell.set(pause);
    }

    pub(crate) fn begin_storm(&mut self, storm: InterruptStorm) {
        self.dwell.begin_storm(storm);
    }

    /// Whether the address space that is asked about still exists.
    pub(crate) fn is_alive(&mut self) -> Result<bool, ScanError> {
        mm_is_alive(&mut self.own).map_err(|error| ScanError::Read { error })
    }

    #[inline]
    pub(crate) fn ask(&mut self, clock: &Clock, query: &Query) -> Result<Answered, QueryError> {
        self.dwell.wait();
        let answered = ask(&self.file, clock, query)?;
        if self.is_kept {
            self.pass.push(&answered);
        }
        Ok(answered)
    }
}

/// A reader that asks the [`questions`] of every page of the sites, or of every so many
/// bytes.
#[derive(Debug)]
pub(crate) struct QuerySampling {
    asker: Asker,
    answers: Answers,
    queries: Vec<Query>,
}

impl QuerySampling {
    pub(crate) fn new(asker: Asker, states: Arc<States>, judge: QueryJudge, every: u64) -> Self {
        QuerySampling {
            asker,
            queries: questions(&states, every).collect(),
            answers: Answers::new(states, judge, DESCRIBED),
        }
    }
}

impl Sampling for QuerySampling {
    fn sample(
        &mut self,
        clock: &Clock,
        _: Instant,
        finds: &mut Finds<'_>,
    ) -> Result<bool, SamplerError> {
        self.asker.begin_pass();
        self.answers.begin_pass();
        for query in &self.queries {
            let answered = self.asker.ask(clock, query)?;
            self.answers.take(*query, answered, finds);
        }
        Ok(self.answers.end_pass(false, finds.tally))
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
