//! A part of a recording as another, perhaps anonymised.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context as _;

use crate::cli::replay::ReplayArguments;
use crate::commands::exit::{Failure, unless_unread};
use crate::recording::open::Recording;
use crate::replay::cut::{Cut, Part};
use crate::replay::write_part::write_part;
use crate::report::output::print;
use crate::report::progress::count_scans;
use crate::report::save::Saved;
use crate::text::number::bytes;

/// Writes it to a new file, and says how large that is.
pub(super) fn write(
    recording: Arc<Recording>,
    arguments: &ReplayArguments,
    out: &Path,
) -> Result<(), Failure> {
    let find = arguments.share.tear.map(usize::try_from);
    let part = match (arguments.cut, find) {
        (Some(time), _) => Part::Time(time.from, time.to),
        (None, Some(number)) => Part::Find(number.unwrap_or(usize::MAX)),
        (None, None) if arguments.anonymise => Part::All,
        (None, None) => {
            let what = "--out needs to know what to write: add --cut, --tear or --anonymise";
            return Err(Failure::usage(anyhow::anyhow!(what)));
        }
    };
    let cut = Cut::new(recording, part)
        .with_context(|| format!("cannot cut {}", arguments.file.display()))
        .map_err(Failure::usage)?;
    let exists = || {
        let out = out.display();
        anyhow::anyhow!("cannot write to {out}: it exists; name a file that does not")
    };
    if out.exists() {
        return Err(exists().into());
    }
    let length = Cell::new(0);
    let saved = Saved::create(out)?;
    let progress = AtomicU64::new(0);
    let is_new = count_scans(cut.count(), &progress, || {
        saved.keep_if_new(&|to| {
            length.set(write_part(&cut, arguments.anonymise, &progress, to)?);
            Ok(())
        })
    })?;
    if !is_new {
        return Err(exists().into());
    }
    let line = format!("wrote {}: {}\n", out.display(), bytes(length.get()));
    unless_unread(print(&line).map_err(anyhow::Error::from), ())?;
    Ok(())
}
