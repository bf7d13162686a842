//! The state of manual mode: it is on while its view is shown.

pub(crate) mod render;
pub(crate) mod render_file;

use super::app::{App, View};
use super::message::Effect;
use crate::session::Command;
use crate::session::by_hand::{ManualCommand, ManualShown};

/// What the view of manual mode remembers.
#[derive(Clone, Copy, Debug, Default)]
pub struct ManualView {
    /// The top row of the file; none: it follows the reader.
    pub top: Option<usize>,
    /// The view it was entered from.
    before: View,
    /// Steps taken when the rows were scrolled.
    steps: usize,
}

/// What is shown, if manual mode is on.
#[must_use]
pub(crate) fn shown(app: &App) -> Option<&ManualShown> {
    app.latest.as_ref()?.manual.as_deref()
}

/// Enters manual mode, or leaves it for the view before.
pub(crate) fn toggle(app: &mut App) {
    app.view = match app.view {
        View::Manual => app.manual.before,
        _ => View::Manual,
    };
    app.help = false;
}

/// What is to be asked for when another view is shown than `before`.
pub(crate) fn follow(app: &mut App, before: View) -> Option<Effect> {
    let command = match (before, app.view) {
        (View::Manual, View::Manual) => return None,
        (_, View::Manual) => {
            app.manual = ManualView {
                before,
                ..ManualView::default()
            };
            ManualCommand::Enter
        }
        (View::Manual, _) => ManualCommand::Leave,
        _ => return None,
    };
    Some(Effect::Session(Command::Manual(command)))
}

/// A step was taken: the reader is followed again.
pub(crate) fn take(app: &mut App) {
    let steps = shown(app).map_or(0, |shown| shown.steps.len());
    if steps != app.manual.steps {
        app.manual.steps = steps;
        app.manual.top = None;
    }
}
