//! A hunt while it goes on: a line for each kind of find, and one, on a terminal, that
//! says how far it is.

use std::io;
use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::events::run_info::{RunInfo, cpus_and_preemption};
use crate::fuzz::news::News;
use crate::fuzz::totals::Totals;
use crate::report::output::human_stdout;
use crate::report::page::{TERMINAL, hanging, wrapped};
use crate::report::style::{BAD, BOLD, DIM};
use crate::scenario::definition::Scenario;
use crate::text::number::{grouped, short};

/// How often the line of progress is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// Prints for people, if there are any, and draws on standard error.
pub(crate) struct Live {
    /// None where a document comes at the end.
    out: Option<Box<dyn Write + Send>>,
    bar: ProgressBar,
    seed: u64,
    duration: Duration,
}

impl Live {
    pub(crate) fn new(people: bool, seed: u64, duration: Duration) -> Self {
        let bar = ProgressBar::new(duration.as_secs().max(1));
        if let Ok(style) = ProgressStyle::with_template("{elapsed:>4} {bar:16} {wide_msg}") {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Live {
            out: people.then(|| Box::new(human_stdout()) as Box<dyn Write + Send>),
            bar,
            seed,
            duration,
        }
    }

    /// # Errors
    /// When it cannot be written.
    pub(crate) fn begin(&mut self, info: &RunInfo) -> io::Result<()> {
        if !self.bar.is_hidden() {
            self.bar.enable_steady_tick(TICK);
        }
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        let (version, kernel) = (&info.version, &info.kernel);
        let duration = humantime::format_duration(self.duration);
        writeln!(out, "{BOLD}vmascope {version}{BOLD:#} fuzz on {kernel}")?;
        writeln!(out, "seed {}, for {duration}", self.seed)?;
        writeln!(out, "{}", cpus_and_preemption(info))?;
        let indent = "                   ";
        let schedules = hanging(&info.schedules, TERMINAL, "schedules          ", indent);
        writeln!(out, "{schedules}")?;
        for rule in &info.rules {
            let head = format!("{:<6} {:<11} ", rule.reader, rule.rule);
            writeln!(out, "{}", hanging(&rule.why, TERMINAL, &head, indent))?;
        }
        writeln!(out)?;
        out.flush()
    }

    /// # Errors
    /// When it cannot be written.
    pub(crate) fn tell(&mut self, news: &News<'_>) -> io::Result<()> {
        match news {
            News::Progress { totals, running } => {
                self.bar.set_position(totals.elapsed.as_secs());
                self.bar.set_message(progress(totals, running));
                Ok(())
            }
            News::Reading { .. } => Ok(()),
            News::Seen { find, .. } => {
                let text = format!("{:>6.1} s  {}", find.after.as_secs_f64(), find.key.text());
                self.print(|out| writeln!(out, "{BAD}{text}{BAD:#}"))
            }
            News::Found(find) => self.print(|out| {
                let shortest = scenario_text(&find.shortest);
                let text = format!("{}, the shortest: {shortest}", find.key.text());
                for line in wrapped(&text, 10) {
                    writeln!(out, "          {DIM}{line}{DIM:#}")?;
                }
                Ok(())
            }),
        }
    }

    fn print(&mut self, print: impl Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        self.bar.suspend(|| print(out).and_then(|()| out.flush()))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn progress(totals: &Totals, running: &Scenario) -> String {
    format!(
        "{} sequences, {} steps, {} scans, {} torn, {} known, {} unknown: {}",
        grouped(totals.run),
        totals.coverage.len(),
        short(totals.tally.scans),
        short(totals.tally.torn),
        grouped(totals.labelled()),
        grouped(totals.unlabelled()),
        running.summary
    )
}

/// A scenario in a line: what it begins with, and its calls.
pub(crate) fn scenario_text(scenario: &Scenario) -> String {
    let calls: Vec<String> = scenario
        .operations
        .iter()
        .map(|operation| operation.call.to_string())
        .collect();
    let setup: Vec<String> = scenario.setup.iter().map(ToString::to_string).collect();
    let mut text = format!("`{}`", scenario.original);
    if let Some(source) = &scenario.source {
        text.push_str(&format!(", source `{source}`"));
    }
    if scenario.last {
        text.push_str(", the last that is mapped");
    }
    if !setup.is_empty() {
        text.push_str(&format!(", made by {}", setup.join("; ")));
    }
    format!("{text}: {}", calls.join("; "))
}
