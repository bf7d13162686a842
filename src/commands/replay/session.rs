//! What a recorded session came to, as a report.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::Recorded;
use super::as_run::as_run;
use super::check::Output;
use crate::cli::replay::ReplayFormat;
use crate::commands::exit::{Exit, Failure, unless_unread};
use crate::events::Observation;
use crate::latency::live::LabSnapshot;
use crate::latency::live::recorded::decode;
use crate::recording::frame::FrameKind;
use crate::recording::header::CheckPrinted;
use crate::report::foreign::{foreign, foreign_json};
use crate::report::output::{print as print_text, tell};
use crate::session::foreign_report::{ForeignReport, Report};
use crate::text::number::{count, ratio, time};
use crate::text::sanitise::sanitise_styled;

pub(super) fn print(recorded: Recorded<'_>, format: ReplayFormat) -> Result<Exit, Failure> {
    recorded.tell_part("its totals are those of the whole session up to there");
    recorded.print_find(format)?;
    if tell_lab(recorded, format)? {
        return Ok(Exit::Held);
    }
    match report(recorded)? {
        Report::Judged(observations) => print_judged(observations, format),
        Report::Foreign(report) => {
            print_foreign(recorded, &report, format)?;
            Ok(Exit::Held)
        }
    }
}

/// Says what the lab came to, if the recording has that; whether that is all it has.
fn tell_lab(recorded: Recorded<'_>, format: ReplayFormat) -> Result<bool, Failure> {
    let recording = recorded.recording;
    let labs = recording
        .heads()
        .filter(|(_, head)| head.kind == FrameKind::Lab);
    let told = labs.filter_map(|(frame, head)| {
        let at = Duration::from_nanos(head.first_ns);
        decode(&recording.payload(frame)?, at).ok()
    });
    let told: Vec<LabSnapshot> = told.collect();
    let Some(last) = told.last() else {
        return Ok(false);
    };
    let moments = count(told.len() as u64, "moment");
    tell(&format!(
        "vmascope: {} has {moments} of the latency lab, which are measurements, not judged; \
         replay shows them",
        recorded.name()
    ));
    let has_report = recording
        .heads()
        .any(|(_, head)| head.kind == FrameKind::Report);
    match format {
        ReplayFormat::Human | ReplayFormat::Mail => {
            let mut text = format!("latency lab, at {:.3?}\n", last.at);
            for one in last.configurations.iter() {
                let times = one.ratio.map_or_else(|| "×–".into(), |it| ratio(it.mean));
                let (mean, p99) = (time(one.summary.mean_ns), time(one.summary.p99_ns as f64));
                let _ = writeln!(
                    text,
                    "  {:<24} {times:>6}  mean {mean}, p99 {p99}",
                    one.name
                );
            }
            let text = sanitise_styled(text.as_bytes());
            unless_unread(print_text(&text).map_err(Into::into), ())?;
        }
        ReplayFormat::Json if !has_report => {
            let all = last.configurations.iter().map(
                |one| json!({ "readers": one.name, "calls": one.summary, "ratio": one.ratio }),
            );
            let all: Vec<Value> = all.collect();
            let text = format!("{}\n", json!({ "latency_lab": all }));
            unless_unread(print_text(&text).map_err(Into::into), ())?;
        }
        ReplayFormat::Json | ReplayFormat::Ktap => {}
    }
    Ok(!has_report)
}

/// The last report of a session.
pub(super) fn report(recorded: Recorded<'_>) -> Result<Report, Failure> {
    let reports = recorded.recording.json::<Report>(FrameKind::Report);
    let last = reports.rev().find_map(|(_, report)| report);
    last.ok_or_else(|| {
        Failure::from(anyhow::anyhow!(
            "{} holds no report: it ends in the first second of the session; --judge judges its \
             scans",
            recorded.name()
        ))
    })
}

fn print_judged(observations: Vec<Observation>, format: ReplayFormat) -> Result<Exit, Failure> {
    let (run, exit) = as_run(observations, false);
    let mut output = Output::new(format, CheckPrinted::of(&run));
    for observation in &run {
        output.observe(observation)?;
    }
    Ok(exit)
}

fn print_foreign(
    recorded: Recorded<'_>,
    report: &ForeignReport,
    format: ReplayFormat,
) -> Result<(), Failure> {
    let text = match format {
        ReplayFormat::Human | ReplayFormat::Mail => sanitise_styled(foreign(report).as_bytes()),
        ReplayFormat::Json => foreign_json(report).map_err(anyhow::Error::from)?,
        ReplayFormat::Ktap => {
            let why = "reads of a process that is not ours are counted, not judged, and ktap \
                       has tests that pass or fail";
            return Err(recorded.refuse(format, why));
        }
    };
    Ok(unless_unread(print_text(&text).map_err(Into::into), ())?)
}

impl CheckPrinted {
    /// As plain as can be.
    pub(super) fn plain() -> Self {
        CheckPrinted {
            allow_known: false,
            verbose: false,
            widths: ("scenario".len(), "reader".len()),
        }
    }

    /// As wide as the names of these cases.
    fn of(run: &[Observation]) -> Self {
        let mut printed = CheckPrinted::plain();
        for observation in run {
            if let Observation::CaseFinished(result) = observation {
                let (scenario, reader) = &mut printed.widths;
                *scenario = (*scenario).max(result.case.scenario.len());
                *reader = (*reader).max(result.case.reader.len());
            }
        }
        printed
    }
}
