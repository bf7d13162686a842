//! The past for the screen: who plays what was recorded.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use super::message::Message;
use crate::recording::open::Recording;
use crate::recording::recorder::Recorder;
use crate::replay::player::Player;
use crate::replay::player_thread::{PlayerCommand, PlayerThread, PlayerUpdate};
use crate::replay::step::TimeStep;
use crate::session::explorer::request::ExplorerRequest;

/// Why there is no past.
pub(super) const NOTHING_KEPT: &str =
    "what is kept of the last minute cannot be had in time: try again";

/// Where the past comes from.
#[derive(Clone, Debug)]
pub(crate) enum Past {
    /// What is kept of a session that goes on.
    Kept(Recorder),
    /// A recording; nothing goes on.
    Recording(Arc<Recording>),
}

/// Plays the past while somebody looks at it.
#[derive(Debug)]
pub(crate) struct Rewind {
    past: Past,
    player: Option<PlayerThread>,
    /// What the explorer asked for last.
    request: Arc<ExplorerRequest>,
    sender: SyncSender<Message>,
}

impl Rewind {
    pub(crate) fn new(past: Past, sender: SyncSender<Message>) -> Self {
        Rewind {
            past,
            player: None,
            request: Arc::default(),
            sender,
        }
    }

    /// Who keeps what is played, where it goes on.
    pub(crate) fn recorder(&self) -> Option<&Recorder> {
        match &self.past {
            Past::Kept(recorder) => Some(recorder),
            Past::Recording(_) => None,
        }
    }

    /// Takes a step. From what is live it begins with the last moment that is kept.
    ///
    /// # Errors
    /// When the thread of the player cannot be started.
    pub(crate) fn step(&mut self, step: TimeStep) -> io::Result<()> {
        if self.ask(PlayerCommand::Step(step)) {
            return Ok(());
        }
        let begin = match &self.past {
            Past::Kept(_) => TimeStep::Last,
            Past::Recording(_) => TimeStep::First,
        };
        let first = [
            PlayerCommand::Explore(self.request.clone()),
            PlayerCommand::Step(begin),
            PlayerCommand::Step(step),
        ];
        // Live, the first key stops time where it is.
        let taken = match (&self.past, step) {
            (Past::Kept(_), TimeStep::StopOrPlay) => 2,
            _ => 3,
        };
        let past = self.past.clone();
        let open = move || {
            let (recording, has_live) = match past {
                Past::Recording(recording) => (recording, false),
                Past::Kept(recorder) => {
                    let kept = recorder.kept();
                    (Arc::new(kept.ok_or(NOTHING_KEPT)?), true)
                }
            };
            Player::new(recording, has_live).map_err(|error| error.to_string())
        };
        let sender = self.sender.clone();
        let is_live = matches!(self.past, Past::Kept(_));
        let tell = move |update| {
            let message = match update {
                PlayerUpdate::Moment(moment) => Message::Moment(moment),
                PlayerUpdate::Report(found) => Message::PastReport(found),
                // What goes on still does.
                PlayerUpdate::Failed(why) if is_live => Message::Notice(why),
                PlayerUpdate::Failed(why) => Message::Failed(why),
            };
            !matches!(sender.try_send(message), Err(TrySendError::Full(_)))
        };
        let first = first[..taken].to_vec();
        self.player = Some(PlayerThread::start(open, first, tell)?);
        Ok(())
    }

    /// Nobody looks at the past any more.
    pub(crate) fn go_live(&mut self) {
        self.player = None;
    }

    /// The explorer asks for something else; whether of the past.
    pub(crate) fn explore(&mut self, request: &Arc<ExplorerRequest>) -> bool {
        self.request = request.clone();
        self.ask(PlayerCommand::Explore(request.clone()))
    }

    /// Asks for the report of the moment that is shown.
    pub(crate) fn report(&self) {
        self.ask(PlayerCommand::Report);
    }

    /// Whether the past is looked at. A player that was left may still have had a
    /// moment to tell of.
    pub(crate) fn is_rewound(&self) -> bool {
        self.player.is_some()
    }

    /// Whether there is somebody to ask.
    fn ask(&self, command: PlayerCommand) -> bool {
        let player = self.player.as_ref();
        player.is_some_and(|player| player.send(command))
    }
}
