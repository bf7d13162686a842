//! `vmascope replay FILE`: a recording, shown, printed or judged afresh.
//!
//! What had a screen is shown on one; with a format it is printed: a [`check`], a
//! [`session`] or a [`watch`] as each prints, and by [`judge`] what it comes to today. Of
//! any a [`part`] is another recording; [`a_part`]: what is said of one, [`as_run`]: how it
//! is printed; [`outputs`]: the files it may become.

mod a_part;
mod as_run;
mod check;
mod judge;
mod outputs;
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
    let recorded = Recorded {
        recording: &recording,
        path: &arguments.file,
    };
    let subject = recording.header().subject;
    let has_screen = matches!(subject, RecordedSubject::Modifier | RecordedSubject::Target);
    let is_made = arguments.share.is_asked() || arguments.out.is_some();
    let is_shown = has_screen && !is_made && !arguments.judge && arguments.format.is_none();
    if is_shown {
        return demo::replay(recording, &arguments.screen);
    }
    if is_made {
        outputs::check(arguments)?;
    }
    recorded.tell_left_out();
    if is_made {
        let recording = Arc::new(recording);
        if arguments.share.is_asked() {
            share(recording.clone(), &arguments.share, &arguments.screen)?;
        }
        if let Some(out) = &arguments.out {
            part::write(recording, arguments, out)?;
        }
        return Ok(Exit::Held);
    }
    let format = arguments.format.unwrap_or(ReplayFormat::Human);
    if arguments.judge {
        return judge::run(recording, &arguments.file, format, arguments.rule);
    }
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

    /// Says what of the file is left out: what is damaged, and what is behind its last
    /// whole frame.
    fn tell_left_out(self) {
        let (name, frames) = (self.name(), self.recording.damaged());
        if frames > 0 {
            let frames = count(frames, "frame");
            tell(&format!(
                "vmascope: {name} is damaged: {frames} could not be read, and left out"
            ));
        }
        let bytes = self.recording.cut_off();
        if bytes > 0 {
            let bytes = count(bytes, "byte");
            tell(&format!(
                "vmascope: the last {bytes} of {name} are no whole frame, and left out"
            ));
        }
    }

    /// Says that so many frames could not be understood.
    fn tell_unread(self, frames: u64) {
        if frames > 0 {
            tell(&format!(
                "vmascope: {} of {} cannot be read, being of a later version, and left out",
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
