//! The modifier as its parent sees it: a process that changes VMAs on request.

use std::ops::Range;
use std::sync::atomic::Ordering;

use super::child;
use super::child_process::channel::ChildChannel;
use super::child_process::error::ChildError;
use super::child_process::serve;
use super::counters::Counters;
use super::error::ModifierError;
use super::explain::{explain, not_ready};
use super::mailbox::{Command, ModifierMailbox};
use super::options::{ModifierOptions, Pace};
use crate::scenario::arena::{Arena, MAX_SLOTS};
use crate::scenario::definition::{MAX_WRITERS, Scenario};
use crate::scenario::raw_call::RawCall;

/// If this process was started as the modifier, runs as that and does not
/// return. Call it first thing in `main`, before anything allocates much.
pub(crate) fn run_if_child() {
    serve::run_if_child(child::main);
}

/// A process that changes a few VMAs over and over and nothing else.
///
/// It stands still unless it was told to [`run`](Self::run), and is killed and
/// reaped when dropped. It also dies when the *thread* that spawned it ends
/// (`PR_SET_PDEATHSIG`, prctl(2)): spawn it on a thread that outlives it. The
/// handle may move to another thread.
///
/// After an operation or a layout has failed, only a new layout is obeyed;
/// until then every request gives the same error.
#[derive(Debug)]
pub struct Modifier {
    pub(super) channel: ChildChannel<ModifierMailbox>,
    pub(super) arena: Arena,
    /// Whether operations fault in what they map.
    pub(super) populates: bool,
    pub(super) writers: usize,
    pub(super) scenario: Option<Scenario>,
    pub(super) setup: Vec<RawCall>,
    /// What the last layout has mapped at the end of the address space: the
    /// addresses in bytes.
    pub(super) mapped_last: Option<Range<u64>>,
    /// Whether something of the last layout is sealed: there can be no other.
    pub(super) is_sealed: bool,
    pub(super) has_touch_thread: bool,
    pub(super) is_touching: bool,
    /// Whether it was told to run.
    runs: bool,
}

impl Modifier {
    /// Starts the process and lays out an arena of slots only.
    pub fn spawn(options: &ModifierOptions) -> Result<Self, ModifierError> {
        let slots = options.slots;
        if !(3..=MAX_SLOTS).contains(&slots) {
            return Err(ModifierError::Slots { slots });
        }
        let writers = options.writers.clamp(1, MAX_WRITERS);
        let mut arena = Arena {
            base: 0,
            slots,
            letter_bytes: (options.letter_bytes.or(options.populate))
                .unwrap_or(rustix::param::page_size() as u64),
        };
        let fill_in = |mailbox: &ModifierMailbox| {
            mailbox.slots.store(slots, Ordering::Relaxed);
            mailbox
                .letter_bytes
                .store(arena.letter_bytes, Ordering::Relaxed);
            mailbox
                .has_touch_thread
                .store(options.touch_thread.into(), Ordering::Relaxed);
            mailbox
                .writer_count
                .store(writers as u32, Ordering::Relaxed);
        };
        let explain = |failure| not_ready(failure, arena);
        let channel = ChildChannel::start(&options.program, &options.patience, fill_in, explain)?;
        arena.base = channel.mailbox().arena_base.load(Ordering::Relaxed);
        let mut modifier = Self {
            channel,
            arena,
            populates: options.populate.is_some(),
            writers,
            scenario: None,
            setup: Vec::new(),
            mapped_last: None,
            is_sealed: false,
            has_touch_thread: options.touch_thread,
            is_touching: false,
            runs: false,
        };
        modifier.plain_layout()?;
        Ok(modifier)
    }

    pub fn pid(&self) -> u32 {
        self.channel.pid()
    }

    pub fn arena(&self) -> Arena {
        self.arena
    }

    /// Whether something of the last layout is sealed: there can be no other.
    pub(crate) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// Whether operations fault in what they map.
    pub(crate) fn populates(&self) -> bool {
        self.populates
    }

    /// How many threads operate when it runs.
    pub(crate) fn writers(&self) -> usize {
        self.writers
    }

    /// Exactly one operation of the first writer; it stands still then.
    /// Returns the operations it has finished since the layout.
    pub fn step(&mut self) -> Result<u64, ModifierError> {
        self.step_writer(0)
    }

    /// The same of any writer.
    pub fn step_writer(&mut self, writer: usize) -> Result<u64, ModifierError> {
        self.need_scenario()?;
        self.ask_writer(writer, Command::Step)?;
        self.check_failure()?;
        let cells = &self.channel.mailbox().writers[writer];
        Ok(cells.finished.load(Ordering::Acquire))
    }

    /// How its writers work when it runs; takes effect with the next
    /// [`run`](Self::run).
    pub fn set_pace(&mut self, pace: Pace) {
        let (operations, rest_ns, sleep_ns) = match pace {
            Pace::Steady => (0, 0, 0),
            Pace::Burst {
                operations,
                rest_ns,
            } => (operations.max(1), rest_ns, 0),
            Pace::Asleep { longest_ns } => (0, 0, longest_ns.max(1)),
        };
        for cells in &self.channel.mailbox().writers {
            cells.burst_operations.store(operations, Ordering::Relaxed);
            cells.burst_rest_ns.store(rest_ns, Ordering::Relaxed);
            cells.sleep_ns.store(sleep_ns, Ordering::Relaxed);
        }
    }

    /// Lets it operate, as fast as it can, until there is another request. A
    /// failure on the way is reported by that or by
    /// [`check_alive`](Self::check_alive).
    pub fn run(&mut self) -> Result<(), ModifierError> {
        self.need_scenario()?;
        // Only failures of before are looked for: whether one of the run has
        // happened yet would be luck.
        self.check_failure()?;
        (0..self.writers).try_for_each(|writer| self.ask_writer(writer, Command::Run))
    }

    /// Makes it stand still after the operation under way. Returns the
    /// operations finished since the layout, which tell the state.
    pub fn pause(&mut self) -> Result<u64, ModifierError> {
        self.ask(Command::Pause)
    }

    /// Like [`pause`](Self::pause), but it first goes on to the original state.
    pub fn pause_at_original(&mut self) -> Result<u64, ModifierError> {
        self.ask(Command::PauseAtOriginal)
    }

    /// Whether the process can read all of these addresses (bytes, whole
    /// pages) now: it faults them in, as a read would (`MADV_POPULATE_READ`,
    /// madvise(2)), so that no file of /proc is asked. `false` where something
    /// of it is not mapped or not readable, and on kernels before 5.14, which
    /// cannot say. It must stand still.
    pub fn can_read(&mut self, addresses: Range<u64>) -> Result<bool, ModifierError> {
        let cells = &self.channel.mailbox().populate;
        let bytes = addresses.end.saturating_sub(addresses.start);
        cells.address.store(addresses.start, Ordering::Relaxed);
        cells.bytes.store(bytes, Ordering::Relaxed);
        self.ask_writer(0, Command::Populate)?;
        self.check_failure()?;
        let cells = &self.channel.mailbox().populate;
        Ok(cells.errno.load(Ordering::Relaxed) == 0)
    }

    /// A handle on the counters for the thread that reads.
    pub fn counters(&self) -> Counters {
        Counters::new(self.channel.share_mailbox(), self.writers)
    }

    /// An error if it has ended, or a system call has failed since the last
    /// layout. Where it runs, that it does nothing is noticed too.
    pub fn check_alive(&mut self) -> Result<(), ModifierError> {
        let lives = match self.runs {
            true => self.channel.check_working(self.counters().operations()),
            false => self.channel.check(),
        };
        lives.map_err(|error| self.explain_death(error))?;
        self.check_failure()
    }

    /// The same where its address space seems to be gone.
    pub(crate) fn check_dying(&mut self) -> Result<(), ModifierError> {
        self.channel.await_end();
        self.check_alive()
    }

    fn need_scenario(&self) -> Result<(), ModifierError> {
        let laid_out = self.scenario.as_ref().map(|_| ());
        laid_out.ok_or(ModifierError::NoScenario)
    }

    fn check_failure(&self) -> Result<(), ModifierError> {
        self.channel.failure().map_or(Ok(()), |failure| {
            Err(explain(
                failure,
                self.scenario.as_ref(),
                &self.setup,
                self.arena,
            ))
        })
    }

    /// A process that ended may have done so because a page was not mapped.
    pub(super) fn explain_death(&self, error: ChildError) -> ModifierError {
        match (error, self.fault()) {
            (ChildError::Died { .. }, Some((address, signal))) => {
                ModifierError::PageGone { address, signal }
            }
            (error, _) => error.into(),
        }
    }

    /// Sends a request to a writer and waits for the answer.
    pub(super) fn ask_writer(
        &mut self,
        writer: usize,
        command: Command,
    ) -> Result<(), ModifierError> {
        let asked = self.channel.ask(writer, command);
        self.runs = command == Command::Run;
        asked.map_err(|error| self.explain_death(error))
    }

    /// Sends a request to every writer and waits for the answers; a failure of
    /// the child, also an earlier one, is an error. Returns the operations
    /// finished by all.
    pub(super) fn ask(&mut self, command: Command) -> Result<u64, ModifierError> {
        for writer in 0..self.writers {
            self.ask_writer(writer, command)?;
            self.check_failure()?;
        }
        Ok(self.counters().operations())
    }
}
