//! A page key goes to the last row of a list that is on the screen, and skips none.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};

use super::App;
use crate::tui::fixture::extreme::extreme_target;
use crate::tui::fixture::press::{key, press};
use crate::tui::fixture::screen::text;
use crate::tui::fixture::snapshot::Kind;
use crate::tui::overlay::menu::render::list_area;
use crate::tui::theme::Depth;
use crate::tui::view::View;
use ratatui::layout::Rect;

const SIZES: [(u16, u16); 3] = [(80, 16), (80, 24), (80, 40)];

/// Many tears.
fn tears(size: (u16, u16)) -> App {
    let mut app = crate::tui::fixture::app(Kind::Hole, size, Depth::True);
    app.view = View::Tears;
    let listed = app.tears.latest.current().unwrap().clone();
    for number in 1000..1100 {
        let mut listed = listed.clone();
        listed.number = number;
        listed.found.at += Duration::from_secs(number);
        app.tears.latest.tears.push_back(listed);
    }
    app
}

/// A long log.
fn log(size: (u16, u16)) -> App {
    let mut app = extreme_target(size);
    press(&mut app, 'l');
    app
}

fn code(app: &mut App, code: KeyCode) {
    key(app, code, KeyModifiers::NONE);
}

#[test]
fn a_page_down_selects_the_last_row_on_the_screen() {
    for size in SIZES {
        for mut app in [tears(size), log(size)] {
            code(&mut app, KeyCode::Home);
            let before = text(&app);
            code(&mut app, KeyCode::PageDown);
            assert_eq!(text(&app), before, "{size:?}");
            code(&mut app, KeyCode::Down);
            assert_ne!(text(&app), before, "{size:?}");
            code(&mut app, KeyCode::PageUp);
            code(&mut app, KeyCode::Up);
            assert_eq!(text(&app), before, "{size:?}");
        }
    }
}

#[test]
fn a_page_of_the_space_skips_no_row() {
    for size in SIZES {
        let mut app = extreme_target(size);
        let window = |app: &App| {
            let (_, picture) = app.shown.picture().unwrap();
            app.space.window(&app.shown, picture)
        };
        code(&mut app, KeyCode::Home);
        let mut before = window(&app);
        assert_eq!(before.top, 0);
        while before.top + before.rows < app.shown.picture().unwrap().1.rows.len() {
            code(&mut app, KeyCode::PageDown);
            let after = window(&app);
            let is_next = after.top > before.top && after.top <= before.top + before.rows;
            assert!(is_next, "{size:?}: {before:?} {after:?}");
            before = after;
        }
    }
}

#[test]
fn a_page_of_the_menu_is_as_long_as_its_list() {
    for size in SIZES {
        let mut app = crate::tui::fixture::app(Kind::Hole, size, Depth::True);
        press(&mut app, 'M');
        code(&mut app, KeyCode::Home);
        code(&mut app, KeyCode::PageDown);
        let rows = list_area(Rect::new(0, 0, size.0, size.1)).height;
        let selected = app.menu.as_ref().map(|menu| menu.selected());
        assert_eq!(selected, Some(usize::from(rows) - 1), "{size:?}");
    }
}

/// What was below the screen is on it after a page, or still below.
#[test]
fn a_page_of_a_text_skips_no_line() {
    for size in SIZES {
        let mut app = extreme_target(size);
        code(&mut app, KeyCode::Enter);
        code(&mut app, KeyCode::Home);
        let (_, below) = rows(&app);
        code(&mut app, KeyCode::PageDown);
        let (on_screen, still_below) = rows(&app);
        assert!(on_screen + still_below >= below, "{}", text(&app));
    }
}

/// How many lines of what is open are on the screen, and how many below.
fn rows(app: &App) -> (usize, usize) {
    let text = text(app);
    let inside = text.lines().filter(|line| line.starts_with('│'));
    let is_last = |line: &&str| line.contains(" more ");
    let last = inside.clone().find(is_last);
    let below = last.map_or(0, |line| {
        line.split_whitespace()
            .find_map(|it| it.parse().ok())
            .unwrap()
    });
    (inside.count() - usize::from(below > 0), below)
}
