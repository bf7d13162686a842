use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::style::Modifier;

use super::Size;
use crate::tui::app::App;
use crate::tui::fixture::press::key;
use crate::tui::fixture::screen::{draw, styled, text};
use crate::tui::fixture::snapshot::Kind;
use crate::tui::fixture::target::gone_app;
use crate::tui::fixture::{app, showing};
use crate::tui::theme::Depth;
use crate::tui::view::View;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

fn presenting(kind: Kind, view: View, at: (u16, u16), size: Size) -> App {
    let mut app = showing(app(kind, at, Depth::True), view);
    app.presenter = Some(size);
    app
}

#[test]
fn site_and_verdict_at_each_size() {
    for at in SIZES {
        for kind in [Kind::Duplicate, Kind::Hole] {
            for view in [View::Space, View::Boundary] {
                for size in [Size::Small, Size::Medium, Size::Large] {
                    let shown = text(&presenting(kind, view, at, size));
                    // No statistics, no kernel.
                    for word in ["scans", "Linux", "PROCMAP"] {
                        assert!(!shown.contains(word), "{word}:\n{shown}");
                    }
                    assert!(shown.contains("█"), "{at:?} {size:?}\n{shown}");
                    let says = match kind {
                        Kind::Hole => "and no line shows it",
                        _ => "Allowed.",
                    };
                    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(words.contains(says), "{at:?} {size:?} {view:?}\n{shown}");
                }
            }
        }
    }
}

#[test]
fn it_is_looked_at() {
    let name = |view: View| view.name().to_lowercase();
    for (kind, view) in [
        (Kind::Hole, View::Space),
        (Kind::Duplicate, View::Boundary),
        (Kind::Duplicate, View::Manual),
    ] {
        let app = presenting(kind, view, (80, 24), Size::Medium);
        insta::assert_snapshot!(format!("presented_{}", name(view)), text(&app));
    }
    let mut bare = showing(app(Kind::Duplicate, (80, 24), Depth::None), View::Space);
    bare.presenter = Some(Size::Large);
    insta::assert_snapshot!("presented_without_colours", styled(&bare));
}

/// A block that is reversed is a blank.
#[test]
fn a_hole_is_seen_without_colours() {
    let mut app = showing(app(Kind::Hole, (80, 24), Depth::None), View::Space);
    app.presenter = Some(Size::Medium);
    let drawn = draw(&app);
    let blocks = drawn.content.iter().filter(|cell| cell.symbol() == "█");
    assert!(blocks.clone().count() > 50);
    assert!(
        !blocks
            .clone()
            .any(|cell| cell.modifier.contains(Modifier::REVERSED))
    );
}

#[test]
fn keys_make_it_larger_and_end_it() {
    use KeyCode::{Char, Esc};
    let press = |app: &mut App, code| key(app, code, KeyModifiers::NONE);
    let mut app = showing(app(Kind::Hole, (80, 24), Depth::True), View::Space);
    let rate = app.rate;
    for (code, size) in [
        (Char('V'), Some(Size::Small)),
        (Char('-'), Some(Size::Small)),
        (Char('+'), Some(Size::Medium)),
        (Char('V'), Some(Size::Large)),
        (Char('+'), Some(Size::Large)),
        (Char('-'), Some(Size::Medium)),
        (Esc, None),
        (Char('V'), Some(Size::Small)),
        (Char('V'), Some(Size::Medium)),
        (Char('V'), Some(Size::Large)),
        (Char('V'), None),
    ] {
        press(&mut app, code);
        assert_eq!(app.presented(), size, "{code:?}");
        assert_eq!(app.rate, rate);
    }
    // The model has no such picture.
    press(&mut app, Char('V'));
    app = showing(app, View::Protocol);
    assert_eq!(app.presented(), None);
    assert!(text(&app).contains("vmascope"));
}

#[test]
fn of_a_target_that_is_not_ours_nothing_is_judged() {
    let mut app = gone_app((80, 24), Depth::True);
    app.presenter = Some(Size::Medium);
    let shown = text(&app);
    assert!(
        !shown.contains("Linux") && !shown.contains("Forbidden"),
        "{shown}"
    );
}
