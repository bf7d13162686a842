//! The `vmascope` program.

use std::process::ExitCode;

use clap::Parser;
use vmascope::cli::Cli;
use vmascope::{commands, target};

fn main() -> ExitCode {
    // The modifier and the writer are this program run again; they must stay
    // quiet, so nothing comes before this.
    target::modifier::run_if_child();
    target::writer::run_if_child();
    let cli = Cli::parse();
    match commands::run(&cli) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            anstream::eprintln!("vmascope: {failure}");
            ExitCode::from(failure.exit as u8)
        }
    }
}
