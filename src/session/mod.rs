//! A session: a target that is watched for as long as somebody looks.
//!
//! A [`Session`] is a thread that owns the modifier and the samplers, and says
//! some thirty times a second what there is to show, as one [`Snapshot`] that
//! never changes again. It takes [`Command`]s and never waits for whoever
//! looks: what finds no room is sent later, or counted as dropped.

mod changes;
mod foreign;
mod gaze;
mod ledger;
mod live;
mod locks;
mod picture;
mod rates;
mod run_info;
mod running;
mod snapshot;
mod thread;
mod trigger;
mod worker;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

pub use changes::{Change, ChangeKind, FADE};
pub use live::PageAnswer;
pub use picture::{Context, LineRef, Picture, Row, SiteLine};
pub use rates::{HISTORY, KINDS, Point, RateMeter, Rates};
pub use run_info::{in_plain_words, kernel_text, per_vma_lock_text, run_info};
pub use snapshot::{FoundEvent, PairRow, ScanLocks, Scene, Snapshot, TargetInfo};
pub use trigger::{Held, Hold, Trigger};

use crate::sampler::Rate;
use crate::target::attached::AttachedTarget;
use foreign::Foreign;
use worker::Worker;

/// Commands that may wait to be obeyed.
const COMMANDS: usize = 32;

/// How long to wait for the modifier to stand still before a suspension.
const SUSPEND: Duration = Duration::from_millis(500);

/// What a session is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The next scenario of the catalogue.
    NextScenario,
    /// The one before.
    PreviousScenario,
    /// Move the site to a chunk boundary, or inside a chunk.
    SwitchPlacement,
    /// Make the modifier stand still, or go on.
    Still(bool),
    /// One operation of the modifier, which then stands still.
    Step,
    /// Scan at this rate.
    Rate(Rate),
    /// Show other scans.
    Trigger(Trigger),
    /// Write the plain-text report.
    Report,
}

/// What a session says.
#[derive(Debug)]
pub enum Update {
    /// There is something new to show.
    Snapshot(Box<Snapshot>),
    /// One line for the user.
    Notice(String),
    /// The text of the report.
    Report(String),
    /// It cannot go on; why.
    Failed(String),
}

/// Who is watched.
#[derive(Debug)]
pub enum Subject {
    /// The built-in modifier, with the scenario at this position in the
    /// catalogue to begin with.
    Modifier(usize),
    /// A target of the user's.
    Target(Box<ToWatch>),
}

/// A target that is open, and how fast it is to be scanned.
#[derive(Debug)]
pub struct ToWatch {
    /// The target; if it is a command that we run, it ends when this is
    /// dropped.
    pub target: AttachedTarget,
    /// How fast.
    pub rate: Rate,
}

/// How to start a session with the modifier.
#[derive(Clone, Debug)]
struct SessionOptions {
    /// The scenario to begin with: its position in the catalogue.
    scenario: usize,
    /// Panic on purpose after the first snapshot: for tests of the end.
    panic: bool,
}

enum Request {
    Command(Command),
    /// Stand still, and say when that is so.
    Suspend(SyncSender<()>),
    Resume,
    Stop,
}

/// A running session. Dropping it ends it, and the modifier with it.
#[derive(Debug)]
pub struct Session {
    requests: SyncSender<Request>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Session {
    /// Starts the thread; with `panic` it panics on purpose after the first
    /// snapshot of the modifier, for tests of the end. `tell` is called from it and must not block: it
    /// gives back what it has no room for.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(
        subject: Subject,
        panic: bool,
        tell: impl FnMut(Update) -> Result<(), Update> + Send + 'static,
    ) -> io::Result<Self> {
        let (requests, receiver): (_, Receiver<Request>) = sync_channel(COMMANDS);
        let stop = Arc::new(AtomicBool::new(false));
        // The modifier dies with the thread that spawned it, which is this
        // one: it lives until the session ends.
        let thread = std::thread::Builder::new().name("session".into()).spawn({
            let stop = stop.clone();
            move || match subject {
                Subject::Modifier(scenario) => {
                    let options = SessionOptions { scenario, panic };
                    let make = || Ok(Worker::new(options, receiver, stop.clone()));
                    thread::run(make, Box::new(tell), &stop);
                }
                Subject::Target(watch) => {
                    let make = || Foreign::new(*watch, receiver, stop.clone());
                    thread::run(make, Box::new(tell), &stop);
                }
            }
        })?;
        Ok(Session {
            requests,
            stop,
            thread: Some(thread),
        })
    }

    /// Asks for something; nothing happens if too much was asked for already.
    pub fn send(&self, command: Command) {
        let _ = self.requests.try_send(Request::Command(command));
    }

    /// Makes everything stand still before this process is stopped.
    pub fn suspend(&self) {
        let (done, wait) = sync_channel(1);
        if self.requests.try_send(Request::Suspend(done)).is_ok() {
            // Whether it did or is too busy: the process is stopped anyway.
            let _ = wait.recv_timeout(SUSPEND);
        }
    }

    /// Lets everything go on after a suspension.
    pub fn resume(&self) {
        let _ = self.requests.try_send(Request::Resume);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.requests.try_send(Request::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic in it has been told already.
            let _ = thread.join();
        }
    }
}
