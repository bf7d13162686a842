//! `vmascope run -- COMMAND ARGS…`.

use std::fs::{File, OpenOptions};
use std::io::IsTerminal;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use anyhow::Context;
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::attach::to_watch;
use super::exit::{Exit, Failure};
use crate::cli::target::RunArguments;
use crate::linux::children::adopt_orphans;
use crate::maps::scan_text::Lines;
use crate::process::attached::AttachedTarget;
use crate::process::command_output::{CommandOutput, OutputTail};
use crate::process::forward_signals::forward_signals;
use crate::process::spawned::SpawnedCommand;
use crate::report::output::{print, tell};
use crate::report::save::Saved;
use crate::session::ToWatch;
use crate::settings::Settings;
use crate::text::sanitise::sanitise_cut;

/// Lines of its output that are printed afterwards.
const LINES: usize = 20;

/// Columns of such a line.
const COLUMNS: usize = 500;

/// Runs the command, held at its first instruction, and hands it to `watch`,
/// which shows it on the screen and lets it go. Afterwards says how it ended.
/// Call it on a thread that lives as long as the program: the command dies
/// with that thread.
///
/// # Errors
/// [`Failure`] when it cannot be run or watched, before `watch` is called; and
/// what `watch` returns.
pub(crate) fn run(
    arguments: &RunArguments,
    settings: &Settings,
    watch: impl FnOnce(ToWatch) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    // What a killed supervisor leaves behind becomes ours to end.
    adopt_orphans();
    let tail = OutputTail::default();
    let command = start(arguments, &tail)?;
    let (program, ending) = (command.program().to_owned(), command.ending());
    let handle = command.handle().try_clone()?;
    let target = AttachedTarget::of_command(command)?;
    // Until here a signal ends us, and with us the command.
    forward_signals(&handle)?;
    let exit = watch(to_watch(target, arguments.rate, arguments.calls, settings))?;
    let lines = last_lines(&tail.bytes());
    if !lines.is_empty() {
        // Nobody reading on is no error.
        let _ = print(&format!("the last output of {program}:\n{lines}\n"));
    }
    if let Some(how) = ending.describe() {
        tell(&format!("vmascope: {program} {how}"));
    }
    Ok(exit)
}

fn start(arguments: &RunArguments, tail: &OutputTail) -> Result<SpawnedCommand, Failure> {
    let Some((program, rest)) = arguments.command.split_first() else {
        return Err(Failure::usage(anyhow::anyhow!(
            "there is no command to run; give one, as in `vmascope run -- sleep 60`"
        )));
    };
    let output = match &arguments.output {
        None => CommandOutput::Kept(tail.clone()),
        Some(path) if is_special(path) => CommandOutput::File(open(path).with_context(|| {
            let path = path.display();
            format!("cannot write the command's output to {path}")
        })?),
        Some(path) => CommandOutput::File(Saved::create(path)?.keep_open()?),
    };
    Ok(SpawnedCommand::spawn_at_first_instruction(
        Path::new("/proc/self/exe"),
        program,
        rest,
        output,
    )?)
}

/// Whether it is a FIFO or a device, which is written to as it is.
fn is_special(path: &Path) -> bool {
    let kind = std::fs::metadata(path).map(|found| found.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_char_device())
}

/// Opens it for the command's output, without waiting for anybody.
fn open(path: &Path) -> anyhow::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let opened = OpenOptions::new()
        .write(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path);
    let file = match opened {
        Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
            anyhow::bail!("nobody reads that FIFO; start who is to read it first")
        }
        opened => opened?,
    };
    anyhow::ensure!(
        !is_our_terminal(&file),
        "that is the terminal that is drawn on; name a file"
    );
    // The command is to wait where it would.
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

fn is_our_terminal(file: &File) -> bool {
    // `/dev/tty` has a number of its own.
    let number = |fd: BorrowedFd<'_>| rustix::fs::fstat(fd).ok().map(|stat| stat.st_rdev);
    let tty = std::fs::metadata("/dev/tty").ok().map(|tty| tty.rdev());
    let this = number(file.as_fd());
    file.is_terminal() && (this == number(std::io::stdout().as_fd()) || this == tty)
}

/// The last lines, sanitised.
fn last_lines(output: &[u8]) -> String {
    let lines: Vec<&[u8]> = Lines::of(output).collect();
    let last = lines.len().saturating_sub(LINES);
    let shown: Vec<_> = lines[last..]
        .iter()
        .map(|line| sanitise_cut(line.strip_suffix(b"\n").unwrap_or(line), COLUMNS))
        .collect();
    shown.join("\n")
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
    fn the_last_lines_of_the_output_are_shown_and_nothing_acts() {
        assert_eq!(last_lines(b""), "");
        assert_eq!(last_lines(b"one\n\x1b[2Jtwo"), "one\n\\x1b[2Jtwo");
        let many: String = (0..50).map(|i| format!("{i}\n")).collect();
        assert!(last_lines(many.as_bytes()).starts_with("30\n31\n"));
    }
}
