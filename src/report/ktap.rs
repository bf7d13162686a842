//! KTAP, the kernel's own test protocol (Documentation/dev-tools/ktap.rst).

use std::io;
use std::io::Write;

use super::Reporter;
use super::left_out::{left_out, why_not_judged};
use super::seen::seen_lines;
use crate::events::Observation;
use crate::events::case::{CaseResult, Outcome};
use crate::events::event::{Event, EventKind};
use crate::events::run_info::cpus_and_preemption;
use crate::text::number::grouped;

/// Prints one test for each scenario and reader.
#[derive(Debug)]
pub struct Ktap<W> {
    out: W,
    allow_known: bool,
    totals: Totals,
    /// The kinds described in the running test.
    described: Vec<(String, Option<String>)>,
}

#[derive(Debug, Default)]
struct Totals {
    pass: u32,
    fail: u32,
    xfail: u32,
    skip: u32,
    error: u32,
}

impl<W: Write> Ktap<W> {
    /// Prints to `out`. With `allow_known`, violations that all bear the
    /// signature of a known hole are expected failures.
    pub fn new(out: W, allow_known: bool) -> Self {
        Ktap {
            out,
            allow_known,
            totals: Totals::default(),
            described: Vec::new(),
        }
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        let kind = (event.title(), event.known.clone());
        if event.kind != EventKind::Violation || self.described.contains(&kind) {
            return Ok(());
        }
        self.described.push(kind);
        let known = event.known.as_deref().unwrap_or("unknown");
        let title = event.title();
        writeln!(self.out, "# {title} ({known}): {}", event.sentence)?;
        for line in seen_lines(&event.seen) {
            writeln!(self.out, "#   {line}")?;
        }
        Ok(())
    }

    fn result(&mut self, result: &CaseResult) -> io::Result<()> {
        self.described.clear();
        let (number, _) = result.number;
        let name = format!("{}.{}", result.case.scenario, result.case.reader);
        let tally = &result.tally;
        if tally.scans > 0 {
            writeln!(
                self.out,
                "# {name}: scans {} lines {} operations {} torn {} duplicates at boundaries {} \
                 inside chunks {} backward {} violations {}",
                tally.scans,
                tally.lines,
                result.operations,
                tally.torn,
                tally.duplicates_at_boundary,
                tally.duplicates_inside,
                tally.backward,
                tally.violation_count(),
            )?;
            if let Some(bound) = tally.bound() {
                writeln!(
                    self.out,
                    "# {name}: fewer than {bound:.1e} violations a scan (95 %)"
                )?;
            }
        }
        for (kind, known, _) in tally.named() {
            let label = known.label().unwrap_or("unknown");
            let longest = tally.longest_run(kind, known);
            writeln!(self.out, "# {name}: {kind} {label}, longest: {longest}")?;
        }
        for line in left_out(result) {
            writeln!(self.out, "# {name}: {line}")?;
        }
        let seen: Vec<String> = tally
            .named()
            .map(|(kind, known, count)| {
                let known = known.label().unwrap_or("unknown");
                format!("{kind} {known} {}", grouped(count))
            })
            .collect();
        let seen = seen.join("; ");
        match &result.outcome {
            Outcome::Held => {
                self.totals.pass += 1;
                writeln!(self.out, "ok {number} {name}")
            }
            Outcome::KnownViolations if self.allow_known => {
                self.totals.xfail += 1;
                writeln!(self.out, "ok {number} {name} # XFAIL {seen}")
            }
            Outcome::KnownViolations | Outcome::Violations => {
                self.totals.fail += 1;
                writeln!(self.out, "not ok {number} {name} # {seen}")
            }
            outcome @ (Outcome::NotRun | Outcome::Skipped { .. }) => {
                self.totals.skip += 1;
                writeln!(self.out, "ok {number} {name} # SKIP {}", why(outcome))
            }
            outcome @ Outcome::Failed { .. } => {
                self.totals.error += 1;
                writeln!(self.out, "not ok {number} {name} # error: {}", why(outcome))
            }
        }
    }
}

/// Why it was not judged; a `#` would start a directive.
fn why(outcome: &Outcome) -> String {
    why_not_judged(outcome)
        .unwrap_or_default()
        .replace('#', " ")
}

impl<W: Write> Reporter for Ktap<W> {
    fn observe(&mut self, observation: &Observation) -> io::Result<()> {
        match observation {
            Observation::RunStarted(run) => {
                writeln!(self.out, "KTAP version 1")?;
                writeln!(self.out, "1..{}", run.cases)?;
                writeln!(self.out, "# vmascope {}, {}", run.version, run.kernel)?;
                writeln!(self.out, "# {}", run.per_vma_lock)?;
                writeln!(self.out, "# {}", cpus_and_preemption(run))?;
                if !run.schedules.is_empty() {
                    writeln!(self.out, "# schedules: {}", run.schedules)?;
                }
                if let Some(populated) = &run.populated {
                    writeln!(self.out, "# populated: {populated}")?;
                }
                for rule in &run.rules {
                    writeln!(self.out, "# {}: {} ({})", rule.reader, rule.rule, rule.why)?;
                }
            }
            Observation::Event(event) => self.event(event)?,
            Observation::CaseFinished(result) => self.result(result)?,
            Observation::RunFinished {
                interrupted,
                problem,
                ..
            } => {
                let Totals {
                    pass,
                    fail,
                    xfail,
                    skip,
                    error,
                } = self.totals;
                if *interrupted {
                    writeln!(self.out, "# interrupted: the totals are those so far")?;
                }
                if let Some(problem) = problem {
                    writeln!(
                        self.out,
                        "# ended early, the totals are those so far: {problem}"
                    )?;
                }
                writeln!(
                    self.out,
                    "# Totals: pass:{pass} fail:{fail} xfail:{xfail} xpass:0 skip:{skip} error:{error}"
                )?;
            }
            Observation::CaseStarted(_) | Observation::Progress => {}
        }
        self.out.flush()
    }
}
