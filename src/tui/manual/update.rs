//! What keys do in manual mode.

use super::Manual;
use super::render::scrolled;
use crate::session::SessionCommand;
use crate::session::by_hand::ManualCommand;
use crate::stepping::step::ManualStep;
use crate::tui::shown::Shown;
use crate::tui::view::View;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManualAction {
    Step(ManualStep),
    /// Takes the last step back.
    Back,
    /// A way to a duplicate, step by step.
    Play,
}

impl ManualAction {
    pub(crate) fn command(self) -> SessionCommand {
        SessionCommand::Manual(match self {
            ManualAction::Step(step) => ManualCommand::Step(step),
            ManualAction::Back => ManualCommand::Back,
            ManualAction::Play => ManualCommand::Play,
        })
    }
}

impl Manual {
    /// The view that is shown when manual mode is entered or left from this
    /// one.
    pub(crate) fn toggled(&self, view: View) -> View {
        match view {
            View::Manual => self.before,
            _ => View::Manual,
        }
    }

    /// What is to be asked for when another view is shown than `before`.
    pub(crate) fn follow(&mut self, before: View, view: View) -> Option<SessionCommand> {
        let command = match (before, view) {
            (View::Manual, View::Manual) => return None,
            (_, View::Manual) => {
                *self = Manual {
                    before,
                    ..Manual::default()
                };
                ManualCommand::Enter
            }
            (View::Manual, _) => ManualCommand::Leave,
            _ => return None,
        };
        Some(SessionCommand::Manual(command))
    }

    /// After a step the reader is followed again.
    pub(crate) fn take(&mut self, shown: &Shown) {
        let steps = shown.by_hand().map_or(0, |by_hand| by_hand.steps.len());
        if steps != self.steps {
            self.steps = steps;
            self.top = None;
        }
    }

    /// Shows both timelines in the place of the file, or that again.
    pub(crate) fn toggle_timelines(&mut self) {
        self.shows_timelines = !self.shows_timelines;
        self.top = None;
    }

    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        self.top = Some(scrolled(self, shown).moved(by));
    }
}
