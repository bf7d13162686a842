//! The hunt, driven by keys.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyModifiers};

use super::Busy;
use crate::fuzz::live::HuntSnapshot;
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::tui::app::App;
use crate::tui::effect::{Effect, FuzzEffect};
use crate::tui::fixture::fuzz::{SEED, listed, snapshot};
use crate::tui::fixture::press::{key, press};
use crate::tui::fixture::screen::{styled, text};
use crate::tui::fixture::snapshot::Kind;
use crate::tui::fixture::{app, showing};
use crate::tui::message::Message;
use crate::tui::theme::{Depth, Theme};
use crate::tui::view::View;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

fn effect(effect: FuzzEffect) -> Vec<Effect> {
    vec![Effect::Fuzz(effect)]
}

fn shown() -> App {
    let mut app = App::new((80, 24), Theme::default());
    press(&mut app, '9');
    app
}

/// A hunt was started, and has said this.
fn hunting(told: HuntSnapshot) -> App {
    let mut app = shown();
    press(&mut app, 's');
    app.fuzz.has_begun(SEED);
    assert_eq!(app.update(Message::Fuzz(Box::new(told))), []);
    app
}

fn notice(app: &App) -> &str {
    app.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn a_key_starts_it_and_the_same_or_leaving_stops_it() {
    let mut app = shown();
    assert_eq!(app.fuzz.busy, Busy::No);
    assert_eq!(press(&mut app, 's'), effect(FuzzEffect::Start));
    assert_eq!(press(&mut app, 's'), effect(FuzzEffect::Stop));
    assert_eq!(press(&mut app, 's'), effect(FuzzEffect::Start));
    assert_eq!(press(&mut app, '9'), []);
    // The lab begins once the hunt is over.
    let both = press(&mut app, '7');
    assert_eq!(both[0], Effect::Fuzz(FuzzEffect::Stop));
    assert_eq!(both.len(), 2);
    assert_eq!(app.fuzz.busy, Busy::No);
}

#[test]
fn what_it_found_stays_when_the_view_is_left() {
    let mut app = hunting(snapshot(Kind::Hole));
    press(&mut app, '1');
    assert_eq!(press(&mut app, '9'), []);
    let shown = text(&app);
    assert!(shown.contains("■ stopped after 0:42"), "{shown}");
    assert!(shown.contains("H1, hole"), "{shown}");
}

#[test]
fn of_the_hunt_before_it_nothing_is_heard_but_its_finds_stay() {
    let mut app = hunting(snapshot(Kind::Hole));
    press(&mut app, 's');
    press(&mut app, 's');
    app.fuzz.has_begun(SEED + 1);
    let ended = HuntSnapshot {
        ended: true,
        ..snapshot(Kind::Hole)
    };
    assert_eq!(app.update(Message::Fuzz(Box::new(ended))), []);
    assert_eq!(app.fuzz.busy, Busy::Hunting);
    assert!(app.fuzz.snapshot.is_none());
    let mut again = snapshot(Kind::Duplicate);
    again.seed += 1;
    Arc::make_mut(&mut again.finds[0]).seed += 1;
    app.update(Message::Fuzz(Box::new(again)));
    let finds = app.fuzz.finds();
    let seeds: Vec<_> = finds
        .iter()
        .map(|it| (it.seed, it.find.key.label.clone()))
        .collect();
    // That of no known mechanism is first.
    assert_eq!(seeds, [(SEED, None), (SEED + 1, Some("H1".into()))]);
}

#[test]
fn a_hunt_that_cannot_go_on_says_why_and_lets_the_session_go_on() {
    let mut app = hunting(snapshot(Kind::Duplicate));
    let failed = HuntSnapshot {
        ended: true,
        failed: Some("the modifier (process 7) cannot be started".into()),
        running: None,
        ..snapshot(Kind::Duplicate)
    };
    let effects = app.update(Message::Fuzz(Box::new(failed)));
    assert_eq!(effects, effect(FuzzEffect::Stop));
    for size in SIZES {
        app.shown.size = size;
        let shown = text(&app);
        let words: Vec<&str> = shown.split_whitespace().collect();
        let says_why = words.join(" ").contains("(process 7) cannot be started");
        assert!(says_why && shown.contains("H1, hole"), "{shown}");
    }
}

#[test]
fn a_frozen_display_stays_and_shows_afterwards_what_has_come() {
    let mut app = hunting(snapshot(Kind::Duplicate));
    press(&mut app, ' ');
    app.update(Message::Fuzz(Box::new(snapshot(Kind::Hole))));
    assert_eq!(app.fuzz.finds().len(), 1);
    press(&mut app, ' ');
    assert_eq!(app.fuzz.finds().len(), 2);
    // What is started is to be seen.
    press(&mut app, 's');
    press(&mut app, ' ');
    press(&mut app, 's');
    assert_eq!(app.shown.frozen, None);
}

#[test]
fn a_kit_is_made_while_nothing_else_runs() {
    let mut app = shown();
    assert_eq!(press(&mut app, 'w'), []);
    assert!(notice(&app).contains("no find yet"));
    let mut app = hunting(snapshot(Kind::Duplicate));
    assert_eq!(press(&mut app, 'w'), []);
    assert!(notice(&app).contains("stop the hunt first"));
    press(&mut app, 's');
    assert_eq!(press(&mut app, 'w'), effect(FuzzEffect::MakeKit));
    assert_eq!(app.fuzz.busy, Busy::MakingAKit);
    assert_eq!(press(&mut app, 'w'), []);
    let made = app.update(Message::Kit(Ok("wrote vmascope-kits/hole-h1".into())));
    assert_eq!(made, effect(FuzzEffect::KitIsMade));
    assert_eq!(app.fuzz.busy, Busy::No);
    assert!(notice(&app).contains("wrote vmascope-kits/hole-h1"));
    // One that was stopped ends no hunt.
    press(&mut app, 's');
    app.update(Message::Kit(Err("it was stopped".into())));
    assert_eq!(app.fuzz.busy, Busy::Hunting);
    assert!(notice(&app).contains("no kit in vmascope-kits: it was stopped"));
}

#[test]
fn keys_of_the_modifier_do_nothing_there() {
    let mut app = shown();
    for character in ['p', 'c', 'C', 'i', 't', 'm', 'M', 'h', '+'] {
        assert_eq!(press(&mut app, character), [], "{character}");
        assert!(app.menu.is_none());
    }
}

#[test]
fn the_line_of_a_find_is_copied() {
    let mut app = hunting(snapshot(Kind::Duplicate));
    let line = "10128000-10129000 r--p 00000000 00:00 0";
    assert_eq!(press(&mut app, 'y'), [Effect::Copy(line.into())]);
    assert_eq!(press(&mut app, 'Y'), [Effect::Copy("10128000".into())]);
}

#[test]
fn what_is_selected_stays_so_when_another_comes_before_it() {
    let mut app = hunting(snapshot(Kind::Duplicate));
    key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
    app.update(Message::Fuzz(Box::new(snapshot(Kind::Hole))));
    let current = app.fuzz.current().unwrap();
    assert_eq!(current.find.key.label.as_deref(), Some("H1"));
    key(&mut app, KeyCode::Esc, KeyModifiers::NONE);
    key(&mut app, KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(app.fuzz.current().unwrap().find.key.label, None);
}

/// All that is said of a find is there, whatever the size, by scrolling.
#[test]
fn an_open_find() {
    for size in SIZES {
        let mut app = showing(app(Kind::Duplicate, size, Depth::True), View::Fuzz);
        key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
        let first = text(&app);
        insta::assert_snapshot!(format!("open_{}x{}", size.0, size.1), first);
        let mut seen = first;
        for _ in 0..20 {
            key(&mut app, KeyCode::PageDown, KeyModifiers::NONE);
            seen.push_str(&text(&app));
        }
        for words in [
            "10127000-10128000 is missing",
            "▼ mremap source",
            "87,654",
            "123456789",
        ] {
            assert!(seen.contains(words), "{words} at {size:?}:\n{seen}");
        }
    }
}

#[test]
fn an_open_find_without_a_known_mechanism_with_and_without_colours() {
    for depth in [Depth::None, Depth::True] {
        let mut app = showing(app(Kind::Hole, (80, 24), depth), View::Fuzz);
        key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
        let name = format!("style_open_{depth:?}").to_lowercase();
        insta::assert_snapshot!(name, styled(&app));
        assert!(text(&app).contains("✗ NO KNOWN MECHANISM, hole"));
    }
}

#[test]
fn before_during_and_after_a_hunt() {
    for size in SIZES {
        let mut app = app(Kind::Duplicate, size, Depth::True);
        app.fuzz = super::FuzzView::default();
        press(&mut app, '9');
        let name = |what: &str| format!("{what}_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name("idle"), text(&app));
        press(&mut app, 's');
        assert!(text(&app).contains("starting a modifier"));
        app.fuzz.has_begun(SEED);
        let begun = HuntSnapshot {
            seed: SEED,
            ..HuntSnapshot::default()
        };
        app.update(Message::Fuzz(Box::new(begun)));
        assert!(
            text(&app).contains("no scan is judged yet"),
            "{}",
            text(&app)
        );
        press(&mut app, 's');
        let ended = HuntSnapshot {
            ended: true,
            running: None,
            ..snapshot(Kind::Duplicate)
        };
        app.update(Message::Fuzz(Box::new(ended)));
        insta::assert_snapshot!(name("stopped"), text(&app));
    }
}

/// Of what was only seen it says what will become of it.
#[test]
fn an_open_find_that_is_not_made_smaller_says_when_it_is() {
    let open = |known: KnownHoles| {
        let told = HuntSnapshot {
            finds: vec![Arc::new(listed(known, false))],
            ..snapshot(Kind::Duplicate)
        };
        let mut app = hunting(told);
        app.shown.size = (200, 60);
        key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
        app
    };
    let mut app = open(KnownHole::H1.into());
    assert!(text(&app).contains("in the last third of a minute"));
    press(&mut app, 's');
    let shown = text(&app);
    assert!(
        shown.contains("the hunt ended before it was made"),
        "{shown}"
    );
    let app = open(KnownHoles::NONE);
    assert!(text(&app).contains("it is being made smaller"));
}

/// A row of the list says how far each has come.
#[test]
fn the_list_says_how_far_a_find_has_come() {
    let known: KnownHoles = KnownHole::H1.into();
    let mut smaller = listed(known, true);
    smaller.find.is_proven = false;
    let mut fault = smaller.clone();
    fault.find.fault = Some("a page was gone".into());
    for (listed, word) in [
        (listed(known, true), "proven"),
        (listed(known, false), "seen"),
        (smaller, "smaller"),
        (fault, "no hole"),
    ] {
        let told = HuntSnapshot {
            finds: vec![Arc::new(listed)],
            ..snapshot(Kind::Duplicate)
        };
        let shown = text(&hunting(told));
        let row = shown.lines().find(|row| row.contains("H1, hole")).unwrap();
        assert!(row.contains(word), "{row}");
    }
}
