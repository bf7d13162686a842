//! The state of the view of latency, and what its keys do to it.

use std::sync::Arc;

use super::app::{App, View};
use super::message::Effect;
use crate::latency::live::{LabCommand, LabSnapshot, READERS};

/// What a key does in the view of latency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table of keys says what each does")]
pub(crate) enum LabAction {
    Previous,
    Next,
    Add,
    Remove,
    Clear,
    Walk,
}

/// What the view of latency wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabEffect {
    /// The view is shown: start the lab, and let nothing else run.
    Start,
    /// It is not shown any more.
    Stop,
    /// Ask the lab for something.
    Command(LabCommand),
}

/// The state of the view.
#[derive(Clone, Debug, Default)]
pub struct LabView {
    /// The reader that keys add and remove, among [`READERS`].
    pub selected: usize,
    /// The latest snapshot, unless the display is frozen.
    pub shown: Option<Arc<LabSnapshot>>,
}

/// Does what a key asks for.
pub(crate) fn act(app: &mut App, action: LabAction) -> Vec<Effect> {
    let count = READERS.len();
    let lab = &mut app.lab;
    let reader = READERS[lab.selected % count];
    let command = match action {
        LabAction::Previous => {
            lab.selected = (lab.selected + count - 1) % count;
            return Vec::new();
        }
        LabAction::Next => {
            lab.selected = (lab.selected + 1) % count;
            return Vec::new();
        }
        LabAction::Add => LabCommand::Add(reader),
        LabAction::Remove => LabCommand::Remove(reader),
        LabAction::Clear => LabCommand::Clear,
        LabAction::Walk => LabCommand::Walk,
    };
    vec![Effect::Lab(LabEffect::Command(command))]
}

/// Takes in what the lab says.
pub(crate) fn take(app: &mut App, snapshot: LabSnapshot) {
    // What was on its way when the view was left shows nothing any more.
    if app.view == View::Latency && app.frozen.is_none() {
        app.lab.shown = Some(Arc::new(snapshot));
    }
}

/// The lab runs only while its view is shown.
pub(crate) fn on_change(app: &mut App, before: View) -> Vec<Effect> {
    let effect = match (before == View::Latency, app.view == View::Latency) {
        (false, true) => LabEffect::Start,
        (true, false) => LabEffect::Stop,
        _ => return Vec::new(),
    };
    app.lab.shown = None;
    vec![Effect::Lab(effect)]
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::linux::features::rule::Reader;
    use crate::tui::message::Message;
    use crate::tui::theme::Theme;
    use crate::tui::update::update;

    fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
        update(app, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    fn lab(effect: LabEffect) -> Vec<Effect> {
        vec![Effect::Lab(effect)]
    }

    #[test]
    fn the_lab_runs_while_its_view_is_shown() {
        let mut app = App::new((80, 24), Theme::default());
        assert_eq!(press(&mut app, KeyCode::Char('7')), lab(LabEffect::Start));
        assert_eq!(press(&mut app, KeyCode::Char('7')), []);
        update(&mut app, Message::Lab(Box::default()));
        assert!(app.lab.shown.is_some());
        assert_eq!(press(&mut app, KeyCode::Char('1')), lab(LabEffect::Stop));
        assert!(app.lab.shown.is_none());
        update(&mut app, Message::Lab(Box::default()));
        assert!(app.lab.shown.is_none());
        assert_eq!(press(&mut app, KeyCode::BackTab), []);
        assert_eq!(press(&mut app, KeyCode::BackTab), lab(LabEffect::Start));
        assert_eq!(press(&mut app, KeyCode::Tab), lab(LabEffect::Stop));
    }

    #[test]
    fn keys_add_and_remove_the_reader_that_is_selected() {
        let mut app = App::new((80, 24), Theme::default());
        press(&mut app, KeyCode::Char('7'));
        let command = |command| lab(LabEffect::Command(command));
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
        update(&mut app, Message::Lab(Box::default()));
        press(&mut app, KeyCode::Char(' '));
        let snapshot = LabSnapshot {
            pid: 7,
            ..LabSnapshot::default()
        };
        update(&mut app, Message::Lab(Box::new(snapshot)));
        assert_eq!(app.lab.shown.as_ref().map(|it| it.pid), Some(0));
    }
}
