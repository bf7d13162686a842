//! The end of a check that compares: says what got better or worse.

use std::io::{self, Write};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use super::exit::Exit;
use crate::cli::{CheckArguments, Format};
use crate::compare::kept::KeptRun;
use crate::compare::{Comparison, text};

/// Compares the run whose document this is with the one that was kept, and
/// prints what that shows; `exit` is how the run ended by itself, and `whole`
/// whether all of it was run.
pub(super) fn compare(
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
            document["comparison"] = text::json(&comparison, &path);
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
    for line in text::lines(comparison, path) {
        writeln!(out, "{sign}{line}")?;
    }
    out.flush()
}
