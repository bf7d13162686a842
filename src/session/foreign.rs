//! The session's thread where the target is not ours: attached, or a command.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::explorer::queries::Lens;
use super::picture::Context;
use super::probing::{Pace, Probing};
use super::rates::RateMeter;
use super::report_totals::Ledger;
use super::scan_view::Gaze;
use super::snapshot::{FoundEvent, Snapshot, TargetInfo};
use super::thread::{Tell, Work};
use super::trigger::Trigger;
use super::worker::{TICK, WAITING};
use super::{Command, Request, ToWatch, Update};
use crate::events::case::CaseKey;
use crate::events::run_info::run_info;
use crate::linux::dwell::Pause;
use crate::linux::features::rule::Reader;
use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::kernel_text::in_plain_words;
use crate::linux::pid_handle::MmEnd;
use crate::oracle::states::States;
use crate::process::attached::AttachedTarget;
use crate::process::target_watch::TargetState;
use crate::sampling::describe::Moment;
use crate::sampling::sampler::Sampler;
use crate::sampling::thread::{Dwelling, SamplerError, SamplerOptions, Watched};
use crate::setup::placement::Placement;
use crate::setup::read_range::Extent;
use crate::text::sanitise::sanitise;

/// How often to ask what the target is doing.
const ASK: Duration = Duration::from_millis(500);

/// What the thread works with.
pub(crate) struct Foreign {
    target: AttachedTarget,
    options: SamplerOptions,
    kernel: String,
    readers: Vec<(String, String)>,
    info: Arc<TargetInfo>,
    requests: Receiver<Request>,
    stop: Arc<AtomicBool>,
    start: Instant,
    gaze: Gaze,
    lens: Lens,
    key: CaseKey,
    states: States,
    ledger: Ledger,
    meter: RateMeter,
    probing: Probing,
    state: TargetState,
    ask_due: Duration,
    found: Vec<FoundEvent>,
    dropped: u64,
    ended: Option<String>,
    news: bool,
    /// A command may be held at its first instruction until the first scan.
    may_be_held: bool,
}

impl Foreign {
    pub(crate) fn new(
        watch: ToWatch,
        requests: Receiver<Request>,
        stop: Arc<AtomicBool>,
    ) -> anyhow::Result<Self> {
        let facts = KernelFacts::detect()?;
        let rules: Vec<(Reader, ReaderRule)> = vec![(Reader::Maps, facts.rule_for(Reader::Maps))];
        let options = SamplerOptions {
            pid: watch.target.pid(),
            reader: Reader::Maps,
            rule: rules[0].1.rule,
            extent: Extent::default(),
            dwell: Dwelling::Fixed(Pause::NONE),
            shared_file: None,
            rate: watch.rate,
            watched: Watched::Unknown,
        };
        let sampler = Sampler::start(&options)?;
        Ok(Foreign {
            kernel: format!("Linux {}", sanitise(facts.release.text.as_bytes())),
            readers: rules
                .iter()
                .map(|(reader, rule)| (reader.to_string(), in_plain_words(*reader, rule.rule)))
                .collect(),
            info: Arc::default(),
            lens: Lens::new(watch.target.pid(), &facts),
            key: key(&watch.target),
            target: watch.target,
            options,
            requests,
            stop,
            start: Instant::now(),
            gaze: Gaze::new(sampler, rules[0].1.rule.granularity, Trigger::Live),
            states: States::unknown(),
            ledger: Ledger::new(run_info(1, &facts, &rules)),
            meter: RateMeter::default(),
            probing: Probing::new(Pace::Foreign),
            state: TargetState::Running,
            ask_due: Duration::ZERO,
            found: Vec::new(),
            dropped: 0,
            ended: None,
            news: true,
            may_be_held: true,
        })
    }

    fn obey(&mut self, request: Request, tell: &mut Tell) {
        match request {
            Request::Stop => {}
            Request::Suspend(done) => {
                self.gaze.sampler.pause(true);
                self.probing.suspend(self.target.pid(), true);
                // Whoever asked may have lost patience.
                let _ = done.try_send(());
            }
            Request::Resume => {
                self.gaze.sampler.pause(false);
                self.probing.suspend(self.target.pid(), false);
            }
            Request::Command(Command::Probe(query)) => {
                self.probing.ask(self.target.pid(), query);
            }
            Request::Command(Command::Rate(rate)) => {
                self.options.rate = rate;
                self.gaze.sampler.set_rate(rate);
            }
            Request::Command(Command::Trigger(trigger)) => self.gaze.hold.set_trigger(trigger),
            Request::Command(Command::Look(look)) => {
                self.gaze.arrange(&look.arrangement);
                self.lens.set_look(look);
            }
            Request::Command(Command::Usage(address)) => {
                let now = self.start.elapsed();
                self.lens.read_usage(address, now, &self.stop);
            }
            Request::Command(Command::Report) => {
                let published = self.gaze.sampler.published();
                let result = (self.key.clone(), published.tally, 0, published.elapsed_ns);
                // A report that finds no room can be asked for again.
                let _ = tell(Update::Report(self.ledger.text(&[result])));
            }
            Request::Command(
                Command::NextScenario
                | Command::PreviousScenario
                | Command::Scenario(_)
                | Command::MoveOn(_)
                | Command::SwitchPlacement
                | Command::Still(_)
                | Command::Step
                | Command::Manual(_),
            ) => {
                let text = "this target is not ours to drive: vmascope only reads it";
                let _ = tell(Update::Notice(text.into()));
            }
        }
        self.news = true;
    }

    fn tick(&mut self, tell: &mut Tell) -> anyhow::Result<()> {
        self.news |= self.probing.tick();
        let now = self.start.elapsed();
        if self.ended.is_none() {
            self.news |= self.gaze.look(now, Context::default());
            self.news |= self.gaze.locks.look(now, &self.gaze.sampler);
        }
        let changed = self.gaze.has_changed();
        let picture = self.gaze.picture.as_deref();
        self.news |= self.lens.tick(now, picture, &self.gaze.history, changed);
        if self.ended.is_some() {
            return Ok(());
        }
        self.collect(now);
        let published = self.gaze.sampler.published();
        if self.may_be_held && published.tally.scans > 0 {
            self.may_be_held = false;
            self.let_go(tell);
        }
        self.news |= self.meter.add(now, &published.tally, 0);
        if now >= self.ask_due {
            self.ask_due = now + ASK;
            self.state = self.target.watch.state();
            self.describe();
        }
        // While it is exiting nobody knows how it ends.
        if self.gaze.sampler.has_ended() && self.target.watch.state() != TargetState::Exiting {
            self.after_the_end(tell)?;
        }
        Ok(())
    }

    /// Its exec is on record: now it may run.
    fn let_go(&mut self, tell: &mut Tell) {
        let info = &self.target.info;
        let text = format!(
            "exec: {}, PID {}, {} VMAs before its first instruction",
            info.comm(),
            info.pid,
            info.vmas
        );
        if self.target.let_go() {
            let _ = tell(Update::Notice(text));
        }
    }

    fn collect(&mut self, now: Duration) {
        while let Some(find) = self.gaze.sampler.next_found() {
            let moment = Moment {
                case: &self.key,
                placement: Placement::Inside,
                reader_index: 0,
                states: &self.states,
            };
            let event = moment.describe(find);
            self.ledger.event(&event);
            self.found.push(FoundEvent {
                at: now,
                event: Arc::new(event),
            });
            self.news = true;
        }
        if self.found.len() > WAITING {
            let excess = self.found.len() - WAITING;
            self.found.drain(..excess);
            self.dropped += excess as u64;
        }
    }

    /// The address space is gone. After an exec the new one is watched;
    /// otherwise the last picture stays.
    fn after_the_end(&mut self, tell: &mut Tell) -> anyhow::Result<()> {
        self.news = true;
        match self.gaze.sampler.stop() {
            Err(SamplerError::Ended(MmEnd::Execed { .. })) => {}
            Err(SamplerError::Ended(MmEnd::Exited { .. })) => {
                self.state = self.target.watch.state();
                self.describe();
                let how = match self.state {
                    TargetState::Running | TargetState::Stopped => "has exited".to_owned(),
                    state => state.describe(),
                };
                self.ended = Some(format!("it {how}"));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
            Ok(_) => anyhow::bail!("the sampling thread has ended"),
        }
        let again = self
            .target
            .reopen()
            .map_err(|error| error.to_string())
            .and_then(|()| Sampler::start(&self.options).map_err(|error| error.to_string()));
        match again {
            Ok(sampler) => {
                self.gaze.go_on_with(sampler);
                self.probing.go_on_with(self.target.pid());
                self.meter.restart();
                self.key = key(&self.target);
                self.describe();
                let text = format!(
                    "the target has run another program (exec): now watching {}",
                    self.target.info.comm()
                );
                let _ = tell(Update::Notice(text));
            }
            Err(why) => {
                self.ended = Some(format!(
                    "it has run another program (exec), which cannot be watched: {why}"
                ));
            }
        }
        Ok(())
    }

    /// Says who is watched, if that has changed.
    fn describe(&mut self) {
        let info = &self.target.info;
        let doing = match self.state {
            TargetState::Running => String::new(),
            state => format!(", {}", state.describe()),
        };
        let asked = self.target.thread.map_or(String::new(), |thread| {
            format!(" (the process of thread {thread})")
        });
        let name = format!("{}, PID {}{asked}{doing}", info.comm(), info.pid);
        if self.info.name != name {
            self.info = Arc::new(TargetInfo {
                name,
                kernel: self.kernel.clone(),
                readers: self.readers.clone(),
            });
            self.news = true;
        }
    }

    fn tell_news(&mut self, tell: &mut Tell) {
        if !self.news {
            return;
        }
        let published = self.gaze.sampler.published();
        let snapshot = Snapshot {
            at: self.start.elapsed(),
            target: self.info.clone(),
            missing: Some(published.missing),
            overall: published.tally.clone(),
            tally: published.tally,
            dropped: self.dropped + published.dropped,
            rates: self.meter.rates(),
            locks: self.gaze.locks.per_scan(),
            history: Arc::new(self.meter.history()),
            picture: self.gaze.picture.clone(),
            found: std::mem::take(&mut self.found),
            probe: self.probing.reading.clone(),
            ended: self.ended.clone(),
            explored: self.lens.explored(),
            ..Snapshot::default()
        };
        match tell(Update::Snapshot(Box::new(snapshot))) {
            Ok(()) => self.news = false,
            // Kept for the next time.
            Err(Update::Snapshot(back)) => self.found = back.found,
            Err(_) => {}
        }
    }
}

impl Work for Foreign {
    fn work(&mut self, tell: &mut Tell) -> anyhow::Result<()> {
        let mut next = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            let left = next.saturating_duration_since(Instant::now());
            match self.requests.recv_timeout(left) {
                Ok(request) => self.obey(request, tell),
                Err(RecvTimeoutError::Timeout) => {
                    next = Instant::now() + TICK;
                    self.tick(tell)?;
                    self.tell_news(tell);
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Ok(())
    }
}

fn key(target: &AttachedTarget) -> CaseKey {
    CaseKey {
        scenario: format!("{} (PID {})", target.info.comm(), target.pid()),
        reader: Reader::Maps.to_string(),
    }
}
