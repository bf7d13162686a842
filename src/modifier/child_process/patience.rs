//! How long a child that does not answer is waited for, and who hears of it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::error::ChildError;
use crate::linux::stat::Stat;

/// How long a child may take to answer. The longest request maps tens of
/// thousands of slots, and a reader may make each of those wait for
/// milliseconds.
const LIMIT: Duration = Duration::from_secs(30);

/// After how long it is told that a child does not answer, and how often again.
const TELL: Duration = Duration::from_secs(1);

/// How long a child may take to answer when the wait is to end: what it says may
/// belong into a result.
const LAST_ANSWER: Duration = Duration::from_secs(1);

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
}

impl Wait {
    pub(super) fn new(role: &'static str, pid: u32) -> Self {
        Wait {
            role,
            pid,
            last: Instant::now(),
            waited: Duration::ZERO,
            tell_at: TELL,
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
        self.waited += (now - self.last).min(LOOK);
        self.last = now;
        let (role, pid, seconds) = (self.role, self.pid, self.waited.as_secs());
        let is_over = patience.limit.is_some_and(|limit| self.waited >= limit);
        if is_over || self.waited >= patience.stopping && patience.stop.load(Ordering::Relaxed) {
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
    use std::sync::Mutex;

    use super::*;

    fn look_until_it_ends(patience: &Patience) -> ChildError {
        let mut wait = Wait::new("modifier", std::process::id());
        loop {
            // As if time went by.
            wait.last -= LOOK;
            if let Err(error) = wait.look(patience, "a pause") {
                return error;
            }
        }
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
    fn a_wait_that_nobody_wants_any_more_ends_after_a_second_or_at_once() {
        let patience = Patience::new(Arc::new(true.into()), |_| {});
        let error = look_until_it_ends(&patience);
        assert!(error.to_string().contains("for 1 s"), "{error}");
        let error = look_until_it_ends(&patience.without_limit());
        assert!(error.to_string().contains("for 0 s"), "{error}");
    }
}
