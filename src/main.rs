//! The `vmascope` program.

use std::process::ExitCode;

use vmascope::commands::Exit;
use vmascope::{commands, report, target};

fn main() -> ExitCode {
    // The modifier and the writer are this program run again; they must stay
    // quiet, so nothing comes before this.
    target::modifier::run_if_child();
    target::writer::run_if_child();
    let done = commands::command_line()
        .and_then(|cli| cli.map_or(Ok(Exit::Held), |cli| commands::run(&cli)));
    let exit = done.unwrap_or_else(|failure| {
        report::tell(&format!("vmascope: {failure}"));
        failure.exit
    });
    ExitCode::from(exit as u8)
}
