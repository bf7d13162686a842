//! Arguments of the subcommands that watch a target of the user's.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::record::RecordArguments;
use super::screen::ScreenArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct AttachArguments {
    /// The process to watch: its PID, a thread's, or its name if no other has
    /// it; without one, a list to choose from
    #[arg(value_name = "PID|NAME")]
    pub target: Option<OsString>,
    #[command(flatten)]
    pub rate: RateArguments,
    #[command(flatten)]
    pub calls: CallsArguments,
    #[command(flatten)]
    pub record: RecordArguments,
    #[command(flatten)]
    pub screen: ScreenArguments,
}

#[derive(Clone, Debug, Args)]
#[command(after_long_help = RUN_PROMISES)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub rate: RateArguments,
    #[command(flatten)]
    pub calls: CallsArguments,
    #[command(flatten)]
    pub record: RecordArguments,
    #[command(flatten)]
    pub screen: ScreenArguments,
    /// A file, or a FIFO that is read, for what the command writes; without it,
    /// the end of that is printed afterwards
    ///
    /// The file is new, or takes the place of a regular file of that name as the
    /// command starts. A symbolic link is followed: what it names is replaced. A
    /// FIFO or a device is written to as it is; a folder is refused.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The command to run and watch, and its arguments; it ends with vmascope, and
    /// all that it has started too
    #[arg(
        value_name = "COMMAND",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub command: Vec<OsString>,
}

/// Whether to look at the system calls of a target that is not ours.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct CallsArguments {
    /// Do not look at the target's system calls, which else are traced where
    /// that is allowed, so that each change has the call that made it
    #[arg(long)]
    pub no_calls: bool,
}

/// How fast to scan a target that is not ours.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RateArguments {
    /// Scans a second; 0 is as fast as the kernel answers, which costs the
    /// target [default: 60, or what the settings say]
    #[arg(long, value_name = "SCANS")]
    pub rate: Option<u32>,
}

const RUN_PROMISES: &str = "\
The command is held at its first instruction until its first scan is shown. It
has a session of its own, no terminal, and nothing to read (/dev/null): what
wants to be typed at ends, or complains. Start that in another terminal, and
attach to it. SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and SIGUSR2 are passed
on to it.

When vmascope ends, by a key, a signal or SIGKILL, the command and its process
group are asked to end (SIGTERM). After two seconds they are killed, and with
them all that the command has started, daemons and sessions of their own too: a
process between, `vmascope __supervisor`, adopts all that in place of init. Not
covered: programs of another user (setuid), and that vmascope and its supervisor
are killed at once.

Exit status: 0 however the command ends, which is printed; 2 for a wrong command
line; 3 if it cannot be run or watched.";
