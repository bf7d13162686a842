//! What keys do in the Latency, and what the lab says.

use std::sync::Arc;

use super::LatencyView;
use crate::latency::live::{LabCommand, LabSnapshot, READERS};
use crate::tui::effect::LatencyEffect;
use crate::tui::view::View;

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LatencyAction {
    Previous,
    Next,
    Add,
    Remove,
    Clear,
    Walk,
    Inversion,
}

impl LatencyAction {
    /// Whether it asks something of the lab: there is none in the past.
    pub(crate) fn drives(self) -> bool {
        !matches!(self, LatencyAction::Previous | LatencyAction::Next)
    }
}

impl LatencyView {
    pub(crate) fn update(&mut self, action: LatencyAction) -> Option<LatencyEffect> {
        let count = READERS.len();
        let reader = READERS[self.selected % count];
        let command = match action {
            LatencyAction::Previous => {
                self.selected = (self.selected + count - 1) % count;
                return None;
            }
            LatencyAction::Next => {
                self.selected = (self.selected + 1) % count;
                return None;
            }
            LatencyAction::Add => LabCommand::Add(reader),
            LatencyAction::Remove => LabCommand::Remove(reader),
            LatencyAction::Clear => LabCommand::Clear,
            LatencyAction::Walk => LabCommand::Walk,
            LatencyAction::Inversion => LabCommand::Inversion,
        };
        Some(LatencyEffect::Command(command))
    }

    pub(crate) fn take(&mut self, snapshot: LabSnapshot) {
        self.snapshot = Some(Arc::new(snapshot));
    }

    /// The lab runs only while its view is shown.
    pub(crate) fn follow(&mut self, before: View, view: View) -> Option<LatencyEffect> {
        let effect = match (before == View::Latency, view == View::Latency) {
            (false, true) => LatencyEffect::Start,
            (true, false) => LatencyEffect::Stop,
            _ => return None,
        };
        self.snapshot = None;
        Some(effect)
    }
}
