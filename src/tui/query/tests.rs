//! The question, driven by keys.

use crossterm::event::{KeyCode, KeyModifiers};

use crate::session::SessionCommand;
use crate::tui::app::App;
use crate::tui::effect::Effect;
use crate::tui::fixture::app as fixture;
use crate::tui::fixture::press::{key, press};
use crate::tui::fixture::snapshot::Kind;
use crate::tui::theme::Depth;

fn app() -> App {
    fixture(Kind::Duplicate, (80, 24), Depth::True)
}

#[test]
fn the_probe_asks_while_its_view_is_shown() {
    use crate::linux::procmap_query::{Lookup, Query};
    let asked = |effects: Vec<Effect>| match &effects[..] {
        [Effect::Session(SessionCommand::Probe(query))] => *query,
        other => panic!("{other:?}"),
    };
    let mut app = app();
    let site = app
        .shown
        .latest
        .as_ref()
        .unwrap()
        .scene
        .as_ref()
        .unwrap()
        .site
        .start;
    let first = asked(press(&mut app, '6'));
    let at = |address| Query {
        address,
        ..Query::default()
    };
    assert_eq!(first, Some(at(site)));
    assert_eq!(asked(press(&mut app, 'j')), Some(at(site + 0x1000)));
    assert_eq!(asked(press(&mut app, 'k')), Some(at(site)));
    let query = asked(press(&mut app, 'N')).unwrap();
    assert_eq!(query.lookup, Lookup::CoveringOrNext);
    let flags = |query: Query| {
        let flags = crate::tui::query::action::flags(&query.filter);
        flags.map(|(key, _, on)| (key, on))
    };
    for at in 0..5 {
        let letter = flags(query)[at].0;
        let query = asked(press(&mut app, letter)).unwrap();
        for (i, (_, on)) in flags(query).into_iter().enumerate() {
            assert_eq!(on, i == at);
        }
        press(&mut app, letter);
    }
    assert_eq!(asked(press(&mut app, 'N')), Some(at(site)));
    // An address is typed; letters are digits meanwhile.
    press(&mut app, 'a');
    for character in "0x7ffcq".chars() {
        assert_eq!(press(&mut app, character), []);
    }
    let enter = key(&mut app, KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(asked(enter), Some(at(0x7ffc)));
    press(&mut app, 'a');
    press(&mut app, '1');
    assert_eq!(key(&mut app, KeyCode::Esc, KeyModifiers::NONE), []);
    assert_eq!(app.query.asked, Some(at(0x7ffc)));
    // Ctrl-C still leaves, and another view ends the questions.
    press(&mut app, 'a');
    let quit = key(&mut app, KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(quit, [Effect::Quit]);
    key(&mut app, KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(asked(press(&mut app, '1')), None);
    // What was asked is asked again.
    assert_eq!(asked(press(&mut app, '6')), Some(at(0x7ffc)));
}
