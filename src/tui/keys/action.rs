//! What a key does.

use crate::replay::step::TimeStep;
use crate::tui::fuzz::update::FuzzAction;
use crate::tui::latency::update::LatencyAction;
use crate::tui::learn::update::LessonAction;
use crate::tui::manual::update::ManualAction;
use crate::tui::protocol::action::ProtocolAction;
use crate::tui::query::action::QueryAction;
use crate::tui::scroll::{TO_THE_END, TO_THE_TOP};
use crate::tui::space::action::SpaceAction;
use crate::tui::tears::update::TearsAction;
use crate::tui::view::View;

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Quit,
    Suspend,
    Redraw,
    SaveScreen,
    /// What is kept of the last minute, to a file.
    SaveRecording,
    Help,
    /// Large letters, larger ones, none.
    Present,
    // Which view is shown, and what of it.
    /// Clicks for us, or for the terminal.
    Mouse,
    CopyLine,
    CopyAddress,
    Show(View),
    NextView,
    PreviousView,
    ToggleManual,
    ExplainTear,
    ExplainFind,
    Freeze,
    /// Back or on in time.
    Time(TimeStep),
    /// The timeline, or what is in its place.
    Timeline,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Close,
    // What the session is asked for.
    NextScenario,
    PreviousScenario,
    PickScenario,
    EveryScenario,
    PauseModifier,
    StepModifier,
    Placement,
    Trigger,
    Faster,
    Slower,
    Report,
    // What a view does itself.
    Space(SpaceAction),
    Tears(TearsAction),
    FollowScenario,
    Manual(ManualAction),
    /// What was done by hand as timelines, or the file again.
    ManualTimelines,
    Query(QueryAction),
    Latency(LatencyAction),
    Fuzz(FuzzAction),
    Protocol(ProtocolAction),
    /// What the lesson does that is shown below the view.
    Lesson(LessonAction),
}

impl Action {
    /// Whether it drives the modifier: there is nothing to drive in a target
    /// that is not ours.
    pub(crate) fn drives(self) -> bool {
        matches!(
            self,
            Action::PauseModifier
                | Action::StepModifier
                | Action::NextScenario
                | Action::PreviousScenario
                | Action::PickScenario
                | Action::EveryScenario
                | Action::Placement
                | Action::ToggleManual
                | Action::Manual(_)
        )
    }

    /// Whether it is about the screen as it is, whatever it shows.
    pub(crate) fn is_of_the_screen(self) -> bool {
        matches!(
            self,
            Action::Quit
                | Action::Suspend
                | Action::Redraw
                | Action::SaveScreen
                | Action::Mouse
                | Action::Help
                | Action::Present
        )
    }

    /// By how many rows it goes on in a text, of one that moves; pages are as long as the
    /// screen.
    pub(crate) fn rows(self) -> Option<i64> {
        Some(match self {
            Action::Up => -1,
            Action::Down => 1,
            Action::PageUp => TO_THE_TOP + 1,
            Action::PageDown => TO_THE_END - 1,
            Action::Home => TO_THE_TOP,
            Action::End => TO_THE_END,
            _ => return None,
        })
    }

    /// Whether it is about moving in time.
    pub(crate) fn is_of_time(self) -> bool {
        matches!(self, Action::Time(_) | Action::Timeline)
    }

    /// Whether it does something only where there is a modifier, and scenarios.
    pub(super) fn needs_modifier(self) -> bool {
        match self {
            Action::Show(view) => view.needs_modifier(),
            Action::FollowScenario | Action::ExplainTear | Action::Space(SpaceAction::Follow) => {
                true
            }
            _ => self.drives(),
        }
    }
}
