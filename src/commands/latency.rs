//! `vmascope latency`.

use std::io;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use anyhow::Context;

use super::exit::{Exit, Failure};
use super::signals::stop_flag;
use crate::cli::latency::{LatencyArguments, LatencyFormat};
use crate::latency::bench::BenchOptions;
use crate::latency::load::Load;
use crate::latency::outcome::{Configuration, LatencyOutcome};
use crate::latency::run::{LatencyPlan, Progress, run as measure};
use crate::modifier::timed_writer::WriterOptions;

/// A sample is at least so long: shorter ones hold hardly any calls.
const SHORTEST: Duration = Duration::from_millis(5);

/// Measures.
pub(crate) fn run(arguments: &LatencyArguments) -> Result<Exit, Failure> {
    let plan = plan(arguments)?;
    let stop = stop_flag()?;
    let mut line = ProgressLine::new();
    let outcome = measure(&plan, &stop, |progress| line.show(progress));
    line.clear();
    let outcome = outcome?;
    print(&outcome, arguments.format)?;
    Ok(exit(&outcome))
}

fn plan(arguments: &LatencyArguments) -> Result<LatencyPlan, Failure> {
    let mut readers: Vec<Load> = Vec::new();
    for reader in &arguments.readers {
        if !readers.contains(reader) {
            readers.push(*reader);
        }
    }
    let count = readers.len() as u32;
    let length = arguments.duration / arguments.samples / count.max(1);
    if length < SHORTEST {
        return Err(Failure::usage(anyhow::anyhow!(
            "{} is too short for {} samples of {count} readers, {} ms each at least; \
             use a longer --duration, or fewer --samples",
            humantime::format_duration(arguments.duration),
            arguments.samples,
            SHORTEST.as_millis(),
        )));
    }
    Ok(LatencyPlan {
        readers,
        samples: arguments.samples,
        length,
        bench: BenchOptions {
            reader_count: arguments.reader_count,
            pin: !arguments.no_pin,
            niced: arguments.niced || arguments.busy.is_some(),
            busy: arguments.busy,
            writer: WriterOptions {
                region: arguments.region,
                vmas: arguments.vmas,
                ..WriterOptions::default()
            },
        },
    })
}

fn print(outcome: &LatencyOutcome, format: LatencyFormat) -> anyhow::Result<()> {
    let text = match format {
        LatencyFormat::Human => crate::report::latency::human::human(outcome),
        LatencyFormat::Csv => crate::report::latency::plain::csv(outcome),
        LatencyFormat::Raw => crate::report::latency::plain::raw(outcome),
        LatencyFormat::Json => serde_json::to_string_pretty(outcome)? + "\n",
    };
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Nobody reads on: no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write the results"),
    }
}

fn exit(outcome: &LatencyOutcome) -> Exit {
    let is_empty = |it: &Configuration| it.both.operations == 0;
    if outcome.interrupted || outcome.configurations.iter().any(is_empty) {
        // What was not measured has no figures.
        Exit::CouldNotRun
    } else if outcome.configurations.is_empty() {
        Exit::AllSkipped
    } else {
        Exit::Held
    }
}

/// A line on the terminal that says how far it is; nothing elsewhere.
struct ProgressLine {
    is_terminal: bool,
}

impl ProgressLine {
    fn new() -> Self {
        ProgressLine {
            is_terminal: io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, progress: Progress) {
        let text = match progress {
            Progress::Clock => "starting the writer, trying its clock".to_owned(),
            Progress::Sample { round, of, reader } => {
                format!("round {round} of {of}: {reader}")
            }
            Progress::Locks { reader } => format!("counting locks: {reader}"),
        };
        self.write(&text);
    }

    fn clear(&mut self) {
        self.write("");
    }

    fn write(&mut self, text: &str) {
        if self.is_terminal {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }
}
