//! The arguments of `vmascope latency`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::latency::load::Load;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = MORE)]
pub(crate) struct LatencyArguments {
    /// Who reads: none, maps, query, smaps, smaps_rollup, numa_maps
    #[arg(
        long = "reader",
        value_name = "READER,…",
        value_delimiter = ',',
        default_value = "none,maps,query,smaps,smaps_rollup,numa_maps"
    )]
    pub readers: Vec<Load>,

    /// Threads of each reader
    #[arg(long = "readers", value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub reader_count: u16,

    /// How long to measure, all samples of all readers together [default: 10s; with --inversion
    /// 60s]
    #[arg(long, value_name = "TIME", value_parser = super::values::duration)]
    pub duration: Option<Duration>,

    /// Samples of each reader, taken in rounds of one each [default: 5; with --inversion 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub samples: Option<u32>,

    /// Size of the writer's memory, with a unit if not in bytes
    #[arg(long, value_name = "SIZE", default_value = "128MiB", value_parser = super::values::size)]
    pub region: u64,

    /// VMAs it is divided into
    #[arg(long, value_name = "N", default_value_t = crate::modifier::timed_writer::TimedWriterOptions::VMAS)]
    pub vmas: u64,

    /// Give the writer a CPU of its own (the default)
    #[arg(long, overrides_with = "no_pin")]
    pub pin: bool,

    /// Let all run on any CPU
    #[arg(long)]
    pub no_pin: bool,

    /// Have readers give way to others (nice 15)
    #[arg(long)]
    pub niced: bool,

    /// Beside each reader, on one CPU with it, a thread that is busy for TIME and sleeps a
    /// millisecond, in turn; implies --niced
    #[arg(long, value_name = "TIME", value_parser = super::values::duration)]
    pub busy: Option<Duration>,

    /// Show priority inversion: a reader of SCHED_IDLE, which reads one VMA, and a busy thread share
    /// a CPU; the writer, on another, is timed elsewhere and on the VMA being read
    #[arg(long, conflicts_with_all = ["reader_count", "pin", "no_pin", "niced", "busy"])]
    pub inversion: bool,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: LatencyFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LatencyFormat {
    /// Tables, histograms, and which locks were taken
    Human,
    /// One JSON document
    Json,
    /// A row for each reader and call; with --inversion for each reader and place
    Csv,
    /// Median, mean and maximum of each sample in milliseconds: the columns of proc-mmap_sem-test,
    /// whose first one is the median of all samples' means; that stands in a comment here
    Raw,
}

const MORE: &str = "\
A process unmaps and maps single pages and times each call, while others read
its /proc/PID files. Which locks the readers take is counted by perf_event_open
on the mmap_lock tracepoints, as root or with CAP_PERFMON; without, the times
are measured all the same.

With --inversion a reader loses its CPU to a busy thread while it holds a lock,
and the writer waits for it. The figures are the longest call, p99.9 and the
mean; only a call that took longer than all the time in which the writer had no
CPU itself, and than five times the longest without a reader (10 ms at least),
counts as a wait for the reader. A call that has not come back for 10 seconds is
told as stuck, with the kernel's stack of its thread (as root).

Exit status:
  0  measured
  2  the command line is wrong
  3  it could not run, or not to its end; --inversion: only 1 CPU, or something
     was stuck
  4  this kernel has none of the readers

Ctrl-C, SIGTERM or SIGHUP ends it early, with what was measured so far: status
3. A writer that has not answered for 30 seconds ends it too, with status 3.";
