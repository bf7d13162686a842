//! One sample: what calls take while readers read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::bench::{Bench, LabError};
use super::busy::Busy;
use super::times::Times;
use crate::latency::load::Load;
use crate::linux::locks::LockCounts;
use crate::linux::scanner::ReadTotals;
use crate::linux::stolen_time::stolen_of_ns;
use crate::modifier::timed_writer::TimedWriter;
use crate::modifier::timed_writer::mailbox::Timed;
use crate::text::number::nanoseconds;

/// How often times are taken from the writer.
pub(super) const TAKE: Duration = Duration::from_millis(5);

/// How long the first times of a sample are passed over, at most: caches and
/// readers get going.
pub(super) const WARM_UP: Duration = Duration::from_millis(20);

/// What one sample came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// Times of mmap.
    pub mmap: Times,
    /// Times of munmap.
    pub munmap: Times,
    /// What readers did meanwhile.
    pub read: ReadTotals,
    /// What the writer locked, where it was counted.
    pub written: LockCounts,
    /// How long it took, in nanoseconds.
    pub elapsed_ns: u64,
    /// How long of that the writer could have run but had no CPU, in
    /// nanoseconds.
    pub cpu_wait_ns: u64,
}

impl Bench {
    /// One sample of this length, or until `stop` is set. With `count_locks` locks
    /// are counted, where they can be, which slows everything down a little.
    ///
    /// # Errors
    /// When the writer or a reader fails.
    pub(crate) fn sample(
        &mut self,
        reader: Load,
        length: Duration,
        count_locks: bool,
        stop: &AtomicBool,
    ) -> Result<Sample, LabError> {
        let count = self.options.reader_count;
        let readers = self.start_readers(reader, count, count_locks, stop)?;
        let busy = match self.options.busy {
            Some(busy) if reader != Load::NONE => {
                let started = Busy::start(count, busy, self.reader_cpus().as_ref());
                Some(started.map_err(|source| LabError::Start { reader, source })?)
            }
            _ => None,
        };
        let counter = match self.evidence {
            Ok(evidence) if count_locks => Some(evidence.of_process(self.writer.pid())?),
            _ => None,
        };
        self.writer.work()?;
        std::thread::sleep(WARM_UP.min(length / 5));
        self.writer.take_times(|_, _| {});
        let read = readers.totals();
        let written = counter.as_ref().map(|counter| counter.counts());
        let waited = cpu_wait(self.writer.pid());
        let begin = Instant::now();
        let mut sample = Sample::default();
        while begin.elapsed() < length && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(TAKE.min(length.saturating_sub(begin.elapsed())));
            take(&self.writer, &mut sample);
            self.writer.check()?;
            if let Some(problem) = readers.problem() {
                // It ends before its address space is seen to be gone.
                self.writer.check()?;
                return Err(LabError::Reader(problem));
            }
        }
        sample.read = readers.totals().since(read);
        sample.cpu_wait_ns = cpu_wait(self.writer.pid()).saturating_sub(waited);
        sample.elapsed_ns = nanoseconds(begin.elapsed());
        // A call that is still waiting belongs to the sample: without it long
        // ones would be left out more often than short ones.
        self.writer.pause()?;
        take(&self.writer, &mut sample);
        if let (Some(counter), Some(before)) = (counter, written) {
            sample.written = counter.counts().since(before);
        }
        drop((readers, busy));
        Ok(sample)
    }
}

/// How long a process's first thread has waited for a CPU while it could have
/// run, in nanoseconds (`/proc/PID/schedstat`), which is 0 where the kernel does not
/// say (CONFIG_SCHED_INFO), and how long its CPU was not this machine's, which is
/// counted in ticks of 10 ms or so.
fn cpu_wait(pid: u32) -> u64 {
    run_delay(pid) + stolen_of_ns(pid)
}

/// The first of the two.
pub(super) fn run_delay(pid: u32) -> u64 {
    std::fs::read_to_string(format!("/proc/{pid}/schedstat"))
        .ok()
        .and_then(|text| text.split_ascii_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

fn take(writer: &TimedWriter, sample: &mut Sample) {
    writer.take_times(|timed, nanoseconds| match timed {
        Timed::Mmap => sample.mmap.add(nanoseconds),
        Timed::Munmap => sample.munmap.add(nanoseconds),
        Timed::Clock | Timed::Mprotect => {}
    });
}
