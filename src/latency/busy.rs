//! Threads that keep a CPU busy beside readers that give way: what keeps a
//! reader from going on while it holds a lock.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::thread::CpuSet;

/// How long each sleeps between two busy times, as in the test that the patch
/// series cites.
const REST: Duration = Duration::from_millis(1);

/// Threads that spin for a while and sleep for a millisecond, in turn. They
/// stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Busy {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Busy {
    /// Starts `count` threads on these CPUs, each busy for `busy` at a time.
    pub(crate) fn start(count: u16, busy: Duration, cpus: Option<&CpuSet>) -> io::Result<Self> {
        let mut all = Busy {
            stop: Arc::default(),
            threads: Vec::new(),
        };
        for number in 0..count {
            let (stop, cpus) = (all.stop.clone(), cpus.copied());
            let thread = std::thread::Builder::new()
                .name(format!("lab-busy-{number}"))
                .spawn(move || {
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
                })?;
            all.threads.push(thread);
        }
        Ok(all)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // It cannot panic.
            let _ = thread.join();
        }
    }
}
