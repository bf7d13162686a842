//! The plain-text report of violations, fit for a mailing list.

use std::fmt::Write as _;
use std::io;

use super::Reporter;
use super::left_out::{left_out, why_not_judged};
use super::page::{MAIL, hanging};
use super::seen::seen_lines;
use crate::events::Observation;
use crate::events::case::{CaseInfo, CaseKey, CaseResult, Outcome};
use crate::events::event::Event;
use crate::events::run_info::{RunInfo, cpus_and_preemption};
use crate::events::violations::keep_violation;
use crate::linux::known_holes::KnownHole;
use crate::text::number::{grouped, rate_text, seconds};

/// Collects the violations of a run and writes them up.
#[derive(Clone, Debug, Default)]
pub(crate) struct MailReport {
    pub(crate) run: Option<RunInfo>,
    pub(crate) infos: Vec<CaseInfo>,
    /// Some of the violations.
    pub(crate) events: Vec<Event>,
    pub(crate) results: Vec<CaseResult>,
}

/// A [`Reporter`] that prints the report when the run is over.
#[derive(Debug)]
pub(crate) struct Mail<W> {
    out: W,
    report: MailReport,
}

impl<W: io::Write> Mail<W> {
    pub(crate) fn new(out: W) -> Self {
        Mail {
            out,
            report: MailReport::default(),
        }
    }
}

impl<W: io::Write> Reporter for Mail<W> {
    fn observe(&mut self, observation: &Observation) -> io::Result<()> {
        self.report.observe(observation);
        if let Observation::RunFinished { .. } = observation {
            self.out.write_all(self.report.text().as_bytes())?;
            self.out.flush()?;
        }
        Ok(())
    }
}

impl MailReport {
    pub(crate) fn observe(&mut self, observation: &Observation) {
        match observation {
            Observation::RunStarted(run) => self.run = Some((**run).clone()),
            Observation::CaseStarted(info) => self.infos.push((**info).clone()),
            Observation::Event(event) => keep_violation(&mut self.events, event),
            Observation::CaseFinished(result) => self.results.push((**result).clone()),
            _ => {}
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let violated: Vec<&CaseResult> = self
            .results
            .iter()
            .filter(|result| result.tally.violation_count() > 0)
            .collect();
        match violated.len() {
            0 => writeln!(
                out,
                "No violation seen in reads of /proc/PID/maps and its kin."
            )?,
            n => writeln!(
                out,
                "Violations seen in reads of /proc/PID/maps and its kin: {n} of {} cases.",
                self.results.len()
            )?,
        }
        writeln!(out)?;
        if let Some(run) = &self.run {
            writeln!(out, "Kernel:   {}", run.kernel)?;
            writeln!(out, "Config:   {}", run.per_vma_lock)?;
            let preemption = cpus_and_preemption(run);
            writeln!(
                out,
                "{}",
                hanging(&preemption, MAIL, "Machine:  ", "          ")
            )?;
            writeln!(out, "Page:     {} bytes", run.page_size)?;
            if let Some(populated) = &run.populated {
                let text = populated.to_string();
                let text = hanging(&text, MAIL, "Layout:   ", "          ");
                writeln!(out, "{text}")?;
            }
            writeln!(out, "Tool:     vmascope {}", run.version)?;
            writeln!(out, "Command:  {}", run.command_line)?;
            writeln!(out, "Started:  {}", run.started)?;
            if !run.schedules.is_empty() {
                let schedules = hanging(&run.schedules, MAIL, "Schedule: ", "          ");
                writeln!(out, "{schedules}")?;
            }
            for rule in &run.rules {
                let head = format!("Rule:     {} {}: ", rule.reader, rule.rule);
                writeln!(out, "{}", hanging(&rule.why, MAIL, &head, "          "))?;
            }
        }
        for result in violated {
            self.write_case(out, result)?;
        }
        let held: Vec<&CaseResult> = self
            .results
            .iter()
            .filter(|result| result.tally.bound().is_some())
            .collect();
        if !held.is_empty() {
            writeln!(out, "\nNo violation seen in:\n")?;
            for result in held {
                let bound = result.tally.bound().unwrap_or(1.0);
                writeln!(
                    out,
                    "  {:<34} {:>12} scans, fewer than {bound:.1e} a scan (95 %)",
                    result.case.to_string(),
                    grouped(result.tally.scans),
                )?;
            }
        }
        self.write_left_out(out)
    }

    /// The cases that were not judged, or not everywhere.
    fn write_left_out(&self, out: &mut String) -> std::fmt::Result {
        let mut lines = Vec::new();
        for result in &self.results {
            let why = why_not_judged(&result.outcome)
                .filter(|_| result.outcome != Outcome::NotRun || !self.has_begun(&result.case));
            let all = why.into_iter().chain(left_out(result));
            lines.extend(all.map(|line| format!("{}: {line}", result.case)));
        }
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nNot judged, or not to the end:\n")?;
        lines
            .iter()
            .try_for_each(|line| writeln!(out, "{}", hanging(line, MAIL, "  ", "      ")))
    }

    fn has_begun(&self, case: &CaseKey) -> bool {
        self.infos.iter().any(|info| info.case == *case)
    }

    fn write_case(&self, out: &mut String, result: &CaseResult) -> std::fmt::Result {
        let tally = &result.tally;
        writeln!(out, "\n== {} ==\n", result.case)?;
        for (kind, known, count) in tally.named() {
            let share = count as f64 / tally.scans.max(1) as f64;
            let longest = tally.longest_run(kind, known);
            let known = known.label().unwrap_or("mechanism not known");
            let text = format!(
                "{kind} ({known}): {} in {} scans of {} lines during {} operations in {}: {share:.1e} a \
                 scan, {} a second; the longest: {longest}.",
                grouped(count),
                grouped(tally.scans),
                grouped(tally.lines),
                grouped(result.operations),
                seconds(result.elapsed_ns),
                rate_text(count, result.elapsed_ns),
            );
            writeln!(out, "{}", textwrap::fill(&text, MAIL))?;
        }
        if tally.possibly(KnownHole::H2) > 0 {
            writeln!(out, "{}", textwrap::fill(SIBLING_OF_H2, MAIL))?;
        }
        if let Some(proof) = &result.proof {
            let text = format!(
                "Meanwhile a thread of the target read the {} pages that are mapped in every state \
                 {} times; {}.",
                proof.pages,
                grouped(proof.rounds),
                proof.fault.map_or("no read raised SIGSEGV".into(), |at| {
                    format!("the read at {at:x} raised SIGSEGV")
                }),
            );
            writeln!(out, "{}", textwrap::fill(&text, MAIL))?;
        }
        self.write_scenario(out, &result.case)?;
        for event in self.events.iter().filter(|event| event.case == result.case) {
            write_event(out, event)?;
        }
        Ok(())
    }

    fn write_scenario(&self, out: &mut String, case: &CaseKey) -> std::fmt::Result {
        let Some(info) = self.infos.iter().find(|info| info.case == *case) else {
            return Ok(());
        };
        writeln!(out, "\nScenario {}: {}.", case.scenario, info.summary)?;
        let populated = self.run.as_ref().and_then(|run| run.populated.as_ref());
        let page = populated.map_or_else(String::new, |populated| {
            let size = populated.letter_bytes;
            format!("page = {size} and MAP_POPULATE is set, ")
        });
        let text = format!(
            "site = {:#x}, {page}one letter a page: r r--, w rw-, x r-x, . unmapped.",
            info.site.0
        );
        writeln!(out, "{}\n", textwrap::fill(&text, MAIL))?;
        writeln!(out, "    for (;;) {{")?;
        for (k, state) in info.states.iter().enumerate() {
            writeln!(out, "        /* state {k}: {} */", state.strip)?;
            writeln!(out, "        {};", state.code)?;
        }
        writeln!(out, "    }}")?;
        for (k, state) in info.states.iter().enumerate() {
            writeln!(out, "\nState {k}, read standing still:\n")?;
            for line in &state.lines.lines {
                writeln!(out, "    {}", line.text.trim_end())?;
            }
        }
        Ok(())
    }
}

/// Who reads of H2 should know of this.
pub(crate) const SIBLING_OF_H2: &str = "A sibling of H2 in page faults was reported and fixed: \"reset maple \
    state on lock_vma_under_rcu() retry\", Howlett, November 2025.";

fn write_event(out: &mut String, event: &Event) -> std::fmt::Result {
    let known = event.known.as_deref().unwrap_or("mechanism not known");
    writeln!(
        out,
        "\n{} ({known}), scan {}, site {}{}:\n",
        event.title(),
        grouped(event.scan),
        event.placement.description(),
        event
            .schedule
            .map_or(String::new(), |schedule| format!(", schedule {schedule}")),
    )?;
    for line in seen_lines(&event.seen) {
        writeln!(out, "    {line}")?;
    }
    if let Some(window) = &event.window {
        let states: Vec<String> = window.allowed_states.iter().map(usize::to_string).collect();
        writeln!(
            out,
            "\nOperations finished before the read: {}; begun after it: {}; allowed states: {}.",
            window.finished,
            window.begun,
            states.join(", "),
        )?;
    }
    if !event.under_way.is_empty() {
        writeln!(out, "Under way: {}.", event.under_way.join(", "))?;
    }
    writeln!(out, "\n{}", textwrap::fill(&event.sentence, MAIL))
}
