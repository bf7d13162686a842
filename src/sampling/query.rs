//! One pass of queries over the sites, judged.

use std::sync::Arc;

use super::answers::{Answered, Answers, ask};
use super::clock::Clock;
use super::finds::{Allowance, Finds};
use super::options::SamplerError;
use super::reader::Sampling;
use crate::linux::chunk::ScanError;
use crate::linux::dwell::{DwellTime, DwellTimer};
use crate::linux::file::ProcFile;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::linux::process::mm_is_alive;
use crate::linux::procmap_query::{Filter, Lookup, Query, QueryError};
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;

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
}

impl Asker {
    pub(crate) fn new(file: Arc<ProcFile>, own: ProcFile, pause: DwellTime) -> Self {
        Asker {
            file,
            own,
            dwell: DwellTimer::new(pause),
        }
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
        ask(&self.file, clock, query)
    }
}

/// A reader that asks for every page of the sites, or every so many bytes: exactly, for the next VMA,
/// and for the next that may be written or executed.
#[derive(Debug)]
pub(crate) struct QuerySampling {
    asker: Asker,
    answers: Answers,
    queries: Vec<Query>,
}

impl QuerySampling {
    pub(crate) fn new(asker: Asker, states: Arc<States>, judge: QueryJudge, every: u64) -> Self {
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
            .flat_map(|site| site.range.clone().step_by(every as usize))
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
            answers: Answers::new(states, judge, DESCRIBED),
            queries,
        }
    }
}

impl Sampling for QuerySampling {
    fn sample(&mut self, clock: &Clock, finds: &mut Finds<'_>) -> Result<bool, SamplerError> {
        self.answers.begin_pass();
        for query in &self.queries {
            let answered = self.asker.ask(clock, query)?;
            self.answers.take(*query, answered, finds);
        }
        Ok(self.answers.end_pass(false, finds.tally))
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
