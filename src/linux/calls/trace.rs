//! A target traced: each of its threads, and those it makes.
//!
//! Two events for each thread and CPU, `raw_syscalls:sys_enter` and
//! `raw_syscalls:sys_exit`, that the kernel filters by the call's number, write
//! into one ring buffer for each CPU. (A tracepoint of each call's own would
//! cost a target that makes many other calls less, but take twenty times as
//! many files, and the kernel can share a ring of inherited events only among
//! those of one CPU.) An event is inherited by what a thread makes, and dropped
//! by what calls exec.
//!
//! A record is in the ring before the call that it announces does anything. So
//! whoever reads the address space and *then* the rings knows of every call
//! that it can have seen.

use std::collections::HashSet;
use std::ffi::{CStr, CString};
use std::fmt;
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::libc;
use perf_event::events::Tracepoint;
use perf_event::{Builder, Clock, Counter, ReadFormat, SampleFlag, Sampler};
use rustix::process::{Resource, getrlimit, setrlimit};

use super::assembly::Assembly;
use super::call::{CALLS, CALLS_BY_INT80, Call};
use super::history::CallHistory;
use super::record::{Piece, Record, Tracepoints, What, parse};
use super::tasks::{has_shadow_stack, memory_of, online_cpus, stands_still, threads_of_memory};
use crate::linux::advice::Advised;
use crate::linux::monotonic_clock::now_ns;
use crate::linux::tracepoints::counter::set_filter;
use crate::linux::tracepoints::perf_error::{PerfError, errno_of};
use crate::linux::tracepoints::tracefs::{self, TracefsError};
use crate::text::number::count;

/// Bytes of all ring buffers together, where that is allowed.
const ALL_RINGS: usize = 16 << 20;
/// Bytes of one at most: some ten thousand calls.
const LARGE_RING: usize = 2 << 20;
/// And at least: with its first page just within what any user may lock for each
/// CPU (`kernel.perf_event_mlock_kb`, 516).
const SMALL_RING: usize = 256 << 10;
/// A ring with so little room left may have been full.
const NEARLY: usize = 4096;
/// Files that are opened at most.
const MOST_FILES: usize = 40_000;
/// Files that the rest of the program may have open.
const OTHER_FILES: usize = 64;
/// How often the list of threads is read until it holds no new one.
const MOST_PASSES: usize = 64;
/// After this long, a call of which the beginning was missed is taken to be over.
const UNSEEN: Duration = Duration::from_secs(1);

nix::ioctl_write_int_bad! {
    /// `PERF_EVENT_IOC_SET_OUTPUT`.
    ioctl_set_output, nix::request_code_none!(b'$', 5)
}

/// Why a target's calls cannot be seen, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallTraceError {
    /// The tracepoints' numbers cannot be had.
    #[error("{}{}", .0, what_else(.0))]
    Tracefs(#[from] TracefsError),
    /// They cannot be traced.
    #[error("{0}")]
    Perf(#[from] PerfError),
    /// The ring buffers may not be locked in memory.
    #[error(
        "no memory for the ring buffers ({0}): raise `ulimit -l` or kernel.perf_event_mlock_kb"
    )]
    Ring(nix::errno::Errno),
    /// It has too many threads on too many CPUs.
    #[error(
        "{} on {} take {} open files, and {most} may be open (`ulimit -Hn`)",
        count(*threads as u64, "thread"),
        count(*cpus as u64, "CPU"),
        2 * threads * cpus + OTHER_FILES
    )]
    TooMany {
        threads: usize,
        cpus: usize,
        most: usize,
    },
    /// The kernel changes its address space by itself.
    #[error(
        "its threads have shadow stacks, which the kernel unmaps without a call; GLIBC_TUNABLES may switch them off"
    )]
    ShadowStacks,
    /// Its calls have other numbers.
    #[error("the calls of a program of 32 bits cannot be told apart")]
    Of32Bits,
    /// Its threads come and go too fast to trace each.
    #[error("its threads come and go too fast to trace each")]
    Restless,
    /// It has no thread, or none any more.
    #[error("its threads cannot be listed: it has just ended")]
    Gone,
    /// Its threads cannot be listed, which says nothing of them.
    #[error("its threads cannot be listed: {0}")]
    List(String),
}

/// What it takes besides tracefs, where that is a matter of rights.
fn what_else(error: &TracefsError) -> &'static str {
    match error.is_for_want_of_rights() {
        true => " (it takes CAP_PERFMON, too, or kernel.perf_event_paranoid below 2)",
        false => "",
    }
}

/// Traces until it is dropped.
pub(crate) struct CallTrace {
    target: u32,
    tracepoints: Tracepoints,
    /// One for each CPU.
    rings: Vec<Sampler>,
    /// Bytes of each.
    ring_bytes: usize,
    /// The other events, which write into those rings.
    events: Vec<Counter>,
    threads: HashSet<u32>,
    records: Vec<Record>,
    assembly: Assembly,
    history: CallHistory,
    /// How often records were lost.
    losses: u64,
}

impl fmt::Debug for CallTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallTrace")
            .field("target", &self.target)
            .field("threads", &self.threads.len())
            .finish_non_exhaustive()
    }
}

impl CallTrace {
    /// Traces a process from now on.
    ///
    /// # Errors
    /// What is not allowed or not there, and what would help.
    pub(crate) fn open(target: u32) -> Result<Self, CallTraceError> {
        if has_shadow_stack(target) {
            return Err(CallTraceError::ShadowStacks);
        }
        let mut trace = CallTrace {
            target,
            tracepoints: Tracepoints {
                enter: tracefs::id("raw_syscalls/sys_enter")?,
                exit: tracefs::id("raw_syscalls/sys_exit")?,
            },
            rings: Vec::new(),
            ring_bytes: LARGE_RING,
            events: Vec::new(),
            threads: HashSet::new(),
            records: Vec::new(),
            assembly: Assembly::default(),
            history: CallHistory::new(CallHistory::MOST),
            losses: 0,
        };
        let files = getrlimit(Resource::Nofile);
        let mut raised = files;
        raised.current = raised.maximum;
        // Refused, fewer can be opened.
        let _ = setrlimit(Resource::Nofile, raised);
        let opened = trace.open_all(files.maximum);
        let _ = setrlimit(Resource::Nofile, files);
        opened?;
        // Who is stopped is in no call.
        let is_stopped = |thread: &u32| stands_still(*thread);
        let begin = match trace.threads.iter().all(is_stopped) {
            true => now_ns(),
            false => after(UNSEEN),
        };
        trace.history.begin(begin);
        Ok(trace)
    }

    /// Opens the events of all threads that are not inherited.
    fn open_all(&mut self, most: Option<u64>) -> Result<(), CallTraceError> {
        let (cpus, filter) = (online_cpus(), filter());
        // A power of two, as the kernel wants it.
        self.ring_bytes = (1 << (ALL_RINGS / cpus.len()).ilog2()).clamp(SMALL_RING, LARGE_RING);
        let most = most.map_or(MOST_FILES, |most| MOST_FILES.min(most as usize));
        for _ in 0..MOST_PASSES {
            let threads = threads_of_memory(self.target)
                .map_err(|error| CallTraceError::List(Advised(&error).to_string()))?;
            if threads.is_empty() {
                return Err(CallTraceError::Gone);
            }
            self.note_inherited();
            let new: Vec<u32> = (threads.into_iter())
                .filter(|thread| !self.threads.contains(thread))
                .collect();
            if new.is_empty() {
                return Ok(());
            }
            let threads = new.len() + self.events.len() / 2 / cpus.len().max(1);
            if 2 * threads * cpus.len() + OTHER_FILES > most {
                return Err(CallTraceError::TooMany {
                    threads,
                    cpus: cpus.len(),
                    most,
                });
            }
            for thread in new {
                self.open_thread(thread, &cpus, &filter)?;
                self.threads.insert(thread);
            }
        }
        Err(CallTraceError::Restless)
    }

    /// Threads that a traced one has made meanwhile need nothing.
    fn note_inherited(&mut self) {
        self.read_rings();
        let begun = self.records.iter().filter(|it| it.what == What::Begins);
        self.threads.extend(begun.map(|record| record.thread));
    }

    fn open_thread(
        &mut self,
        thread: u32,
        cpus: &[usize],
        filter: &CStr,
    ) -> Result<(), CallTraceError> {
        for (index, &cpu) in cpus.iter().enumerate() {
            for tracepoint in [self.tracepoints.enter, self.tracepoints.exit] {
                let mut builder = Builder::new(Tracepoint::with_id(tracepoint));
                builder
                    .observe_pid(thread.cast_signed())
                    .one_cpu(cpu)
                    .include_kernel()
                    .inherit(true)
                    .remove_on_exec(true)
                    .task(tracepoint == self.tracepoints.enter)
                    .sample_period(1)
                    .sample(SampleFlag::TID | SampleFlag::TIME | SampleFlag::RAW)
                    .read_format(ReadFormat::empty())
                    .clockid(Clock::MONOTONIC)
                    // Nobody waits for a ring to fill.
                    .wakeup_watermark(self.ring_bytes);
                let open = || match builder.build() {
                    Ok(event) => Ok(Some(event)),
                    // It has ended, or the CPU is gone.
                    Err(error) if is_gone(&error) => Ok(None),
                    Err(error) => Err(PerfError::of_open(&error)),
                };
                let Some(mut event) = open()? else { continue };
                match self.rings.get(index) {
                    Some(ring) => {
                        set_filter(&event, filter)?;
                        let ring = ring.as_raw_fd();
                        // SAFETY: two open descriptors of events; no memory is passed.
                        unsafe { ioctl_set_output(event.as_raw_fd(), ring) }
                            .map_err(PerfError::Other)?;
                        enable(&mut event)?;
                        self.events.push(event);
                    }
                    None => {
                        let mut ring = match event.sampled(self.ring_bytes) {
                            Ok(ring) => ring,
                            // An unprivileged user may lock less.
                            Err(_) => {
                                self.ring_bytes = SMALL_RING;
                                let Some(event) = open()? else { continue };
                                (event.sampled(SMALL_RING))
                                    .map_err(|error| CallTraceError::Ring(errno_of(&error)))?
                            }
                        };
                        set_filter(&ring, filter)?;
                        enable(&mut ring)?;
                        self.rings.push(ring);
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads what was written since the last time. Afterwards every call is
    /// known that anything read before can have seen.
    pub(crate) fn read(&mut self) {
        let now = now_ns();
        self.read_rings();
        if self.records.is_empty() {
            return;
        }
        // What came while the rings were read waits: its beginning may have
        // come to a ring that had been read already.
        self.records.sort_by_key(|record| record.at_ns);
        let due = self.records.partition_point(|record| record.at_ns <= now);
        let target = self.target;
        for record in self.records.drain(..due) {
            let memory = |process| memory_of(target, process);
            if let Some(call) = self.assembly.take(target, &record, memory) {
                self.history.push(call);
            }
        }
        if let Some(at) = self.assembly.take_unknown_until() {
            self.history.begin(at);
        }
    }

    fn read_rings(&mut self) {
        let mut lost = false;
        for ring in &mut self.rings {
            let mut bytes = 0;
            // A storm of calls must not hold the reader for ever.
            while bytes < 2 * self.ring_bytes
                && let Some(record) = ring.next_record()
            {
                const HEADER: usize = 8;
                bytes += HEADER + record.len();
                match parse(record.ty(), &record.to_contiguous(), self.tracepoints) {
                    Piece::Record(record) => self.records.push(record),
                    Piece::Lost => lost = true,
                    Piece::Other => {}
                }
            }
            // The kernel says that something was lost only with the next record.
            lost |= bytes + NEARLY >= self.ring_bytes;
        }
        if lost {
            self.losses += 1;
            self.records.clear();
            self.assembly.forget();
            self.history.begin(after(UNSEEN));
        }
    }

    /// The calls that have ended.
    pub(crate) fn history(&self) -> &CallHistory {
        &self.history
    }

    /// The calls that ran at any time between two moments, as far as they are
    /// known.
    pub(crate) fn between(&self, from_ns: u64, to_ns: u64) -> impl Iterator<Item = &Call> {
        let open = (self.assembly.open()).filter(move |call| call.overlaps(from_ns, to_ns));
        open.chain(self.history.between(from_ns, to_ns))
    }

    /// How often records were lost, and nothing could be claimed for a while.
    pub(crate) fn losses(&self) -> u64 {
        self.losses
    }
}

fn after(time: Duration) -> u64 {
    now_ns() + crate::text::number::nanoseconds(time)
}

fn enable(event: &mut Counter) -> Result<(), PerfError> {
    (event.enable()).map_err(|error| PerfError::Other(errno_of(&error)))
}

fn is_gone(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ESRCH | libc::ENODEV))
}

/// `id==9||id==10||…`: the calls that are seen.
fn filter() -> CString {
    let numbers = CALLS.iter().map(|(number, _)| number);
    let tests: Vec<String> = (numbers.chain(CALLS_BY_INT80))
        .map(|number| format!("id=={number}"))
        .collect();
    CString::new(tests.join("||")).unwrap_or_default()
}

#[cfg(test)]
#[path = "trace_tests.rs"]
mod tests;
