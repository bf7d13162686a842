//! `vmascope replay FILE`: a recording, shown or printed.

use super::demo;
use super::exit::{Exit, Failure};
use super::share::share;
use crate::cli::replay::ReplayArguments;
use crate::recording::open::Recording;

pub(crate) fn run(arguments: &ReplayArguments) -> Result<Exit, Failure> {
    let recording = Recording::open(&arguments.file)?;
    if arguments.share.is_asked() {
        share(recording, &arguments.share, arguments.theme)?;
        return Ok(Exit::Held);
    }
    demo::replay(recording, arguments.theme)
}
