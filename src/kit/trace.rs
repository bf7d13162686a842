//! The shortest way to a finding in the model, for a mail.

use std::fmt::Write as _;

use super::finding::Finding;
use crate::linux::known_holes::KnownHole;
use crate::linux::reader::Reader;
use crate::model::case::ModelCase;
use crate::model::judge::HoleCause;
use crate::model::machine::{ModelStep, ProtocolModel};
use crate::model::protocols::Protocol;
use crate::model::trace::{Trace, explain};
use crate::model::verdict::ProtocolVerdict;
use crate::report::model::listing::before_the_site;
use crate::report::page::{MAIL, at_spaces};
use crate::setup::placement::Placement;

/// Writes how the model comes to such a hole, where it does and its mechanism is
/// known.
pub(crate) fn write_trace(finding: &Finding<'_>, reader: Reader, out: &mut String) {
    let mut holes = KnownHole::ALL.into_iter();
    let Some(hole) = holes.find(|hole| finding.is(*hole)) else {
        return;
    };
    let protocol = match reader {
        Reader::Maps => "merged",
        Reader::Smaps => "smaps",
        _ => "query",
    };
    let last = finding.scenario.last || finding.event.placement == Placement::Last;
    let case = match last {
        true => ModelCase::at_the_end(finding.scenario),
        false => ModelCase::of(finding.scenario),
    };
    let (Ok(protocol), Ok(case)) = (Protocol::find(protocol), case) else {
        return;
    };
    let model = ProtocolModel::new(&case, protocol, 1);
    let verdict = ProtocolVerdict::of(&model);
    let found = verdict.violations().find(|found| {
        let cause = found.kind.violation().and_then(|found| found.cause());
        cause.map(HoleCause::label) == Some(hole.label())
    });
    let Some(found) = found else {
        return;
    };
    let trace = Trace::of(&model, &found.steps);
    let missing = trace.diagram(&model, found.printed.reader);
    let missing = missing.and_then(|diagram| diagram.hole);
    let skipped = before_the_site(&trace.rows);
    let before = match skipped {
        0 => String::new(),
        steps => format!("; the first {steps} are the reader's, up to the VMA before the site"),
    };
    let text = format!(
        "A model of the locking, not this kernel, comes to it in {} steps, no way being shorter \
         (R is the reader, W the writer{before}). {}",
        found.steps.len(),
        explain(&found.printed, missing),
    );
    // Writing to a String cannot fail.
    let _ = writeln!(out, "\nIn the model\n------------\n");
    for line in textwrap::wrap(&text, at_spaces(MAIL)) {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out);
    for (at, row) in trace.rows.iter().enumerate().skip(skipped) {
        let who = match row.step {
            ModelStep::Reader(_) | ModelStep::NewChunk(_) => 'R',
            ModelStep::Writer | ModelStep::WriterReuses(_) | ModelStep::OtherTakes(_) => 'W',
        };
        let head = format!("  {:>3} {who} ", at + 1);
        let text = format!(
            "{}: {}",
            row.description.place.function, row.description.text
        );
        let options = at_spaces(MAIL)
            .initial_indent(&head)
            .subsequent_indent("          ");
        for line in textwrap::wrap(&text, options) {
            let _ = writeln!(out, "{line}");
        }
    }
}
