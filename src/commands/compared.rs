//! The end of a check that compares: says what got better or worse.

use std::io;
use std::io::Write;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use super::exit::Exit;
use crate::cli::check::{CheckArguments, Format};
use crate::compare::Comparison;
use crate::compare::kept::KeptRun;

/// Compares the run whose document this is with the one that was kept, and
/// prints what that shows; `exit` is how the run ended by itself, and `whole`
/// whether all of it was run.
pub(crate) fn compare(
    arguments: &CheckArguments,
    kept: &KeptRun,
    document: &[u8],
    exit: Exit,
    whole: bool,
) -> Result<Exit> {
    let now = KeptRun::parse(document)
        .map_err(|problem| anyhow!("cannot compare this run: {problem}; please report this"))?;
    let comparison = Comparison::of(kept, &now);
    let exit = match exit {
        _ if comparison.got_worse() => Exit::Violation,
        // What was not run to its end, or not at all, is not found the same.
        Exit::CouldNotRun | Exit::AllSkipped => exit,
        _ if !whole => Exit::CouldNotRun,
        _ => Exit::Held,
    };
    let path = arguments.compare.as_deref().unwrap_or("".as_ref());
    let path = path.display().to_string().escape_debug().to_string();
    let written = match arguments.format {
        Format::Human => print("\n", "", &comparison, &path),
        Format::Ktap => print("", "# ", &comparison, &path),
        Format::Json => {
            let mut document: Value = serde_json::from_slice(document)?;
            document["comparison"] = crate::report::comparison::json(&comparison, &path);
            document["exit_code"] = (exit as u8).into();
            writeln!(io::stdout().lock(), "{document:#}")
        }
    };
    match written {
        // Nobody reads on: that is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        other => other.context("cannot write the comparison")?,
    }
    Ok(exit)
}

fn print(before: &str, sign: &str, comparison: &Comparison, path: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(before.as_bytes())?;
    for line in crate::report::comparison::lines(comparison, path) {
        writeln!(out, "{sign}{line}")?;
    }
    out.flush()
}
