//! `vmascope protocol`: the model, explored, or walked through at random.

use std::io;

use super::exit::{Exit, Failure, unless_unread};
use crate::cli::protocol::{ProtocolArguments, ProtocolFormat};
use crate::model::case::{CaseError, ModelCase};
use crate::model::protocols::{PROTOCOLS, Protocol};
use crate::model::verdict_table::VerdictTable;
use crate::model::walk::Drawn;
use crate::report::model::human::print_human;
use crate::report::model::json::print_json;
use crate::report::model::walks;
use crate::report::output::human_stdout;
use crate::scenario::catalogue::scenarios;
use crate::scenario::definition::Scenario;

pub(crate) fn run(arguments: &ProtocolArguments) -> Result<Exit, Failure> {
    let wanted_cases = cases_of(arguments).map_err(Failure::usage)?;
    let protocols = if asks_for_all(&arguments.readers) {
        PROTOCOLS.to_vec()
    } else {
        let found = arguments.readers.iter().map(|name| Protocol::find(name));
        found.collect::<Result<_, _>>().map_err(Failure::usage)?
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let readers = arguments.reader_count;
    let is_json = arguments.format == ProtocolFormat::Json;
    let json = || io::BufWriter::new(io::stdout());
    let (printed, holds) = if let Some(most) = arguments.walks {
        let drawn = Drawn {
            seed: arguments.seed,
            depth: arguments.depth,
            most,
        };
        let study = drawn.study(wanted_cases, protocols, readers, threads);
        let printed = if is_json {
            walks::print_json(&study, drawn, &mut json())
        } else {
            walks::print_human(&study, drawn, &mut human_stdout())
        };
        (printed, walks::holds(&study))
    } else {
        let study = VerdictTable::new(wanted_cases, protocols, readers, threads);
        let printed = if is_json {
            print_json(&study, &mut json())
        } else {
            print_human(&study, &mut human_stdout())
        };
        (printed, study.holds())
    };
    unless_unread(printed.map_err(anyhow::Error::from), ())?;
    Ok(if holds { Exit::Held } else { Exit::Violation })
}

fn cases_of(arguments: &ProtocolArguments) -> Result<Vec<ModelCase>, CaseError> {
    let wanted: Vec<&Scenario> = if asks_for_all(&arguments.cases) {
        scenarios().iter().collect()
    } else {
        let found = arguments.cases.iter().map(|name| ModelCase::scenario(name));
        found.collect::<Result<_, _>>()?
    };
    let case = if arguments.last {
        ModelCase::at_the_end
    } else {
        ModelCase::of
    };
    wanted.into_iter().map(case).collect()
}

fn asks_for_all(names: &[String]) -> bool {
    names.iter().any(|name| name == "all")
}
