//! Tells when a read of a target does not come back: whoever asks the kernel
//! for an address space waits for its locks.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::linux::hung_threads::{HungThread, hung_threads};
use crate::threads::worker::WorkerThread;

/// How often to look; also the most that counts of the time between two looks:
/// while this process itself was stopped, nothing hung.
const LOOK: Duration = Duration::from_millis(250);

/// After how long it is told, and how often again.
const TELL: Duration = Duration::from_secs(1);

/// The threads that hang, and for how long.
#[derive(Debug, Default)]
struct HungReads {
    waited: HashMap<u32, (u64, Duration)>,
    told: Duration,
}

impl HungReads {
    /// Takes in those that look so, `since` the look before; what there is to
    /// tell.
    fn look(&mut self, hung: &[HungThread], since: Duration) -> Option<String> {
        let before = std::mem::take(&mut self.waited);
        for thread in hung {
            let waited = match before.get(&thread.thread) {
                Some((switches, waited)) if *switches == thread.switches => {
                    *waited + since.min(LOOK)
                }
                _ => Duration::ZERO,
            };
            self.waited.insert(thread.thread, (thread.switches, waited));
        }
        let waited = |thread: &HungThread| self.waited[&thread.thread].1;
        let longest = hung.iter().max_by_key(|thread| waited(thread))?;
        let waited = waited(longest);
        if waited < TELL {
            self.told = Duration::ZERO;
            return None;
        }
        if waited < self.told + TELL {
            return None;
        }
        self.told = waited;
        Some(line(longest, waited))
    }
}

fn line(thread: &HungThread, waited: Duration) -> String {
    let (name, seconds) = (&thread.name, waited.as_secs());
    let who = match name.strip_prefix("sample-") {
        Some(file) => format!("a read of {file}"),
        None => format!("the thread {name:?} of vmascope"),
    };
    let why = match (thread.state, &thread.sleeps_in) {
        ('D', Some(function)) => format!("the kernel keeps it in {function}()"),
        ('D', None) => "the kernel keeps it: a lock is held, or the system is frozen".into(),
        _ => "a debugger or another tracer has stopped it".into(),
    };
    format!("{who} has not come back for {seconds} s: {why}")
}

/// Starts to look; `tell` hears each second of what hangs.
///
/// # Errors
/// When the thread cannot be started.
pub(super) fn watch(tell: impl Fn(String) + Send + 'static) -> std::io::Result<WorkerThread<()>> {
    let thread = WorkerThread::start("hung reads", move |stop| {
        let (mut reads, mut last) = (HungReads::default(), Instant::now());
        while !stop.load(Ordering::Relaxed) {
            std::thread::park_timeout(LOOK);
            let now = Instant::now();
            if let Some(line) = reads.look(&hung_threads(), now - last) {
                tell(line);
            }
            last = now;
        }
    })?;
    Ok(thread.not_awaited())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(switches: u64, state: char) -> HungThread {
        HungThread {
            thread: 7,
            name: "sample-maps".into(),
            state,
            switches,
            sleeps_in: Some("down_read_killable".into()),
        }
    }

    #[test]
    fn a_read_that_does_not_come_back_is_told_each_second() {
        let (mut reads, hangs) = (HungReads::default(), [reader(3, 'D')]);
        let told: Vec<_> = (0..17).map(|_| reads.look(&hangs, LOOK)).collect();
        let at: Vec<_> = (0..17).filter(|at| told[*at].is_some()).collect();
        assert_eq!(at, [4, 8, 12, 16]);
        let line = told[8].clone().unwrap();
        assert_eq!(
            line,
            "a read of maps has not come back for 2 s: the kernel keeps it in down_read_killable()"
        );
    }

    #[test]
    fn one_that_runs_in_between_does_not_hang() {
        let mut reads = HungReads::default();
        for at in 0..20 {
            let now = [reader(at, 'D')];
            assert_eq!(reads.look(&now, LOOK), None);
        }
        // Nor one that slept while this process was stopped.
        let mut reads = HungReads::default();
        assert_eq!(reads.look(&[reader(0, 'D')], LOOK), None);
        assert_eq!(reads.look(&[reader(0, 'D')], LOOK * 100), None);
        assert_eq!(reads.look(&[], LOOK), None);
        for _ in 0..4 {
            assert_eq!(reads.look(&[reader(0, 'D')], LOOK), None);
        }
        let line = reads.look(&[reader(0, 't')], LOOK).unwrap();
        assert!(line.ends_with("another tracer has stopped it"), "{line}");
    }
}
