//! `vmascope replay FILE`: a recording, shown, printed or judged afresh.
//!
//! What had a screen is shown on one; with a format it is printed: a [`check`], a
//! [`session`] or a [`watch`] as each prints, and by [`judge`] what it comes to today. Of
//! any a [`part`] is another recording.

mod check;
mod judge;
mod part;
mod session;
mod watch;

use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum as _;

use super::demo;
use super::exit::{Exit, Failure};
use super::share::share;
use crate::cli::replay::{ReplayArguments, ReplayFormat};
use crate::recording::header::RecordedSubject;
use crate::recording::open::Recording;
use crate::report::output::tell;
use crate::text::number::count;
use crate::text::sanitise::sanitise;

pub(crate) fn run(arguments: &ReplayArguments) -> Result<Exit, Failure> {
    let recording = Recording::open(&arguments.file)?;
    if arguments.share.is_asked() || arguments.out.is_some() {
        over_no_recording(arguments)?;
        let recording = Arc::new(recording);
        if arguments.share.is_asked() {
            share(recording.clone(), &arguments.share, arguments.theme)?;
        }
        if let Some(out) = &arguments.out {
            part::write(recording, arguments, out)?;
        }
        return Ok(Exit::Held);
    }
    let recorded = Recorded {
        recording: &recording,
        path: &arguments.file,
    };
    if arguments.judge || arguments.format.is_some() {
        recorded.tell_cut_off();
    }
    if arguments.judge {
        let format = arguments.format.unwrap_or(ReplayFormat::Human);
        return judge::run(recording, &arguments.file, format, arguments.rule);
    }
    let subject = recording.header().subject;
    let has_screen = matches!(subject, RecordedSubject::Modifier | RecordedSubject::Target);
    let format = match arguments.format {
        None if has_screen => return demo::replay(recording, arguments.theme),
        format => format.unwrap_or(ReplayFormat::Human),
    };
    match subject {
        RecordedSubject::Check => check::print(recorded, format),
        RecordedSubject::Watch => watch::print(recorded, format),
        RecordedSubject::Modifier | RecordedSubject::Target => session::print(recorded, format),
    }
}

/// A recording that is printed, and where it is.
#[derive(Clone, Copy)]
struct Recorded<'a> {
    recording: &'a Recording,
    path: &'a Path,
}

impl Recorded<'_> {
    /// Its name, fit for a terminal.
    fn name(self) -> String {
        sanitise(self.path.as_os_str().as_encoded_bytes()).into_owned()
    }

    /// Says that the file goes on behind its last whole frame, if it does.
    fn tell_cut_off(self) {
        let bytes = self.recording.cut_off();
        if bytes > 0 {
            tell(&format!(
                "vmascope: the last {} of {} are no whole frame, and left out",
                count(bytes, "byte"),
                self.name()
            ));
        }
    }

    /// Says that so many frames could not be read.
    fn tell_unread(self, frames: u64) {
        if frames > 0 {
            tell(&format!(
                "vmascope: {} of {} cannot be read, being damaged or of a later version, and \
                 left out",
                count(frames, "frame"),
                self.name()
            ));
        }
    }

    /// A format that it has no text in.
    fn refuse(self, format: ReplayFormat, why: &str) -> Failure {
        let format = format.to_possible_value();
        let format = format.as_ref().map_or("that", |it| it.get_name());
        Failure::usage(anyhow::anyhow!(
            "cannot print {} as {format}: {why}; ask for human or json",
            self.name()
        ))
    }
}

/// What is written takes the place of no recording.
fn over_no_recording(arguments: &ReplayArguments) -> Result<(), Failure> {
    let is_one = |path: &&Path| path.is_file() && Recording::open(path).is_ok();
    match arguments.share.outputs().find(is_one) {
        Some(path) => Err(Failure::from(anyhow::anyhow!(
            "cannot write to {}: it is a recording; name another file",
            sanitise(path.as_os_str().as_encoded_bytes())
        ))),
        None => Ok(()),
    }
}
