//! `vmascope scenarios`.

use std::io;
use std::io::Write;

use anyhow::Context;

use super::exit::{Exit, Failure, unless_unread};
use crate::cli::scenarios::{ScenariosArguments, ScenariosFormat};
use crate::report::output::human_stdout;
use crate::report::scenarios::{scenarios_json, write_scenarios};
use crate::scenario::catalogue::Catalogue;

pub(crate) fn run(arguments: &ScenariosArguments) -> Result<Exit, Failure> {
    let catalogue = Catalogue::with_files(&arguments.scenario_files).map_err(Failure::usage)?;
    let selected = if arguments.names.is_empty() {
        catalogue.scenarios().to_vec()
    } else {
        catalogue.select(&arguments.names).map_err(Failure::usage)?
    };
    let written = match arguments.format {
        ScenariosFormat::Human => write_scenarios(&mut human_stdout(), &selected),
        ScenariosFormat::Json => writeln!(io::stdout(), "{:#}", scenarios_json(&selected)),
    };
    unless_unread(written.context("cannot write the scenarios"), ())?;
    Ok(Exit::Held)
}
