//! The books: what was found in each case, for the report.

use std::collections::BTreeMap;

use crate::events::Observation;
use crate::events::case::{CaseKey, CaseResult, Outcome};
use crate::events::event::Event;
use crate::events::run_info::RunInfo;
use crate::oracle::tally::Tally;
use crate::report::mail::MailReport;

/// Keeps what a report needs.
#[derive(Debug)]
pub(crate) struct Ledger {
    report: MailReport,
    results: BTreeMap<CaseKey, CaseResult>,
}

impl Ledger {
    pub(crate) fn new(run: RunInfo) -> Self {
        let mut report = MailReport::default();
        report.observe(&Observation::RunStarted(run));
        Ledger {
            report,
            results: BTreeMap::new(),
        }
    }

    /// A case begins, perhaps not for the first time.
    pub(crate) fn case_started(&mut self, observation: &Observation) {
        if let Observation::CaseStarted(info) = observation
            && !self.results.contains_key(&info.case)
        {
            self.report.observe(observation);
            self.add(&info.case, &Tally::default(), 0, 0);
        }
    }

    pub(crate) fn event(&mut self, event: &Event) {
        self.report
            .observe(&Observation::Event(Box::new(event.clone())));
    }

    /// Adds to the results of a case.
    pub(crate) fn add(&mut self, case: &CaseKey, tally: &Tally, operations: u64, elapsed_ns: u64) {
        let result = self
            .results
            .entry(case.clone())
            .or_insert_with(|| CaseResult::without_reading(case.clone(), (1, 1), Outcome::NotRun));
        result.tally.merge(tally);
        result.operations += operations;
        result.elapsed_ns += elapsed_ns;
    }

    /// The totals of a case so far; none if it never ran.
    pub(crate) fn tally(&self, case: &CaseKey) -> Option<&Tally> {
        self.results.get(case).map(|result| &result.tally)
    }

    /// The totals of everything.
    pub(crate) fn total(&self) -> Tally {
        let mut total = Tally::default();
        for result in self.results.values() {
            total.merge(&result.tally);
        }
        total
    }

    /// The report, with `running` added to the results.
    pub(crate) fn text(&self, running: &[(CaseKey, Tally, u64, u64)]) -> String {
        let mut all = Ledger {
            report: self.report.clone(),
            results: self.results.clone(),
        };
        for (case, tally, operations, elapsed_ns) in running {
            all.add(case, tally, *operations, *elapsed_ns);
        }
        for result in all.results.into_values() {
            all.report
                .observe(&Observation::CaseFinished(Box::new(result)));
        }
        all.report.text()
    }
}
