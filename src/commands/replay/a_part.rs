//! A recording that is a part of another: which, and the find that it was made for.

use std::io::{self, Write as _};

use super::Recorded;
use crate::cli::replay::ReplayFormat;
use crate::commands::exit::{Failure, unless_unread};
use crate::recording::header::CutFrom;
use crate::replay::index::Index;
use crate::report::human::write_event;
use crate::report::output::{human_stdout, tell};
use crate::report::safe_output::SafeOutput;

impl Recorded<'_> {
    /// Whether it is a part of another recording.
    pub(super) fn is_part(self) -> bool {
        self.recording.header().cut.is_some()
    }

    /// Says which part of another recording it is, if it is one, and whose `totals` are
    /// printed.
    pub(super) fn tell_part(self, totals: &str) {
        if let Some(cut) = self.recording.header().cut {
            tell(&format!("vmascope: {} is {cut}; {totals}", self.name()));
        }
    }

    /// Prints, for people, the find that the part was made for: what it came to has
    /// violations only, and not each.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub(super) fn print_find(self, format: ReplayFormat) -> Result<(), Failure> {
        let Some(CutFrom::Find(number)) = self.recording.header().cut else {
            return Ok(());
        };
        let index = Index::of(self.recording);
        let Some((_, found)) = index.found.first() else {
            return Ok(());
        };
        let event = &found.event;
        let print = || -> io::Result<()> {
            let mut out = SafeOutput::new(human_stdout());
            let (case, scan) = (&event.case, event.scan);
            let (title, at) = (event.title(), found.at);
            writeln!(
                out,
                "find {number}: {title}, in scan {scan} of {case}, told of at {at:.3?}"
            )?;
            write_event(&mut out, event)?;
            writeln!(out)?;
            out.flush()
        };
        match format {
            ReplayFormat::Human | ReplayFormat::Mail => {
                Ok(unless_unread(print().map_err(Into::into), ())?)
            }
            ReplayFormat::Json | ReplayFormat::Ktap => Ok(()),
        }
    }
}
