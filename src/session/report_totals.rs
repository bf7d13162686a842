//! What a report of the session is made from: what ran, and what was found in
//! each case.

use std::collections::BTreeMap;

use crate::events::Observation;
use crate::events::case::{CaseInfo, CaseKey, CaseResult, Outcome};
use crate::events::event::Event;
use crate::events::run_info::RunInfo;
use crate::events::violations::keep_violation;
use crate::oracle::tally::Tally;

#[derive(Clone, Debug)]
pub(crate) struct CaseTotals {
    pub(crate) case: CaseKey,
    pub(crate) tally: Tally,
    pub(crate) operations: u64,
    pub(crate) elapsed_ns: u64,
}

#[derive(Debug)]
pub(crate) struct ReportTotals {
    run: RunInfo,
    infos: Vec<CaseInfo>,
    /// As many violations as a report shows.
    violations: Vec<Event>,
    results: BTreeMap<CaseKey, CaseResult>,
}

impl ReportTotals {
    pub(crate) fn new(run: RunInfo) -> Self {
        ReportTotals {
            run,
            infos: Vec::new(),
            violations: Vec::new(),
            results: BTreeMap::new(),
        }
    }

    /// A case begins, perhaps not for the first time.
    pub(crate) fn case_started(&mut self, info: CaseInfo) {
        if !self.results.contains_key(&info.case) {
            add(&mut self.results, CaseTotals::none(info.case.clone()));
            self.infos.push(info);
        }
    }

    pub(crate) fn event(&mut self, event: &Event) {
        keep_violation(&mut self.violations, event);
    }

    /// Adds to the results of a case.
    pub(crate) fn add(&mut self, totals: CaseTotals) {
        add(&mut self.results, totals);
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

    /// What ran, to be reported.
    pub(crate) fn run(&self) -> &RunInfo {
        &self.run
    }

    /// What a report is made from, with what is `running` added to the results.
    pub(crate) fn observations(&self, running: &[CaseTotals]) -> Vec<Observation> {
        let mut results = self.results.clone();
        for totals in running {
            add(&mut results, totals.clone());
        }
        let infos = self.infos.iter().cloned().map(Box::new);
        let events = self.violations.iter().cloned().map(Box::new);
        let results = results.into_values().map(Box::new);
        [Observation::RunStarted(Box::new(self.run.clone()))]
            .into_iter()
            .chain(infos.map(Observation::CaseStarted))
            .chain(events.map(Observation::Event))
            .chain(results.map(Observation::CaseFinished))
            .collect()
    }
}

impl CaseTotals {
    fn none(case: CaseKey) -> Self {
        CaseTotals {
            case,
            tally: Tally::default(),
            operations: 0,
            elapsed_ns: 0,
        }
    }
}

fn add(results: &mut BTreeMap<CaseKey, CaseResult>, totals: CaseTotals) {
    let case = totals.case;
    let result = results
        .entry(case.clone())
        .or_insert_with(|| CaseResult::without_reading(case, (1, 1), Outcome::NotRun));
    result.tally.merge(&totals.tally);
    result.operations += totals.operations;
    result.elapsed_ns += totals.elapsed_ns;
}
