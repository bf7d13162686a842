//! Threads that keep a CPU busy beside readers that give way: what keeps a
//! reader from going on while it holds a lock.

use std::io;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::thread::CpuSet;

use crate::threads::worker::WorkerThread;

/// How long each sleeps between two busy times, as in the test that the patch
/// series cites.
const REST: Duration = Duration::from_millis(1);

/// Busy without end.
pub(crate) const ALWAYS: Duration = Duration::MAX;

/// Threads that spin for a while and sleep for a millisecond, in turn. They
/// stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Busy {
    _threads: Vec<WorkerThread<()>>,
}

impl Busy {
    /// Starts `count` threads on these CPUs, each busy for `busy` at a time.
    pub(crate) fn start(count: u16, busy: Duration, cpus: Option<&CpuSet>) -> io::Result<Self> {
        let start = |number| {
            let cpus = cpus.copied();
            WorkerThread::start(&format!("lab-busy-{number}"), move |stop| {
                if let Some(cpus) = cpus {
                    // The readers beside it say if that is refused.
                    let _ = rustix::thread::sched_setaffinity(None, &cpus);
                }
                while !stop.load(Ordering::Relaxed) {
                    let begin = Instant::now();
                    while begin.elapsed() < busy && !stop.load(Ordering::Relaxed) {
                        std::hint::spin_loop();
                    }
                    std::thread::sleep(REST);
                }
            })
        };
        let threads: io::Result<_> = (0..count).map(start).collect();
        Ok(Busy { _threads: threads? })
    }
}
