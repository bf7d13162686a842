//! Runs the application, from a terminal that is taken to one that is given back.
//!
//! * [`runner`]: the loop; [`beside`]: the lab and the hunt; [`saving`]: files.

pub(crate) mod beside;
pub(crate) mod runner;
pub(crate) mod saving;

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::Instant;

use anyhow::Context as _;
use signal_hook::consts::SIGHUP;

use crate::latency::live::recorded::LabFrames;
use crate::recording::file::RecordingFile;
use crate::recording::frame::FrameKind;
use crate::recording::header::Header;
use crate::recording::open::Recording;
use crate::recording::recorder::RecorderThread;
use crate::recording::ring::Keep;
use crate::replay::step::TimeStep;
use crate::report::output::tell as tell_line;
use crate::sampling::options::Rate;
use crate::session::trigger::Trigger;
use crate::session::{Session, SessionCommand, Subject, Update};
use crate::threads::panic_text::catch;
use crate::tui::app::{App, RATES};
use crate::tui::chosen::Chosen;
use crate::tui::effect::Effect;
use crate::tui::input::threads::Inbox;
use crate::tui::last_way_out::Last;
use crate::tui::message::Message;
use crate::tui::protocol::drawn::ModelStart;
use crate::tui::rewind::{Past, Rewind};
use crate::tui::terminal::{self, Screen};
use crate::tui::theme::ChosenTheme;
use crate::tui::view::View;
use crate::tui::{input, last_way_out};
use runner::Runner;

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
    /// What else the user has chosen.
    pub chosen: Chosen,
    /// How fast a modifier of ours is scanned to begin with.
    pub rate: Rate,
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
        .map_or_else(|| input::threads::start(panic, options.chosen.keys), Ok);
    let Inbox { messages, sender } = inbox.context(input::threads::CANNOT_START)?;
    let start = Instant::now();
    // The session first: it sets up its target while the terminal is taken.
    let panic = options.panic_in == Some(PanicIn::Session);
    let mut rate = options.rate;
    let mut asks_for_rate = false;
    let mut trigger = Trigger::default();
    let (session, past, recorded) = match options.source {
        Source::Live(subject, file) => {
            match &subject {
                Subject::Target(watch) => rate = watch.rate,
                Subject::Modifier { .. } => asks_for_rate = rate != Rate::Full,
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
    let mut app = App::with(size, options.theme.theme, &options.chosen).at_rate(rate);
    if let Some(session) = session.as_ref().filter(|_| asks_for_rate) {
        session.send(SessionCommand::Rate(RATES[app.rate]));
    }
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
    if let Past::Recording(recording) = &past
        && is_of_the_lab(recording)
    {
        app.view = View::Latency;
    }
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
    let lab_frames = (recorded.as_ref()).map(|it| LabFrames::new(it.recorder.clone()));
    let mut runner = Runner {
        app,
        screen,
        session,
        rewind: Rewind::new(past, sender.clone()),
        lab: None,
        lab_frames,
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

/// Whether what it shows is the lab for the most part.
fn is_of_the_lab(recording: &Recording) -> bool {
    let count = |kind| {
        recording
            .heads()
            .filter(|(_, head)| head.kind == kind)
            .count()
    };
    count(FrameKind::Lab) > count(FrameKind::Moment)
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
