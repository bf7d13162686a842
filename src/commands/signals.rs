//! How Ctrl-C ends what has no screen.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::sys::signal::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit::Exit;

/// A file that may not grow is an error of the write then, like any other,
/// instead of the end of the program. A handler, unlike an ignored signal, is
/// not inherited by the commands that we run.
///
/// # Errors
/// When the handler cannot be set up.
pub(crate) fn survive_full_files() -> io::Result<()> {
    flag::register(Signal::SIGXFSZ as i32, Arc::default()).map(drop)
}

/// A flag that SIGINT, SIGTERM and SIGHUP set. A second one ends the program
/// at once, also where it waits for a child that does not answer.
///
/// # Errors
/// When the handlers cannot be set up.
pub(crate) fn stop_flag() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register_conditional_shutdown(signal, Exit::CouldNotRun as i32, stop.clone())?;
        flag::register(signal, stop.clone())?;
    }
    Ok(stop)
}
