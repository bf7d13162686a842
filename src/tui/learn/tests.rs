use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::page::Page;
use super::render::{Drawn, rows, text};
use super::{Done, Help, LEAST, Learn, LessonStart, OwnScenario};
use crate::lesson::catalogue::lessons;
use crate::lesson::definition::{ModelCaseAndProtocol, Step, WatchedTarget};
use crate::lesson::progress::Progress;
use crate::model::protocols::Protocol;
use crate::scenario::catalogue::find;
use crate::session::SessionCommand;
use crate::session::by_hand::ManualCommand;
use crate::stepping::step::{ManualStep, parse_steps};
use crate::tui::app::App;
use crate::tui::app::lesson::action_and_times;
use crate::tui::areas;
use crate::tui::effect::Effect;
use crate::tui::fixture::snapshot::{Kind, snapshot};
use crate::tui::fixture::{app, screen};
use crate::tui::keys::bound::KeyTable;
use crate::tui::message::Message;
use crate::tui::theme::{Depth, Theme};
use crate::tui::view::View;

fn start(lesson: usize) -> LessonStart {
    LessonStart {
        lesson,
        progress: Progress::default(),
        is_recorded: false,
        shows_contents: false,
        own: OwnScenario {
            file: "/home/somebody/.local/state/vmascope/own-scenario.toml".into(),
            ..OwnScenario::default()
        },
    }
}

/// All pages of all lessons, live and recorded, and what may be shown on them.
fn all_pages() -> impl Iterator<Item = Learn> {
    let recorded = |lesson: usize| match lessons()[lesson].recording {
        Some(_) => vec![false, true],
        None => vec![false],
    };
    let all =
        (0..lessons().len()).flat_map(move |at| recorded(at).into_iter().map(move |it| (at, it)));
    all.flat_map(|(at, is_recorded)| {
        let learn = Learn::new(LessonStart {
            is_recorded,
            ..start(at)
        });
        let pages = 0..learn.pages.len();
        let states = [
            (Done::No, Help::None),
            (Done::No, Help::Hint),
            (Done::Before, Help::None),
        ];
        let shown = pages.flat_map(move |page| states.map(|(done, help)| (page, done, help)));
        shown.flat_map(move |(page, done, help)| {
            let mut learn = Learn {
                page,
                done,
                help,
                ..learn.clone()
            };
            // What was said may be wrong in three ways.
            let answers = 0..3;
            answers
                .map(move |answer| {
                    let rounds = learn.lesson().rounds.len();
                    let name = &learn.lesson().name;
                    learn.progress.of_mut(name).answers = vec![answer; rounds];
                    learn.clone()
                })
                .collect::<Vec<_>>()
        })
    })
}

#[test]
fn every_page_fits_the_smallest_screen() {
    let drawn = Drawn {
        theme: Theme::new(Depth::True),
        keys: &KeyTable::built_in().hints,
    };
    let (mut widest, mut too_long) = (0, Vec::new());
    for learn in all_pages() {
        let lines = text(&learn, drawn, LEAST.0);
        let most = match learn.page() {
            Page::Do(..) => LEAST.1 - areas::LEAST.1,
            _ => LEAST.1,
        };
        widest = widest.max(lines.iter().map(|line| line.width()).max().unwrap_or(0));
        let needed = lines.len() as u16 + 2;
        if needed > most {
            too_long.push(format!(
                "{} page {}: {needed} rows of {most}",
                learn.lesson().name,
                learn.page + 1
            ));
        }
    }
    too_long.dedup();
    assert!(too_long.is_empty(), "{too_long:#?}");
    assert!(widest <= usize::from(LEAST.0) - 4, "{widest}");
}

/// Texts name keys by actions, and solutions are actions.
#[test]
fn all_names_are_names_of_something() {
    let keys = KeyTable::built_in();
    let check = |text: &str| {
        let shown = keys.hint(text);
        let left = shown.split('<').skip(1).find(|rest| rest.contains('>'));
        assert_eq!(left, None, "{shown}");
    };
    let is_there = |model: &ModelCaseAndProtocol| {
        assert!(find(&model.case).is_ok() && Protocol::find(&model.protocol).is_ok());
    };
    let step_is_whole = |step: &Step| {
        step.prepare.iter().for_each(is_there);
        [&step.text, &step.hint, &step.see]
            .into_iter()
            .for_each(|text| check(text));
        for part in step.solution.iter().filter(|it| !it.starts_with("type:")) {
            let (action, times) = action_and_times(part);
            assert!(action.is_some() && times > 0, "{part}");
        }
    };
    for lesson in lessons() {
        assert!(
            View::named(&lesson.watch.view).is_some(),
            "{}",
            lesson.watch.view
        );
        match &lesson.watch.target {
            WatchedTarget::Scenario(name) => assert!(find(name).is_ok(), "{name}"),
            WatchedTarget::Model(model) => is_there(model),
            WatchedTarget::Own | WatchedTarget::OwnScenario => {}
        }
        for round in &lesson.rounds {
            [&round.tell, &round.ask, &round.explain]
                .into_iter()
                .for_each(|text| check(text));
            for step in &round.steps {
                step_is_whole(step);
                step.recorded.iter().for_each(|step| step_is_whole(step));
            }
        }
    }
}

fn taught(lesson: usize, size: (u16, u16)) -> App {
    app_taught(start(lesson), size)
}

fn app_taught(start: LessonStart, size: (u16, u16)) -> App {
    let mut app = app(Kind::Duplicate, size, Depth::True);
    app.teach(start);
    app
}

fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
    app.press(&KeyEvent::new(code, KeyModifiers::NONE))
}

#[test]
fn what_was_predicted_comes_back_with_its_reason() {
    let mut app = taught(3, (80, 24));
    let asked = screen::text(&app);
    insta::assert_snapshot!("asked_80x24", screen::styled(&app));
    assert!(asked.contains("predict · page 1 of"), "{asked}");
    // Wrong, and then all that is to be done is passed over.
    let effects = [
        press(&mut app, KeyCode::Char('c')),
        press(&mut app, KeyCode::Enter),
    ];
    assert!(matches!(&*effects[1], [Effect::Progress(_)]), "{effects:?}");
    insta::assert_snapshot!("to_do_80x24", screen::text(&app));
    for _ in 0..4 {
        press(&mut app, KeyCode::Char('J'));
    }
    let explained = screen::text(&app);
    insta::assert_snapshot!("explained_80x24", screen::text(&app));
    assert!(explained.contains("You said c. It is b."), "{explained}");
    for answer in ["· a With", "✓ b With", "✗ c With"] {
        assert!(explained.contains(answer), "{explained}");
    }
    // Back at the question the answer is chosen still; the right one is praised.
    for _ in 0..5 {
        press(&mut app, KeyCode::Char('K'));
    }
    assert!(screen::text(&app).contains("▶ c"));
    press(&mut app, KeyCode::Up);
    for code in [
        KeyCode::Enter,
        KeyCode::Char('J'),
        KeyCode::Char('J'),
        KeyCode::Char('J'),
        KeyCode::Char('J'),
    ] {
        press(&mut app, code);
    }
    let explained = screen::text(&app);
    assert!(
        explained.contains("You said b, and so it is.") && !explained.contains('✗'),
        "{explained}"
    );
}

/// On a page that asks, no key acts on what is behind it; on one where something is to be
/// done all do, and the lesson has its own.
#[test]
fn keys_are_the_views_where_something_is_to_be_done() {
    let mut app = taught(0, (120, 40));
    let before = app.view;
    press(&mut app, KeyCode::Char('3'));
    assert_eq!(app.view, before, "3 is the third answer");
    assert!(screen::text(&app).contains("▶ c"));
    press(&mut app, KeyCode::Enter);
    press(&mut app, KeyCode::Char('3'));
    assert_eq!(app.view, View::Tears);
    let shown = screen::text(&app);
    assert!(
        shown.contains("J skip") && shown.contains("A hint"),
        "{shown}"
    );
    press(&mut app, KeyCode::Char('A'));
    assert!(screen::text(&app).contains("Hint: "));
    press(&mut app, KeyCode::Char('O'));
    let contents = screen::text(&app);
    assert!(contents.contains("10  Your own scenario"), "{contents}");
    press(&mut app, KeyCode::Char('8'));
    let effects = press(&mut app, KeyCode::Enter);
    assert!(effects.contains(&Effect::Lesson(7)), "{effects:?}");
}

#[test]
fn what_is_to_be_done_is_seen_to_be_done() {
    let mut app = taught(0, (80, 24));
    press(&mut app, KeyCode::Enter);
    assert!(!screen::text(&app).contains("✓ That"));
    app.view = View::Space;
    // The hint first, then it is done by itself.
    press(&mut app, KeyCode::Char('A'));
    press(&mut app, KeyCode::Char('A'));
    app.update(Message::Time(Duration::from_secs(1)));
    let shown = screen::text(&app);
    assert!(
        shown.contains("see · page 2") && shown.contains("✓ That VMA alone"),
        "{shown}"
    );
}

/// The session tells that these steps were taken by hand.
fn take(app: &mut App, steps: &str) -> Vec<Effect> {
    let mut snapshot = snapshot(Kind::Duplicate);
    let mut shown = (**snapshot.manual.as_ref().unwrap()).clone();
    shown.steps = parse_steps(steps).unwrap();
    snapshot.manual = Some(Arc::new(shown));
    app.update(Message::Snapshot(Box::new(snapshot)))
}

fn by_hand(command: ManualCommand) -> Effect {
    Effect::Session(SessionCommand::Manual(command))
}

#[test]
fn steps_that_lead_elsewhere_are_said_and_taken_back() {
    let mut app = taught(3, (80, 24));
    app.view = View::Manual;
    take(&mut app, "");
    press(&mut app, KeyCode::Enter);
    let shown = screen::text(&app);
    assert!(shown.contains("So far: operations 0 of 1."), "{shown}");
    // What is passed over is done when the next page begins.
    let effects = press(&mut app, KeyCode::Char('J'));
    let operate = by_hand(ManualCommand::Step(ManualStep::Operate));
    assert!(effects.contains(&operate), "{effects:?}");
    take(&mut app, "m");
    let shown = screen::text(&app);
    let text = "So far: operations 1 of 1, reads 0 of 1.";
    assert!(shown.contains(text), "{shown}");
    take(&mut app, "m m m");
    let shown = screen::text(&app);
    let text = "! The last 2 steps lead elsewhere: u takes one back";
    assert!(shown.contains(text), "{shown}");
    press(&mut app, KeyCode::Char('A'));
    let effects = press(&mut app, KeyCode::Char('A'));
    let read = by_hand(ManualCommand::Step(ManualStep::Read));
    let back = by_hand(ManualCommand::Back);
    assert_eq!(effects[1..], [back.clone(), back, read]);
    take(&mut app, "m r");
    let shown = screen::text(&app);
    assert!(shown.contains("see · page 3"), "{shown}");
    // In another view nothing is done by hand.
    press(&mut app, KeyCode::Char('J'));
    app.view = View::Tears;
    app.update(Message::Time(Duration::from_secs(1)));
    let shown = screen::text(&app);
    assert!(
        shown.contains("not the Manual view, which 5 shows"),
        "{shown}"
    );
}

/// What is done before its page is drawn can be read all the same.
#[test]
fn what_was_done_before_is_shown_as_done() {
    let mut app = taught(3, (80, 24));
    app.view = View::Manual;
    take(&mut app, "m");
    press(&mut app, KeyCode::Enter);
    let shown = screen::text(&app);
    assert!(
        shown.contains("First the split") && shown.contains("✓ Done already. x rr"),
        "{shown}"
    );
}

#[test]
fn words_are_explained_on_every_page() {
    let mut app = taught(0, (80, 24));
    press(&mut app, KeyCode::Char('?'));
    assert!(screen::text(&app).contains("what the words mean"));
    press(&mut app, KeyCode::Esc);
    assert!(screen::text(&app).contains("predict · page 1"));
    press(&mut app, KeyCode::Enter);
    press(&mut app, KeyCode::Char('?'));
    let shown = screen::text(&app);
    assert!(
        shown.contains("what the words mean") && shown.contains("do · page 2"),
        "{shown}"
    );
}

/// A target that is not open yet cannot be driven: it is waited for.
#[test]
fn what_is_done_for_the_learner_waits_for_the_target() {
    let mut app = App::new((80, 24), Theme::new(Depth::True));
    app.teach(start(1));
    app.view = View::Manual;
    press(&mut app, KeyCode::Enter);
    press(&mut app, KeyCode::Char('A'));
    assert_eq!(
        press(&mut app, KeyCode::Char('A')).len(),
        1,
        "only the progress is kept"
    );
    assert!(screen::text(&app).contains("as soon as the target is open"));
    let effects = take(&mut app, "");
    let operate = by_hand(ManualCommand::Step(ManualStep::Operate));
    assert!(effects.contains(&operate), "{effects:?}");
}

/// The view has the least that it needs, on every screen on which there are lessons.
#[test]
fn a_lesson_leaves_the_view_its_rows() {
    for size in [LEAST, (80, 30), (120, 40), (200, 60)] {
        let mut app = taught(1, size);
        press(&mut app, KeyCode::Enter);
        assert!(app.shown.size.1 >= areas::LEAST.1, "{size:?}");
        let taken = rows(app.learn.as_ref().unwrap(), app.lesson_drawn(), size);
        assert_eq!(app.shown.size.1 + taken, size.1);
        // It does not jump when it is done.
        app.learn.as_mut().unwrap().done = Done::Now;
        app.lay_out();
        assert_eq!(app.shown.size.1 + taken, size.1);
    }
    let mut app = taught(1, (79, 24));
    assert!(screen::text(&app).contains("80 columns and 24 rows"));
    app.resize((80, 24));
    assert!(screen::text(&app).contains("predict"));
}

#[test]
fn a_lesson_goes_on_where_it_was_left() {
    let mut progress = Progress::default();
    let known = progress.of_mut(&lessons()[4].name);
    known.page = 5;
    let round = |progress: &Progress| {
        Learn::new(LessonStart {
            progress: progress.clone(),
            ..start(4)
        })
        .page()
    };
    // What was done in that round is not done any more: it begins with its question.
    assert_eq!(round(&progress), Page::Ask(1));
    progress.of_mut(&lessons()[4].name).done = true;
    assert_eq!(round(&progress), Page::Ask(0));
    progress.of_mut(&lessons()[4].name).done = false;
    progress.of_mut(&lessons()[4].name).page = usize::MAX;
    progress.of_mut(&lessons()[4].name).answers = vec![i8::MAX, i8::MIN];
    assert_eq!(round(&progress), Page::Ask(0));
}

/// Skipped, done from another view, or from another case: what is asked for can be had.
#[test]
fn the_model_is_where_its_page_begins() {
    let done = |app: &App| app.learn.as_ref().unwrap().done != Done::No;
    // The gap check is taken away for who skips that.
    let mut app = taught(7, (80, 24));
    press(&mut app, KeyCode::Enter);
    press(&mut app, KeyCode::Char('J'));
    assert!(!app.protocol.as_ref().unwrap().has_gap_check());
    assert!(!done(&app));
    // Another case in the way, and another view.
    press(&mut app, KeyCode::Char('c'));
    press(&mut app, KeyCode::Char('3'));
    press(&mut app, KeyCode::Char('A'));
    press(&mut app, KeyCode::Char('A'));
    assert!(done(&app), "{}", screen::text(&app));
    // What was taken away is put back, and not the other way round.
    for _ in 0..3 {
        press(&mut app, KeyCode::Char('J'));
        app.update(Message::Time(Duration::from_secs(1)));
    }
    assert!(!app.protocol.as_ref().unwrap().has_gap_check());
    press(&mut app, KeyCode::Char('A'));
    press(&mut app, KeyCode::Char('A'));
    assert!(app.protocol.as_ref().unwrap().has_gap_check() && done(&app));
    // Begun again at its second question, which nobody came to by an explained find.
    let mut progress = Progress::default();
    progress.of_mut(&lessons()[8].name).page = 4;
    let mut app = app_taught(
        LessonStart {
            progress,
            ..start(8)
        },
        (80, 24),
    );
    press(&mut app, KeyCode::Enter);
    assert_eq!(app.view, View::Protocol);
    press(&mut app, KeyCode::Char('h'));
    app.update(Message::Time(Duration::from_secs(1)));
    assert!(done(&app), "{}", screen::text(&app));
}

#[test]
fn a_scenario_that_was_refused_is_not_taken_for_the_learners() {
    let mut wanted = start(9);
    let why = format!(
        "own-scenario.toml, line 1: {}",
        "no such field; ".repeat(30)
    );
    wanted.own.problem = Some(why);
    let mut app = app_taught(wanted, (80, 24));
    let shown = screen::text(&app);
    assert!(shown.contains("! Your file was refused: own-scenario.toml, line 1"));
    assert!(shown.contains("c Because calls"), "{shown}");
    press(&mut app, KeyCode::Enter);
    app.view = View::Manual;
    take(&mut app, "m");
    let shown = screen::text(&app);
    assert!(shown.contains("Mend it; D reads it anew."), "{shown}");
    assert!(
        !shown.contains('✓') || !shown.contains("is the one of your"),
        "{shown}"
    );
}

#[test]
fn that_the_modifier_has_ended_is_said() {
    let mut app = taught(3, (80, 24));
    take(&mut app, "");
    press(&mut app, KeyCode::Enter);
    let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
    snapshot.ended = Some("the modifier died".into());
    app.update(Message::Snapshot(Box::new(snapshot)));
    let shown = screen::text(&app);
    assert!(shown.contains("has ended: D begins anew"), "{shown}");
}
