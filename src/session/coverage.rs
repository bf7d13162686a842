//! How far the scenarios have been looked at: a row for each scenario and
//! reader.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::report_totals::{CaseTotals, ReportTotals};
use crate::events::case::CaseKey;
use crate::oracle::tally::Tally;
use crate::scenario::definition::Scenario;

/// One scenario under one reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageRow {
    pub case: CaseKey,
    pub state: CoverageState,
    /// Everything seen so far, at all placements.
    pub tally: Tally,
}

/// How far a case is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CoverageState {
    /// It has not run yet.
    NotYet,
    Running,
    Done,
    /// It cannot run here; why, in one line.
    Skipped(String),
}

/// Scenarios that could not be laid out, and why.
pub(crate) type Skipped = BTreeMap<String, String>;

/// A row for each scenario and reader, in the order of the catalogue;
/// `running` are the results of what runs, which `totals` lack.
pub(crate) fn rows(
    scenarios: &[Scenario],
    readers: &[String],
    totals: &ReportTotals,
    skipped: &Skipped,
    running: &[CaseTotals],
) -> Vec<CoverageRow> {
    let row = |scenario: &Scenario, reader: &String| {
        let case = CaseKey {
            scenario: scenario.name.clone(),
            reader: reader.clone(),
        };
        let mut tally = totals.tally(&case).cloned().unwrap_or_default();
        let now = running.iter().find(|running| running.case == case);
        if let Some(running) = now {
            tally.merge(&running.tally);
        }
        let state = match skipped.get(&scenario.name) {
            _ if now.is_some() => CoverageState::Running,
            _ if tally.scans > 0 => CoverageState::Done,
            Some(why) => CoverageState::Skipped(why.clone()),
            None => CoverageState::NotYet,
        };
        CoverageRow { case, state, tally }
    };
    scenarios
        .iter()
        .flat_map(|scenario| readers.iter().map(move |reader| row(scenario, reader)))
        .collect()
}
