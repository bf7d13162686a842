//! What a person reads.

use std::io;
use std::io::Write;

use super::left_out::left_out;
use super::page::{TERMINAL, hanging, wrapped};
use super::seen::seen_lines;
use super::style::{BAD, BOLD, DIM, GOOD};
use super::summary::Summary;
use super::table::Widths;
use super::{Reporter, table};
use crate::events::Observation;
use crate::events::case::{CaseInfo, CaseResult, Outcome};
use crate::events::event::{Event, EventKind};
use crate::events::run_info::{RunInfo, cpus_and_preemption};
use crate::setup::placement::Placement;
use crate::setup::state_info::BoundaryView;
use crate::text::number::{grouped, rate_text, seconds};

/// Under the name of a rule or a placement.
const INDENT: &str = "                   ";

/// Prints a row for each case, what was violated under it, and the promises.
#[derive(Debug)]
pub(crate) struct Human<W> {
    out: W,
    options: HumanOptions,
    /// The violations described in the running case, one of each kind.
    violations: Vec<Event>,
    summary: Summary,
    /// The cursor is behind a dot: a newline comes first.
    dots: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct HumanOptions {
    /// The boundary before, during and after; a dot each second.
    pub verbose: bool,
    /// Whether known violations count as expected.
    pub allow_known: bool,
    pub widths: Widths,
}

impl<W: Write> Human<W> {
    pub(crate) fn new(out: W, options: HumanOptions) -> Self {
        Human {
            out,
            options,
            violations: Vec::new(),
            summary: Summary::default(),
            dots: false,
        }
    }

    fn run_started(&mut self, run: &RunInfo) -> io::Result<()> {
        let out = &mut self.out;
        writeln!(
            out,
            "{BOLD}vmascope {}{BOLD:#} check on {}",
            run.version, run.kernel
        )?;
        writeln!(
            out,
            "{}, pages of {} bytes",
            run.per_vma_lock, run.page_size
        )?;
        writeln!(out, "{}", cpus_and_preemption(run))?;
        if !run.schedules.is_empty() {
            let schedules = hanging(&run.schedules, TERMINAL, "schedules          ", INDENT);
            writeln!(out, "{schedules}")?;
        }
        if let Some(populated) = &run.populated {
            let text = populated.to_string();
            let text = hanging(&text, TERMINAL, "populated          ", INDENT);
            writeln!(out, "{text}")?;
        }
        for rule in &run.rules {
            let head = format!("{:<6} {:<11} ", rule.reader, rule.rule);
            writeln!(out, "{}", hanging(&rule.why, TERMINAL, &head, INDENT))?;
        }
        let mut place = |placement: Placement, what: &str| {
            let head = format!("placement {:<9}", placement.name());
            writeln!(out, "{}", hanging(what, TERMINAL, &head, INDENT))
        };
        for placement in &run.placements {
            place(*placement, &format!("covers {}", placement.covers()))?;
        }
        if !run.placed_last.is_empty() && !run.placements.contains(&Placement::Last) {
            let (names, covers) = (run.placed_last.join(", "), Placement::Last.covers());
            place(Placement::Last, &format!("for {names}: covers {covers}"))?;
        }
        writeln!(
            out,
            "Three holes are known in released kernels since 6.17: H1, the empty tree, H2, the stale\n\
             iterator, and H3, the believed end. Such kernels fail this check; --allow-known accepts\n\
             these three."
        )?;
        writeln!(out, "\n{DIM}{}{DIM:#}", table::heading(self.options.widths))?;
        out.flush()
    }

    fn case_started(&mut self, info: &CaseInfo) -> io::Result<()> {
        if !self.options.verbose {
            return Ok(());
        }
        self.end_dots()?;
        let place = info.placement.description();
        writeln!(
            self.out,
            "\n{BOLD}{}{BOLD:#} ({} of {}), site {place}: {}",
            info.case, info.number.0, info.number.1, info.summary
        )?;
        for view in &info.boundary {
            self.boundary(view)?;
        }
        self.out.flush()
    }

    fn boundary(&mut self, view: &BoundaryView) -> io::Result<()> {
        writeln!(self.out, "  {DIM}{}{DIM:#}", view.when)?;
        let mut chunk = None;
        for line in &view.lines.lines {
            if chunk.is_some_and(|chunk| chunk != line.chunk) {
                writeln!(self.out, "    {DIM}──── chunk boundary ────{DIM:#}")?;
            }
            chunk = Some(line.chunk);
            writeln!(self.out, "    {}", line.text.trim_end())?;
        }
        Ok(())
    }

    fn end_dots(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.dots) {
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn case_finished(&mut self, result: &CaseResult) -> io::Result<()> {
        self.end_dots()?;
        let row = table::row(result, self.options.widths);
        let style = match &result.outcome {
            Outcome::Held => GOOD,
            Outcome::KnownViolations | Outcome::Violations | Outcome::Failed { .. } => BAD,
            Outcome::Skipped { .. } | Outcome::NotRun => DIM,
        };
        let mut characters = row.chars();
        let glyph = characters.next().unwrap_or(' ');
        writeln!(self.out, "{style}{glyph}{style:#}{}", characters.as_str())?;
        if self.options.verbose {
            for placement in &result.placements {
                writeln!(self.out, "    {DIM}{}{DIM:#}", table::placement(placement))?;
            }
        }
        if let Outcome::Failed { reason } = &result.outcome
            && result.tally.scans > 0
        {
            self.note(&format!("ended early: {reason}"))?;
        }
        for line in left_out(result) {
            self.note(&line)?;
        }
        for (kind, known, count) in result.tally.named() {
            let label = known.label().unwrap_or("mechanism not known");
            let each = rate_text(count, result.elapsed_ns);
            writeln!(
                self.out,
                "    {BAD}{kind}, {label}{BAD:#}: {} in {}, {} a second",
                grouped(count),
                seconds(result.elapsed_ns),
                each,
            )?;
            let longest = result.tally.longest_run(kind, known);
            writeln!(self.out, "    {DIM}longest: {longest}{DIM:#}")?;
            let same =
                |event: &&Event| event.name == kind && event.known.as_deref() == known.label();
            for event in self.violations.iter().filter(same) {
                write_event(&mut self.out, event)?;
            }
        }
        if let Some(proof) = &result.proof {
            let fault = proof
                .fault
                .map_or("no SIGSEGV".to_owned(), |at| format!("SIGSEGV at {at:x}"));
            writeln!(
                self.out,
                "    {DIM}{} always-mapped pages touched {} times: {fault}{DIM:#}",
                proof.pages,
                grouped(proof.rounds),
            )?;
        }
        self.violations.clear();
        self.summary.add(result);
        self.out.flush()
    }

    /// Something to know of the row above.
    fn note(&mut self, text: &str) -> io::Result<()> {
        for line in wrapped(text, 4) {
            writeln!(self.out, "    {DIM}{line}{DIM:#}")?;
        }
        Ok(())
    }
}

/// What was read, and what that is.
pub(crate) fn write_event(out: &mut impl Write, event: &Event) -> io::Result<()> {
    if event.standing_still {
        writeln!(out, "    {BAD}{}{BAD:#}:", event.title())?;
    }
    for line in seen_lines(&event.seen) {
        writeln!(out, "      {line}")?;
    }
    for line in wrapped(&event.sentence, 4) {
        writeln!(out, "    {DIM}{line}{DIM:#}")?;
    }
    Ok(())
}

impl<W: Write> Reporter for Human<W> {
    fn observe(&mut self, observation: &Observation) -> io::Result<()> {
        match observation {
            Observation::RunStarted(run) => self.run_started(run),
            Observation::CaseStarted(info) => self.case_started(info),
            Observation::Progress if self.options.verbose => {
                self.dots = true;
                write!(self.out, ".")?;
                self.out.flush()
            }
            Observation::Progress => Ok(()),
            Observation::Event(event) => {
                let same =
                    |other: &Event| other.title() == event.title() && other.known == event.known;
                if event.kind == EventKind::Violation && !self.violations.iter().any(same) {
                    self.violations.push((**event).clone());
                }
                Ok(())
            }
            Observation::CaseFinished(result) => self.case_finished(result),
            Observation::RunFinished {
                interrupted,
                problem,
                ..
            } => {
                self.end_dots()?;
                if *interrupted {
                    writeln!(self.out, "\nInterrupted: these are the totals so far.")?;
                }
                if problem.is_some() {
                    writeln!(self.out, "\nEnded early: these are the totals so far.")?;
                }
                self.summary
                    .write(&mut self.out, *interrupted, self.options.allow_known)
            }
        }
    }
}
