//! The end of a check that compares: says what got better or worse.

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use super::exit::{Exit, unless_unread};
use crate::cli::check::{CheckArguments, CheckFormat};
use crate::compare::Comparison;
use crate::compare::kept::KeptRun;
use crate::report::comparison::{json, prefixed};
use crate::report::output::print;

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
        CheckFormat::Human => print(&format!("\n{}", prefixed("", &comparison, &path))),
        CheckFormat::Ktap => print(&prefixed("# ", &comparison, &path)),
        CheckFormat::Json => {
            let mut document: Value = serde_json::from_slice(document)?;
            document["comparison"] = json(&comparison, &path);
            document["exit_code"] = (exit as u8).into();
            print(&format!("{document:#}\n"))
        }
    };
    unless_unread(written.context("cannot write the comparison"), ())?;
    Ok(exit)
}
