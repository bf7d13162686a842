//! The writer: a process that unmaps and maps pages of a region of its own, as
//! its parent sees it. What reading costs is what it waits.
//!
//! The region is private anonymous memory, populated, in VMAs of equally many
//! pages with an unmapped page between each two. An operation unmaps a random
//! page or maps it again, populated; after both the region is as it was, so
//! that later operations are like earlier ones. Transparent huge pages are
//! switched off for the process, which would change under the operations.
//!
//! In front of everything it has one VMA more, for readers that read nothing
//! else: that one it can protect and unprotect instead.

pub(crate) mod child;
pub(crate) mod error;
pub(crate) mod mailbox;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use error::TimedWriterError;
use mailbox::{Command, Timed, TimedWriterMailbox};

use super::child_process::channel::ChildChannel;
use super::child_process::patience::Patience;
use super::child_process::serve;
use crate::text::number::nanoseconds;

/// VMAs that a process has beside those of its region, at the very most.
const OTHER_VMAS: u64 = 64;

/// Pages of the VMA in front of all others.
pub(crate) const FIRST_VMA_PAGES: u64 = 4;

/// Where that is, unless nobody may map there: below any program.
const FIRST_VMA: u64 = 1 << 20;

/// If this process was started as the writer, runs as that and does not
/// return. Call it first thing in `main`, before anything allocates much.
pub(crate) fn run_if_child() {
    serve::run_if_child(child::main);
}

/// How to start a [`TimedWriter`].
#[derive(Clone, Debug)]
pub struct TimedWriterOptions {
    /// The program to run: this one, whose `main` calls [`run_if_child`].
    pub program: PathBuf,
    /// Bytes of populated memory; a whole number of pages of it is used.
    pub region: u64,
    /// VMAs that the region is divided into.
    pub vmas: u64,
    /// The longest pause between two operations.
    pub pause: Duration,
    /// How long to wait for it, and who hears that it does not answer.
    pub patience: Patience,
}

impl TimedWriterOptions {
    /// The region of the test that the patch series cites: 128 MiB.
    pub(crate) const REGION: u64 = 128 << 20;
    /// VMAs unless there is a reason for another number: more lines than a
    /// chunk of `maps` holds, and enough pages in each for `smaps` to walk.
    pub(crate) const VMAS: u64 = 100;
    /// The longest pause unless there is a reason for another: 10 µs on
    /// average, what the test that the patch series cites asks to sleep.
    pub(crate) const PAUSE: Duration = Duration::from_micros(20);
}

impl Default for TimedWriterOptions {
    fn default() -> Self {
        Self {
            program: "/proc/self/exe".into(),
            region: Self::REGION,
            vmas: Self::VMAS,
            pause: Self::PAUSE,
            patience: Patience::default(),
        }
    }
}

/// A process that unmaps and maps single pages and times each call.
///
/// It stands still unless it was told to [`work`](Self::work), and is killed
/// and reaped when dropped. It also dies when the *thread* that spawned it ends
/// (`PR_SET_PDEATHSIG`, prctl(2)): spawn it on a thread that outlives it.
#[derive(Debug)]
pub struct TimedWriter {
    channel: ChildChannel<TimedWriterMailbox>,
    /// Its region, in bytes.
    region: u64,
    /// Where its first VMA is.
    first_vma: u64,
    /// Whether it was told to work.
    works: bool,
}

impl TimedWriter {
    /// Starts the process and has it map its region; it stands still then.
    pub fn spawn(options: &TimedWriterOptions) -> Result<Self, TimedWriterError> {
        let page_size = rustix::param::page_size() as u64;
        let (pages, vmas) = (options.region / page_size, options.vmas);
        if vmas == 0 || pages < vmas {
            return Err(TimedWriterError::Shape { pages, vmas });
        }
        if let Some(limit) = crate::linux::limits::max_map_count()
            && vmas + OTHER_VMAS > limit
        {
            return Err(TimedWriterError::TooManyVmas { vmas, limit });
        }
        let pause = nanoseconds(options.pause);
        let pause = pause.min(u64::from(u32::MAX));
        let floor = crate::linux::limits::mmap_min_addr().unwrap_or(0);
        let first_vma = FIRST_VMA.max(floor.next_multiple_of(page_size));
        let fill_in = |mailbox: &TimedWriterMailbox| {
            mailbox.first_vma.store(first_vma, Ordering::Relaxed);
            mailbox.pages.store(pages, Ordering::Relaxed);
            mailbox.vmas.store(vmas, Ordering::Relaxed);
            mailbox.pause_ns.store(pause, Ordering::Relaxed);
        };
        let region = pages * page_size;
        let explain = |failure| TimedWriterError::of(failure, region, first_vma);
        let channel = ChildChannel::start(&options.program, &options.patience, fill_in, explain)?;
        Ok(Self {
            channel,
            region,
            first_vma,
            works: false,
        })
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.channel.pid()
    }

    /// Lets it unmap and map pages until there is another request.
    pub fn work(&mut self) -> Result<(), TimedWriterError> {
        self.ask(Command::Work)
    }

    /// Makes it stand still, with all pages mapped and writable.
    pub fn pause(&mut self) -> Result<(), TimedWriterError> {
        self.ask(Command::Pause)
    }

    /// A request that is not waited for: see [`has_answered`](Self::has_answered).
    pub(crate) fn request(&mut self, command: Command) {
        self.works = command.is_work();
        self.channel.send(0, command);
    }

    /// Whether it has answered the last request.
    pub(crate) fn has_answered(&self) -> bool {
        self.channel.has_answered(0)
    }

    /// Calls that have come back so far.
    pub(crate) fn timed(&self) -> u64 {
        self.channel.mailbox().ring.timed()
    }

    /// Some thousand operations in a loop that does nothing else, to compare
    /// the times of [`work`](Self::work) with; it stands still then.
    pub fn plain_loop(&mut self) -> Result<(), TimedWriterError> {
        self.ask(Command::Plain)
    }

    /// Some thousand pairs of clock reads with nothing in between; it stands
    /// still then.
    pub fn time_the_clock(&mut self) -> Result<(), TimedWriterError> {
        self.ask(Command::Clock)
    }

    /// Takes the times that have come since the last time, in nanoseconds, in
    /// the order they came in. Call it at least once a second while it works.
    pub fn take_times(&self, mut each: impl FnMut(Timed, u64)) {
        self.channel.mailbox().ring.take(|packed| {
            let (timed, nanoseconds) = Timed::unpack(packed);
            each(timed, nanoseconds);
        });
    }

    /// Times that were lost because they were not taken in time.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.channel.mailbox().ring.dropped()
    }

    /// An error if it has ended, or a call of it has failed. Where it works, that
    /// it does nothing is noticed too.
    pub fn check(&mut self) -> Result<(), TimedWriterError> {
        if self.works {
            self.channel.check_working(self.timed())?;
        }
        self.check_alive()
    }

    /// The same where somebody else looks whether it does anything.
    pub(crate) fn check_alive(&mut self) -> Result<(), TimedWriterError> {
        self.channel.check()?;
        let failure = self.channel.failure();
        failure.map_or(Ok(()), |failure| {
            Err(TimedWriterError::of(failure, self.region, self.first_vma))
        })
    }

    /// The same where its address space seems to be gone.
    pub(crate) fn check_dying(&mut self) -> Result<(), TimedWriterError> {
        self.channel.await_end();
        self.check_alive()
    }

    /// Has it do this, and waits until it has answered.
    pub(crate) fn ask(&mut self, command: Command) -> Result<(), TimedWriterError> {
        // One that has failed need not be waited for.
        self.check()?;
        self.works = command.is_work();
        self.channel.ask(0, command)?;
        self.check()
    }
}
