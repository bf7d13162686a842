//! `vmascope latency`.

use std::io;
use std::time::Duration;

use anyhow::Context;

use super::exit::{Exit, Failure, unless_unread};
use super::repeats::without_repeats;
use super::signals::{patience, stop_flag};
use crate::cli::latency::{LatencyArguments, LatencyFormat};
use crate::latency::bench::BenchOptions;
use crate::latency::outcome::{Configuration, LatencyOutcome};
use crate::latency::run::{LatencyPlan, run as measure};
use crate::modifier::timed_writer::TimedWriterOptions;
use crate::report::latency::human::human;
use crate::report::latency::plain::{csv, raw};
use crate::report::latency::progress::ProgressLine;
use crate::report::output::print;

/// The shortest sample: shorter ones hold hardly any calls.
const SHORTEST: Duration = Duration::from_millis(5);

pub(crate) fn run(arguments: &LatencyArguments) -> Result<Exit, Failure> {
    let mut plan = plan(arguments)?;
    let stop = stop_flag()?;
    plan.bench.writer.patience = patience(&stop);
    let mut line = ProgressLine::new();
    let outcome = measure(&plan, &stop, |progress| line.show(progress));
    line.clear();
    let outcome = outcome?;
    let written = write(&outcome, arguments.format);
    unless_unread(written.context("cannot write the results"), ())?;
    Ok(exit(&outcome))
}

fn plan(arguments: &LatencyArguments) -> Result<LatencyPlan, Failure> {
    let readers = without_repeats(&arguments.readers);
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
            writer: TimedWriterOptions {
                region: arguments.region,
                vmas: arguments.vmas,
                ..TimedWriterOptions::default()
            },
        },
    })
}

fn write(outcome: &LatencyOutcome, format: LatencyFormat) -> io::Result<()> {
    match format {
        LatencyFormat::Human => print(&human(outcome)),
        LatencyFormat::Csv => csv(outcome, io::stdout()),
        LatencyFormat::Raw => print(&raw(outcome)),
        LatencyFormat::Json => print(&(serde_json::to_string_pretty(outcome)? + "\n")),
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
