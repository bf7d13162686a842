//! `vmascope latency`.

use std::io;
use std::time::Duration;

use anyhow::Context;

use super::exit::{Exit, Failure, unless_unread};
use super::repeats::without_repeats;
use super::signals::{patience, stop_flag};
use crate::cli::latency::{LatencyArguments, LatencyFormat};
use crate::latency::bench::BenchOptions;
use crate::latency::busy::ALWAYS;
use crate::latency::inversion::outcome::{InversionOutcome, InversionRow};
use crate::latency::inversion::run::run as measure_inversion;
use crate::latency::outcome::{Configuration, LatencyOutcome};
use crate::latency::run::{LatencyPlan, run as measure};
use crate::modifier::timed_writer::TimedWriterOptions;
use crate::report::latency::human::human;
use crate::report::latency::inversion;
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
    if arguments.inversion {
        let outcome = measure_inversion(&plan, &stop, |progress| line.show(progress));
        line.clear();
        let outcome = outcome?;
        let written = write_inversion(&outcome, arguments.format);
        unless_unread(written.context("cannot write the results"), ())?;
        return Ok(exit_of_inversion(&outcome));
    }
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
    let inversion = arguments.inversion;
    if inversion && arguments.format == LatencyFormat::Raw {
        return Err(Failure::usage(anyhow::anyhow!(
            "--format raw has no columns for --inversion; use human, json or csv"
        )));
    }
    let (seconds, samples, places) = if inversion { (60, 3, 2) } else { (10, 5, 1) };
    let duration = arguments.duration.unwrap_or(Duration::from_secs(seconds));
    let samples = arguments.samples.unwrap_or(samples);
    let length = duration / samples / (count * places).max(1);
    if length < SHORTEST {
        return Err(Failure::usage(anyhow::anyhow!(
            "{} is too short for {samples} samples of {count} readers{}, {} ms each at least; \
             use a longer --duration, or fewer --samples",
            humantime::format_duration(duration),
            if inversion { " in two places" } else { "" },
            SHORTEST.as_millis(),
        )));
    }
    Ok(LatencyPlan {
        readers,
        samples,
        length,
        bench: BenchOptions {
            reader_count: arguments.reader_count,
            pin: !arguments.no_pin,
            niced: arguments.niced || arguments.busy.is_some(),
            inverted: inversion,
            busy: arguments.busy.or(inversion.then_some(ALWAYS)),
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

fn write_inversion(outcome: &InversionOutcome, format: LatencyFormat) -> io::Result<()> {
    match format {
        LatencyFormat::Human | LatencyFormat::Raw => print(&inversion::human(outcome)),
        LatencyFormat::Csv => inversion::csv(outcome, io::stdout()),
        LatencyFormat::Json => print(&(serde_json::to_string_pretty(outcome)? + "\n")),
    }
}

fn exit_of_inversion(outcome: &InversionOutcome) -> Exit {
    let is_empty = |row: &InversionRow| row.samples.is_empty();
    if outcome.interrupted || !outcome.stuck.is_empty() || outcome.rows.iter().any(is_empty) {
        Exit::CouldNotRun
    } else if outcome.rows.is_empty() {
        Exit::AllSkipped
    } else {
        Exit::Held
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
