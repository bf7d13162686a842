//! The past, and the way back.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use proptest::prelude::*;

use super::{App, RATES, step_of};
use crate::latency::live::LabSnapshot;
use crate::latency::live::recorded::{decode, encode};
use crate::replay::moment::Moment;
use crate::replay::player::report::ReportOf;
use crate::replay::step::TimeStep;
use crate::session::SessionCommand;
use crate::session::by_hand::ManualCommand;
use crate::session::foreign_report::Report;
use crate::session::snapshot::Snapshot;
use crate::session::trigger::Trigger;
use crate::tui::effect::{Effect, LatencyEffect};
use crate::tui::fixture::latency;
use crate::tui::fixture::past::{moment, rewound_app};
use crate::tui::fixture::press::{key, press};
use crate::tui::fixture::query::site_query;
use crate::tui::fixture::screen::{styled, text};
use crate::tui::fixture::showing;
use crate::tui::fixture::snapshot::{Kind, snapshot};
use crate::tui::fixture::target::{target_snapshot, target_text};
use crate::tui::input::event::Input;
use crate::tui::keys::table::BINDINGS;
use crate::tui::message::Message;
use crate::tui::overlay::help::HelpPage;
use crate::tui::theme::{Depth, Theme};
use crate::tui::time::TimeBar;
use crate::tui::view::View;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

fn empty(size: (u16, u16)) -> App {
    let mut app = App::new(size, Theme::default());
    app.query.asked = Some(site_query());
    app
}

/// But for that of the lab, which is of no snapshot.
fn recorded() -> impl Iterator<Item = View> {
    let of_the_session = |view: &View| view.is_recorded() && *view != View::Latency;
    View::ALL.into_iter().filter(of_the_session)
}

/// A session in which scenarios come one after the other; one second a snapshot.
fn session(kinds: &[Kind]) -> Vec<Snapshot> {
    let mut snapshots: Vec<Snapshot> = Vec::new();
    for (second, kind) in (1..).zip(kinds) {
        let mut next = snapshot(*kind);
        next.at = Duration::from_secs(second);
        next.still = Some(second % 2 == 0);
        next.trigger = [Trigger::Torn, Trigger::Violation, Trigger::Live][second as usize % 3];
        next.rate = RATES[second as usize % RATES.len()];
        next.overall.scans += second;
        next.same_until = 443 + second;
        for found in &mut next.found {
            found.at = next.at;
        }
        let scene = |it: &Snapshot| it.scene.as_ref().map(|it| it.info.case.scenario.clone());
        let before = snapshots.last().filter(|it| scene(it) == scene(&next));
        if let Some(before) = before {
            next.scene.clone_from(&before.scene);
        }
        snapshots.push(next);
    }
    snapshots
}

fn show(app: &mut App, snapshots: &[Snapshot]) {
    for snapshot in snapshots {
        app.update(Message::Snapshot(Box::new(snapshot.clone())));
    }
}

fn rewind(app: &mut App, snapshots: &[Snapshot]) -> Vec<Effect> {
    let mut effects = app.update(Message::Moment(Box::new(moment(snapshots))));
    effects.retain(|effect| !matches!(effect, Effect::Session(SessionCommand::Explore(_))));
    effects
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let kind = prop_oneof![Just(Kind::Duplicate), Just(Kind::Hole)];
    prop::collection::vec(kind, 2..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// With the timeline hidden a moment looks as it did when it was live, whatever
    /// was shown before it.
    #[test]
    fn a_moment_looks_as_it_did_live(
        kinds in kinds(),
        (then, others) in (0..8_usize, prop::collection::vec(0..8_usize, 0..4)),
        size in prop::sample::select(&SIZES[..]),
    ) {
        let all = session(&kinds);
        let up_to = |at: usize| &all[..at % all.len() + 1];
        let mut live = empty(size);
        let last = up_to(then).last().unwrap();
        // Keys say so before the session does.
        (live.shown.trigger, live.rate) = (last.trigger, step_of(last.rate));
        show(&mut live, up_to(then));
        let mut past = empty(size);
        show(&mut past, &all);
        for other in others {
            rewind(&mut past, up_to(other));
        }
        rewind(&mut past, up_to(then));
        let mut replayed = App::new(size, Theme::default());
        rewind(&mut replayed, up_to(then));
        for view in recorded().chain([View::Protocol]) {
            live = showing(live, view);
            for app in [&mut past, &mut replayed] {
                app.view = view;
                app.time.bar = TimeBar::Nothing;
                prop_assert_eq!(styled(app), styled(&live), "{:?}", view);
                app.time.bar = TimeBar::Line;
                let (line, live) = (text(app), text(&live));
                let rows = usize::from(size.1) - 1;
                prop_assert!(line.lines().take(rows).eq(live.lines().take(rows)));
                let last = line.lines().last().unwrap_or_default();
                prop_assert!(last.starts_with(" REWOUND "), "{}", last);
                app.time.bar = TimeBar::Timeline;
                prop_assert!(text(app).contains(" REWOUND "));
            }
        }
    }

    /// Whoever comes back sees what they would have seen without having been away.
    #[test]
    fn back_to_live_nothing_is_missing(
        kinds in kinds(),
        away in 0..8_usize,
        moments in prop::collection::vec(0..8_usize, 1..4),
        size in prop::sample::select(&SIZES[..]),
    ) {
        let all = session(&kinds);
        let away = away % all.len() + 1;
        let mut stayed = empty(size);
        show(&mut stayed, &all);
        let mut came_back = empty(size);
        show(&mut came_back, &all[..away]);
        for at in moments {
            rewind(&mut came_back, &all[..at % away + 1]);
            let before = text(&came_back);
            show(&mut came_back, &all[away..away]);
            prop_assert_eq!(text(&came_back), before);
        }
        let before = styled(&came_back);
        show(&mut came_back, &all[away..]);
        prop_assert_eq!(styled(&came_back), before, "live goes on unseen");
        came_back.update(Message::Live);
        for view in recorded() {
            stayed = showing(stayed, view);
            came_back.view = view;
            prop_assert_eq!(styled(&came_back), styled(&stayed), "{:?}", view);
        }
        prop_assert_eq!(came_back.still, stayed.still);
    }
}

#[test]
fn of_a_target_that_is_not_ours_too() {
    for size in SIZES {
        let mut live = App::new(size, Theme::default());
        let second = Duration::from_secs(1);
        let first = target_snapshot(&live, &target_text(), second);
        let mut last = target_snapshot(&live, &target_text(), second * 2);
        last.ended = Some("it has exited (exit status 1)".into());
        let all = [first, last];
        show(&mut live, &all[..1]);
        // Nothing was asked, which is said of the past in other words.
        let views = || recorded().filter(|it| !it.needs_modifier() && *it != View::Query);
        let before = views().map(|view| styled(&showing(live.clone(), view)));
        let before: Vec<String> = before.collect();
        rewind(&mut live, &all[..1]);
        // It ends while one looks at the past.
        show(&mut live, &all[1..]);
        live.time.bar = TimeBar::Nothing;
        for (view, before) in views().zip(before) {
            assert_eq!(styled(&showing(live.clone(), view)), before, "{view:?}");
        }
        assert!(!text(&live).contains("exited"));
        live.update(Message::Live);
        assert!(text(&live).contains("exited"), "{}", text(&live));
    }
}

#[test]
fn nothing_drives_the_past() {
    let driving = |effect: &Effect| {
        let asks = matches!(effect, Effect::Session(command) if !matches!(command, SessionCommand::Explore(_)));
        asks || matches!(effect, Effect::Latency(_) | Effect::Fuzz(_))
    };
    for view in recorded().chain([View::Protocol]) {
        let mut app = rewound_app(Kind::Hole, (80, 24), Depth::True);
        app.view = view;
        for (code, modifiers) in BINDINGS.iter().flat_map(|binding| binding.keys) {
            let mut app = app.clone();
            let effects = key(&mut app, *code, *modifiers);
            assert!(!effects.iter().any(driving), "{code:?}: {effects:?}");
            assert!(app.time.rewound.is_some());
            assert_ne!(app.view, View::Fuzz, "{code:?}");
        }
        for at in 0..80 * 24 {
            let mut app = app.clone();
            let input = Input::Click(at % 80, at / 80);
            let effects = app.update(Message::Input(input));
            assert!(!effects.iter().any(driving), "{at}: {effects:?}");
        }
        let mut scroll = |steps| app.update(Message::Input(Input::Wheel(steps)));
        assert!(!scroll(1).iter().any(driving));
    }
}

#[test]
fn a_key_that_drives_says_why_it_does_not() {
    let mut app = rewound_app(Kind::Hole, (80, 24), Depth::True);
    for character in "cCpmia+-hsMu9".chars() {
        assert_eq!(press(&mut app, character), [], "{character}");
        let notice = app.notice.take().map(|it| it.text).unwrap_or_default();
        assert!(notice.contains("L goes back to live"), "{character}");
        // It is said below the timeline, which stays.
        app.notice = None;
        assert!(text(&app).contains("REWOUND"));
    }
    let mut of_a_file = moment(&[snapshot(Kind::Hole)]);
    of_a_file.place.has_live = false;
    let mut app = App::new((80, 24), Theme::default());
    app.update(Message::Moment(Box::new(of_a_file)));
    for character in "cL".chars() {
        assert_eq!(press(&mut app, character), []);
        let notice = app.notice.take().map(|it| it.text).unwrap_or_default();
        assert!(notice.contains("this is a recording"), "{notice}");
    }
}

#[test]
fn the_help_of_the_past_begins_with_its_keys_and_has_no_others() {
    for view in recorded() {
        let mut app = rewound_app(Kind::Hole, (200, 60), Depth::True);
        app.view = view;
        press(&mut app, '?');
        let time = text(&app);
        assert!(time.contains(" keys of time   ? keys of "), "{time}");
        assert!(time.contains("back to what happens now"), "{time}");
        press(&mut app, '?');
        let of_view = text(&app);
        let name = format!(" keys of {}   ? details ", view.name());
        assert!(of_view.contains(&name), "{of_view}");
        for refused in [
            "pause the modifier",
            "next scenario",
            "scan faster",
            "freeze the",
        ] {
            assert!(!of_view.contains(refused), "{refused}: {of_view}");
        }
        for _ in [HelpPage::Details, HelpPage::Glossary] {
            press(&mut app, '?');
            assert!(app.help.is_some());
        }
        press(&mut app, '?');
        assert_eq!(app.help, None);
    }
    // Of a recording there is nothing live.
    let mut of_a_file = moment(&[snapshot(Kind::Hole)]);
    of_a_file.place.has_live = false;
    let mut app = App::new((200, 60), Theme::default());
    app.update(Message::Moment(Box::new(of_a_file)));
    press(&mut app, '?');
    assert!(
        !text(&app).contains("back to what happens now"),
        "{}",
        text(&app)
    );
}

#[test]
fn the_report_of_the_past_is_that_which_was_recorded() {
    let mut app = rewound_app(Kind::Hole, (80, 24), Depth::True);
    assert_eq!(press(&mut app, 'w'), [Effect::ReportOfPast]);
    let found = ReportOf {
        report: Report::Judged(Vec::new()),
        of: "14:03:21.000".into(),
    };
    let saved = app.update(Message::PastReport(Box::new(Ok(found))));
    assert!(
        matches!(&saved[0], Effect::SaveReport(_, Some(of)) if of == "14:03:21.000"),
        "{saved:?}"
    );
    app.update(Message::PastReport(Box::new(Err("no report"))));
    assert_eq!(app.notice.unwrap().text, "no report");
}

#[test]
fn what_is_said_of_a_step_is_gone_with_the_next() {
    let mut app = rewound_app(Kind::Hole, (80, 24), Depth::True);
    let mut moment = moment(&[snapshot(Kind::Hole)]);
    moment.notice = Some("no earlier scan".into());
    app.update(Message::Moment(Box::new(moment)));
    assert!(text(&app).contains("no earlier scan"));
    press(&mut app, '.');
    assert!(!text(&app).contains("no earlier scan"));
}

#[test]
fn keys_of_time_ask_for_steps_where_something_is_recorded() {
    let steps = [
        (',', TimeStep::Scans(-1)),
        ('.', TimeStep::Scans(1)),
        ('(', TimeStep::Finds(-1)),
        (')', TimeStep::Finds(1)),
        ('[', TimeStep::Violations(-1)),
        (']', TimeStep::Violations(1)),
        (';', TimeStep::Seconds(-1)),
        ('\'', TimeStep::Seconds(1)),
        ('^', TimeStep::First),
        ('$', TimeStep::Last),
        ('P', TimeStep::StopOrPlay),
    ];
    let of_the_past = [
        ('{', TimeStep::Slower),
        ('}', TimeStep::Faster),
        ('L', TimeStep::Live),
        (' ', TimeStep::StopOrPlay),
    ];
    for view in View::ALL {
        for (character, step) in steps.into_iter().chain(of_the_past) {
            let expected = match view.is_recorded() {
                true => vec![Effect::Time(step)],
                false => vec![],
            };
            let is_of_the_past = of_the_past.iter().any(|(it, _)| *it == character);
            if !is_of_the_past {
                let mut app = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
                app.view = view;
                assert_eq!(press(&mut app, character), expected, "{character} {view:?}");
            }
            // By hand nothing is frozen; in the model space stops time, too.
            if character == ' ' && matches!(view, View::Manual | View::Protocol) {
                continue;
            }
            if view.is_recorded() || view == View::Protocol {
                let mut app = rewound_app(Kind::Hole, (80, 24), Depth::True);
                app.view = view;
                assert_eq!(press(&mut app, character), expected, "{character} {view:?}");
            }
        }
    }
    let mut live = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
    for character in "L{}|".chars() {
        assert_eq!(press(&mut live, character), []);
        let notice = live.notice.take().map(|it| it.text).unwrap_or_default();
        assert!(notice.contains("this is live"), "{character}");
    }
}

#[test]
fn from_a_frozen_display_one_goes_back_from_what_it_shows() {
    let all = session(&[Kind::Hole; 3]);
    let mut app = empty((80, 24));
    show(&mut app, &all[..2]);
    press(&mut app, ' ');
    show(&mut app, &all[2..]);
    let to = Effect::Time(TimeStep::To(all[1].at));
    let back = Effect::Time(TimeStep::Scans(-1));
    assert_eq!(press(&mut app, ','), [to.clone(), back]);
    assert_eq!(press(&mut app, 'P'), [to]);
    rewind(&mut app, &all[..2]);
    assert_eq!(app.shown.frozen, None);
    app.update(Message::Live);
    assert_eq!(app.shown.snapshot.as_ref().unwrap().at, all[2].at);
}

#[test]
fn what_is_selected_stays_so_where_it_is_listed() {
    let all = session(&[Kind::Duplicate; 6]);
    let mut app = empty((80, 24));
    show(&mut app, &all);
    press(&mut app, '3');
    for _ in 0..3 {
        key(&mut app, KeyCode::Down, KeyModifiers::NONE);
    }
    key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
    let selected = app.tears.latest.current().unwrap().number;
    let opened = app.tears.latest.open;
    assert!(selected < 6 && opened.is_some());
    rewind(&mut app, &all[..5]);
    assert_eq!(app.tears.latest.current().unwrap().number, selected);
    assert_eq!(app.tears.latest.open, opened);
    // It was not found yet: nothing else is open in its place.
    rewind(&mut app, &all[..1]);
    assert_eq!(app.tears.latest.len(), 1);
    assert_eq!(app.tears.latest.open, None);
    app.update(Message::Live);
    assert_eq!(app.tears.latest.current().unwrap().number, selected);
}

#[test]
fn where_one_is_stays_while_the_scene_does() {
    let all = session(&[Kind::Duplicate, Kind::Duplicate, Kind::Hole]);
    let mut app = empty((80, 24));
    show(&mut app, &all[..2]);
    key(&mut app, KeyCode::Down, KeyModifiers::NONE);
    let cursor = app.space.cursor;
    assert!(cursor.is_some());
    rewind(&mut app, &all[..1]);
    rewind(&mut app, &all[..2]);
    assert_eq!(app.space.cursor, cursor);
    app.update(Message::Live);
    assert_eq!(app.space.cursor, cursor);
    // Another scenario began meanwhile.
    rewind(&mut app, &all[..1]);
    show(&mut app, &all[2..]);
    assert_eq!(app.space.cursor, cursor);
    app.update(Message::Live);
    assert_eq!(app.space.cursor, None);
}

#[test]
fn the_session_is_told_when_it_is_live_what_the_views_need() {
    let all = session(&[Kind::Duplicate; 2]);
    let live = |app: &mut App| {
        let mut effects = app.update(Message::Live);
        effects.retain(|effect| !matches!(effect, Effect::Session(SessionCommand::Explore(_))));
        effects
    };
    for (from, to, expected) in [
        ('1', '5', vec![SessionCommand::Manual(ManualCommand::Enter)]),
        ('5', '1', vec![SessionCommand::Manual(ManualCommand::Leave)]),
        ('5', '5', vec![]),
        ('1', '6', vec![SessionCommand::Probe(Some(site_query()))]),
        ('6', '1', vec![SessionCommand::Probe(None)]),
        ('6', '6', vec![]),
    ] {
        let mut app = empty((80, 24));
        show(&mut app, &all);
        press(&mut app, from);
        rewind(&mut app, &all[..1]);
        assert_eq!(press(&mut app, to), []);
        rewind(&mut app, &all[..2]);
        let expected: Vec<Effect> = expected.into_iter().map(Effect::Session).collect();
        assert_eq!(live(&mut app), expected, "{from} {to}");
        assert_eq!(app.query.asked, Some(site_query()));
        assert_eq!(live(&mut app), []);
    }
}

#[test]
fn a_moment_that_comes_when_a_hunt_runs_is_too_late() {
    let mut app = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
    app.view = View::Fuzz;
    let effects = rewind(&mut app, &[snapshot(Kind::Hole)]);
    assert_eq!(effects, [Effect::Time(TimeStep::Live)]);
    assert!(app.time.rewound.is_none());
}

/// What a recording keeps of the lab, at the moment it was told.
fn recorded_lab(lab: &LabSnapshot, snapshots: &[Snapshot]) -> Moment {
    let payload = encode(lab).unwrap();
    let lab = decode(&payload, lab.at).unwrap();
    Moment {
        lab: Some(Arc::new(lab)),
        ..moment(snapshots)
    }
}

#[test]
fn the_lab_looks_as_it_did_live() {
    let mut suspended = snapshot(Kind::Hole);
    suspended.rates = None;
    let all = [suspended];
    for lab in [
        latency::snapshot(),
        latency::walking(),
        latency::inversion(true),
    ] {
        for size in SIZES {
            let mut app = empty(size);
            show(&mut app, &all);
            press(&mut app, '7');
            app.update(Message::Latency(Box::new(lab.clone())));
            app.notice = None;
            let live = styled(&app);
            let mut other = lab.clone();
            (other.pid, other.calls_per_second) = (9, 1.0);
            app.update(Message::Moment(Box::new(recorded_lab(&lab, &all))));
            assert!(text(&app).contains(" REWOUND "), "{}", text(&app));
            // It goes on, and is kept aside.
            app.update(Message::Latency(Box::new(other.clone())));
            app.time.bar = TimeBar::Nothing;
            assert_eq!(styled(&app), live);
            assert_eq!(press(&mut app, '+'), []);
            let effects = app.update(Message::Live);
            assert!(!effects.iter().any(|it| matches!(it, Effect::Latency(_))));
            assert_eq!(app.latency.snapshot.as_deref(), Some(&other));
        }
    }
    // Where it did not run, that is said; and it runs where one comes back to it.
    let mut app = empty((80, 24));
    show(&mut app, &all);
    rewind(&mut app, &all);
    assert_eq!(press(&mut app, '7'), []);
    assert!(text(&app).contains("The lab did not run"), "{}", text(&app));
    let begins = Effect::Latency(LatencyEffect::Start);
    assert!(app.update(Message::Live).contains(&begins));
}

#[test]
fn notices_go_away_in_the_past_and_it_does_not_age() {
    let mut app = rewound_app(Kind::Hole, (80, 24), Depth::True);
    press(&mut app, 'c');
    let shown = app.shown.now;
    assert!(app.notice.is_some() && app.wants_time());
    app.update(Message::Time(Duration::from_secs(3_600)));
    assert!(app.notice.is_none() && !app.wants_time());
    assert_eq!(app.shown.now, shown);
    press(&mut app, 'c');
    app.update(Message::Live);
    assert!(app.notice.is_none(), "nothing is refused any more");
    assert_eq!(app.shown.now, Duration::from_secs(3_600));
}

#[test]
fn a_menu_that_was_open_asks_for_nothing_in_the_past() {
    let all = session(&[Kind::Hole; 2]);
    let mut app = empty((80, 24));
    show(&mut app, &all);
    press(&mut app, 'M');
    rewind(&mut app, &all[..1]);
    assert_eq!(key(&mut app, KeyCode::Enter, KeyModifiers::NONE), []);
    app.update(Message::Live);
    press(&mut app, '6');
    press(&mut app, 'a');
    rewind(&mut app, &all[..1]);
    assert_eq!(app.query.typed, None);
    app.update(Message::Input(Input::Paste("7f00".into())));
    assert_eq!(app.query.typed, None);
}

#[test]
fn the_explorer_asks_whoever_answers() {
    let all = session(&[Kind::Hole; 2]);
    let explores = |effects: Vec<Effect>| {
        let asks = |it: &Effect| matches!(it, Effect::Session(SessionCommand::Explore(_)));
        effects.iter().any(asks)
    };
    let mut app = empty((80, 24));
    show(&mut app, &all);
    assert!(explores(
        app.update(Message::Moment(Box::new(moment(&all[..1]))))
    ));
    press(&mut app, '/');
    let typed = Input::Paste("w".into());
    assert!(explores(app.update(Message::Input(typed))));
    assert!(explores(app.update(Message::Live)));
    assert!(Arc::ptr_eq(
        app.shown.latest.as_ref().unwrap(),
        app.shown.snapshot.as_ref().unwrap()
    ));
}
