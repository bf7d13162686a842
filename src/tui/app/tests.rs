//! What messages do.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};

use super::update::{NOTICE, OBEYED};
use super::{App, RATES};
use crate::sampling::options::Rate;
use crate::session::SessionCommand;
use crate::session::by_hand::ManualCommand;
use crate::session::snapshot::Snapshot;
use crate::session::trigger::Trigger;
use crate::tui::effect::Effect;
use crate::tui::fixture::app as fixture;
use crate::tui::fixture::press::{key, press};
use crate::tui::fixture::screen::text;
use crate::tui::fixture::snapshot::{Kind, snapshot};
use crate::tui::fixture::target::{target_app, target_snapshot, target_text};
use crate::tui::message::Message;
use crate::tui::theme::{Depth, Theme};
use crate::tui::view::View;

fn app() -> App {
    fixture(Kind::Duplicate, (80, 24), Depth::True)
}

#[test]
fn keys_ask_for_effects() {
    let cases = [
        ('q', Effect::Quit),
        ('c', Effect::Session(SessionCommand::NextScenario)),
        ('C', Effect::Session(SessionCommand::PreviousScenario)),
        ('i', Effect::Session(SessionCommand::SwitchPlacement)),
        ('m', Effect::Session(SessionCommand::Step)),
        (
            's',
            Effect::Session(SessionCommand::Manual(ManualCommand::Enter)),
        ),
        ('w', Effect::Session(SessionCommand::Report)),
        ('p', Effect::Session(SessionCommand::Still(true))),
        (
            'h',
            Effect::Session(SessionCommand::Trigger(Trigger::Violation)),
        ),
        (
            '-',
            Effect::Session(SessionCommand::Rate(Rate::PerSecond(1000))),
        ),
        ('S', Effect::SaveScreen),
    ];
    for (character, effect) in cases {
        assert_eq!(press(&mut app(), character), [effect], "{character}");
    }
    let ctrl = |character| key(&mut app(), KeyCode::Char(character), KeyModifiers::CONTROL);
    assert_eq!(ctrl('c'), [Effect::Quit]);
    assert_eq!(ctrl('z'), [Effect::Suspend]);
    assert_eq!(press(&mut app(), 'X'), []);
}

#[test]
fn the_menu_takes_the_keys_and_chooses() {
    let mut app = app();
    assert_eq!(press(&mut app, 'M'), []);
    for character in "replace-t".chars() {
        assert_eq!(press(&mut app, character), []);
    }
    let chosen = key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
    let at = crate::scenario::catalogue::scenarios()
        .iter()
        .position(|one| one.name == "replace-two")
        .unwrap();
    assert_eq!(chosen, [Effect::Session(SessionCommand::Scenario(at))]);
    assert!(app.menu.is_none());
    press(&mut app, 'M');
    assert_eq!(key(&mut app, KeyCode::Esc, KeyModifiers::NONE), []);
    assert!(app.menu.is_none());
    press(&mut app, 'M');
    let quit = key(&mut app, KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(quit, [Effect::Quit]);
}

#[test]
fn freezing_the_display_ends_the_tour() {
    let mut app = app();
    let on = press(&mut app, 'a');
    assert_eq!(on, [Effect::Session(SessionCommand::MoveOn(true))]);
    let mut next = snapshot(Kind::Duplicate);
    next.moves_on = true;
    app.update(Message::Snapshot(Box::new(next)));
    let effects = press(&mut app, ' ');
    assert_eq!(effects, [Effect::Session(SessionCommand::MoveOn(false))]);
    assert!(app.shown.frozen.is_some());
    // The second time it thaws, and asks for nothing.
    assert_eq!(press(&mut app, ' '), []);
}

#[test]
fn the_coverage_follows_what_runs_until_the_cursor_is_moved() {
    let mut app = fixture(Kind::Hole, (80, 24), Depth::True);
    app.view = View::Coverage;
    let running = app.coverage.at(&app.shown);
    assert!(running > 0);
    key(&mut app, KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(app.coverage.at(&app.shown), running - 1);
    key(&mut app, KeyCode::Home, KeyModifiers::NONE);
    assert_eq!(app.coverage.at(&app.shown), 0);
    key(&mut app, KeyCode::End, KeyModifiers::NONE);
    let count = crate::scenario::catalogue::scenarios().len();
    assert_eq!(app.coverage.at(&app.shown), count - 1);
    press(&mut app, 'f');
    assert_eq!(app.coverage.at(&app.shown), running);
}

#[test]
fn pausing_twice_goes_on() {
    let mut app = app();
    press(&mut app, 'p');
    assert!(app.still);
    let effects = press(&mut app, 'p');
    assert_eq!(effects, [Effect::Session(SessionCommand::Still(false))]);
}

#[test]
fn a_modifier_that_is_gone_cannot_be_paused() {
    let mut app = app();
    let ended = Snapshot {
        ended: Some("the modifier died".into()),
        ..snapshot(Kind::Duplicate)
    };
    // The key came before anybody knew.
    press(&mut app, 'p');
    app.update(Message::Snapshot(Box::new(ended)));
    assert!(!app.still);
    for key in ['p', 'm'] {
        assert_eq!(press(&mut app, key), []);
        assert!(!app.still);
    }
}

#[test]
fn a_snapshot_from_before_the_key_does_not_undo_it() {
    let mut app = app();
    press(&mut app, 'p');
    let stale = snapshot(Kind::Duplicate);
    assert_eq!(stale.still, Some(false));
    let later = Snapshot {
        at: stale.at + OBEYED,
        ..stale.clone()
    };
    app.update(Message::Snapshot(Box::new(stale)));
    assert!(app.still);
    let effects = press(&mut app, 'p');
    assert_eq!(effects, [Effect::Session(SessionCommand::Still(false))]);
    // What it says long after that is so.
    press(&mut app, 'p');
    app.update(Message::Snapshot(Box::new(later)));
    assert!(!app.still);
}

#[test]
fn the_rate_has_ends() {
    let mut app = app();
    for _ in 0..20 {
        press(&mut app, '-');
    }
    assert_eq!(RATES[app.rate], Rate::PerSecond(1));
    for _ in 0..20 {
        press(&mut app, '+');
    }
    assert_eq!(RATES[app.rate], Rate::Full);
}

#[test]
fn a_frozen_display_keeps_its_picture_while_the_header_goes_on() {
    let mut app = app();
    press(&mut app, ' ');
    let before = app.shown.snapshot.clone().unwrap();
    let listed = app.tears.shown().len();
    let mut next = snapshot(Kind::Duplicate);
    next.scene.clone_from(&before.scene);
    next.at = Duration::from_secs(9);
    for found in &mut next.found {
        found.at = Duration::from_secs(9);
    }
    app.update(Message::Snapshot(Box::new(next)));
    assert!(Arc::ptr_eq(&before, app.shown.snapshot.as_ref().unwrap()));
    assert_eq!(
        app.shown.latest.as_ref().unwrap().at,
        Duration::from_secs(9)
    );
    assert_eq!(app.tears.shown().len(), listed);
    assert_eq!(app.tears.latest.len(), listed + 1);
    press(&mut app, ' ');
    assert_eq!(
        app.shown.snapshot.as_ref().unwrap().at,
        Duration::from_secs(9)
    );
    assert_eq!(app.tears.shown().len(), listed + 1);
}

#[test]
fn another_scenario_thaws_the_display_and_follows_its_site() {
    let mut app = app();
    press(&mut app, ' ');
    key(&mut app, KeyCode::Down, KeyModifiers::NONE);
    assert!(app.space.cursor.is_some());
    app.update(Message::Snapshot(Box::new(snapshot(Kind::Hole))));
    assert_eq!((app.shown.frozen, app.space.cursor), (None, None));
}

#[test]
fn tears_are_listed_at_a_readable_rate_and_violations_stay_on_top() {
    let mut app = app();
    let find = |kind, at| {
        let mut snapshot = snapshot(kind);
        let mut found = snapshot.found.remove(0);
        found.at = at;
        found
    };
    let many = (0..1000).map(|i| Duration::from_millis(2_000 + i));
    for at in many {
        app.tears.latest.add(find(Kind::Duplicate, at));
    }
    assert_eq!(app.tears.latest.tears.len(), 1 + 2);
    app.tears
        .latest
        .add(find(Kind::Hole, Duration::from_secs(4)));
    app.tears
        .latest
        .add(find(Kind::Duplicate, Duration::from_secs(5)));
    assert_eq!(
        app.tears.latest.iter().next().unwrap().found.event.name,
        "hole"
    );
    assert_eq!(app.tears.latest.position(), 0);
}

#[test]
fn what_is_selected_stays_selected_when_newer_ones_come() {
    let mut app = app();
    app.view = View::Tears;
    let mut found = snapshot(Kind::Duplicate).found.remove(0);
    found.at = Duration::from_secs(5);
    app.tears.latest.add(found.clone());
    key(&mut app, KeyCode::Down, KeyModifiers::NONE);
    let selected = app.tears.latest.current().unwrap().number;
    found.at = Duration::from_secs(6);
    app.tears.latest.add(found);
    assert_eq!(app.tears.latest.current().unwrap().number, selected);
    key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(app.tears.latest.open, Some(0));
    key(&mut app, KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(app.tears.latest.open, None);
}

#[test]
fn a_target_that_is_not_ours_has_no_modifier_to_pause() {
    let mut app = app();
    let mut snapshot = snapshot(Kind::Duplicate);
    (snapshot.scene, snapshot.still) = (None, None);
    app.update(Message::Snapshot(Box::new(snapshot)));
    for character in ['p', 's', 'c', 'i', 'm', 'a'] {
        assert_eq!(press(&mut app, character), []);
        assert!(app.notice.take().is_some());
    }
}

#[test]
fn a_notice_goes_away() {
    let mut app = app();
    app.update(Message::Notice("look".into()));
    assert!(app.wants_time());
    let later = app.shown.now + NOTICE;
    app.update(Message::Time(later));
    assert!(app.notice.is_none() && !app.wants_time());
}

#[test]
fn that_a_child_does_not_answer_is_shown_while_it_is_told() {
    for is_open in [true, false] {
        let mut app = app();
        if !is_open {
            // Stopped before there was anything to show.
            app.shown.latest = None;
        }
        let silence = || Message::Silent("the modifier does not answer".into());
        for _ in 0..10 {
            app.update(silence());
            app.update(Message::Time(app.shown.now + Duration::from_secs(1)));
            let text = text(&app);
            assert!(text.contains(" Waiting: the modifier does not"), "{text}");
        }
        assert!(app.wants_time());
        app.update(Message::Time(app.shown.now + Duration::from_secs(2)));
        assert!(!text(&app).contains("Waiting"), "it answers again");
        assert!(app.silence.is_none());
    }
}

#[test]
fn failures_and_signals_end_it() {
    let cases = [
        (Message::Failed("why".into()), Effect::Fail("why".into())),
        (Message::Terminate(15), Effect::Terminate(15)),
        (Message::TerminalLost, Effect::Terminate(1)),
        (Message::Suspend, Effect::Suspend),
        (Message::Continued, Effect::Redraw),
    ];
    for (message, effect) in cases {
        assert_eq!(app().update(message), [effect]);
    }
}

#[test]
fn a_target_of_the_users_has_no_manual_mode() {
    let mut app = target_app((80, 24), Depth::True);
    for character in ['s', '4', '5'] {
        assert_eq!(press(&mut app, character), []);
        assert_eq!(app.view, View::Space);
        assert!(app.notice.take().is_some());
    }
    press(&mut app, '3');
    key(&mut app, KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(app.view, View::Query);
    key(&mut app, KeyCode::BackTab, KeyModifiers::SHIFT);
    assert_eq!(app.view, View::Tears);
    // It holds torn scans or none.
    app.shown.trigger = Trigger::Live;
    for held in [Trigger::Torn, Trigger::Live] {
        press(&mut app, 'h');
        assert_eq!(app.shown.trigger, held);
    }
    // Asked for before anything was known of the target.
    app = App::new((80, 24), Theme::default());
    press(&mut app, '4');
    let foreign = target_snapshot(&app, &target_text(), Duration::ZERO);
    app.update(Message::Snapshot(Box::new(foreign)));
    assert_eq!(app.view, View::Space);
}
