//! Passes signals on to a command.

use std::io;

use rustix::process::{Signal, pidfd_send_signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

use crate::linux::advice::Advised;
use crate::linux::pid_handle::PidHandle;

/// What is passed on. Those that end this program too end it as they always
/// do; the command has heard of it then.
const PASSED: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// Why signals cannot be passed on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ForwardError {
    /// The handlers or the thread cannot be set up.
    #[error("cannot pass signals on to the command: {}", Advised(.0))]
    Thread(#[from] io::Error),
}

/// From now on this process's SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and
/// SIGUSR2 reach this process too, and nobody else when it has ended.
pub(crate) fn forward_signals(to: &PidHandle) -> Result<(), ForwardError> {
    let handle = to.try_clone()?;
    let mut signals = Signals::new(PASSED)?;
    std::thread::Builder::new()
        .name("forward".into())
        .spawn(move || {
            for number in signals.forever() {
                if let Some(signal) = Signal::from_named_raw(number) {
                    // One that has ended needs no signal.
                    let _ = pidfd_send_signal(handle.pidfd(), signal);
                }
            }
        })?;
    Ok(())
}
