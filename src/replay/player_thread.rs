//! A player on a thread of its own: decoding takes time, and keys are answered
//! meanwhile.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use super::moment::Moment;
use super::player::Player;
use super::player::report::ReportOf;
use super::step::TimeStep;
use crate::session::explorer::request::ExplorerRequest;
use crate::threads::worker::{Failure, WorkerThread};

/// Commands that may wait.
const COMMANDS: usize = 256;

/// The time between two moments that are shown while it plays.
const TICK: Duration = Duration::from_micros(33_300);

/// How long it waits for commands where time stands still.
const REST: Duration = Duration::from_millis(500);

/// What a player is asked to do.
#[derive(Clone, Debug)]
pub(crate) enum PlayerCommand {
    Step(TimeStep),
    /// The explorer asks for something else.
    Explore(Arc<ExplorerRequest>),
    /// The report of the moment is wanted.
    Report,
}

/// What a player says.
#[derive(Debug)]
pub(crate) enum PlayerUpdate {
    Moment(Box<Moment>),
    /// What was asked for, or why there is none.
    Report(Box<Result<ReportOf, &'static str>>),
    /// It cannot go on; why.
    Failed(String),
}

/// A thread that plays. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct PlayerThread {
    commands: SyncSender<PlayerCommand>,
    _thread: WorkerThread<()>,
}

impl PlayerThread {
    /// Opens a recording and takes the first steps. `tell` says whether there was room.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn start(
        open: impl FnOnce() -> Result<Player, String> + Send + 'static,
        first: Vec<PlayerCommand>,
        tell: impl Fn(PlayerUpdate) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let (commands, receiver) = sync_channel(COMMANDS);
        let thread = WorkerThread::start_telling(
            "player",
            tell,
            move |tell, stop| {
                let mut player = open()?;
                first
                    .into_iter()
                    .for_each(|command| obey(&mut player, command, tell));
                play(&mut player, &receiver, tell, stop);
                Ok(())
            },
            |tell, failure: &Failure<String>| {
                tell(PlayerUpdate::Failed(match failure {
                    Failure::Error(why) => why.clone(),
                    Failure::Panic(text) => {
                        format!("the player's thread panicked: {text}; please report this")
                    }
                }))
            },
        )?;
        Ok(PlayerThread {
            commands,
            _thread: thread.not_awaited(),
        })
    }

    /// Asks for something; nothing happens if too much was asked for already. False:
    /// it has failed, and nobody is there any more.
    pub(crate) fn send(&self, command: PlayerCommand) -> bool {
        !matches!(
            self.commands.try_send(command),
            Err(TrySendError::Disconnected(_))
        )
    }
}

fn obey(player: &mut Player, command: PlayerCommand, tell: &impl Fn(PlayerUpdate) -> bool) {
    match command {
        // Who asked may ask again.
        PlayerCommand::Report => {
            tell(PlayerUpdate::Report(Box::new(player.report())));
        }
        PlayerCommand::Step(step) => player.step(step),
        PlayerCommand::Explore(request) => player.explore(request),
    }
}

fn play(
    player: &mut Player,
    commands: &Receiver<PlayerCommand>,
    tell: &impl Fn(PlayerUpdate) -> bool,
    stop: &AtomicBool,
) {
    let mut is_new = true;
    let mut last = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        if is_new {
            let notice = player.notice();
            let moment = Moment {
                notice,
                ..player.moment()
            };
            is_new = !tell(PlayerUpdate::Moment(Box::new(moment)));
            if !is_new {
                player.has_told();
            }
        }
        let rest = if is_new || player.place().playing.is_some() {
            TICK
        } else {
            REST
        };
        match commands.recv_timeout(rest.saturating_sub(last.elapsed())) {
            Ok(command) => {
                is_new = true;
                obey(player, command, tell);
                commands
                    .try_iter()
                    .for_each(|command| obey(player, command, tell));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let passed = last.elapsed();
        if passed >= TICK {
            last = Instant::now();
            is_new |= player.pass(passed);
        }
    }
}
