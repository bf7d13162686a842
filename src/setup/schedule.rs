//! How reader and writer share CPUs, and what makes them wait.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::prepared_scenario::PreparedScenario;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::linux::thread_schedule::{
    Policy, ThreadSchedule, cpus_of, may_choose_cpus, may_leave_idle,
};
use crate::modifier::handle::Modifier;
use crate::modifier::options::Pace;
use crate::text::number::nanoseconds;

/// How reader and writer share CPUs, and what makes them wait.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Each on a CPU of its own, both as fast as they can
    Apart,
    /// The same, with a pause before each read, of the length that tears most
    Dwell,
    /// Both on one CPU: the writer wakes up while the reader reads, in the middle
    /// of a line where the kernel is preemptible, else between two reads; before
    /// the reader where this process may use SCHED_FIFO
    Preempt,
    /// Both on one CPU: a reader of SCHED_IDLE, and a writer that wakes up; a reader that
    /// gets nothing of its CPU for 50 ms is of SCHED_OTHER until it has read once, where
    /// this process may do that (RLIMIT_NICE of 20, or CAP_SYS_NICE)
    PreemptIdle,
    /// Apart, and long interrupts on the reader's CPU while it reads
    Storm,
}

impl Schedule {
    /// The name used on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Schedule::Apart => "apart",
            Schedule::Dwell => "dwell",
            Schedule::Preempt => "preempt",
            Schedule::PreemptIdle => "preempt-idle",
            Schedule::Storm => "storm",
        }
    }

    /// Whether they share a CPU.
    fn is_on_one_cpu(self) -> bool {
        matches!(self, Schedule::Preempt | Schedule::PreemptIdle)
    }

    /// Whether a thread of this process may read so, tried here.
    pub(crate) fn is_possible(self) -> bool {
        match self {
            Schedule::Apart | Schedule::Dwell => true,
            Schedule::Preempt => may_choose_cpus(),
            Schedule::PreemptIdle => may_choose_cpus() && may_leave_idle(),
            Schedule::Storm => InterruptStorm::new(Duration::ZERO).is_ok(),
        }
    }

    /// How the reader's thread runs, with a writer of this thread number.
    pub(crate) fn reader_thread(self, writer: u32) -> ThreadSchedule {
        ThreadSchedule {
            cpus: if self.is_on_one_cpu() {
                cpus_of(writer)
            } else {
                None
            },
            // Not what this process may have been started with: a reader of
            // SCHED_FIFO would keep its CPU from the writer, and from us.
            policy: Some(match self {
                Schedule::PreemptIdle => Policy::Idle,
                _ => Policy::Usual,
            }),
        }
    }

    /// The writer's part: how it works when it runs next. `usual` is its pace
    /// where nothing makes it sleep.
    pub(crate) fn set_writer(
        self,
        modifier: &mut Modifier,
        prepared: &PreparedScenario,
        usual: Pace,
    ) {
        let policy = match self {
            Schedule::Preempt => Policy::Fifo,
            _ => Policy::Usual,
        };
        // Where it may not, it wakes up as others do.
        let _ = policy.give_to(modifier.pid());
        modifier.set_pace(if self.is_on_one_cpu() {
            Pace::Asleep {
                longest_ns: nanoseconds(longest_sleep(prepared.scan_time)),
            }
        } else {
            usual
        });
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How long a writer sleeps at most that is to wake up in the middle of a scan.
/// Eight scans: with less the reader hardly gets on, with more fewer operations
/// meet it (H2 a second on 7.3, one to 128 scans tried).
fn longest_sleep(scan_time: Duration) -> Duration {
    (scan_time * 8).clamp(Duration::from_micros(20), Duration::from_millis(5))
}

/// Whether writers may have SCHED_FIFO, tried on this one.
pub(crate) fn may_use_fifo(modifier: &Modifier) -> bool {
    let may = Policy::Fifo.give_to(modifier.pid()).is_ok();
    // A thread may always go back from it.
    let _ = Policy::Usual.give_to(modifier.pid());
    may
}
