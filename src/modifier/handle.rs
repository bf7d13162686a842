//! The modifier as its parent sees it: a process that changes VMAs on request.

use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::child;
use super::child_channel::Link;
use super::counters::Counters;
use super::error::ModifierError;
use super::explain::{explain, not_ready};
use super::mailbox::Command;
use super::options::{ModifierOptions, Pace, Proof};
use super::spawn;
use crate::linux::pid_handle::Life;
use crate::scenario::arena::{Arena, MAX_SLOTS, Site};
use crate::scenario::definition::{MAX_WRITERS, Scenario};
use crate::scenario::layout::{ArenaPlan, LastSite};
use crate::scenario::raw_call::RawCall;

/// How long the end of a modifier may take whose address space is gone.
const DYING: Duration = Duration::from_secs(2);

/// If this process was started as the modifier, is the modifier and does not
/// return. Call it first thing in `main`, before anything allocates much.
pub(crate) fn run_if_child() {
    if let Some(mailbox) = spawn::mailbox_of_child(spawn::WORD) {
        match mailbox {
            Some(mailbox) => child::main(mailbox),
            None => child::exit(child::EXIT_NO_MAILBOX),
        }
    }
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
    link: Link,
    arena: Arena,
    writers: usize,
    scenario: Option<Scenario>,
    /// How many sites each writer works on.
    sites_of_writers: [usize; MAX_WRITERS],
    setup: Vec<RawCall>,
    /// What the last layout has mapped at the end of the address space: the
    /// addresses in bytes.
    mapped_last: Option<Range<u64>>,
    has_proof_thread: bool,
    proving: bool,
}

impl Modifier {
    /// Starts the process and lays out an arena of slots only.
    ///
    /// # Errors
    ///
    /// [`ModifierError::Slots`], [`Mailbox`](ModifierError::Mailbox),
    /// [`Spawn`](ModifierError::Spawn) and
    /// [`NotReady`](ModifierError::NotReady), and those of
    /// [`plain_layout`](Self::plain_layout).
    pub fn spawn(options: &ModifierOptions) -> Result<Self, ModifierError> {
        let slots = options.slots;
        if !(3..=MAX_SLOTS).contains(&slots) {
            return Err(ModifierError::Slots { slots });
        }
        let writers = options.writers.clamp(1, MAX_WRITERS);
        let mut link = Link::start(&options.program, slots, options.prove, writers)?;
        let page_size = rustix::param::page_size() as u64;
        let mut arena = Arena {
            base: 0,
            slots,
            page_size,
        };
        if let Err(error) = link.await_reply(0, Command::Start) {
            let failure = link.mailbox().failure.get();
            return Err(link
                .death()
                .map_or(error, |death| not_ready(death, failure, arena)));
        }
        arena.base = link.mailbox().arena_base.load(Ordering::Relaxed);
        let mut modifier = Self {
            link,
            arena,
            writers,
            scenario: None,
            sites_of_writers: [0; MAX_WRITERS],
            setup: Vec::new(),
            mapped_last: None,
            has_proof_thread: options.prove,
            proving: false,
        };
        modifier.plain_layout()?;
        Ok(modifier)
    }

    /// The process's PID.
    pub fn pid(&self) -> u32 {
        self.link.pid()
    }

    /// Where its arena lies.
    pub fn arena(&self) -> Arena {
        self.arena
    }

    /// The scenario that is laid out.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_ref()
    }

    /// How many threads operate when it runs.
    pub fn writers(&self) -> usize {
        self.writers
    }

    /// Builds the arena from scratch with the scenario's site at a slot, in its
    /// original state; counters and proof start from 0. It stands still then.
    ///
    /// # Errors
    ///
    /// [`ModifierError::Layout`] when the site has no room there (nothing has
    /// changed then), [`Setup`](ModifierError::Setup) when the kernel refuses
    /// a call, [`Died`](ModifierError::Died),
    /// [`PageGone`](ModifierError::PageGone), [`Silent`](ModifierError::Silent).
    pub fn layout(&mut self, scenario: &Scenario, site_slot: u32) -> Result<Site, ModifierError> {
        let sites = self.layout_sites(scenario, &[site_slot])?;
        sites.into_iter().next().ok_or(ModifierError::NoScenario)
    }

    /// The same with a site at each of several slots, in address order.
    ///
    /// Site `i` is worked on by writer `i % writers`. A writer makes an
    /// operation at each of its sites, in address order, then the next
    /// operation at each: so its sites go through their states side by side.
    ///
    /// # Errors
    ///
    /// Those of [`layout`](Self::layout).
    pub fn layout_sites(
        &mut self,
        scenario: &Scenario,
        slots: &[u32],
    ) -> Result<Vec<Site>, ModifierError> {
        self.layout_plan(scenario, slots, None)
    }

    /// The same with one more site that is the last thing mapped, but for the
    /// gate VMA; `slots_are_filled` says whether the arena's slots are there,
    /// or are one mapping, so that scans are short.
    ///
    /// # Errors
    ///
    /// Those of [`layout`](Self::layout), and [`ModifierError::EndIsTaken`]
    /// when something else is mapped there.
    pub fn layout_last(
        &mut self,
        scenario: &Scenario,
        slots: &[u32],
        slots_are_filled: bool,
    ) -> Result<Vec<Site>, ModifierError> {
        let end = self
            .link
            .mailbox()
            .address_space_end
            .load(Ordering::Relaxed);
        let last = LastSite {
            end,
            slots_are_filled,
        };
        self.layout_plan(scenario, slots, Some(last))
    }

    fn layout_plan(
        &mut self,
        scenario: &Scenario,
        slots: &[u32],
        last: Option<LastSite>,
    ) -> Result<Vec<Site>, ModifierError> {
        let plan = ArenaPlan::with_sites(self.arena, slots, last, scenario)?;
        let sites = plan.sites.clone();
        self.build(plan, Some(scenario))?;
        Ok(sites)
    }

    /// Builds the arena from scratch without a site; it stands still then.
    ///
    /// # Errors
    ///
    /// Those of [`layout`](Self::layout), except for the first.
    pub fn plain_layout(&mut self) -> Result<(), ModifierError> {
        self.build(ArenaPlan::plain(self.arena), None)
    }

    /// Exactly one operation of the first writer; it stands still then.
    /// Returns the operations it has finished since the layout.
    ///
    /// # Errors
    ///
    /// [`ModifierError::Operation`] when the kernel refuses the operation,
    /// [`NoScenario`](ModifierError::NoScenario), and those of
    /// [`check_alive`](Self::check_alive).
    pub fn step(&mut self) -> Result<u64, ModifierError> {
        self.step_writer(0)
    }

    /// The same of any writer.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step).
    pub fn step_writer(&mut self, writer: usize) -> Result<u64, ModifierError> {
        self.need_scenario()?;
        self.link.ask(writer, Command::Step)?;
        self.check_failure()?;
        let cells = &self.link.mailbox().writers[writer];
        Ok(cells.finished.load(Ordering::Acquire))
    }

    /// How its writers work when it runs; takes effect with the next
    /// [`run`](Self::run).
    pub fn set_pace(&mut self, pace: Pace) {
        let (operations, rest_ns) = match pace {
            Pace::Steady => (0, 0),
            Pace::Burst {
                operations,
                rest_ns,
            } => (operations.max(1), rest_ns),
        };
        for cells in &self.link.mailbox().writers {
            cells.burst_operations.store(operations, Ordering::Relaxed);
            cells.burst_rest_ns.store(rest_ns, Ordering::Relaxed);
        }
    }

    /// Lets it operate, as fast as it can, until there is another request.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step); a failure on the way is reported by the
    /// next request or [`check_alive`](Self::check_alive).
    pub fn run(&mut self) -> Result<(), ModifierError> {
        self.need_scenario()?;
        // Only failures of before are looked for: whether one of the run has
        // happened yet would be luck.
        self.check_failure()?;
        (0..self.writers).try_for_each(|writer| self.link.ask(writer, Command::Run))
    }

    /// Makes it stand still after the operation under way. Returns the
    /// operations finished since the layout, which tell the state.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step).
    pub fn pause(&mut self) -> Result<u64, ModifierError> {
        self.ask(Command::Pause)
    }

    /// Like [`pause`](Self::pause), but it first goes on to the original state.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step).
    pub fn pause_at_original(&mut self) -> Result<u64, ModifierError> {
        self.ask(Command::PauseAtOriginal)
    }

    /// Whether the process can read all of these addresses (bytes, whole
    /// pages) now: it faults them in, as a read would (`MADV_POPULATE_READ`,
    /// madvise(2)), so that no file of /proc is asked. `false` where something
    /// of it is not mapped or not readable, and on kernels before 5.14, which
    /// cannot say. It must stand still.
    ///
    /// # Errors
    ///
    /// Those of [`check_alive`](Self::check_alive).
    pub fn touch(&mut self, addresses: Range<u64>) -> Result<bool, ModifierError> {
        let cells = &self.link.mailbox().touch;
        let bytes = addresses.end.saturating_sub(addresses.start);
        cells.address.store(addresses.start, Ordering::Relaxed);
        cells.bytes.store(bytes, Ordering::Relaxed);
        self.link.ask(0, Command::Touch)?;
        self.check_failure()?;
        Ok(self.link.mailbox().touch.errno.load(Ordering::Relaxed) == 0)
    }

    /// A handle on the counters for the thread that reads.
    pub fn counters(&self) -> Counters {
        Counters::new(self.link.share_mailbox(), self.writers)
    }

    /// Switches the proof on or off: a thread of the modifier that reads every
    /// page which all states map, round and round, and would fault if one were
    /// unmapped for a moment. It stays on over layouts.
    ///
    /// # Errors
    ///
    /// [`ModifierError::NoProof`] when it was not asked for in the options or
    /// the layout has no such page, and those of
    /// [`check_alive`](Self::check_alive).
    pub fn prove(&mut self, on: bool) -> Result<(), ModifierError> {
        if on && !self.has_proof_thread {
            let problem = "it was started without the proof thread; ask for that in its options";
            return Err(ModifierError::NoProof { problem });
        }
        if on && self.proof().pages == 0 {
            let problem = "no page is mapped in every state; lay out another scenario";
            return Err(ModifierError::NoProof { problem });
        }
        self.proving = on;
        self.switch_proof(on)
    }

    /// What the proof thread has done since the layout.
    pub fn proof(&self) -> Proof {
        let cells = &self.link.mailbox().proof;
        Proof {
            rounds: cells.rounds.load(Ordering::Relaxed),
            pages: cells.page_count.load(Ordering::Relaxed),
            fault: self.link.fault().map(|(address, _)| address),
        }
    }

    /// Whether it lives and no operation has failed.
    ///
    /// # Errors
    ///
    /// [`ModifierError::Operation`] or [`Setup`](ModifierError::Setup) when a
    /// system call has failed since the last layout,
    /// [`PageGone`](ModifierError::PageGone) when the proof failed,
    /// [`Died`](ModifierError::Died) when the process has ended.
    pub fn check_alive(&mut self) -> Result<(), ModifierError> {
        self.link.check()?;
        self.check_failure()
    }

    /// The same where its address space is known to be gone: waits for its end,
    /// as `exit_notify()` follows `exit_mm()` in `do_exit()` (kernel/exit.c).
    ///
    /// # Errors
    ///
    /// Those of [`check_alive`](Self::check_alive).
    pub fn check_dying(&mut self) -> Result<(), ModifierError> {
        if let Ok(life) = Life::of(self.pid()) {
            let _ = life.ends_within(DYING);
        }
        self.check_alive()
    }

    fn need_scenario(&self) -> Result<(), ModifierError> {
        if self.scenario.is_some() {
            Ok(())
        } else {
            Err(ModifierError::NoScenario)
        }
    }

    fn check_failure(&self) -> Result<(), ModifierError> {
        match self.link.mailbox().failure.get() {
            Some(failure) => Err(explain(
                failure,
                self.scenario.as_ref(),
                self.sites_of_writers[0],
                &self.setup,
                self.arena,
            )),
            None => Ok(()),
        }
    }

    /// Sends a request to every writer and waits for the answers; a failure of
    /// the child, also an earlier one, is an error. Returns the operations
    /// finished by all.
    fn ask(&mut self, command: Command) -> Result<u64, ModifierError> {
        for writer in 0..self.writers {
            self.link.ask(writer, command)?;
            self.check_failure()?;
        }
        Ok(self.counters().operations())
    }

    fn switch_proof(&mut self, on: bool) -> Result<(), ModifierError> {
        if self.has_proof_thread {
            self.link.switch_proof(on)
        } else {
            Ok(())
        }
    }

    fn build(
        &mut self,
        mut plan: ArenaPlan,
        scenario: Option<&Scenario>,
    ) -> Result<(), ModifierError> {
        if let Some(before) = self.mapped_last.take() {
            let bytes = before.end - before.start;
            plan.calls.insert(0, RawCall::munmap(before.start, bytes));
        }
        let arena = self.arena.range();
        let outside = |site: &&Site| !arena.contains(&site.start);
        let last = plan.sites.last().filter(outside);
        let last = last.map(|site| site.start - site.page_size..site.end);
        // The proof thread would fault while the arena is rebuilt, and a free
        // run must end before its operations are overwritten.
        self.switch_proof(false)?;
        for writer in 0..self.writers {
            self.link.ask(writer, Command::Pause)?;
        }
        self.scenario = None;
        self.hand_over_layout(&plan);
        let mut pages = 0;
        if let Some(scenario) = scenario {
            pages = self.hand_over_proof(scenario, &plan.sites);
        }
        for writer in 0..self.writers {
            let sites = plan.sites.iter().skip(writer).step_by(self.writers);
            let sites: Vec<&Site> = sites.collect();
            self.sites_of_writers[writer] = sites.len();
            self.hand_over_operations(writer, scenario, &sites);
        }
        let proof = &self.link.mailbox().proof;
        proof.page_count.store(pages, Ordering::Relaxed);
        proof.rounds.store(0, Ordering::Relaxed);

        self.setup = plan.calls;
        let laid_out = self.ask(Command::Layout);
        if !matches!(laid_out, Err(ModifierError::EndIsTaken { .. })) {
            // What was there before the layout is not ours to unmap.
            self.mapped_last = last;
        }
        laid_out?;
        self.scenario = scenario.cloned();
        self.switch_proof(self.proving && pages > 0)
    }

    fn hand_over_layout(&self, plan: &ArenaPlan) {
        let cells = &self.link.mailbox().layout;
        cells
            .setup_count
            .store(plan.calls.len() as u32, Ordering::Relaxed);
        cells
            .setup
            .iter()
            .zip(&plan.calls)
            .for_each(|(cell, call)| cell.set(call));
        cells
            .fill_count
            .store(plan.fills.len() as u32, Ordering::Relaxed);
        for ([first, count], fill) in cells.fills.iter().zip(&plan.fills) {
            first.store(fill.first, Ordering::Relaxed);
            count.store(fill.count, Ordering::Relaxed);
        }
    }

    /// The pages that every state maps; how many there are.
    fn hand_over_proof(&self, scenario: &Scenario, sites: &[Site]) -> u32 {
        let always = scenario.always_mapped();
        let pages = sites
            .iter()
            .flat_map(|site| always.iter().map(|page| site.page_address(*page)));
        let mut count = 0;
        for (cell, page) in self.link.mailbox().proof.pages.iter().zip(pages) {
            cell.store(page, Ordering::Relaxed);
            count += 1;
        }
        count
    }

    /// A round: each operation at each of the writer's sites.
    fn hand_over_operations(&self, writer: usize, scenario: Option<&Scenario>, sites: &[&Site]) {
        let cells = &self.link.mailbox().writers[writer];
        let operations = scenario.map_or(&[][..], |scenario| &scenario.operations);
        let round = operations
            .iter()
            .flat_map(|operation| sites.iter().map(move |site| (operation, site)));
        let mut count = 0;
        for (cell, (operation, site)) in cells.operations.iter().zip(round) {
            let source = site.source.as_ref().map_or(site.end, |source| source.start);
            cell.set(&operation.call.raw(site.start, source, site.page_size));
            count += 1;
        }
        cells.operation_count.store(count, Ordering::Relaxed);
    }
}
