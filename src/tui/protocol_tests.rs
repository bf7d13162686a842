//! The model, driven by keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::tui::fixture::{Kind, app as fixture, text};
use crate::tui::message::Message;
use crate::tui::theme::Depth;
use crate::tui::update::update;

fn app() -> App {
    let mut app = fixture(Kind::Hole, (120, 40), Depth::True);
    press(&mut app, KeyCode::Char('8'));
    app
}

fn press(app: &mut App, code: KeyCode) {
    update(app, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
}

fn keys(app: &mut App, keys: &str) {
    for key in keys.chars() {
        press(app, KeyCode::Char(key));
    }
}

fn lab(app: &App) -> &ModelView {
    app.model.as_deref().unwrap()
}

#[test]
fn steps_are_made_and_taken_back() {
    let mut app = app();
    let start = *lab(&app).state();
    keys(&mut app, "rrw");
    assert_eq!(lab(&app).trace().1, 3);
    assert_eq!(lab(&app).state().writer, 1);
    for _ in 0..5 {
        press(&mut app, KeyCode::Left);
    }
    assert_eq!(*lab(&app).state(), start);
    // What was taken back is still there to be made again.
    press(&mut app, KeyCode::End);
    assert_eq!(lab(&app).trace().1, 3);
    // Another step from before makes it another interleaving.
    press(&mut app, KeyCode::Home);
    keys(&mut app, "w");
    assert_eq!(lab(&app).trace().0.rows.len(), 1);
}

#[test]
fn a_step_that_cannot_be_made_says_why() {
    let mut app = app();
    keys(&mut app, "b");
    assert!(
        app.notice
            .unwrap()
            .text
            .contains("a chunk ends only behind a line")
    );
}

#[test]
fn switches_change_the_verdict() {
    let mut app = app();
    assert_eq!(lab(&app).verdict().words(), "H2");
    keys(&mut app, "H");
    assert_eq!(lab(&app).verdict().words(), "holds");
    assert_eq!(lab(&app).name(), ("merged-h2-cure", false));
    keys(&mut app, "x");
    assert_eq!(lab(&app).verdict().words(), "moved start");
    assert_eq!(lab(&app).name(), ("merged", true));
    keys(&mut app, "xh");
    assert_eq!(lab(&app).name(), ("merged-both-cures", false));
    keys(&mut app, "m");
    assert_eq!(lab(&app).name(), ("merged-h1-cure", false));
    keys(&mut app, "m");
    assert_eq!(lab(&app).name(), ("merged-h2-cure", false));
}

#[test]
fn the_worst_is_loaded_and_played() {
    let mut app = app();
    keys(&mut app, "xn");
    assert_eq!(lab(&app).loaded().unwrap().sight.name(), "hole");
    press(&mut app, KeyCode::End);
    let shown = text(&app);
    assert!(shown.contains("✗ hole"), "{shown}");
    insta::assert_snapshot!("protocol_changelog_120x40", shown);
}

#[test]
fn a_hole_of_the_kernel_is_explained_by_the_same_lines_of_the_model() {
    let mut app = fixture(Kind::Hole, (120, 40), Depth::True);
    keys(&mut app, "3e");
    assert_eq!(app.view, View::Protocol);
    let lab = lab(&app);
    assert_eq!(lab.model().case.name, "replace");
    let (trace, _) = lab.trace();
    assert_eq!(trace.lines(0), [(0, 1, b'-'), (1, 2, b'r'), (3, 4, b'r')]);
}

#[test]
fn a_duplicate_of_the_kernel_is_explained_too() {
    let mut app = fixture(Kind::Duplicate, (120, 40), Depth::True);
    keys(&mut app, "3e");
    let lab = lab(&app);
    assert_eq!(lab.model().case.name, "resize");
    let (trace, _) = lab.trace();
    assert!(trace.lines(0).ends_with(&[(1, 2, b'w'), (1, 4, b'w')]));
}
