//! Interrupts that come while a reader reads, and last.
//!
//! A timer (timerfd_create(2)) that fires wakes all who wait for it, in the
//! interrupt (`timerfd_tmrproc()`, fs/timerfd.c), and it fires on the CPU that
//! armed it. Some hundred epoll entries wait for this one, and nobody for them:
//! so the reader stands still in the middle of what it does, locks or none,
//! preemptible kernel or not, while a writer on another CPU goes on.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::epoll;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use super::monotonic_clock::now_ns;
use crate::algorithms::random::Random;
use crate::text::number::nanoseconds;

/// Epoll instances, and names of the timer in each: their product is how many
/// entries an interrupt goes through.
const SQUARE: usize = 16;

/// How often it is measured how long it takes to arm the timer.
const TRIES: usize = 31;

/// A time after which no timer fires that is armed anew meanwhile.
const LATER_NS: u64 = 1_000_000;

/// A timer with many waiters. Nothing is left of it when it is dropped.
#[derive(Debug)]
pub(crate) struct InterruptStorm {
    timer: OwnedFd,
    _names: Vec<OwnedFd>,
    _waiters: Vec<OwnedFd>,
    /// How long a read takes.
    read_ns: u64,
    /// How long it takes to arm the timer, in nanoseconds: longer than a read
    /// where that goes to a hypervisor. None until it was measured.
    arm_ns: Option<u64>,
    random: Random,
}

impl InterruptStorm {
    /// For reads that take so long.
    ///
    /// # Errors
    /// When there is no room for its files (RLIMIT_NOFILE) or its entries
    /// (`/proc/sys/fs/epoll/max_user_watches`).
    pub(crate) fn new(read_time: Duration) -> io::Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
        let names = (0..SQUARE)
            .map(|_| fcntl_dupfd_cloexec(&timer, 0))
            .collect::<Result<Vec<_>, _>>()?;
        let waiters = (0..SQUARE)
            .map(|_| epoll::create(epoll::CreateFlags::CLOEXEC))
            .collect::<Result<Vec<_>, _>>()?;
        for waiter in &waiters {
            for name in &names {
                let data = epoll::EventData::new_u64(0);
                epoll::add(waiter, name, data, epoll::EventFlags::IN)?;
            }
        }
        Ok(InterruptStorm {
            timer,
            _names: names,
            _waiters: waiters,
            read_ns: nanoseconds(read_time).max(1_000),
            arm_ns: None,
            random: Random::new(2),
        })
    }

    /// An interrupt on this CPU, at a random moment of the read that begins when
    /// this returns.
    pub(crate) fn arm(&mut self) {
        // By the thread that reads, so that it is measured on its CPU.
        let arm_ns = match self.arm_ns {
            Some(arm_ns) => arm_ns,
            None => *self.arm_ns.insert(self.measure()),
        };
        let moment_ns = self.random.below(self.read_ns);
        self.fire_in(arm_ns + moment_ns);
    }

    /// How long it takes to arm the timer: the median.
    fn measure(&self) -> u64 {
        let arm = |_| {
            let start_ns = now_ns();
            self.fire_in(LATER_NS);
            now_ns() - start_ns
        };
        let mut times: Vec<u64> = (0..TRIES).map(arm).collect();
        times.sort_unstable();
        times[TRIES / 2]
    }

    fn fire_in(&self, nanoseconds: u64) {
        let Ok(it_value) = Timespec::try_from(Duration::from_nanos(nanoseconds.max(1))) else {
            return;
        };
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value,
        };
        // It can fail for times that are none.
        let _ = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_that_was_armed_reaches_all_who_wait() {
        let mut storm = InterruptStorm::new(Duration::from_micros(5)).unwrap();
        storm.arm();
        for waiter in &storm._waiters {
            let mut events = Vec::with_capacity(SQUARE);
            let limit = Timespec {
                tv_sec: 60,
                tv_nsec: 0,
            };
            let spare = rustix::buffer::spare_capacity(&mut events);
            epoll::wait(waiter, spare, Some(&limit)).unwrap();
            assert!(!events.is_empty());
        }
    }
}
