//! Runs the application, from a terminal that is taken to one that is given back.
//!
//! * [`runner`]: the loop; [`lessons`]: one after the other; [`beside`]: the lab and the hunt; [`saving`]: files.

pub(crate) mod beside;
pub(crate) mod lessons;
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
use crate::scenario::catalogue::scenarios;
use crate::session::trigger::Trigger;
use crate::session::{Session, SessionCommand, Subject, Update};
use crate::threads::panic_text::catch;
use crate::tui::app::{App, RATES};
use crate::tui::chosen::Chosen;
use crate::tui::input::threads::Inbox;
use crate::tui::last_way_out::Last;
use crate::tui::learn::LessonStart;
use crate::tui::message::Message;
use crate::tui::protocol::drawn::ModelStart;
use crate::tui::rewind::{Past, Rewind};
use crate::tui::terminal::{self, Screen};
use crate::tui::theme::ChosenTheme;
use crate::tui::view::View;
use crate::tui::{input, last_way_out};
use lessons::Lessons;
use runner::{Leave, Runner};

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
    pub begin: Begin,
    /// How to draw on the terminal.
    pub theme: ChosenTheme,
    /// What else the user has chosen.
    pub chosen: Chosen,
    /// What comes from the terminal, where another screen has taken it before.
    pub inbox: Option<Inbox>,
    /// The lessons, where one of them is shown.
    pub lessons: Option<Box<Lessons>>,
    /// For tests.
    pub panic_in: Option<PanicIn>,
}

/// What is shown, and how it begins.
#[derive(Debug)]
pub(crate) struct Begin {
    pub source: Source,
    /// The view to begin in; none: the usual one.
    pub view: Option<View>,
    /// How fast a modifier of ours is scanned to begin with.
    pub rate: Rate,
    /// Begin with the demonstration of the latency lab.
    pub walk: bool,
    /// Begin in the model.
    pub model: Option<ModelStart>,
    /// The lesson that is shown below.
    pub lesson: Option<LessonStart>,
}

impl Begin {
    /// Begins with this, as usual.
    pub(crate) fn with(source: Source, rate: Rate) -> Self {
        Begin {
            source,
            view: None,
            rate,
            walk: false,
            model: None,
            lesson: None,
        }
    }
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
    let inbox = options.inbox.map_or_else(
        || {
            let panic = options.panic_in == Some(PanicIn::Input);
            input::threads::start(panic, options.chosen.keys)
        },
        Ok,
    );
    let inbox = inbox.context(input::threads::CANNOT_START)?;
    let (mut begin, mut lessons, mut screen) = (options.begin, options.lessons, None);
    loop {
        let taken = Taken {
            inbox: &inbox,
            screen,
            lessons,
        };
        let how = (options.theme, &options.chosen, options.panic_in);
        let (mut given, at) = match run_once(begin, taken, how)? {
            Left::Program(end) => return Ok(end),
            Left::ForLesson(at, given, taken) => {
                screen = Some(taken);
                (given, at)
            }
        };
        lessons::drop_what_is_old(&inbox);
        begin = given.begin(at)?;
        lessons = Some(given);
    }
}

/// What is the same from one lesson to the next.
struct Taken<'a> {
    inbox: &'a Inbox,
    /// The terminal, where it is taken.
    screen: Option<Screen>,
    lessons: Option<Box<Lessons>>,
}

/// For what something is left.
enum Left {
    /// The program ends.
    Program(End),
    /// This lesson; and what goes on in it.
    ForLesson(usize, Box<Lessons>, Screen),
}

/// Shows one thing until it is left.
fn run_once(
    begin: Begin,
    taken: Taken<'_>,
    (theme, chosen, panic_in): (ChosenTheme, &Chosen, Option<PanicIn>),
) -> anyhow::Result<Left> {
    let Inbox { messages, sender } = taken.inbox;
    let start = Instant::now();
    // The session first: it sets up its target while the terminal is taken.
    let panic = panic_in == Some(PanicIn::Session);
    let mut rate = begin.rate;
    let mut asks_for_rate = false;
    let mut trigger = Trigger::default();
    let mut known = scenarios();
    let (session, past, recorded) = match begin.source {
        Source::Live(subject, file) => {
            match &subject {
                Subject::Target(watch) => rate = watch.rate,
                Subject::Modifier { scenarios, .. } => {
                    known = scenarios;
                    asks_for_rate = rate != Rate::Full;
                }
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
    let screen = taken.screen.map_or_else(Screen::take, Ok);
    let mut screen = screen.context("cannot take the terminal")?;
    let (size, is_known) = terminal::size();
    let mut app = App::with(size, theme.theme, chosen).at_rate(rate);
    if let Some(session) = session.as_ref().filter(|_| asks_for_rate) {
        session.send(SessionCommand::Rate(RATES[app.rate]));
    }
    app.scenarios = known;
    app.follows_background = theme.asks;
    if theme.asks {
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
    if let Some(start) = begin.model {
        app.show_model(&start);
    }
    if let Some(lesson) = begin.lesson {
        app.teach(lesson);
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
        sender: sender.clone(),
        lessons: taken.lessons,
        start,
        last_frame: None,
        panic: panic_in == Some(PanicIn::Ui),
    };
    for effect in begin
        .view
        .map_or_else(Vec::new, |view| runner.app.show(view))
    {
        runner.carry_out(effect)?;
    }
    if begin.walk {
        runner.walk()?;
    }
    if runner.session.is_none() {
        runner.rewind.step(TimeStep::StopOrPlay)?;
    }
    let ended = runner.go(messages);
    // What is dropped now is waited for.
    match &ended {
        Ok(Leave::ForLesson(_)) => {}
        Ok(Leave::Program(End::Quit)) => last_way_out::open(Last::Exit(0)),
        Ok(Leave::Program(End::Signal(signal))) => last_way_out::open(Last::Signal(*signal)),
        // The exit status of what could not go on.
        Err(_) => last_way_out::open(Last::Exit(3)),
    }
    let left = ended.and_then(|leave| runner.leave(leave));
    if let Some(problem) = recorded.and_then(RecorderThread::finish) {
        terminal::give_back();
        tell_line(&format!("vmascope: {problem}"));
    }
    left
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
