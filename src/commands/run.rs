//! `vmascope run -- COMMAND ARGS…`.

use super::attach::to_watch;
use super::{Exit, Failure};
use crate::cli::RunArguments;
use crate::session::ToWatch;
use crate::target::attached::AttachedTarget;
use crate::target::spawned::SpawnedCommand;

/// Runs the command, and hands it to `watch`, which shows it on the screen.
/// Call it on a thread that lives as long as the program: the command dies
/// with that thread.
///
/// # Errors
/// [`Failure`] when it cannot be run or watched, before `watch` is called; and
/// what `watch` returns.
pub fn run(
    arguments: &RunArguments,
    watch: impl FnOnce(ToWatch) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    watch(open(arguments)?)
}

/// Runs the command and takes hold of it.
///
/// # Errors
/// [`Failure`], exit status 3: one line that says what would help.
pub fn open(arguments: &RunArguments) -> Result<ToWatch, Failure> {
    let Some((program, rest)) = arguments.command.split_first() else {
        return Err(Failure::usage(anyhow::anyhow!(
            "there is no command to run; give one, as in `vmascope run -- sleep 60`"
        )));
    };
    let command = SpawnedCommand::spawn(program, rest)?;
    let target = AttachedTarget::of_command(command)?;
    Ok(to_watch(target, arguments.pace))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: RunArguments,
    }

    fn parse(words: &[&str]) -> Result<RunArguments, clap::Error> {
        let words = std::iter::once(&"run").chain(words);
        Line::try_parse_from(words).map(|line| line.arguments)
    }

    #[test]
    fn everything_behind_the_command_is_its_own() {
        for words in [&["--", "ls", "-l", "--rate"][..], &["ls", "-l", "--rate"]] {
            assert_eq!(parse(words).unwrap().command, ["ls", "-l", "--rate"]);
        }
        assert!(parse(&[]).is_err());
    }

    #[test]
    fn what_cannot_be_run_is_one_line_and_exit_3() {
        let here = std::env::current_dir().unwrap();
        let directory = here.to_str().unwrap();
        for (program, says) in [
            ("no-such-program-anywhere", "in PATH"),
            ("./no-such-program-here", "check it"),
            (directory, "permission denied"),
            ("/proc/self/status", "permission denied"),
            ("true", "before it could be watched"),
        ] {
            let never = |_: ToWatch| -> Result<Exit, Failure> { Ok(Exit::Held) };
            let arguments = parse(&["--", program]).unwrap();
            let Err(failure) = run(&arguments, never) else {
                // It may still have been running.
                assert_eq!(program, "true");
                continue;
            };
            assert_eq!(failure.exit, Exit::CouldNotRun);
            let text = failure.to_string();
            assert!(text.contains(says) && text.lines().count() == 1, "{text}");
        }
    }
}
