//! What a session showed, and what its recording shows: the same.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use vmascope::internals::linux::Query;
use vmascope::internals::modifier::ModifierOptions;
use vmascope::internals::process::AttachedTarget;
use vmascope::internals::recording::{Header, Keep, RecorderThread, Recording};
use vmascope::internals::replay::Player;
use vmascope::internals::sampling::Rate;
use vmascope::internals::scenario::scenarios;
use vmascope::internals::session::{
    ManualCommand, ManualStep, Session, SessionCommand, Snapshot, Subject, ToWatch, Update,
};
use vmascope::internals::tui::{App, Message, Theme, TimeBar, View, render, step_of};

use crate::churning::Churning;

const SIZE: Rect = Rect::new(0, 0, 120, 40);

/// How long a session may take to show what is waited for.
const DEADLINE: Duration = Duration::from_secs(120);

/// Runs a session until it has shown enough, of which some commands are part; what it
/// showed, and its recording.
fn recorded(
    subject: Subject,
    commands: &[SessionCommand],
    is_enough: impl Fn(&[Snapshot]) -> bool,
) -> (Vec<Snapshot>, Recording) {
    let header = Header::of_now(subject.recorded());
    let thread = RecorderThread::start(header, Keep::default(), None).unwrap();
    let recorder = thread.recorder.clone();
    let shown = Arc::new(Mutex::new(Vec::new()));
    let session = Session::start(subject, false, recorder.clone(), {
        let shown = shown.clone();
        move |update| {
            match update {
                Update::Snapshot(snapshot) => shown.lock().unwrap().push(*snapshot),
                Update::Failed(why) => panic!("{why}"),
                _ => {}
            }
            Ok(())
        }
    })
    .unwrap();
    let deadline = Instant::now() + DEADLINE;
    let mut commands = commands.iter();
    let (mut shown_then, mut asked) = (0, Instant::now());
    loop {
        std::thread::sleep(Duration::from_millis(10));
        assert!(Instant::now() < deadline, "the session showed too little");
        let shown = shown.lock().unwrap();
        // A command now and then: while all stands still there is little new.
        let is_due = shown.len() >= shown_then + 12 || asked.elapsed() > Duration::from_secs(1);
        if !is_due {
            continue;
        }
        match commands.next() {
            Some(command) => {
                shown_then = shown.len();
                asked = Instant::now();
                session.send(command.clone());
            }
            None if is_enough(&shown) => break,
            None => {}
        }
    }
    drop(session);
    let recording = recorder.kept().expect("what is kept");
    assert_eq!(recorder.lost(), (0, 0));
    assert_eq!(thread.finish(), None);
    let shown = std::mem::take(&mut *shown.lock().unwrap());
    (shown, recording)
}

fn drawn(app: &App) -> Buffer {
    let mut buffer = Buffer::empty(SIZE);
    render(app, SIZE, &mut buffer);
    buffer
}

fn row(buffer: &Buffer, y: u16) -> String {
    (0..SIZE.width).map(|x| buffer[(x, y)].symbol()).collect()
}

/// Each moment looks as it did live, also where it is come to from behind.
fn look_alike(shown: &[Snapshot], recording: Recording) {
    let mut player = Player::new(Arc::new(recording), false).unwrap();
    assert_eq!(player.count(), shown.len());
    let mut live = App::new((SIZE.width, SIZE.height), Theme::default());
    let mut past = live.clone();
    past.time.bar = TimeBar::Nothing;
    // Every moment is compared in one view, some in all of them.
    let some = shown.len() / 12 + 1;
    for (number, snapshot) in shown.iter().enumerate() {
        live.update(Message::Snapshot(Box::new(snapshot.clone())));
        (live.shown.trigger, live.rate) = (snapshot.trigger, step_of(snapshot.rate));
        let is_one = number % some == 0 || snapshot.manual.is_some();
        if is_one {
            player.go_to_moment(usize::MAX);
        }
        player.go_to_moment(number);
        past.update(Message::Moment(Box::new(player.moment())));
        let views = View::ALL.into_iter().filter(|view| view.is_recorded());
        // Stepping and asking are recorded while their views are shown.
        live.query.asked = snapshot.probe.as_ref().map(|probe| probe.query);
        let views = views.filter(|view| match view {
            View::Manual => snapshot.manual.is_some(),
            View::Query => snapshot.probe.is_some(),
            // No lab runs here; of what it tells there is a test beside the application.
            View::Latency => false,
            _ => true,
        });
        for view in views.take(if is_one { View::ALL.len() } else { 1 }) {
            (live.view, past.view) = (view, view);
            let (past, live) = (drawn(&past), drawn(&live));
            let differs = |y: &u16| (0..SIZE.width).any(|x| past[(x, *y)] != live[(x, *y)]);
            let rows = (0..SIZE.height).filter(differs);
            let rows: Vec<_> = rows.map(|y| [row(&live, y), row(&past, y)]).collect();
            assert!(
                rows.is_empty(),
                "moment {number}, {view:?}, live and past: {rows:#?}"
            );
        }
    }
}

fn scenario(name: &str, program: &std::path::Path) -> Subject {
    let found = scenarios().iter().position(|it| it.name == name);
    Subject::Modifier {
        scenarios: scenarios(),
        scenario: found.unwrap(),
        moves_on: false,
        by_hand: false,
        modifier: Box::new(ModifierOptions {
            program: program.into(),
            ..ModifierOptions::default()
        }),
    }
}

#[test]
fn a_scenario_looks_in_its_recording_as_it_did() {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_vmascope"));
    let found = |shown: &[Snapshot]| shown.iter().map(|it| it.found.len()).sum::<usize>();
    let (shown, recording) = recorded(
        scenario("resize", program),
        &[
            SessionCommand::SwitchPlacement,
            SessionCommand::NextScenario,
            SessionCommand::Still(true),
            SessionCommand::Step,
            SessionCommand::Still(false),
            SessionCommand::Probe(Some(Query::default())),
            SessionCommand::Manual(ManualCommand::Enter),
            SessionCommand::Manual(ManualCommand::Step(ManualStep::Read)),
            SessionCommand::Manual(ManualCommand::Step(ManualStep::Operate)),
            SessionCommand::Manual(ManualCommand::Leave),
        ],
        |shown| found(shown) > 3 && shown.len() > 90,
    );
    look_alike(&shown, recording);
}

#[test]
fn a_target_looks_in_its_recording_as_it_did() {
    let target = Churning::start();
    let watch = ToWatch {
        target: AttachedTarget::attach(target.pid().into()).unwrap(),
        rate: Rate::PerSecond(300),
        see_calls: true,
    };
    let (shown, recording) = recorded(
        Subject::Target(Box::new(watch)),
        &[SessionCommand::Probe(Some(Query::default()))],
        |shown| shown.len() > 60,
    );
    look_alike(&shown, recording);
}
