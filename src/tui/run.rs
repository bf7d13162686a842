//! The loop: takes messages, has them update the application, carries out the
//! effects, draws.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use ratatui::buffer::Buffer;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTSTP};
use signal_hook::low_level::emulate_default_handler;

use super::app::App;
use super::effect::{Effect, FuzzEffect, LatencyEffect};
use super::input::threads::Inbox;
use super::keys::action::Action;
use super::keys::quit::QuitKeys;
use super::last_way_out::Last;
use super::latency::update::LatencyAction;
use super::message::Message;
use super::protocol::drawn::ModelStart;
use super::rewind::{NOTHING_KEPT, Past, Rewind};
use super::terminal;
use super::terminal::Screen;
use super::theme::ChosenTheme;
use super::view::View;
use super::{frame, input, last_way_out, save};
use crate::fuzz::live::LiveHunt;
use crate::fuzz::plan::any_seed;
use crate::latency::live::LiveLab;
use crate::linux::job_control::somebody_can_continue_us;
use crate::recording::file::RecordingFile;
use crate::recording::header::Header;
use crate::recording::open::Recording;
use crate::recording::recorder::RecorderThread;
use crate::recording::ring::Keep;
use crate::replay::step::TimeStep;
use crate::report::export::ExportFormat;
use crate::report::output::tell as tell_line;
use crate::sampling::options::Rate;
use crate::session::picture::Picture;
use crate::session::trigger::Trigger;
use crate::session::{Session, SessionCommand, Subject, Update};
use crate::threads::panic_text::catch;
use crate::threads::worker::{WorkerThread, start_for_good};

/// The least time between two frames: thirty a second.
const FRAME: Duration = Duration::from_micros(33_300);

/// How often the time is told while something depends on it.
const TIME: Duration = Duration::from_millis(200);

/// Which thread is to panic on purpose: for tests of the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PanicIn {
    /// The thread that draws.
    Ui,
    /// The thread that owns the target.
    Session,
    /// The thread that reads keys.
    Input,
}

/// How to run the application.
#[derive(Debug)]
pub(crate) struct RunOptions {
    /// What is shown.
    pub source: Source,
    /// Whether to begin in manual mode.
    pub manual: bool,
    /// How to draw on the terminal.
    pub theme: ChosenTheme,
    /// Begin with the demonstration of the latency lab.
    pub walk: bool,
    /// Begin in the model.
    pub model: Option<ModelStart>,
    /// What comes from the terminal, where another screen has taken it before.
    pub inbox: Option<Inbox>,
    /// For tests.
    pub panic_in: Option<PanicIn>,
}

/// What is shown.
#[derive(Debug)]
pub(crate) enum Source {
    /// This is watched; all of it is kept, and written to the file.
    Live(Subject, Option<RecordingFile>),
    Recording(Arc<Recording>),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The user left.
    Quit,
    /// A signal asked for the end.
    Signal(i32),
}

/// Runs the application until it ends; then the terminal is as it was, and
/// the modifier is gone.
///
/// # Errors
/// Why it could not run, or not go on.
pub(crate) fn run(options: RunOptions) -> anyhow::Result<End> {
    terminal::note_panics();
    let ran = catch(|| run_loop(options));
    // Whatever happened in between, dropped or not.
    terminal::give_back();
    match (ran, terminal::noted_panic()) {
        (Ok(Err(error)), Some(place)) => Err(error.context(place)),
        // The terminal is gone, whether or not SIGHUP has come yet.
        (Ok(Err(error)), None) if terminal::is_hangup(&error) => Ok(End::Signal(SIGHUP)),
        (Ok(ended), _) => ended,
        (Err(panic), place) => {
            anyhow::bail!("{}: {panic}; please report this", place.unwrap_or_default())
        }
    }
}

fn run_loop(options: RunOptions) -> anyhow::Result<End> {
    let panic = options.panic_in == Some(PanicIn::Input);
    let inbox = options
        .inbox
        .map_or_else(|| input::threads::start(panic), Ok);
    let Inbox { messages, sender } = inbox.context(input::threads::CANNOT_START)?;
    let start = Instant::now();
    // The session first: it sets up its target while the terminal is taken.
    let panic = options.panic_in == Some(PanicIn::Session);
    let mut rate = Rate::Full;
    let mut trigger = Trigger::default();
    let (session, past, recorded) = match options.source {
        Source::Live(subject, file) => {
            if let Subject::Target(watch) = &subject {
                rate = watch.rate;
            }
            trigger = subject.trigger();
            let header = Header::of_now(subject.recorded());
            let recorded = RecorderThread::start(header, Keep::default(), file)
                .context("cannot start the thread that records")?;
            let recorder = recorded.recorder.clone();
            let session = Session::start(subject, panic, recorder.clone(), tell(sender.clone()))
                .context("cannot start the thread of the session")?;
            (Some(session), Past::Kept(recorder), Some(recorded))
        }
        Source::Recording(recording) => (None, Past::Recording(recording), None),
    };
    let mut screen = Screen::take().context("cannot take the terminal")?;
    let (size, is_known) = terminal::size();
    let mut app = App::new(size, options.theme.theme).at_rate(rate);
    app.follows_background = options.theme.asks;
    if options.theme.asks {
        screen.ask_background()?;
    }
    if !is_known {
        app.update(Message::Notice(format!(
            "the terminal does not say its size: taken for {} columns and {} rows (stty sets it)",
            size.0, size.1
        )));
    }
    app.shown.trigger = trigger;
    if options.manual {
        for effect in app.show(View::Manual) {
            if let (Effect::Session(command), Some(session)) = (effect, &session) {
                session.send(command);
            }
        }
    }
    if let Some(start) = options.model {
        app.show_model(&start);
    }
    let mut runner = Runner {
        app,
        screen,
        session,
        rewind: Rewind::new(past, sender.clone()),
        lab: None,
        hunt: None,
        kit: None,
        stands_still: false,
        sender,
        start,
        last_frame: None,
        panic: options.panic_in == Some(PanicIn::Ui),
    };
    if options.walk {
        runner.walk()?;
    }
    if runner.session.is_none() {
        runner.rewind.step(TimeStep::StopOrPlay)?;
    }
    let ended = runner.go(&messages);
    // What is dropped now is waited for.
    last_way_out::open(match ended {
        Ok(End::Quit) => Last::Exit(0),
        Ok(End::Signal(signal)) => Last::Signal(signal),
        // The exit status of what could not go on.
        Err(_) => Last::Exit(3),
    });
    drop(runner);
    if let Some(problem) = recorded.and_then(RecorderThread::finish) {
        terminal::give_back();
        tell_line(&format!("vmascope: {problem}"));
    }
    ended
}

/// Hands the session's updates over without ever waiting.
fn tell(sender: SyncSender<Message>) -> impl FnMut(Update) -> Result<(), Update> {
    move |update| {
        let message = match update {
            Update::Snapshot(snapshot) => Message::Snapshot(snapshot),
            Update::Notice(text) => Message::Notice(text),
            Update::Silent(text) => Message::Silent(text),
            Update::Report(report) => Message::Report(report),
            Update::Failed(text) => Message::Failed(text),
        };
        match sender.try_send(message) {
            // Nobody listens any more: the end is near.
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
            Err(TrySendError::Full(message)) => Err(match message {
                Message::Snapshot(snapshot) => Update::Snapshot(snapshot),
                Message::Report(report) => Update::Report(report),
                Message::Failed(text) => Update::Failed(text),
                Message::Notice(text) => Update::Notice(text),
                _ => return Ok(()),
            }),
        }
    }
}

struct Runner {
    app: App,
    // Before the session: the terminal is given back first.
    screen: Screen,
    /// None where a recording is shown.
    session: Option<Session>,
    rewind: Rewind,
    /// Runs only while its view is shown.
    lab: Option<LiveLab>,
    /// The same.
    hunt: Option<LiveHunt>,
    /// What makes a kit.
    kit: Option<WorkerThread<()>>,
    /// Whether the session stands still for one of them.
    stands_still: bool,
    /// For threads that are started on the way.
    sender: SyncSender<Message>,
    start: Instant,
    last_frame: Option<Instant>,
    panic: bool,
}

impl Runner {
    fn go(&mut self, messages: &Receiver<Message>) -> anyhow::Result<End> {
        loop {
            let first = match messages.recv_timeout(self.patience()) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(End::Quit),
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
        let app = &self.app;
        self.screen
            .draw(|area, buffer| frame::render(app, area, buffer))
    }

    fn carry_out(&mut self, effect: Effect) -> anyhow::Result<Option<End>> {
        match effect {
            Effect::Quit | Effect::Terminate(SIGINT) => return Ok(Some(End::Quit)),
            Effect::Terminate(signal) => return Ok(Some(End::Signal(signal))),
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
                self.app.shown.size = terminal::size().0;
                self.app.dirty = true;
            }
            Effect::Redraw => {
                self.screen.retake()?;
                self.app.shown.size = terminal::size().0;
            }
            Effect::Mouse(is_ours) => self.screen.set_mouse(is_ours)?,
            Effect::Copy(text) => self.screen.copy(&text)?,
            Effect::SaveScreen => {
                let area =
                    ratatui::layout::Rect::new(0, 0, self.app.shown.size.0, self.app.shown.size.1);
                let mut buffer = Buffer::empty(area);
                frame::render(&self.app, area, &mut buffer);
                let background = self.app.shown.theme.background;
                self.saved(save::save_screen(self.app.view.name(), &buffer, background));
            }
            Effect::SaveRecording => self.save_recording()?,
            Effect::SaveReport(text) => self.saved(save::save_report(&text)),
            Effect::Export(format) => {
                let shown = self.app.shown.snapshot.as_ref();
                if let Some(picture) = shown.and_then(|shown| shown.picture.clone()) {
                    self.export(picture, format)?;
                }
            }
        }
        Ok(None)
    }

    /// Writes the lines of a picture, on a thread of its own: a million of them
    /// take seconds, and keys are answered meanwhile.
    fn export(&mut self, picture: Arc<Picture>, format: ExportFormat) -> io::Result<()> {
        self.save_meanwhile("export", move || {
            save::save_lines(&picture, format).map_err(|error| error.to_string())
        })
    }

    /// Writes what is kept of the last minute, on a thread of its own.
    fn save_recording(&mut self) -> io::Result<()> {
        let Some(recorder) = self.rewind.recorder().cloned() else {
            let text = "this is a recording: it is in its file already";
            self.app.update(Message::Notice(text.into()));
            return Ok(());
        };
        self.save_meanwhile("recording", move || {
            let kept = recorder.kept().ok_or(NOTHING_KEPT)?;
            save::save_recording(&kept).map_err(|error| error.to_string())
        })
    }

    /// Saves something on a thread of its own, which then tells the name of the file.
    fn save_meanwhile(
        &mut self,
        what: &'static str,
        save: impl FnOnce() -> Result<String, String> + Send + 'static,
    ) -> io::Result<()> {
        let notice = format!("writing the {what} …");
        self.app.update(Message::Notice(notice));
        start_for_good(
            what,
            self.sender.clone(),
            move |sender| {
                // Nobody is there to be told after the end.
                let _ = sender.send(Message::Saved(save()));
            },
            |sender, text| {
                let _ = sender.send(Message::Failed(text));
            },
        )
    }

    /// Presses the keys that begin the demonstration of the lab.
    fn walk(&mut self) -> anyhow::Result<()> {
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

    /// While something else runs that needs the CPUs the session stands still: its
    /// threads would take them.
    fn let_session_stand_still(&mut self) {
        if !std::mem::replace(&mut self.stands_still, true) {
            self.suspend(true);
        }
    }

    fn suspend(&self, suspended: bool) {
        match (&self.session, suspended) {
            (Some(session), true) => session.suspend(),
            (Some(session), false) => session.resume(),
            (None, _) => {}
        }
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

    /// Unless something else still runs.
    fn let_session_go_on(&mut self) {
        let is_alone = self.lab.is_none() && self.hunt.is_none() && self.kit.is_none();
        if is_alone && std::mem::take(&mut self.stands_still) {
            self.suspend(false);
        }
    }

    /// Starts, stops or asks the lab.
    fn lab(&mut self, effect: LatencyEffect) -> io::Result<()> {
        match effect {
            LatencyEffect::Start => {
                self.let_session_stand_still();
                let sender = self.sender.clone();
                let tell = move |snapshot| {
                    let message = Message::Latency(Box::new(snapshot));
                    !matches!(sender.try_send(message), Err(TrySendError::Full(_)))
                };
                let sender = self.sender.clone();
                // The next second, if there is no room.
                let tell_silence = move |text| drop(sender.try_send(Message::Silent(text)));
                self.lab = Some(LiveLab::start(tell, tell_silence)?);
            }
            LatencyEffect::Stop => {
                self.lab = None;
                self.let_session_go_on();
            }
            LatencyEffect::Command(command) => {
                if let Some(lab) = &self.lab {
                    lab.send(command);
                }
            }
        }
        Ok(())
    }

    /// Starts or stops a hunt, or makes the kit of a find.
    fn fuzz(&mut self, effect: FuzzEffect) -> io::Result<()> {
        match effect {
            FuzzEffect::Start => {
                self.let_session_stand_still();
                let sender = self.sender.clone();
                let tell = move |snapshot| {
                    let message = Message::Fuzz(Box::new(snapshot));
                    !matches!(sender.try_send(message), Err(TrySendError::Full(_)))
                };
                let sender = self.sender.clone();
                // The next second, if there is no room.
                let tell_silence = move |text| drop(sender.try_send(Message::Silent(text)));
                let request = self.app.fuzz.request.clone();
                let seed = request.seed.unwrap_or_else(any_seed);
                let number = self.app.fuzz.has_begun(seed, self.start.elapsed());
                let hunt = LiveHunt::start(number, seed, request, tell, tell_silence);
                self.hunt = Some(hunt?);
            }
            FuzzEffect::Stop => {
                (self.hunt, self.kit) = (None, None);
                self.let_session_go_on();
            }
            FuzzEffect::MakeKit => {
                if let Some(listed) = self.app.fuzz.current().cloned() {
                    self.let_session_stand_still();
                    self.kit = Some(save::kit::make(listed, self.sender.clone())?);
                }
            }
            FuzzEffect::KitIsMade => {
                self.kit = None;
                self.let_session_go_on();
            }
        }
        Ok(())
    }

    fn saved(&mut self, result: Result<String, crate::report::save::SaveError>) {
        let message = Message::Saved(result.map_err(|error| error.to_string()));
        self.app.update(message);
    }
}
