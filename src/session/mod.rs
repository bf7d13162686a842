//! A session: a target that is watched for as long as the screen is open.
//!
//! A [`Session`] is a thread that owns the modifier and the samplers, and says
//! some thirty times a second what there is to show, as one [`Snapshot`] that
//! never changes again. It takes [`SessionCommand`]s and never waits for the screen:
//! what finds no room is sent later, or counted as dropped.
//!
//! There is one [loop](session_loop) for two kinds of
//! [target](session_loop::Target): the built-in
//! [modifier](modifier_target), which can be driven, and a
//! [process that is not ours](foreign_target), which is only read.
//!
//! What was shown can be kept: a [`moment`] is a snapshot as bytes.

pub(crate) mod by_hand;
pub(crate) mod changes;
pub(crate) mod coverage;
pub(crate) mod explorer;
#[cfg(test)]
pub(crate) mod foreign_fixture;
pub(crate) mod foreign_report;
pub(crate) mod foreign_target;
pub(crate) mod hung_reads;
pub(crate) mod kept;
pub(crate) mod layout;
pub(crate) mod lines;
pub(crate) mod live;
pub(crate) mod locks;
pub(crate) mod modifier_commands;
pub(crate) mod modifier_scenario;
pub(crate) mod modifier_target;
pub(crate) mod moment;
pub(crate) mod new_setup;
pub(crate) mod picture;
pub(crate) mod probing;
pub(crate) mod rates;
pub(crate) mod report_totals;
pub(crate) mod rows;
pub(crate) mod running;
pub(crate) mod scan_view;
pub(crate) mod session_loop;
pub(crate) mod snapshot;
pub(crate) mod state;
pub(crate) mod taken_step;
pub(crate) mod trigger;

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use by_hand::ManualCommand;
use foreign_report::Report;
use foreign_target::ForeignTarget;
use modifier_target::{First, ModifierTarget};
use session_loop::{SessionLoop, Tell};
use snapshot::Snapshot;
use trigger::Trigger;

use crate::linux::procmap_query::Query;
use crate::modifier::child_process::patience::Patience;
use crate::modifier::options::ModifierOptions;
use crate::process::attached::AttachedTarget;
use crate::recording::header::RecordedSubject;
use crate::recording::recorder::Recorder;
use crate::sampling::options::Rate;
use crate::scenario::definition::Scenario;
use crate::text::error_line::error_line;
use crate::threads::worker::{Failure, WorkerThread};

/// Commands that may wait to be carried out.
const COMMANDS: usize = 32;

/// How long to wait for the modifier to stand still before a suspension.
const SUSPEND: Duration = Duration::from_millis(500);

/// What a session is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCommand {
    /// The next scenario of the catalogue.
    NextScenario,
    /// The one before.
    PreviousScenario,
    /// The scenario at this position in the catalogue.
    Scenario(usize),
    /// Go on to the next scenario every few seconds, or stay.
    MoveOn(bool),
    /// Move the site to a chunk boundary, or inside a chunk.
    SwitchPlacement,
    /// Make the modifier stand still, or go on.
    Still(bool),
    /// One operation of the modifier, which then stands still.
    Step,
    /// Scan at this rate.
    Rate(Rate),
    /// TriggerState these scans.
    Trigger(Trigger),
    /// Write the plain-text report.
    Report,
    /// The explorer asks for something else.
    Explore(Arc<explorer::request::ExplorerRequest>),
    /// Read `smaps` for the VMA that covers this address.
    Usage(u64),
    Manual(ManualCommand),
    /// Ask this over and over, or nothing any more.
    Probe(Option<Query>),
}

impl SessionCommand {
    /// Whether the user chooses a scenario or a state: then the next scenario
    /// does not come by itself any more.
    fn is_by_hand(&self) -> bool {
        matches!(
            self,
            SessionCommand::NextScenario
                | SessionCommand::PreviousScenario
                | SessionCommand::Scenario(_)
                | SessionCommand::SwitchPlacement
                | SessionCommand::Still(true)
                | SessionCommand::Step
                | SessionCommand::Manual(_)
        )
    }
}

/// What a session says.
#[derive(Debug)]
pub enum Update {
    /// There is something new to show.
    Snapshot(Box<Snapshot>),
    /// One line for the user.
    Notice(String),
    /// What the report that was asked for is made from.
    Report(Report),
    /// The modifier does not answer, or a read hangs, in a line; told each
    /// second.
    Silent(String),
    /// It cannot go on; why.
    Failed(String),
}

/// Who is watched.
#[derive(Debug)]
pub enum Subject {
    Modifier {
        /// Those there are: the catalogue, and perhaps others behind it.
        scenarios: &'static [Scenario],
        /// The one to begin with: its position among them.
        scenario: usize,
        /// Whether the next one comes by itself every few seconds.
        moves_on: bool,
        /// Whether it stands still to begin with, and is stepped by hand.
        by_hand: bool,
        /// As in the options of the modifier.
        modifier: Box<ModifierOptions>,
    },
    /// A target of the user's.
    Target(Box<ToWatch>),
}

impl Subject {
    /// The same, as a recording says it.
    #[must_use]
    pub fn recorded(&self) -> RecordedSubject {
        match self {
            Subject::Modifier { .. } => RecordedSubject::Modifier,
            Subject::Target(_) => RecordedSubject::Target,
        }
    }

    /// Which scans are held to begin with. A torn read of the modifier is what
    /// it is there for; in a target of the user's what happens now is.
    #[must_use]
    pub(crate) fn trigger(&self) -> Trigger {
        match self {
            Subject::Modifier { .. } => Trigger::Torn,
            Subject::Target(_) => Trigger::Live,
        }
    }
}

/// A target that is open, and how fast it is to be scanned.
#[derive(Debug)]
pub struct ToWatch {
    /// The target; if it is a command that we run, it ends when this is
    /// dropped.
    pub target: AttachedTarget,
    pub rate: Rate,
    /// Whether to see its system calls, if they may be seen.
    pub see_calls: bool,
}

pub(crate) enum Request {
    Command(SessionCommand),
    /// Stand still, and say when that is so.
    Suspend(SyncSender<()>),
    Resume,
}

/// A running session. Dropping it ends it, and the modifier with it.
#[derive(Debug)]
pub struct Session {
    requests: SyncSender<Request>,
    /// Dropping it ends it.
    _thread: WorkerThread<()>,
    /// Tells of reads that hang.
    _watch: WorkerThread<()>,
}

fn lock<T>(teller: &Mutex<T>) -> MutexGuard<'_, T> {
    teller.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// Starts the thread; with `panic` it panics on purpose after the first
    /// snapshot, for tests of the end. `tell` is called from it and must not
    /// block: it gives back what it has no room for.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(
        subject: Subject,
        panic: bool,
        recorder: Recorder,
        tell: impl FnMut(Update) -> Result<(), Update> + Send + 'static,
    ) -> io::Result<Self> {
        let (requests, receiver): (_, Receiver<Request>) = sync_channel(COMMANDS);
        // While the session waits for the modifier, only that wait can tell.
        let teller = Arc::new(Mutex::new(tell));
        let tell_silence = {
            let teller = teller.clone();
            // The next second, if there is no room.
            move |text| drop(lock(&teller)(Update::Silent(text)))
        };
        let watch = hung_reads::watch(tell_silence.clone())?;
        let tell: Tell = Box::new(move |update| lock(&teller)(update));
        // The modifier dies with the thread that spawned it, which is this
        // one: it lives until the session ends.
        let thread = WorkerThread::start_telling(
            "session",
            tell,
            move |tell, stop| match subject {
                Subject::Modifier {
                    scenarios,
                    scenario,
                    moves_on,
                    by_hand,
                    modifier,
                } => {
                    // Who watches sees that it does not answer, and may leave.
                    let patience = Patience::new(stop.clone(), tell_silence).without_limit();
                    let first = First {
                        scenarios,
                        scenario,
                        moves_on,
                        by_hand,
                    };
                    let options = ModifierOptions {
                        patience,
                        ..*modifier
                    };
                    let target = ModifierTarget::start(first, options, (stop, recorder))?;
                    SessionLoop::new(target, panic).run(&receiver, tell)
                }
                Subject::Target(watch) => {
                    let target = ForeignTarget::start(*watch, (stop, recorder))?;
                    SessionLoop::new(target, panic).run(&receiver, tell)
                }
            },
            |tell, failure: &Failure<anyhow::Error>| {
                let text = match failure {
                    Failure::Error(error) => error_line(error),
                    Failure::Panic(text) => {
                        format!("the session thread panicked: {text}; please report this")
                    }
                };
                tell(Update::Failed(text)).is_ok()
            },
        )?;
        Ok(Session {
            requests,
            _thread: thread,
            _watch: watch,
        })
    }

    /// Asks for something; nothing happens if too much was asked for already.
    pub fn send(&self, command: SessionCommand) {
        let _ = self.requests.try_send(Request::Command(command));
    }

    /// Makes everything stand still before this process is stopped.
    pub(crate) fn suspend(&self) {
        let (done, wait) = sync_channel(1);
        if self.requests.try_send(Request::Suspend(done)).is_ok() {
            // Whether it did or is too busy: the process is stopped anyway.
            let _ = wait.recv_timeout(SUSPEND);
        }
    }

    /// Lets everything go on after a suspension.
    pub(crate) fn resume(&self) {
        let _ = self.requests.try_send(Request::Resume);
    }
}
