//! The arguments of `vmascope watch` and `vmascope diff`.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::record::RecordArguments;
use super::screen::ConfigArguments;
use super::target::CallsArguments;
use crate::settings::rates::interval;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = WATCH_ENDS)]
pub(crate) struct WatchArguments {
    /// The process to watch: its PID, a thread's, or its name if no other has it
    #[arg(value_name = "PID|NAME")]
    pub target: OsString,

    /// The time between two scans [default: 100ms, or what the settings say]
    #[arg(long, value_name = "TIME", value_parser = interval)]
    pub interval: Option<Duration>,

    /// End after so long; without it, when the target does
    #[arg(long = "for", value_name = "TIME", value_parser = super::values::duration)]
    pub for_time: Option<Duration>,

    #[command(flatten)]
    pub calls: CallsArguments,

    #[command(flatten)]
    pub record: RecordArguments,

    #[command(flatten)]
    pub config: ConfigArguments,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: TextFormat,
}

#[derive(Clone, Debug, Args)]
#[command(after_long_help = DIFF_SIDES)]
pub(crate) struct DiffArguments {
    /// The earlier side: a PID, or a file with the text of maps or smaps
    #[arg(value_name = "A")]
    pub before: OsString,

    /// The later side: the same
    #[arg(value_name = "B")]
    pub after: OsString,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: TextFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// One line each, for people and grep
    Human,
    /// JSON: one object a line (watch), or one document (diff)
    Json,
}

const WATCH_ENDS: &str = "\
Prints one line for each change, tear, blink, stop, exec and exit, as they
come. A blink is a VMA, or a part of one, that a scan lacks while the same line
is in the scans before and after: the target unmapped it and mapped it again,
or the reader skipped it, and from outside nobody can tell; the unmap and map
printed beside it are what the texts show. Where another line is there
afterwards, it is counted as remapped. Where the target's system calls may be
seen (root, or CAP_PERFMON, or kernel.perf_event_paranoid below 2, and a
tracefs that can be read), each change and blink has the call that made it;
what no call unmapped is missing, not unmapped, and if it comes back a
suspected hole, with the time of the lines that show it gone. What starts and
sums up the watch goes to standard error (human), or is the first and the last
object (json). Changes that undo each other between two scans are not seen;
each scan costs the target as much as reading its maps.

Exit status: 0 also when the target ends, on Ctrl-C, and when nobody reads on;
2 for a wrong command line; 3 if the target cannot be watched, or what is said
last finds no room, as in a full pipe that nobody reads.";

const DIFF_SIDES: &str = "\
A number is a PID; a file with such a name is ./NUMBER, and - is standard input.
What differs is said, and no cause of it: whether the sides are one process at
two times, nobody tells. What only one side has is only A or only B; where it is
the only one of its kind on both, at other addresses, it is elsewhere. Processes
that do not share a layout (ASLR) differ in nearly all addresses.

A text may be of any length, torn, in any order (it is sorted by where VMAs end,
which is the order of a scan), end its lines in CR LF, or lack its last newline:
that is said below its name. What cannot be a line of maps or smaps, and a second
scan in the same text (which shows by its [stack] or [vsyscall]), is refused.

Exit status: 0 whether or not they differ; 2 for a wrong command line; 3 if a
side cannot be read.";
