//! Manual mode, driven by keys.

use crossterm::event::{KeyCode, KeyModifiers};

use crate::session::SessionCommand;
use crate::session::by_hand::ManualCommand;
use crate::tui::app::App;
use crate::tui::effect::Effect;
use crate::tui::fixture::app as fixture;
use crate::tui::fixture::press::{key, press};
use crate::tui::fixture::snapshot::Kind;
use crate::tui::theme::Depth;
use crate::tui::view::View;

fn app() -> App {
    fixture(Kind::Duplicate, (80, 24), Depth::True)
}

#[test]
fn manual_mode_is_on_while_its_view_is_shown() {
    use crate::stepping::step::ManualStep;
    let by_hand = |command| [Effect::Session(SessionCommand::Manual(command))];
    let mut app = app();
    press(&mut app, '2');
    assert_eq!(press(&mut app, 's'), by_hand(ManualCommand::Enter));
    assert_eq!(app.view, View::Manual);
    for (character, step) in [
        ('r', ManualStep::Read),
        ('m', ManualStep::Operate),
        ('l', ManualStep::Size),
        ('R', ManualStep::Rewind),
    ] {
        let effects = press(&mut app, character);
        assert_eq!(effects, by_hand(ManualCommand::Step(step)));
    }
    assert_eq!(press(&mut app, 'b'), by_hand(ManualCommand::Play));
    // Nothing runs that could be paused, frozen or read faster.
    for character in ['p', ' ', 't', '+', '-'] {
        assert_eq!(press(&mut app, character), [], "{character}");
    }
    assert_eq!((app.still, app.shown.frozen), (false, None));
    assert_eq!(press(&mut app, 's'), by_hand(ManualCommand::Leave));
    assert_eq!(app.view, View::Boundary);
    // By its digit, and left by another.
    assert_eq!(press(&mut app, '5'), by_hand(ManualCommand::Enter));
    assert_eq!(press(&mut app, '5'), []);
    assert_eq!(press(&mut app, '1'), by_hand(ManualCommand::Leave));
    let esc = |app: &mut App| key(app, KeyCode::Esc, KeyModifiers::NONE);
    press(&mut app, 's');
    press(&mut app, '?');
    assert_eq!(esc(&mut app), []);
    assert_eq!(esc(&mut app), by_hand(ManualCommand::Leave));
}
