//! What `vmascope step` prints.

use std::io;
use std::io::Write;

use serde::Serialize;

use super::page::{TERMINAL, at_spaces};
use super::style::{BAD, BOLD, DIM, PLAIN, TORN};
use crate::stepping::step_record::StepRecord;

/// Lines shown at the end of a chunk.
const LAST: usize = 3;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct StepHeading {
    pub scenario: String,
    /// What it does, in a line.
    pub summary: String,
    /// `Linux 6.18.1`.
    pub kernel: String,
    pub rule: String,
    /// The rule in plain words.
    pub reader: String,
    /// Why it is believed.
    pub why: String,
    /// The site's `vm_start` and end, in bytes.
    pub site: (u64, u64),
    /// The states of the site, as the catalogue writes them.
    pub states: Vec<String>,
    /// The shortest way to a duplicate from the beginning, as keys; none if
    /// there is none.
    pub shortest: Option<String>,
}

/// Prints steps as they are taken.
#[derive(Debug)]
pub(crate) struct StepPrinter<W> {
    out: W,
    json: bool,
}

impl<W: Write> StepPrinter<W> {
    /// Prints for people, with ANSI colours, or as JSON Lines.
    pub(crate) fn new(out: W, json: bool) -> Self {
        StepPrinter { out, json }
    }

    pub(crate) fn heading(&mut self, heading: &StepHeading) -> io::Result<()> {
        if self.json {
            return self.json(heading);
        }
        let out = &mut self.out;
        let (start, end) = heading.site;
        writeln!(
            out,
            "{BOLD}{}{BOLD:#}: {}",
            heading.scenario, heading.summary
        )?;
        writeln!(out, "{}: maps {}", heading.kernel, heading.reader)?;
        writeln!(out, "{DIM}rule {}: {}{DIM:#}", heading.rule, heading.why)?;
        writeln!(
            out,
            "site {start:x}-{end:x}, a letter a page: {}",
            heading.states.join("  →  ")
        )?;
        match &heading.shortest {
            Some(keys) => writeln!(out, "shortest way to a duplicate: {BOLD}{keys}{BOLD:#}"),
            None => writeln!(out, "no way to a duplicate by hand"),
        }
    }

    pub(crate) fn step(&mut self, told: &StepRecord) -> io::Result<()> {
        if self.json {
            return self.json(told);
        }
        let out = &mut self.out;
        writeln!(out)?;
        if let Some(key) = told.key {
            writeln!(
                out,
                "{:>2}  {BOLD}{key}  {}{BOLD:#}   {DIM}{}{DIM:#}",
                told.number, told.call, told.state
            )?;
        }
        let skipped = told.lines.len().saturating_sub(LAST + 1);
        for (i, line) in told.lines.iter().enumerate() {
            if i == 0 && told.duplicate {
                writeln!(out, "    {TORN}≈ {line}{TORN:#}")?;
            } else if i == 0 || i > skipped {
                writeln!(out, "      {line}")?;
            } else if i == 1 {
                writeln!(out, "      {DIM}… {skipped} lines …{DIM:#}")?;
            }
        }
        let style = match (told.violation || told.astray, told.duplicate) {
            (true, _) => BAD,
            (false, true) => TORN,
            (false, false) => PLAIN,
        };
        for (text, style) in [(&told.happened, style), (&told.next, DIM)] {
            for line in textwrap::wrap(text, at_spaces(TERMINAL - 4)) {
                writeln!(out, "    {style}{line}{style:#}")?;
            }
        }
        Ok(())
    }

    fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        writeln!(self.out)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
