//! The loop of a session: carries out what it is asked to, and says thirty
//! times a second what there is to show.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::explorer::change_log::ChangeLog;
use super::foreign_report::Report;
use super::scan_view::ScanView;
use super::snapshot::Snapshot;
use super::state::SessionState;
use super::{Request, SessionCommand, Update};
use crate::sampling::Published;

/// How often there may be something new: thirty times a second.
const TICK: Duration = Duration::from_micros(33_300);

/// Whom a session tells what there is to show: gives back what there is no
/// room for.
pub(crate) type Tell = Box<dyn FnMut(Update) -> Result<(), Update> + Send>;

/// What differs between the built-in modifier and a process that is not ours.
pub(crate) trait Target {
    fn pid(&self) -> u32;

    /// The scans that are shown; none while nothing is laid out to be read.
    fn view(&mut self) -> Option<&mut ScanView>;

    /// Looks at the target, and at what was read of it.
    fn tick(&mut self, state: &mut SessionState) -> anyhow::Result<()>;

    /// Carries out a command about what the target does.
    fn drive(&mut self, state: &mut SessionState, command: SessionCommand) -> anyhow::Result<()>;

    /// Makes the sampler stand still, and the target if it is ours; or lets
    /// them go on.
    fn suspend(&mut self, state: &mut SessionState, suspended: bool) -> anyhow::Result<()>;

    /// What a report is made from.
    fn report(&self, state: &SessionState, published: &Published) -> Report;

    /// Adds what only this kind of target has.
    fn show(&self, state: &SessionState, published: &Published, snapshot: &mut Snapshot);

    /// An error after which the session can go on is none.
    fn survive(&mut self, _: &mut SessionState, error: anyhow::Error) -> anyhow::Result<()> {
        Err(error)
    }
}

pub(crate) struct SessionLoop<T> {
    state: SessionState,
    target: T,
    /// Panic on purpose after the first snapshot: for tests of the end.
    panic: bool,
}

impl<T: Target> SessionLoop<T> {
    pub(crate) fn new((state, target): (SessionState, T), panic: bool) -> Self {
        SessionLoop {
            state,
            target,
            panic,
        }
    }

    /// Goes on until it is told to stop.
    pub(crate) fn run(
        &mut self,
        requests: &Receiver<Request>,
        tell: &mut Tell,
    ) -> anyhow::Result<()> {
        let mut next = Instant::now();
        while !self.state.stop.load(Ordering::Relaxed) {
            let left = next.saturating_duration_since(Instant::now());
            let done = match requests.recv_timeout(left) {
                Ok(request) => self.carry_out(request),
                Err(RecvTimeoutError::Timeout) => {
                    next = Instant::now() + TICK;
                    self.state.news |= self.state.probing.tick();
                    let done = self.target.tick(&mut self.state);
                    let now = self.state.now();
                    let view = self.target.view();
                    self.state.news |= view.is_some_and(|view| view.fade(now));
                    self.tell_news(tell);
                    self.keep_report(false);
                    done
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let done = done.or_else(|error| self.target.survive(&mut self.state, error));
            for update in self.state.updates.drain(..) {
                // A report that finds no room can be asked for again.
                let _ = tell(update);
            }
            done?;
        }
        self.keep_report(true);
        Ok(())
    }

    /// Records what a report is made from, now and then and at the end.
    fn keep_report(&mut self, is_end: bool) {
        // Not there while it is asked.
        let Some(mut kept) = self.state.kept.take() else {
            return;
        };
        if let Some(problem) = kept.recorder().problem() {
            self.state.notice(problem);
        }
        if kept.wants_report(self.state.now()) || is_end {
            let published = published(&mut self.target);
            kept.report(&self.target.report(&self.state, &published));
        }
        self.state.kept = Some(kept);
    }

    fn carry_out(&mut self, request: Request) -> anyhow::Result<()> {
        let (state, target) = (&mut self.state, &mut self.target);
        match request {
            Request::Suspend(done) => {
                state.suspend(true);
                state.probing.suspend(target.pid(), true);
                target.suspend(state, true)?;
                // Whoever asked may have lost patience.
                let _ = done.try_send(());
                Ok(())
            }
            Request::Resume => {
                state.suspend(false);
                state.probing.suspend(target.pid(), false);
                target.suspend(state, false)
            }
            Request::Command(command) => {
                if let Some(kept) = &state.kept {
                    kept.key(&command);
                }
                state.news = true;
                self.command(command)
            }
        }
    }

    fn command(&mut self, command: SessionCommand) -> anyhow::Result<()> {
        let (state, target) = (&mut self.state, &mut self.target);
        match command {
            SessionCommand::Probe(query) => state.probing.ask(target.pid(), query),
            SessionCommand::Rate(rate) => {
                state.rate = rate;
                if let Some(view) = target.view() {
                    view.sampler.set_rate(rate);
                }
            }
            SessionCommand::Trigger(trigger) => {
                state.trigger = trigger;
                if let Some(view) = target.view() {
                    view.hold.set_trigger(trigger);
                }
            }
            SessionCommand::Explore(request) => {
                if let Some(view) = target.view() {
                    view.arrange(&request.arrangement);
                }
                state.queries.set_request(request);
            }
            SessionCommand::Usage(address) => {
                let now = state.now();
                state.queries.read_usage(address, now, &state.stop);
            }
            SessionCommand::Report => {
                let published = published(target);
                let report = target.report(state, &published);
                state.updates.push(Update::Report(report));
            }
            SessionCommand::NextScenario
            | SessionCommand::PreviousScenario
            | SessionCommand::Scenario(_)
            | SessionCommand::MoveOn(_)
            | SessionCommand::SwitchPlacement
            | SessionCommand::Still(_)
            | SessionCommand::Step
            | SessionCommand::Manual(_) => return target.drive(state, command),
        }
        Ok(())
    }

    fn tell_news(&mut self, tell: &mut Tell) {
        let (state, target) = (&mut self.state, &mut self.target);
        if !state.news {
            return;
        }
        let published = published(target);
        let mut snapshot = state.snapshot(target.view().map(|view| &*view), published.clone());
        target.show(state, &published, &mut snapshot);
        let finds = snapshot.found.len();
        if let Some(kept) = &mut state.kept {
            let no_log = ChangeLog::default();
            let log = target.view().map(|view| &*view);
            let log = log.map_or(&no_log, |view| view.history.log());
            kept.moment(&snapshot, log);
        }
        let told = tell(Update::Snapshot(Box::new(snapshot)));
        if let Some(kept) = &mut state.kept {
            kept.was_shown(told.is_ok(), finds);
        }
        match told {
            Ok(()) => state.news = false,
            // Kept for the next time.
            Err(Update::Snapshot(back)) => state.found = back.found,
            Err(_) => {}
        }
        assert!(!self.panic, "a panic on purpose, asked for by a test");
    }
}

/// What the sampler has published.
fn published(target: &mut impl Target) -> Published {
    let view = target.view();
    view.map_or_else(Published::default, |view| view.sampler.published())
}
