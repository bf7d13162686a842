//! `vmascope protocol`: the model, explored, or walked through at random.

use std::io;
use std::ops::ControlFlow;

use super::exit::{Exit, Failure, is_unread};
use crate::cli::protocol::{ProtocolArguments, ProtocolFormat};
use crate::model::case::{CaseError, ModelCase};
use crate::model::machine::ProtocolModel;
use crate::model::protocols::{PROTOCOLS, Protocol};
use crate::model::verdict_table::VerdictTable;
use crate::model::walk::{Drawn, WalksVerdict};
use crate::report::model::human::print_human;
use crate::report::model::json::print_json;
use crate::report::model::walks::{self, WalksPrinter};
use crate::report::model::walks_json;
use crate::report::output::human_stdout;
use crate::scenario::catalogue::{Catalogue, scenarios as built_in};
use crate::scenario::definition::Scenario;

pub(crate) fn run(arguments: &ProtocolArguments) -> Result<Exit, Failure> {
    let catalogue = Catalogue::with_files(&arguments.scenario_files).map_err(Failure::usage)?;
    let wanted_cases = cases_of(arguments, catalogue.scenarios()).map_err(Failure::usage)?;
    let protocols = if asks_for_all(&arguments.readers) {
        PROTOCOLS.to_vec()
    } else {
        let found = arguments.readers.iter().map(|name| Protocol::find(name));
        found.collect::<Result<_, _>>().map_err(Failure::usage)?
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let readers = arguments.reader_count;
    let is_json = arguments.format == ProtocolFormat::Json;
    if let Some(most) = arguments.walks {
        let drawn = Drawn {
            seed: arguments.seed,
            depth: arguments.depth,
            most,
        };
        return Ok(match is_json {
            true => {
                let go_on = |_: &ProtocolModel<'_>, _: &WalksVerdict| ControlFlow::Continue(());
                let study = drawn.study(wanted_cases, protocols, readers, threads, go_on);
                let print = |study| walks_json::print_json(study, drawn, &mut json_stdout());
                let printed = study.as_ref().map_or(Ok(()), print);
                is_unread(printed)?;
                exit(study.is_some_and(|study| walks::holds(&study)))
            }
            false => exit(walk(drawn, wanted_cases, protocols, readers, threads)?),
        });
    }
    let study = VerdictTable::new(wanted_cases, protocols, readers, threads);
    is_unread(match is_json {
        true => print_json(&study, &mut json_stdout()),
        false => print_human(&study, &mut human_stdout()),
    })?;
    Ok(exit(study.holds()))
}

fn json_stdout() -> impl io::Write {
    io::BufWriter::new(io::stdout())
}

fn exit(holds: bool) -> Exit {
    if holds { Exit::Held } else { Exit::Violation }
}

/// Draws walks and prints what came of them, as it is known; whether none broke a
/// promise. Where nobody reads on, only that is found out.
fn walk(
    drawn: Drawn,
    cases: Vec<ModelCase>,
    protocols: Vec<Protocol>,
    readers: u8,
    threads: usize,
) -> anyhow::Result<bool> {
    let begun = WalksPrinter::begin(human_stdout(), drawn, &cases, &protocols, readers);
    let (mut printer, mut failure) = match begun.map_err(written) {
        Ok(printer) => (Some(printer), None),
        Err(failure) => (None, failure),
    };
    let mut holds = true;
    let study = drawn.study(cases, protocols, readers, threads, |model, verdict| {
        holds &= verdict.found.is_none();
        if let Some(Err(error)) = printer.as_mut().map(|it| it.row(model, verdict)) {
            (printer, failure) = (None, written(error));
        }
        match printer.is_none() && (failure.is_some() || !holds) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if let (Some(printer), Some(study)) = (printer, &study) {
        is_unread(printer.end(study))?;
    }
    failure.map_or(Ok(holds), Err)
}

/// Why printing ended early; none where only nobody reads on.
fn written(error: io::Error) -> Option<anyhow::Error> {
    is_unread(Err(error)).err()
}

/// The cases of the scenarios, among these, that are asked for.
fn cases_of(
    arguments: &ProtocolArguments,
    scenarios: &[&Scenario],
) -> Result<Vec<ModelCase>, CaseError> {
    let wanted: Vec<&Scenario> = if asks_for_all(&arguments.cases) {
        scenarios.to_vec()
    } else {
        let all = || scenarios.iter().copied();
        let names = arguments.cases.iter();
        let found = names.map(|name| ModelCase::scenario(all(), name));
        found.collect::<Result<_, _>>()?
    };
    let case = if arguments.last {
        ModelCase::at_the_end
    } else {
        ModelCase::of
    };
    let is_built_in = |case: &ModelCase| built_in().iter().any(|one| one.name == case.name);
    let of_file = |scenario: &Scenario| {
        let case = case(scenario)?;
        let catalogued = case.catalogued && is_built_in(&case);
        Ok(ModelCase { catalogued, ..case })
    };
    wanted.into_iter().map(of_file).collect()
}

fn asks_for_all(names: &[String]) -> bool {
    names.iter().any(|name| name == "all")
}
