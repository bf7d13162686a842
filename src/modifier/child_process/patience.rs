//! How long a child that does not answer is waited for, and who hears of it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::error::ChildError;
use crate::linux::stat::Stat;
use crate::text::number::nanoseconds;

/// How long a child may take to answer. The longest request maps tens of
/// thousands of slots, and a reader may make each of those wait for
/// milliseconds.
const LIMIT: Duration = Duration::from_secs(30);

/// After how long it is told that a child does not answer, and how often again.
const TELL: Duration = Duration::from_secs(1);

/// How long all children together may take to answer when waiting is to end: what
/// they say may belong into a result, and whoever ends us waits a second at most.
const LAST_ANSWER: Duration = Duration::from_millis(500);

/// The same where somebody has left, and wants none.
const NO_ANSWER: Duration = Duration::from_millis(100);

/// The most that counts of the time between two looks: while this process
/// itself was stopped, nobody waited.
const LOOK: Duration = Duration::from_millis(100);

/// What ends a wait for a child, and who hears that one lasts.
#[derive(Clone)]
pub struct Patience {
    stop: Arc<AtomicBool>,
    limit: Option<Duration>,
    stopping: Duration,
    /// Nanoseconds that were waited since `stop` was seen, by all waits.
    unwanted_ns: Arc<AtomicU64>,
    tell: Arc<dyn Fn(String) + Send + Sync>,
}

impl Patience {
    /// Waits until `stop` is set, or half a minute at most. As long as a child
    /// does not answer, `tell` hears that once a second, in a line.
    pub(crate) fn new(
        stop: Arc<AtomicBool>,
        tell: impl Fn(String) + Send + Sync + 'static,
    ) -> Self {
        Patience {
            stop,
            limit: Some(LIMIT),
            stopping: LAST_ANSWER,
            unwanted_ns: Arc::default(),
            tell: Arc::new(tell),
        }
    }

    /// The same for somebody who sees it, and leaves by `stop`.
    pub(crate) fn without_limit(self) -> Self {
        Patience {
            limit: None,
            stopping: NO_ANSWER,
            ..self
        }
    }

    /// Whether nobody wants an answer any more, and has not for long enough, when this
    /// much more time has passed.
    fn is_over(&self, passed: Duration) -> bool {
        if !self.stop.load(Ordering::Relaxed) {
            return false;
        }
        let passed = nanoseconds(passed);
        let before = self.unwanted_ns.fetch_add(passed, Ordering::Relaxed);
        before.saturating_add(passed) >= nanoseconds(self.stopping)
    }
}

impl Default for Patience {
    /// Nobody ends a wait or hears of it.
    fn default() -> Self {
        Patience::new(Arc::default(), |_| {})
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// A wait under way: for a child called `role`.
pub(super) struct Wait {
    role: &'static str,
    pid: u32,
    last: Instant,
    waited: Duration,
    tell_at: Duration,
    /// Pages it had faulted in when that was looked at last.
    faults: Option<u64>,
}

impl Wait {
    pub(super) fn new(role: &'static str, pid: u32) -> Self {
        Wait {
            role,
            pid,
            last: Instant::now(),
            waited: Duration::ZERO,
            tell_at: TELL,
            faults: Stat::read(pid).ok().map(|stat| stat.faults),
        }
    }

    /// Call it over and over; an error when to wait no longer for the answer to
    /// `request`.
    pub(super) fn look(
        &mut self,
        patience: &Patience,
        request: &'static str,
    ) -> Result<(), ChildError> {
        let now = Instant::now();
        let passed = (now - self.last).min(LOOK);
        self.waited += passed;
        self.last = now;
        let is_unwanted = patience.is_over(passed);
        if self.waited >= self.tell_at && !is_unwanted && self.faults_in() {
            // It works: it has not been silent for any time.
            self.waited = Duration::ZERO;
            self.tell_at = TELL;
            return Ok(());
        }
        let (role, pid, seconds) = (self.role, self.pid, self.waited.as_secs());
        let is_over = patience.limit.is_some_and(|limit| self.waited >= limit);
        if is_unwanted && self.waited < TELL {
            // Too early to say more of it.
            return Err(ChildError::Unawaited { role, pid, request });
        }
        if is_over || is_unwanted {
            return Err(ChildError::Silent {
                role,
                pid,
                request,
                seconds,
                what: what_it_does(pid),
            });
        }
        if self.waited >= self.tell_at {
            self.tell_at += TELL;
            let what = what_it_does(pid);
            (patience.tell)(format!("the {role} (process {pid}) does not answer{what}"));
        }
        Ok(())
    }

    /// Whether it has faulted pages in since this was asked the last time, or since
    /// the last second: where there are many of them a call takes long.
    fn faults_in(&mut self) -> bool {
        let Ok(stat) = Stat::read(self.pid) else {
            return false;
        };
        let before = self.faults.replace(stat.faults);
        before.is_some_and(|before| stat.faults > before)
    }
}

/// Why a child may not answer, as the end of a line.
fn what_it_does(pid: u32) -> String {
    match Stat::read(pid).map(|stat| stat.state) {
        Ok('T') => format!(": it is stopped; `kill -CONT {pid}` lets it go on"),
        Ok('t') => ": a debugger or another tracer has stopped it; let it go on".into(),
        Ok('D') => ": it hangs in the kernel, or is frozen".into(),
        _ => "; is it frozen, or has it no CPU?".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};
    use std::sync::Mutex;

    use super::*;
    use crate::modifier::child_process::shared_memory::Mapping;
    use crate::modifier::mailbox::ModifierMailbox;

    /// A child that does nothing any more: it has ended, and nobody has reaped it.
    fn idle_child() -> Child {
        let child = Command::new("true").spawn().unwrap();
        while !Stat::read(child.id()).unwrap().is_dead() {
            std::thread::yield_now();
        }
        child
    }

    fn look_until_it_ends(patience: &Patience) -> ChildError {
        let mut child = idle_child();
        let mut wait = Wait::new("modifier", child.id());
        let error = loop {
            // As if time went by.
            wait.last -= LOOK;
            if let Err(error) = wait.look(patience, "a pause") {
                break error;
            }
        };
        child.wait().unwrap();
        error
    }

    #[test]
    fn that_a_child_does_not_answer_is_told_each_second_and_has_a_limit() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = {
            let told = told.clone();
            move |text| told.lock().unwrap().push(text)
        };
        let error = look_until_it_ends(&Patience::new(Arc::default(), tell));
        assert!(error.to_string().contains("for 30 s"), "{error}");
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 29);
        assert!(told[0].contains("does not answer"), "{told:?}");
    }

    #[test]
    fn waits_that_nobody_wants_any_more_end_within_a_second_all_together() {
        let patience = Patience::new(Arc::new(true.into()), |_| {});
        let looks = |patience: &Patience| {
            let mut wait = Wait::new("modifier", std::process::id());
            (0..).find(|_| {
                wait.last -= LOOK;
                wait.look(patience, "a pause").is_err()
            })
        };
        assert_eq!(looks(&patience), Some(4));
        // The next request waits no longer.
        assert_eq!(looks(&patience.clone()), Some(0));
        let seen = Patience::new(Arc::new(true.into()), |_| {}).without_limit();
        assert_eq!(looks(&seen), Some(0));
        let error = look_until_it_ends(&seen).to_string();
        assert!(error.starts_with("interrupted while"), "{error}");
    }

    /// However long a call takes that faults much in.
    #[test]
    fn a_child_that_faults_pages_in_is_not_silent() {
        let patience = Patience::new(Arc::default(), |text| panic!("{text}"));
        // This process is the child.
        let mut wait = Wait::new("modifier", std::process::id());
        for _ in 0..60 {
            let (memory, _file) = Mapping::<ModifierMailbox>::create().unwrap();
            memory.slots.store(1, Ordering::Relaxed);
            for _ in 0..10 {
                wait.last -= LOOK;
                wait.look(&patience, "a layout").unwrap();
            }
        }
    }
}
