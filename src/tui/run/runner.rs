//! The loop: takes messages, has them update the application, carries out the
//! effects, draws.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTSTP};
use signal_hook::low_level::emulate_default_handler;

use super::lessons::Lessons;
use super::{End, Left};
use crate::fuzz::live::LiveHunt;
use crate::latency::live::LiveLab;
use crate::latency::live::recorded::LabFrames;
use crate::linux::job_control::somebody_can_continue_us;
use crate::replay::step::TimeStep;
use crate::session::{Session, SessionCommand};
use crate::threads::worker::WorkerThread;
use crate::tui::app::App;
use crate::tui::effect::{Effect, LatencyEffect};
use crate::tui::keys::action::Action;
use crate::tui::keys::quit::QuitKeys;
use crate::tui::latency::update::LatencyAction;
use crate::tui::message::Message;
use crate::tui::rewind::Rewind;
use crate::tui::terminal::{self, Screen};
use crate::tui::view::View;
use crate::tui::{frame, last_way_out};

/// The least time between two frames: thirty a second.
const FRAME: Duration = Duration::from_micros(33_300);

/// How often the time is told while something depends on it.
const TIME: Duration = Duration::from_millis(200);

/// For what the loop ends.
pub(super) enum Leave {
    Program(End),
    /// This lesson is shown next.
    ForLesson(usize),
}

pub(super) struct Runner {
    pub(super) app: App,
    // Before the session: the terminal is given back first.
    pub(super) screen: Screen,
    /// None where a recording is shown.
    pub(super) session: Option<Session>,
    pub(super) rewind: Rewind,
    /// Runs only while its view is shown.
    pub(super) lab: Option<LiveLab>,
    /// Where what it tells is kept.
    pub(super) lab_frames: Option<LabFrames>,
    /// The same.
    pub(super) hunt: Option<LiveHunt>,
    /// What makes a kit.
    pub(super) kit: Option<WorkerThread<()>>,
    /// Whether the session stands still for one of them.
    pub(super) stands_still: bool,
    /// For threads that are started on the way.
    pub(super) sender: SyncSender<Message>,
    pub(super) lessons: Option<Box<Lessons>>,
    pub(super) start: Instant,
    pub(super) last_frame: Option<Instant>,
    pub(super) panic: bool,
}

impl Runner {
    pub(super) fn go(&mut self, messages: &Receiver<Message>) -> anyhow::Result<Leave> {
        loop {
            let first = match messages.recv_timeout(self.patience()) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(Leave::Program(End::Quit)),
            };
            last_way_out::note_turn(match self.app.is_typing() {
                true => QuitKeys::ControlC,
                false => QuitKeys::ControlCOrQ,
            });
            // What comes is of now, however long nothing came.
            let now = self.start.elapsed();
            if first.is_some() && now >= self.app.clock + TIME {
                self.app.pass_time(now);
            }
            // All that waits belongs into one frame.
            for message in first.into_iter().chain(messages.try_iter()) {
                if matches!(message, Message::Moment(_)) && !self.rewind.is_rewound() {
                    continue;
                }
                let is_snapshot = matches!(message, Message::Snapshot(_));
                for effect in self.app.update(message) {
                    if let Some(end) = self.carry_out(effect)? {
                        return Ok(end);
                    }
                }
                assert!(
                    !(self.panic && is_snapshot),
                    "a panic on purpose, asked for by a test"
                );
            }
            if self.app.wants_time() && self.start.elapsed() >= self.app.clock + TIME {
                self.app.update(Message::Time(self.start.elapsed()));
            }
            self.draw_if_due()?;
        }
    }

    /// How long there is nothing to do but wait for messages.
    fn patience(&self) -> Duration {
        let until_frame = self
            .last_frame
            .map_or(Duration::ZERO, |last| FRAME.saturating_sub(last.elapsed()));
        match (self.app.dirty, self.app.wants_time()) {
            (true, _) => until_frame,
            (false, true) => TIME,
            (false, false) => Duration::from_secs(3600),
        }
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let due = self.last_frame.is_none_or(|last| last.elapsed() >= FRAME);
        if !self.app.dirty || !due {
            return Ok(());
        }
        self.app.dirty = false;
        self.last_frame = Some(Instant::now());
        let app = &mut self.app;
        self.screen.draw(|area, buffer| {
            // That the terminal has another size may be told later than it is so.
            app.fit((area.width, area.height));
            frame::render(app, area, buffer);
        })
    }

    /// What is the same in the lesson for which it is left; all else is dropped, and waited
    /// for.
    pub(super) fn leave(self, leave: Leave) -> anyhow::Result<Left> {
        match (leave, self.lessons) {
            (Leave::ForLesson(at), Some(lessons)) => Ok(Left::ForLesson(at, lessons, self.screen)),
            (Leave::ForLesson(_), None) => Ok(Left::Program(End::Quit)),
            (Leave::Program(end), _) => Ok(Left::Program(end)),
        }
    }

    pub(super) fn carry_out(&mut self, effect: Effect) -> anyhow::Result<Option<Leave>> {
        match effect {
            Effect::Quit | Effect::Terminate(SIGINT) => {
                return Ok(Some(Leave::Program(End::Quit)));
            }
            Effect::Terminate(signal) => return Ok(Some(Leave::Program(End::Signal(signal)))),
            Effect::Fail(why) => anyhow::bail!(why),
            Effect::Session(command) => self.ask(command),
            Effect::Time(TimeStep::Live) => {
                self.rewind.go_live();
                for effect in self.app.update(Message::Live) {
                    self.carry_out(effect)?;
                }
            }
            Effect::Time(step) => self.rewind.step(step)?,
            Effect::Latency(effect) => self.lab(effect)?,
            Effect::Fuzz(effect) => self.fuzz(effect)?,
            Effect::Suspend if !somebody_can_continue_us() => {
                let text = "no shell could continue vmascope after a stop: it goes on";
                self.app.update(Message::Notice(text.into()));
            }
            Effect::Suspend => {
                self.suspend(true);
                let had_lab = self.lab.take().is_some();
                (self.hunt, self.kit) = (None, None);
                self.app.fuzz.has_ended();
                terminal::give_back();
                // Stops here until somebody continues us.
                emulate_default_handler(SIGTSTP)?;
                self.screen.retake()?;
                self.stands_still = true;
                match had_lab {
                    true => self.lab(LatencyEffect::Start)?,
                    false => self.let_session_go_on(),
                }
                self.app.resize(terminal::size().0);
            }
            Effect::Redraw => {
                self.screen.retake()?;
                self.app.resize(terminal::size().0);
            }
            Effect::Mouse(is_ours) => self.screen.set_mouse(is_ours)?,
            Effect::Copy(text) => self.screen.copy(&text)?,
            Effect::Lesson(lesson) => return Ok(Some(Leave::ForLesson(lesson))),
            Effect::Progress(progress) => {
                let problem = self.lessons.as_mut().and_then(|it| it.keep(*progress));
                problem
                    .into_iter()
                    .for_each(|text| drop(self.app.update(Message::Notice(text))));
            }
            Effect::SaveScreen => self.save_screen(),
            Effect::SaveRecording => self.save_recording()?,
            Effect::SaveReport(text, of) => self.save_report(&text, of),
            Effect::ReportOfPast => self.rewind.report(),
            Effect::Export(format) => self.export(format)?,
        }
        Ok(None)
    }

    /// Presses the keys that begin the demonstration of the lab.
    pub(super) fn walk(&mut self) -> anyhow::Result<()> {
        for action in [
            Action::Show(View::Latency),
            Action::Latency(LatencyAction::Walk),
        ] {
            for effect in self.app.act(action) {
                self.carry_out(effect)?;
            }
        }
        Ok(())
    }

    /// Asks the session, or of the past the player.
    fn ask(&mut self, command: SessionCommand) {
        if let SessionCommand::Explore(request) = &command
            && self.rewind.explore(request)
        {
            return;
        }
        if let Some(session) = &self.session {
            session.send(command);
        }
    }
}
