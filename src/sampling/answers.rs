//! One way to ask `PROCMAP_QUERY` of a modifier, and to judge, count and
//! describe what it answers.

use std::sync::Arc;

use super::finds::{Allowance, Finds, FoundKind};
use crate::linux::chunk::ReadClock;
use crate::linux::file::ProcFile;
use crate::linux::procmap_query::{Filter, Lookup, Query, QueryError, VmaQuery};
use crate::maps::scan_text::Window;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::runs::{Noted, Runs};
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::recording::pass::Answered;

#[inline]
pub(crate) fn ask(
    mut file: &ProcFile,
    clock: &impl ReadClock,
    query: &Query,
) -> Result<Answered, QueryError> {
    let finished = clock.finished();
    let answer = file.query(query)?;
    let begun = clock.begun();
    Ok((answer, Window { finished, begun }))
}

/// What is asked in a pass over the sites, for every so many bytes of them: exactly,
/// for the next VMA, and for the next that may be written or executed.
pub(crate) fn questions(states: &States, every: u64) -> impl Iterator<Item = Query> {
    const ANY: Filter = Filter {
        readable: false,
        writable: false,
        executable: false,
        shared: false,
        file_backed: false,
    };
    const WRITABLE: Filter = Filter {
        writable: true,
        ..ANY
    };
    const EXECUTABLE: Filter = Filter {
        executable: true,
        ..ANY
    };
    let kinds = [
        (Lookup::Covering, ANY),
        (Lookup::CoveringOrNext, ANY),
        (Lookup::CoveringOrNext, WRITABLE),
        (Lookup::CoveringOrNext, EXECUTABLE),
    ];
    addresses(states, every).flat_map(move |address| {
        kinds.map(|(lookup, filter)| Query {
            address,
            lookup,
            filter,
        })
    })
}

/// The same, exactly and nothing else.
pub(crate) fn exact_questions(states: &States, every: u64) -> impl Iterator<Item = Query> {
    addresses(states, every).map(|address| Query {
        address,
        ..Query::default()
    })
}

fn addresses(states: &States, every: u64) -> impl Iterator<Item = u64> {
    let every = usize::try_from(every).unwrap_or(usize::MAX).max(1);
    let sites = states.sites().iter();
    sites.flat_map(move |site| site.range.clone().step_by(every))
}

/// Judges answers, some of them together as a pass.
#[derive(Debug)]
pub(crate) struct Answers {
    states: Arc<States>,
    judge: QueryJudge,
    violations: Allowance,
    runs: Runs,
    /// An answer of this pass violates a promise.
    violating: bool,
}

impl Answers {
    /// Of violations so many are described.
    pub(crate) fn new(states: Arc<States>, judge: QueryJudge, violations: Allowance) -> Self {
        Answers {
            states,
            judge,
            violations,
            runs: Runs::new(),
            violating: false,
        }
    }

    /// The next pass does not follow the one before.
    pub(crate) fn after_gap(&mut self) {
        self.runs.after_gap();
    }

    /// From here on it is also found out whether the answers mix states.
    pub(crate) fn begin_pass(&mut self) {
        self.judge.begin_pass(&self.states);
    }

    /// Judges and counts an answer, and describes what it violates.
    pub(crate) fn take(&mut self, query: Query, answered: Answered, finds: &mut Finds<'_>) {
        let (answer, window) = answered;
        finds.tally.lines += 1;
        let finding = self
            .judge
            .judge(&self.states, window, &query, answer.as_ref());
        if let Some(finding) = finding {
            self.violating = true;
            finds.tally.add_violation(&finding.kind, finding.known);
            let noted = Noted {
                kind: &finding.kind,
                known: finding.known,
                line: answer.as_ref().map(|vma| (vma.start, vma.end)),
                window,
            };
            let run = self.runs.note(&self.states, noted, finds.now_ns);
            finds.tally.add_run(&finding.kind, finding.known, run);
            finds.describe(&mut self.violations, || FoundKind::QueryViolation {
                query,
                answer,
                finding,
                window,
            });
        }
    }

    /// Counts the pass, which was `torn` or mixed states; whether it was
    /// either, or violates a promise.
    pub(crate) fn end_pass(&mut self, torn: bool, tally: &mut Tally) -> bool {
        let torn = torn || self.judge.pass_is_mixed();
        self.runs.end_scan();
        let violating = std::mem::take(&mut self.violating);
        tally.scans += 1;
        tally.torn += u64::from(torn);
        tally.violating_scans += u64::from(violating);
        torn || violating
    }
}
