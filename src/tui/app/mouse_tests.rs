//! Clicks, pastes, and what is copied.

use crossterm::event::{KeyCode, KeyModifiers};

use super::App;
use crate::session::SessionCommand;
use crate::tui::effect::Effect;
use crate::tui::fixture::press::{key, press};
use crate::tui::fixture::screen::text;
use crate::tui::fixture::snapshot::Kind;
use crate::tui::fixture::target::target_app;
use crate::tui::input::event::Input;
use crate::tui::message::Message;
use crate::tui::theme::Depth;
use crate::tui::view::View;

fn click(app: &mut App, column: usize, row: usize) -> Vec<Effect> {
    let input = Input::Click(column as u16, row as u16);
    let mut effects = app.update(Message::Input(input));
    effects.retain(|effect| !matches!(effect, Effect::Session(SessionCommand::Explore(_))));
    effects
}

fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let mut effects = app.update(Message::Input(Input::Paste(text.into())));
    effects.retain(|effect| !matches!(effect, Effect::Session(SessionCommand::Explore(_))));
    effects
}

/// Column and row of a word on the screen.
fn place(app: &App, word: &str) -> (usize, usize) {
    let screen = text(app);
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let at = line.find(word)?;
        Some((line[..at].chars().count(), row))
    });
    found.unwrap_or_else(|| panic!("no {word} in\n{screen}"))
}

#[test]
fn tabs_answer_a_click() {
    for size in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        for view in View::ALL {
            let mut app = crate::tui::fixture::app(Kind::Hole, size, Depth::True);
            let digit = View::ALL.iter().position(|it| *it == view).unwrap() + 1;
            let row = format!("{} ", text(&app).lines().nth(2).unwrap());
            let column = row.find(&format!(" {digit}")).unwrap();
            click(&mut app, row[..column].chars().count() + 1, 2);
            assert_eq!(app.view, view, "{row}");
        }
    }
}

#[test]
fn keys_of_the_footer_answer_a_click() {
    let mut app = target_app((80, 24), Depth::True);
    let (column, row) = place(&app, "q quit");
    assert_eq!(click(&mut app, column + 3, row), [Effect::Quit]);
    let (column, row) = place(&app, "? help");
    click(&mut app, column, row);
    assert!(app.help.is_some());
    // It hides what is beneath it.
    assert_eq!(click(&mut app, 1, row), []);
    assert!(app.help.is_none());
}

#[test]
fn rows_and_the_map_answer_a_click() {
    let mut app = target_app((80, 24), Depth::True);
    let (column, row) = place(&app, "555510000000");
    click(&mut app, column, row);
    assert_eq!(
        app.space.cursor.map(|it| it.address),
        Some(0x5555_1000_0000)
    );
    click(&mut app, column, row);
    assert_eq!(app.space.open.map(|it| it.address), Some(0x5555_1000_0000));
    key(&mut app, KeyCode::Esc, KeyModifiers::NONE);
    // The stack is at the right end of the map.
    let (column, row) = place(&app, "ss");
    click(&mut app, column, row);
    let at = app.space.cursor.unwrap().address;
    assert!((0x7ffc_1230_0000..0x7ffc_1232_1000).contains(&at), "{at:x}");
}

#[test]
fn a_tear_answers_a_click() {
    let mut app = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
    app.view = View::Tears;
    let (column, row) = place(&app, "1.2 s");
    click(&mut app, column, row);
    assert!(app.tears.latest.selected.is_some());
    click(&mut app, column, row);
    assert_eq!(app.tears.latest.open, Some(0));
}

#[test]
fn a_row_of_the_menu_is_selected_and_then_chosen() {
    for size in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        let mut app = crate::tui::fixture::app(Kind::Hole, size, Depth::True);
        press(&mut app, 'M');
        for character in "repl".chars() {
            press(&mut app, character);
        }
        let (column, row) = place(&app, "replace-two ");
        assert_eq!(click(&mut app, column, row), []);
        let menu = app.menu.as_ref().unwrap();
        let (at, chosen) = menu.matches().nth(menu.selected()).unwrap();
        assert_eq!(chosen.name, "replace-two");
        let command = Effect::Session(SessionCommand::Scenario(at));
        let (column, row) = place(&app, "replace-two ");
        assert_eq!(click(&mut app, column, row), [command]);
        assert!(app.menu.is_none());
    }
}

#[test]
fn a_row_of_coverage_runs_its_scenario_and_a_program_makes_its_step() {
    let mut app = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
    app.view = View::Coverage;
    let (column, row) = place(&app, "new-right");
    let clicked = click(&mut app, column, row);
    let [Effect::Session(SessionCommand::Scenario(at))] = clicked[..] else {
        panic!("{clicked:?}")
    };
    assert_eq!(
        crate::scenario::catalogue::scenarios()[at].name,
        "new-right"
    );
    app.view = View::Protocol;
    press(&mut app, 'p');
    let before = text(&app);
    let (_, row) = place(&app, " writer ");
    click(&mut app, 70, row + 1);
    let moved = text(&app);
    assert_ne!(moved, before);
    click(&mut app, 3, row + 1);
    assert_ne!(text(&app), moved);
    // A row of the timelines is gone to: the first is the beginning.
    press(&mut app, 'p');
    let (_, row) = place(&app, " M V seq ");
    click(&mut app, 3, row + 1);
    assert!(text(&app).contains(" step 0 of 2 "), "{}", text(&app));
    click(&mut app, 3, row + 3);
    assert!(text(&app).contains(" step 2 of 2 "), "{}", text(&app));
}

#[test]
fn the_help_takes_the_keys_and_the_wheel() {
    for view in View::ALL {
        let mut app = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
        app.view = view;
        press(&mut app, '?');
        let before = text(&app);
        for character in "bcmprwnsxzhikj0+-1345678 \t,.()PL|".chars() {
            assert_eq!(press(&mut app, character), [], "{character} in {view:?}");
        }
        for code in [
            KeyCode::Down,
            KeyCode::End,
            KeyCode::Tab,
            KeyCode::Enter,
            KeyCode::Left,
        ] {
            assert_eq!(key(&mut app, code, KeyModifiers::NONE), []);
        }
        app.update(Message::Input(Input::Wheel(3)));
        assert_eq!((app.view, text(&app)), (view, before));
        assert_eq!(press(&mut app, 'q'), [Effect::Quit]);
        let pages = if view.is_recorded() { 4 } else { 3 };
        for page in 0..pages {
            assert!(app.help.is_some(), "{page} in {view:?}");
            press(&mut app, '?');
        }
        assert!(app.help.is_none());
    }
}

#[test]
fn a_paste_is_no_key() {
    for view in View::ALL {
        let mut app = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
        app.view = view;
        let before = text(&app);
        assert_eq!(paste(&mut app, "quit\rwSxm1\u{3}"), []);
        assert!(app.notice.take().is_some());
        assert_eq!(text(&app), before);
    }
}

#[test]
fn a_paste_is_typed_where_text_is() {
    let mut app = target_app((80, 24), Depth::True);
    press(&mut app, '/');
    paste(&mut app, "libc\u{1b}[2J\rquit\r");
    let prompt = app.space.prompt.as_ref().unwrap();
    assert_eq!(prompt.text, "libc\\x1b[2J");
    let mut app = crate::tui::fixture::app(Kind::Hole, (80, 24), Depth::True);
    press(&mut app, 'M');
    paste(&mut app, "remap\r");
    assert_eq!(app.menu.as_ref().unwrap().filter(), "remap");
}

#[test]
fn the_line_and_its_address_are_copied() {
    let mut app = target_app((80, 24), Depth::True);
    let (column, row) = place(&app, "555510000000");
    click(&mut app, column, row);
    assert_eq!(press(&mut app, 'Y'), [Effect::Copy("555510000000".into())]);
    let copied = press(&mut app, 'y');
    let [Effect::Copy(line)] = &copied[..] else {
        panic!("{copied:?}")
    };
    assert!(line.starts_with("555510000000-555510040000 rw-p") && line.ends_with("[heap]"));
    app.view = View::Coverage;
    assert_eq!(press(&mut app, 'y'), []);
}

#[test]
fn a_key_leaves_the_mouse_to_the_terminal() {
    let mut app = target_app((80, 24), Depth::True);
    let mut toggle = || key(&mut app, KeyCode::Char('o'), KeyModifiers::CONTROL);
    assert_eq!(toggle(), [Effect::Mouse(false)]);
    assert_eq!(toggle(), [Effect::Mouse(true)]);
}
