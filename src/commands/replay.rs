//! `vmascope replay FILE`: a recording, shown or printed.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::demo;
use super::exit::{Exit, Failure, unless_unread};
use crate::cli::replay::ReplayArguments;
use crate::recording::open::Recording;
use crate::replay::cut::{Cut, Part};
use crate::replay::share::write;
use crate::report::output::print;
use crate::text::number::bytes;

pub(crate) fn run(arguments: &ReplayArguments) -> Result<Exit, Failure> {
    let recording = Recording::open(&arguments.file)?;
    if let Some(out) = &arguments.out {
        return share(recording, arguments, out);
    }
    demo::replay(recording, arguments.theme)
}

/// Writes a part of a recording to a file, anonymised where that is asked for.
fn share(recording: Recording, arguments: &ReplayArguments, out: &Path) -> Result<Exit, Failure> {
    let part = match (arguments.cut, arguments.tear) {
        (Some((from, to)), _) => Part::Time(from, to),
        (None, Some(number)) => Part::Find(number),
        (None, None) if arguments.anonymise => Part::All,
        (None, None) => {
            let what = "--out needs to know what to write: add --cut, --tear or --anonymise";
            return Err(Failure::usage(anyhow::anyhow!(what)));
        }
    };
    let cut = Cut::new(Arc::new(recording), part)
        .with_context(|| format!("cannot cut {}", arguments.file.display()))?;
    let length = write(&cut, arguments.anonymise, out)?;
    let line = format!("wrote {}: {}\n", out.display(), bytes(length));
    unless_unread(print(&line).map_err(anyhow::Error::from), ())?;
    Ok(Exit::Held)
}
