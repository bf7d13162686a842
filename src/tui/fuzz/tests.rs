//! The hunt, driven by keys.

use std::sync::Arc;
use std::time::Duration;

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
use crate::tui::input::event::Input;
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
    app.fuzz.has_begun(SEED, Duration::ZERO);
    time_goes_on(&mut app);
    assert_eq!(app.update(Message::Fuzz(Box::new(told))), []);
    app
}

/// As long as the snapshots say.
fn time_goes_on(app: &mut App) {
    for second in 1..=42 {
        app.update(Message::Time(Duration::from_secs(second)));
    }
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
    app.fuzz.has_begun(SEED, Duration::ZERO);
    let ended = HuntSnapshot {
        ended: true,
        ..snapshot(Kind::Hole)
    };
    assert_eq!(app.update(Message::Fuzz(Box::new(ended))), []);
    assert_eq!(app.fuzz.busy, Busy::Hunting);
    assert!(app.fuzz.snapshot.is_none());
    let mut again = snapshot(Kind::Duplicate);
    again.number += 1;
    Arc::make_mut(&mut again.finds[0]).number += 1;
    app.update(Message::Fuzz(Box::new(again)));
    let finds = app.fuzz.finds();
    let numbers: Vec<_> = finds
        .iter()
        .map(|it| (it.number, it.find.key.label.clone()))
        .collect();
    // That of no known mechanism is first.
    assert_eq!(numbers, [(1, None), (2, Some("H1".into()))]);
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
        app.resize(size);
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
        app.fuzz.has_begun(SEED, Duration::ZERO);
        let begun = HuntSnapshot {
            number: 1,
            seed: SEED,
            ..HuntSnapshot::default()
        };
        app.update(Message::Fuzz(Box::new(begun)));
        assert!(
            text(&app).contains("no scan is judged yet"),
            "{}",
            text(&app)
        );
        time_goes_on(&mut app);
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
        app.resize((200, 60));
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

#[test]
fn the_clock_goes_on_by_itself_and_draws_only_when_it_shows_another_second() {
    let mut app = hunting(snapshot(Kind::Duplicate));
    let tick = |app: &mut App, at: u64| {
        app.dirty = false;
        app.update(Message::Time(Duration::from_millis(at)));
        app.dirty
    };
    assert!(app.wants_time() && text(&app).contains("hunting for 0:42"));
    let drawn = [42_200, 42_400, 43_000, 43_800, 44_000].map(|at| tick(&mut app, at));
    assert_eq!(drawn, [false, false, true, false, true]);
    assert!(text(&app).contains("hunting for 0:44"));
    press(&mut app, ' ');
    tick(&mut app, 45_000);
    assert!(!app.wants_time());
    assert!(
        text(&app).contains("hunting for 0:42"),
        "of the frozen picture"
    );
    press(&mut app, ' ');
    // While the whole program was stopped nobody hunted.
    tick(&mut app, 145_000);
    assert!(text(&app).contains("hunting for 0:46"), "{}", text(&app));
}

#[test]
fn what_to_hunt_with_is_chosen_in_a_menu() {
    for size in SIZES {
        let mut app = shown();
        app.resize(size);
        press(&mut app, 'o');
        for character in "4711".chars() {
            assert_eq!(press(&mut app, character), []);
        }
        key(&mut app, KeyCode::Down, KeyModifiers::NONE);
        press(&mut app, ' ');
        let name = format!("options_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, text(&app));
        // Every row can be seen.
        key(&mut app, KeyCode::End, KeyModifiers::NONE);
        assert!(text(&app).contains("[x] fork"), "{}", text(&app));
        press(&mut app, 'a');
        assert_eq!(press(&mut app, ' '), []);
        assert!(notice(&app).contains("another of them must be left"));
        let quit = key(&mut app, KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(quit, [Effect::Quit]);
        assert_eq!(press(&mut app, 's'), effect(FuzzEffect::Start));
        assert!(app.fuzz.menu.is_none());
        app.fuzz.has_begun(4711, Duration::ZERO);
        let command = "vmascope fuzz --seed 4711 --for 10s --ops fork";
        assert_eq!(app.fuzz.command, command);
    }
}

/// The rows of the menu are clicked like those of the others.
#[test]
fn an_option_is_clicked_once_to_go_there_and_once_more_to_change_it() {
    let mut app = shown();
    press(&mut app, 'o');
    let rows = text(&app);
    let y = rows.lines().position(|row| row.contains("query-walk"));
    let click = Message::Input(Input::Click(20, y.unwrap() as u16));
    app.update(click.clone());
    assert!(text(&app).contains("[ ] query-walk"));
    app.update(click);
    assert!(text(&app).contains("[x] query-walk"));
}

#[test]
fn the_footer_offers_what_works_now() {
    let footer = |app: &App| text(app).lines().last().unwrap().to_owned();
    let offers = |app: &App| {
        ["start", "stop", "open", "kit", "explain"]
            .map(|word| footer(app).contains(&format!(" {word} ")))
    };
    let mut app = shown();
    app.resize((200, 24));
    assert_eq!(offers(&app), [true, false, false, false, false]);
    press(&mut app, 's');
    app.fuzz.has_begun(SEED, Duration::ZERO);
    assert_eq!(offers(&app), [false, true, false, false, false]);
    app.update(Message::Fuzz(Box::new(snapshot(Kind::Duplicate))));
    assert_eq!(offers(&app), [false, true, true, false, true]);
    press(&mut app, 's');
    assert_eq!(offers(&app), [true, false, true, true, true]);
    press(&mut app, 'w');
    app.notice = None;
    assert_eq!(offers(&app), [false, true, true, false, true]);
}

/// Where the model knows the calls of the shortest sequence.
#[test]
fn a_find_is_explained_by_the_model() {
    let mut app = hunting(snapshot(Kind::Duplicate));
    assert_eq!(press(&mut app, 'e'), effect(FuzzEffect::Stop));
    let shown = text(&app);
    assert!(shown.contains("case   hole-h1  mremap"), "{shown}");
    assert!(shown.contains("H1"), "{shown}");
    // From there one goes on to the catalogue's.
    press(&mut app, 'c');
    assert!(text(&app).contains("(1 of "), "{}", text(&app));
    let mut app = hunting(HuntSnapshot {
        finds: vec![Arc::new(listed(KnownHoles::NONE, false))],
        ..snapshot(Kind::Duplicate)
    });
    assert_eq!(press(&mut app, 'e'), []);
    assert!(notice(&app).contains("the model knows"), "{}", notice(&app));
    let mut app = self::shown();
    press(&mut app, 'e');
    assert!(notice(&app).contains("no find yet"));
}
