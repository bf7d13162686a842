//! `vmascope attach PID`.

use super::{Exit, Failure};
use crate::cli::{AttachArguments, Pace};
use crate::sampler::Rate;
use crate::session::ToWatch;
use crate::target::attached::AttachedTarget;

/// What is to be watched, and how fast.
pub(super) fn to_watch(target: AttachedTarget, pace: Pace) -> ToWatch {
    let rate = match pace.rate {
        0 => Rate::Full,
        scans => Rate::PerSecond(scans),
    };
    ToWatch { target, rate }
}

/// Opens the target, and hands it to `watch`, which shows it on the screen.
///
/// # Errors
/// [`Failure`] when it cannot be watched, before `watch` is called; and what
/// `watch` returns.
pub fn run(
    arguments: &AttachArguments,
    watch: impl FnOnce(ToWatch) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    watch(open(arguments)?)
}

/// Opens the target.
///
/// # Errors
/// [`Failure`], exit status 3: one line that says what would help.
pub fn open(arguments: &AttachArguments) -> Result<ToWatch, Failure> {
    let target = AttachedTarget::attach(arguments.pid)?;
    Ok(to_watch(target, arguments.pace))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: AttachArguments,
    }

    fn parse(words: &[&str]) -> AttachArguments {
        let words = std::iter::once(&"attach").chain(words);
        Line::try_parse_from(words).unwrap().arguments
    }

    #[test]
    fn a_bad_target_is_one_line_and_exit_3() {
        for pid in ["0", "4194305", "18446744073709551615"] {
            let never = |_| panic!("it should not have been opened");
            let failure = run(&parse(&[pid]), never).unwrap_err();
            assert_eq!(failure.exit, Exit::CouldNotRun);
            let text = failure.to_string();
            assert!(text.contains(pid) && text.lines().count() == 1, "{text}");
        }
    }

    #[test]
    fn this_process_can_be_watched() {
        let pid = std::process::id();
        let arguments = parse(&[&pid.to_string(), "--rate", "0"]);
        let exit = run(&arguments, |to_watch| {
            assert_eq!(to_watch.target.pid(), pid);
            assert_eq!(to_watch.rate, Rate::Full);
            assert!(!to_watch.target.is_ours());
            Ok(Exit::Held)
        });
        assert_eq!(exit.unwrap(), Exit::Held);
        assert_eq!(open(&parse(&[&pid.to_string()])).unwrap().rate, Rate::KIND);
    }
}
