//! How the program ends.

use std::fmt;
use std::io;

use crate::linux::advice::advice;
use crate::text::error_line::error_line;

/// The exit statuses, the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All that must hold held.
    Held = 0,
    /// A violation was seen.
    Violation = 1,
    /// The command line is wrong.
    Usage = 2,
    /// It could not run, or not to its end.
    CouldNotRun = 3,
    /// There was nothing that could be judged here.
    AllSkipped = 4,
}

impl Exit {
    /// Of this status, if a command that has run may end with it.
    pub(crate) fn of_run(status: u8) -> Option<Self> {
        [
            Exit::Held,
            Exit::Violation,
            Exit::CouldNotRun,
            Exit::AllSkipped,
        ]
        .into_iter()
        .find(|exit| *exit as u8 == status)
    }
}

/// Why a command failed, and the exit status that says so.
#[derive(Debug)]
pub(crate) struct Failure {
    pub exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    /// It ends with this status, for this reason.
    pub(crate) fn with(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Failure {
            exit,
            error: error.into(),
        }
    }

    /// The command line asks for something that does not exist.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Failure::with(Exit::Usage, error)
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::with(Exit::CouldNotRun, error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = error_line(&self.error);
        f.write_str(&line)?;
        // Where a cause of the system comes last, nobody has said what helps.
        let cause = self.error.root_cause().downcast_ref::<io::Error>();
        match cause
            .filter(|cause| line.ends_with(&cause.to_string()))
            .and_then(advice)
        {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

/// What a command that writes to standard output ends with: that nobody reads
/// on is no error, and ends as `unread` says.
///
/// # Errors
/// The others of `written`, with what failed where it does not say that.
pub(crate) fn unless_unread<T>(written: anyhow::Result<T>, unread: T) -> anyhow::Result<T> {
    match written {
        Err(error) if is_broken_pipe(&error) => Ok(unread),
        Err(error) if error.chain().len() == 1 && error.is::<io::Error>() => {
            Err(error.context("cannot write to standard output"))
        }
        written => written,
    }
}

/// Whether nobody reads what was `written` any more. That is no error, and changes
/// no exit status: what decides that is still found out.
///
/// # Errors
/// When it cannot be written for another reason.
pub(crate) fn is_unread(written: io::Result<()>) -> anyhow::Result<bool> {
    match written.map_err(anyhow::Error::new) {
        Ok(()) => Ok(false),
        Err(error) if is_broken_pipe(&error) => Ok(true),
        Err(error) => Err(error.context("cannot write the results")),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
