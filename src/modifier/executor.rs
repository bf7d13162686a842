//! A writer: the thread of the modifier's process that makes the system calls.
//! There may be several, each with operations of its own; the first is the
//! process's main thread and also builds the arena.

use std::num::NonZero;
use std::ptr;
use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use rustix::thread::{Timespec, nanosleep, set_current_timer_slack};

use super::child_process::mailbox::{Failure, Mailbox};
use super::child_process::serve::{Request, Server};
use super::heap::Heap;
use super::kernel_objects::{KernelObjects, fork_and_wait};
use super::mailbox::{Command, MAX_ROUND, MAX_SETUP, ModifierMailbox, Task, WriterCells};
use crate::algorithms::random::Random;
use crate::linux::monotonic_clock::now_ns;
use crate::scenario::arena::{Arena, Fill};
use crate::scenario::definition::MAX_SITES;
use crate::scenario::raw_call::{FORK, HEAP, RawCall};

/// The shortest sleep: of a shorter one the time may be over before the thread
/// is asleep, so that it would never let go of its CPU.
const SHORTEST_SLEEP_NS: u64 = 10_000;

/// One writer, with its operations.
pub(crate) struct Writer {
    mailbox: &'static ModifierMailbox,
    cells: &'static WriterCells,
    number: usize,
    arena: Arena,
    /// A whole round: each operation at each of its sites.
    /// Not on the stack, which may be small.
    operations: &'static mut [RawCall],
    /// How many of `operations` there are.
    count: usize,
    sites: usize,
    /// The next one.
    position: usize,
    /// Operations finished since the layout.
    done: u64,
    /// For the lengths of bursts and rests.
    random: Random,
    /// What operations name besides memory.
    objects: KernelObjects,
    heap: Heap,
}

impl Server for Writer {
    type Command = Command;

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Layout => self.layout(),
            Command::Step => {
                self.operate();
            }
            Command::PauseAtOriginal => while self.position != 0 && self.operate() {},
            Command::Populate => self.populate(),
            Command::Run | Command::Pause => {}
        }
    }

    fn go_on(&mut self, command: Command, request: &Request<'_>) {
        if command == Command::Run {
            self.run(request);
        }
    }
}

impl Writer {
    pub(crate) fn new(mailbox: &'static ModifierMailbox, number: usize, arena: Arena) -> Self {
        Self {
            mailbox,
            cells: &mailbox.writers[number],
            number,
            arena,
            operations: vec![RawCall::default(); MAX_ROUND].leak(),
            count: 0,
            sites: 0,
            position: 0,
            done: 0,
            random: Random::new(number as u64),
            objects: KernelObjects::default(),
            heap: Heap::default(),
        }
    }

    /// Operations until there is another request, or one fails.
    fn run(&mut self, request: &Request<'_>) {
        let longest_ns = self.cells.sleep_ns.load(Ordering::Relaxed);
        if longest_ns > 0 {
            return self.run_asleep(request, longest_ns);
        }
        let most = self.cells.burst_operations.load(Ordering::Relaxed);
        if most == 0 {
            while request.is_last() && self.operate() {}
            return;
        }
        let longest_ns = self.cells.burst_rest_ns.load(Ordering::Relaxed);
        loop {
            for _ in 0..=self.random.below(u64::from(most)) {
                if !request.is_last() || !self.operate() {
                    return;
                }
            }
            let until = now_ns() + self.random.below(longest_ns.saturating_add(1));
            while request.is_last() && now_ns() < until {
                std::hint::spin_loop();
            }
        }
    }

    /// The same, asleep after each. It always sleeps: with a real-time policy
    /// nobody else would ever have its CPU.
    fn run_asleep(&mut self, request: &Request<'_>, longest_ns: u64) {
        // By default the kernel wakes it up to 50 µs late, to wake up less often
        // (PR_SET_TIMERSLACK, prctl(2)). It can fail for no reason that matters.
        let _ = set_current_timer_slack(NonZero::new(1));
        let longest_ns = longest_ns.max(SHORTEST_SLEEP_NS);
        let shortest_ns = (longest_ns / 3).max(SHORTEST_SLEEP_NS);
        while request.is_last() && self.operate() {
            let nanoseconds = shortest_ns + self.random.below(longest_ns - shortest_ns + 1);
            if let Ok(time) = Timespec::try_from(Duration::from_nanos(nanoseconds)) {
                // Cut short by a signal it is only shorter.
                let _ = nanosleep(&time);
            }
        }
    }

    /// The next operation; `false` if there is none or one has failed.
    #[inline]
    fn operate(&mut self) -> bool {
        if self.position >= self.count {
            return false;
        }
        let cells = self.cells;
        cells.begun.store(self.done + 1, Ordering::Relaxed);
        // `begun` before any effect of the call: see `Counters::begun`.
        fence(Ordering::SeqCst);
        let result = execute(&self.operations[self.position]);
        if let Err((errno, returned)) = result {
            let index = (self.position / self.sites.max(1)) as u32;
            self.mailbox.header().failure.set(Failure {
                task: Task::Operation,
                index,
                errno,
                returned,
            });
            // What the site looks like now is unknown; only a layout helps.
            self.count = 0;
            return false;
        }
        self.done += 1;
        // Every effect of the call before `finished`: see `Counters::finished`.
        cells.finished.store(self.done, Ordering::Release);
        self.position += 1;
        if self.position == self.count {
            self.position = 0;
        }
        true
    }

    /// Faults pages in without writing to them: that gives a VMA no `anon_vma`
    /// (see `touch_thread`), so it still merges. No operation: nothing is counted.
    fn populate(&self) {
        let cells = &self.mailbox.populate;
        let address = cells.address.load(Ordering::Relaxed) as usize;
        let bytes = cells.bytes.load(Ordering::Relaxed) as usize;
        let pages = ptr::with_exposed_provenance_mut(address);
        // SAFETY: reads pages of the arena, or of nothing, which is an error;
        // this process uses no memory there.
        let failed = unsafe { libc::madvise(pages, bytes, libc::MADV_POPULATE_READ) } != 0;
        let errno = if failed { Errno::last_raw() } else { 0 };
        cells.errno.store(errno.cast_unsigned(), Ordering::Relaxed);
    }

    /// Builds the arena as the mailbox says, if this is the first writer, and
    /// takes over the operations.
    fn layout(&mut self) {
        let cells = self.cells;
        cells.finished.store(0, Ordering::Release);
        cells.begun.store(0, Ordering::Release);
        self.position = 0;
        self.count = 0;
        self.done = 0;
        if self.number == 0 {
            self.mailbox.header().failure.clear();
            if let Err(failure) = self.build() {
                self.mailbox.header().failure.set(failure);
                return;
            }
        }
        let count = cells.operation_count.load(Ordering::Relaxed) as usize;
        self.count = count.min(MAX_ROUND);
        self.sites = cells.site_count.load(Ordering::Relaxed) as usize;
        for index in 0..self.count {
            let operation = &mut self.operations[index];
            *operation = cells.operations[index].get();
            if let Err(errno) = self.objects.complete(operation) {
                self.count = 0;
                return self.mailbox.header().failure.set(Failure {
                    task: Task::Operation,
                    index: (index / self.sites.max(1)) as u32,
                    errno,
                    returned: u64::MAX,
                });
            }
        }
    }

    fn build(&mut self) -> Result<(), Failure<Task>> {
        let cells = &self.mailbox.layout;
        let failed = |task, index: usize, (errno, returned)| Failure {
            task,
            index: index as u32,
            errno,
            returned,
        };
        // It would be where the arena is made anew.
        let put_back = self.heap.put_back();
        put_back.map_err(|error| failed(Task::Setup, 0, error))?;
        let count = (cells.setup_count.load(Ordering::Relaxed) as usize).min(MAX_SETUP);
        for (index, cell) in cells.setup[..count].iter().enumerate() {
            let mut call = cell.get();
            let completed = self.objects.complete(&mut call);
            completed.map_err(|errno| failed(Task::Setup, index, (errno, u64::MAX)))?;
            let made = match call.number {
                HEAP => self.heap.put(call.arguments[0], call.arguments[1]),
                _ => execute(&call),
            };
            made.map_err(|error| failed(Task::Setup, index, error))?;
        }
        let count = (cells.fill_count.load(Ordering::Relaxed) as usize).min(MAX_SITES + 1);
        for [first, count] in &cells.fills[..count] {
            let first = first.load(Ordering::Relaxed);
            let fill = Fill {
                first,
                count: count.load(Ordering::Relaxed),
            };
            for (index, call) in fill.calls(self.arena).enumerate() {
                let slot = first as usize + index;
                execute(&call).map_err(|error| failed(Task::Slot, slot, error))?;
            }
        }
        Ok(())
    }
}

/// Makes a system call; on failure, its errno (0: it succeeded otherwise than
/// expected) and what it returned.
#[inline]
fn execute(call: &RawCall) -> Result<(), (i32, u64)> {
    if call.number == FORK {
        return fork_and_wait();
    }
    let [a, b, c, d, e, f] = call.arguments;
    // SAFETY: the parent hands over calls on the arena only, which holds no
    // memory that this process uses.
    let returned = unsafe { libc::syscall(call.number, a, b, c, d, e, f) }.cast_unsigned();
    if returned == call.expected {
        return Ok(());
    }
    let errno = if returned == u64::MAX {
        Errno::last_raw()
    } else {
        0
    };
    Err((errno, returned))
}
