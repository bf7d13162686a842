//! The lab, driven by keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::latency::live::{LabCommand, LabSnapshot};
use crate::linux::reader::Reader;
use crate::tui::app::App;
use crate::tui::effect::{Effect, LatencyEffect};
use crate::tui::input::event::Input;
use crate::tui::message::Message;
use crate::tui::theme::Theme;
use crate::tui::view::View;

fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
    app.update(Message::Input(Input::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))))
}

fn lab(effect: LatencyEffect) -> Vec<Effect> {
    vec![Effect::Latency(effect)]
}

#[test]
fn the_lab_runs_while_its_view_is_shown() {
    let mut app = App::new((80, 24), Theme::default());
    assert_eq!(
        press(&mut app, KeyCode::Char('7')),
        lab(LatencyEffect::Start)
    );
    assert_eq!(press(&mut app, KeyCode::Char('7')), []);
    app.update(Message::Latency(Box::default()));
    assert!(app.latency.snapshot.is_some());
    assert_eq!(
        press(&mut app, KeyCode::Char('1')),
        lab(LatencyEffect::Stop)
    );
    assert!(app.latency.snapshot.is_none());
    app.update(Message::Latency(Box::default()));
    assert!(app.latency.snapshot.is_none());
    for _ in [View::Fuzz, View::Protocol] {
        assert_eq!(press(&mut app, KeyCode::BackTab), []);
    }
    assert_eq!(press(&mut app, KeyCode::BackTab), lab(LatencyEffect::Start));
    assert_eq!(press(&mut app, KeyCode::Tab), lab(LatencyEffect::Stop));
}

#[test]
fn keys_add_and_remove_the_reader_that_is_selected() {
    let mut app = App::new((80, 24), Theme::default());
    press(&mut app, KeyCode::Char('7'));
    let command = |command| lab(LatencyEffect::Command(command));
    let plus = press(&mut app, KeyCode::Char('+'));
    assert_eq!(plus, command(LabCommand::Add(Reader::Maps)));
    assert_eq!(press(&mut app, KeyCode::Right), []);
    press(&mut app, KeyCode::Right);
    let minus = press(&mut app, KeyCode::Char('-'));
    assert_eq!(minus, command(LabCommand::Remove(Reader::Smaps)));
    for _ in 0..3 {
        press(&mut app, KeyCode::Left);
    }
    let plus = press(&mut app, KeyCode::Char('='));
    assert_eq!(plus, command(LabCommand::Add(Reader::NumaMaps)));
    assert_eq!(
        press(&mut app, KeyCode::Char('0')),
        command(LabCommand::Clear)
    );
    assert_eq!(
        press(&mut app, KeyCode::Char('d')),
        command(LabCommand::Walk)
    );
    assert_eq!(
        press(&mut app, KeyCode::Char('I')),
        command(LabCommand::Inversion)
    );
}

#[test]
fn keys_of_the_modifier_do_nothing_there() {
    let mut app = App::new((80, 24), Theme::default());
    press(&mut app, KeyCode::Char('7'));
    for character in ['p', 's', 'c', 'C', 'i', 't', 'w'] {
        assert_eq!(press(&mut app, KeyCode::Char(character)), [], "{character}");
    }
}

#[test]
fn a_frozen_display_stays() {
    let mut app = App::new((80, 24), Theme::default());
    press(&mut app, KeyCode::Char('7'));
    app.update(Message::Latency(Box::default()));
    press(&mut app, KeyCode::Char(' '));
    let snapshot = LabSnapshot {
        pid: 7,
        ..LabSnapshot::default()
    };
    app.update(Message::Latency(Box::new(snapshot)));
    assert_eq!(app.latency.snapshot.as_ref().map(|it| it.pid), Some(0));
}
