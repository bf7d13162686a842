//! `vmascope attach PID`, `vmascope attach NAME`, and `vmascope attach`, which
//! lists what there is to choose from.

use std::ffi::OsStr;

use super::exit::{Exit, Failure};
use crate::cli::target::{AttachArguments, CallsArguments, RateArguments};
use crate::process::attached::AttachedTarget;
use crate::process::find_target::find_target;
use crate::process::process_list::ProcessEntry;
use crate::session::ToWatch;
use crate::settings::Settings;
use crate::settings::rates::rate;

/// What is to be watched, and how fast.
pub(crate) fn to_watch(
    target: AttachedTarget,
    arguments: RateArguments,
    calls: CallsArguments,
    settings: &Settings,
) -> ToWatch {
    let rate = arguments.rate.map_or(settings.rates.target, rate);
    ToWatch {
        target,
        rate,
        see_calls: !calls.no_calls,
    }
}

/// Opens the target, and hands it to `watch`, which shows it on the screen.
/// Where none is named, `choose` is asked for one; nothing happens if it has
/// none.
///
/// # Errors
/// [`Failure`] when it cannot be watched, before `watch` is called; and what
/// `choose` and `watch` return.
pub(crate) fn run(
    arguments: &AttachArguments,
    settings: &Settings,
    choose: impl FnOnce() -> Result<Choice, Failure>,
    watch: impl FnOnce(ToWatch) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let target = match &arguments.target {
        Some(called) => open(called)?,
        None => match choose()? {
            Choice::Process(chosen) => open_chosen(&chosen)?,
            Choice::Ended(exit) => return Ok(exit),
        },
    };
    watch(to_watch(target, arguments.rate, arguments.calls, settings))
}

/// What became of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Process(Box<ProcessEntry>),
    /// None: the program ends like this.
    Ended(Exit),
}

/// Opens the target of this PID or name.
///
/// # Errors
/// [`Failure`], exit status 3: one line that says what would help.
pub(crate) fn open(called: &OsStr) -> Result<AttachedTarget, Failure> {
    Ok(AttachedTarget::attach(find_target(called)?)?)
}

/// Opens what was chosen from a list, if it is still the same process.
fn open_chosen(chosen: &ProcessEntry) -> Result<AttachedTarget, Failure> {
    let target = AttachedTarget::attach(chosen.pid.into())?;
    if target.watch.started() != Some(chosen.started) {
        return Err(anyhow::anyhow!(
            "cannot watch process {} ({}): it has exited, and its PID is another process's now; choose again",
            chosen.pid,
            chosen.name
        )
        .into());
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::sampling::options::Rate;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: AttachArguments,
    }

    fn parse(words: &[&str]) -> AttachArguments {
        let words = std::iter::once(&"attach").chain(words);
        Line::try_parse_from(words).unwrap().arguments
    }

    fn no_choice() -> Result<Choice, Failure> {
        panic!("a target was named")
    }

    #[test]
    fn what_was_chosen_is_opened_only_while_it_is_the_same_process() {
        let (pid, built_in) = (std::process::id(), Settings::default());
        let entry = crate::process::process_list::process_entry(pid).unwrap();
        let choose = |entry: ProcessEntry| move || Ok(Choice::Process(Box::new(entry)));
        let watched = run(&parse(&[]), &built_in, choose(entry.clone()), |to_watch| {
            assert_eq!(to_watch.target.pid(), pid);
            Ok(Exit::Held)
        });
        assert!(watched.is_ok());
        let started = entry.started + 1;
        let never = |_| panic!("it is another process");
        let failure = run(
            &parse(&[]),
            &built_in,
            choose(ProcessEntry { started, ..entry }),
            never,
        );
        assert!(failure.unwrap_err().to_string().contains("another process"));
        let none = || Ok(Choice::Ended(Exit::Held));
        let never = |_| panic!("nothing was chosen");
        assert_eq!(
            run(&parse(&[]), &built_in, none, never).unwrap(),
            Exit::Held
        );
    }

    #[test]
    fn a_bad_target_is_one_line_and_exit_3() {
        for pid in ["0", "4194305", "18446744073709551615"] {
            let never = |_| panic!("it should not have been opened");
            let failure = run(&parse(&[pid]), &Settings::default(), no_choice, never).unwrap_err();
            assert_eq!(failure.exit, Exit::CouldNotRun);
            let text = failure.to_string();
            assert!(text.contains(pid) && text.lines().count() == 1, "{text}");
        }
    }

    #[test]
    fn this_process_can_be_watched() {
        let pid = std::process::id();
        let arguments = parse(&[&pid.to_string(), "--rate", "0"]);
        let mut settings = Settings::default();
        settings.rates.target = Rate::PerSecond(7);
        let exit = run(&arguments, &settings, no_choice, |to_watch| {
            assert_eq!(to_watch.target.pid(), pid);
            assert_eq!(to_watch.rate, Rate::Full);
            assert!(!to_watch.target.is_ours());
            Ok(Exit::Held)
        });
        assert_eq!(exit.unwrap(), Exit::Held);
        let kind = run(
            &parse(&[&pid.to_string()]),
            &settings,
            no_choice,
            |to_watch| {
                assert_eq!(to_watch.rate, Rate::PerSecond(7));
                Ok(Exit::Held)
            },
        );
        assert!(kind.is_ok());
    }
}
