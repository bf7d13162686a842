//! The report of a moment, as it was recorded.

use std::time::Duration;

use super::Player;
use crate::recording::frame::FrameKind;
use crate::session::foreign_report::Report;

/// Why there is none.
const NO_REPORT: &str = "no report is recorded: replay --judge judges the scans";

/// What a report is made from, and of when it is.
#[derive(Clone, Debug)]
pub struct ReportOf {
    pub report: Report,
    /// As the clock on the wall showed it.
    pub of: String,
}

impl Player {
    /// The last report that was recorded by now, else the first after it: what is kept
    /// in memory has only the latest.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn report(&self) -> Result<ReportOf, &'static str> {
        let all = || self.recording.json::<Report>(FrameKind::Report);
        let at = |ns| Duration::from_nanos(ns);
        let before = all().rev();
        let mut before = before.filter(|(head, _)| at(head.first_ns) <= self.place.at);
        let found = before.find_map(|(head, report)| Some((at(head.first_ns), report?)));
        let after = || all().find_map(|(head, report)| Some((at(head.first_ns), report?)));
        let (at, report) = found.or_else(after).ok_or(NO_REPORT)?;
        let of = self.time_of_day(at);
        Ok(ReportOf { report, of })
    }
}
