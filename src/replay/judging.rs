//! Recorded scans, judged afresh.
//!
//! By the same code as live ones ([`sampling`](crate::sampling)), at the times at which
//! they were read: all that is found and counted is what was found and counted live,
//! unless the oracle has learned something since, or another rule is given. One thing is
//! not recorded as it came from the kernel, the calls of a target whose states nobody
//! knows: of what was missing from its scans and came back the cause is
//! [unknown](crate::oracle::evidence::Cause::Unknown), so that there are no suspected
//! holes; those that were seen live are counted as blinks or remapped here.

use std::sync::Arc;

use crate::events::event::Event;
use crate::linux::features::rule::Rule;
use crate::linux::reader::Reader;
use crate::maps::scan_text::ScanText;
use crate::oracle::missing::MissingCounts;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::oracle::unknown_judge::UnknownJudge;
use crate::oracle::verdict::Verdict;
use crate::recording::damage::RecordError;
use crate::recording::pass::{Answered, read_answers};
use crate::recording::raw::read_scan;
use crate::recording::record::Record;
use crate::recording::stream::{StreamError, StreamInfo};
use crate::sampling::answers::{Answers, exact_questions, questions};
use crate::sampling::describe::FindContext;
use crate::sampling::finds::{Allowance, Finds, Found};
use crate::sampling::query::DESCRIBED;
use crate::sampling::text::TextJudging;
use crate::sampling::unknown_counting::{JudgedScan, UnknownCounting};
use crate::sampling::walk::JudgedWalk;

/// Judges the scans, or passes, of one stream, one after the other, and keeps the
/// totals.
#[derive(Debug)]
pub struct Judging {
    /// But for the states.
    info: StreamInfo,
    states: Arc<States>,
    judges: Judges,
    tally: Tally,
    not_described: u64,
    scan: ScanText,
    answers: Vec<Answered>,
}

#[derive(Debug)]
enum Judges {
    Text(Box<TextJudging>),
    Queries(Answers),
    Walk(JudgedWalk),
    Unknown(Box<UnknownJudge>, UnknownCounting),
}

impl Judging {
    /// By this rule instead of the recorded one, if there is one.
    ///
    /// # Errors
    /// When the stream cannot be judged by what is written down of it.
    pub fn new(info: &StreamInfo, rule: Option<Rule>) -> Result<Self, StreamError> {
        let states = Arc::new(info.states()?);
        let rule = rule.unwrap_or(info.rule);
        let query_judge = || QueryJudge::new(rule.granularity);
        let judges = match info.reader {
            _ if info.states.is_none() => {
                Judges::Unknown(Box::new(UnknownJudge::new()), UnknownCounting::new())
            }
            Reader::Query => {
                let described = match info.asks_exactly {
                    true => Allowance::ALL,
                    false => DESCRIBED,
                };
                Judges::Queries(Answers::new(states.clone(), query_judge(), described))
            }
            Reader::QueryWalk => {
                let until = info.extent.until;
                Judges::Walk(JudgedWalk::new(states.clone(), query_judge(), until))
            }
            reader => Judges::Text(Box::new(TextJudging::new(reader, rule, states.clone()))),
        };
        Ok(Judging {
            info: StreamInfo {
                states: None,
                ..info.clone()
            },
            states,
            judges,
            tally: Tally::default(),
            not_described: 0,
            scan: ScanText::default(),
            answers: Vec::new(),
        })
    }

    /// Judges and counts the next scan, and gives `found` what it shows and is worth
    /// describing; whether it was torn, or violates a promise.
    ///
    /// # Errors
    /// When the record is not one of this stream; then nothing is counted.
    pub fn judge(
        &mut self,
        record: &Record,
        found: &mut dyn FnMut(Found),
    ) -> Result<bool, RecordError> {
        let is_pass = matches!(self.judges, Judges::Queries(_) | Judges::Walk(_));
        let at = match is_pass {
            true => record.begun_ns,
            false => record.ended_ns,
        };
        match is_pass {
            true => read_answers(record, &mut self.answers)?,
            false => read_scan(record, &mut self.scan)?,
        }
        let mut finds = Finds {
            tally: &mut self.tally,
            scan: record.number,
            now_ns: at.saturating_sub(self.info.started_ns),
            not_described: &mut self.not_described,
            found,
        };
        Ok(match &mut self.judges {
            Judges::Text(judging) => {
                judging.judge(&self.scan, record.whole);
                judging.count(&self.scan, &mut finds)
            }
            Judges::Queries(answers) => {
                // What a screen asks is judged answer by answer.
                if !self.info.asks_exactly {
                    answers.begin_pass();
                }
                let every = self.info.extent.ask_every.unwrap_or(u64::MAX);
                let mut take = |(query, answered): (_, &Answered)| {
                    answers.take(query, *answered, &mut finds);
                };
                match self.info.asks_exactly {
                    true => exact_questions(&self.states, every)
                        .zip(&self.answers)
                        .for_each(&mut take),
                    false => questions(&self.states, every)
                        .zip(&self.answers)
                        .for_each(&mut take),
                }
                answers.end_pass(false, finds.tally)
            }
            Judges::Walk(walk) => {
                walk.begin();
                let mut answers = self.answers.iter();
                answers.all(|answered| walk.take(*answered, &mut finds));
                walk.end(finds.tally)
            }
            Judges::Unknown(judge, counting) => {
                judge.judge(&mut self.scan);
                let scan = JudgedScan {
                    judge,
                    before: &self.scan,
                    causes: &[],
                    counts: judge.counts(),
                };
                counting.count(scan, &mut finds)
            }
        })
    }

    /// The next record does not follow the one that was judged last.
    pub fn after_gap(&mut self) {
        match &mut self.judges {
            Judges::Text(judging) => judging.after_gap(),
            Judges::Queries(answers) => answers.after_gap(),
            Judges::Walk(walk) => walk.after_gap(),
            Judges::Unknown(judge, _) => **judge = UnknownJudge::new(),
        }
    }

    /// What was found, with all that is needed to show it.
    #[must_use]
    pub fn describe(&self, found: Found) -> Event {
        let context = FindContext {
            case: &self.info.case,
            placement: self.info.placement,
            schedule: self.info.schedule,
            reader_index: self.info.reader_index,
            states: &self.states,
        };
        context.describe(found)
    }

    /// The totals so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Finds that were counted but, being of a frequent kind, not described.
    #[must_use]
    pub fn not_described(&self) -> u64 {
        self.not_described
    }

    /// What was missing and came back so far, where the states are unknown.
    #[must_use]
    pub fn missing(&self) -> MissingCounts {
        match &self.judges {
            Judges::Unknown(_, counting) => counting.missing(),
            _ => MissingCounts::default(),
        }
    }

    /// What was said of the scan judged last; none of a pass of queries.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.judges {
            Judges::Text(judging) => Some(judging.verdict()),
            Judges::Unknown(judge, _) => Some(judge.verdict()),
            Judges::Queries(_) | Judges::Walk(_) => None,
        }
    }

    /// The states it judges by; [`States::unknown`] where nobody knows them.
    #[must_use]
    pub fn states(&self) -> &Arc<States> {
        &self.states
    }
}

#[cfg(test)]
#[path = "judging_tests.rs"]
mod tests;
