//! The names of actions, by which settings bind keys. They stay as they are: files
//! of users hold them.

use super::action::Action;
use crate::replay::step::TimeStep;
use crate::stepping::step::ManualStep;
use crate::tui::fuzz::update::FuzzAction;
use crate::tui::latency::update::LatencyAction;
use crate::tui::learn::update::LessonAction;
use crate::tui::manual::update::ManualAction;
use crate::tui::protocol::action::{Check, ProtocolAction};
use crate::tui::query::action::QueryAction;
use crate::tui::space::action::SpaceAction;
use crate::tui::tears::update::TearsAction;
use crate::tui::view::View;

impl Action {
    /// Its name, of one view with the view in front; none: no key is for it.
    pub(crate) fn name(self) -> Option<&'static str> {
        Some(match self {
            Action::Quit => "quit",
            Action::Suspend => "suspend",
            Action::Redraw => "redraw",
            Action::SaveScreen => "save-screen",
            Action::SaveRecording => "save-recording",
            Action::Help => "help",
            Action::Present => "present",
            Action::Mouse => "mouse",
            Action::CopyLine => "copy-line",
            Action::CopyAddress => "copy-address",
            Action::Show(view) => show(view),
            Action::NextView => "next-view",
            Action::PreviousView => "previous-view",
            Action::ToggleManual => "manual-mode",
            Action::ExplainTear => "tears-explain",
            Action::ExplainFind => "fuzz-explain",
            Action::Freeze => "freeze",
            Action::Time(step) => return time(step),
            Action::Timeline => "timeline",
            Action::Up => "up",
            Action::Down => "down",
            Action::PageUp => "page-up",
            Action::PageDown => "page-down",
            Action::Home => "top",
            Action::End => "bottom",
            Action::Close => "close",
            Action::NextScenario => "next-scenario",
            Action::PreviousScenario => "previous-scenario",
            Action::PickScenario => "scenario-menu",
            Action::EveryScenario => "every-scenario",
            Action::PauseModifier => "pause-modifier",
            Action::StepModifier => "step-modifier",
            Action::Placement => "placement",
            Action::Trigger => "trigger",
            Action::Faster => "scan-faster",
            Action::Slower => "scan-slower",
            Action::Report => "report",
            Action::Space(action) => space(action),
            Action::Tears(TearsAction::Open) => "tears-open",
            Action::Tears(TearsAction::Follow) => "tears-follow",
            Action::FollowScenario => "coverage-follow",
            Action::Manual(ManualAction::Play) => "manual-duplicate",
            Action::Manual(ManualAction::Back) => "manual-back",
            Action::ManualTimelines => "manual-timelines",
            Action::Manual(ManualAction::Step(step)) => manual(step),
            Action::Query(action) => query(action),
            Action::Latency(action) => latency(action),
            Action::Fuzz(action) => fuzz(action),
            Action::Protocol(action) => return protocol(action),
            Action::Lesson(action) => lesson(action),
        })
    }
}

fn show(view: View) -> &'static str {
    match view {
        View::Space => "show-space",
        View::Boundary => "show-boundary",
        View::Tears => "show-tears",
        View::Coverage => "show-coverage",
        View::Manual => "show-manual",
        View::Query => "show-query",
        View::Latency => "show-latency",
        View::Protocol => "show-protocol",
        View::Fuzz => "show-fuzz",
    }
}

fn time(step: TimeStep) -> Option<&'static str> {
    Some(match step {
        TimeStep::Scans(-1) => "scan-back",
        TimeStep::Scans(1) => "scan-on",
        TimeStep::Finds(-1) => "find-back",
        TimeStep::Finds(1) => "find-on",
        TimeStep::Violations(-1) => "violation-back",
        TimeStep::Violations(1) => "violation-on",
        TimeStep::Seconds(-1) => "second-back",
        TimeStep::Seconds(1) => "second-on",
        TimeStep::First => "first-moment",
        TimeStep::Last => "last-moment",
        TimeStep::StopOrPlay => "play",
        TimeStep::Slower => "play-slower",
        TimeStep::Faster => "play-faster",
        TimeStep::Live => "live",
        TimeStep::To(_)
        | TimeStep::Scans(_)
        | TimeStep::Finds(_)
        | TimeStep::Violations(_)
        | TimeStep::Seconds(_) => return None,
    })
}

fn space(action: SpaceAction) -> &'static str {
    match action {
        SpaceAction::Open => "space-open",
        SpaceAction::Filter => "space-filter",
        SpaceAction::GoTo => "space-go-to",
        SpaceAction::NextChange => "space-next-change",
        SpaceAction::PreviousChange => "space-previous-change",
        SpaceAction::NextTear => "space-next-tear",
        SpaceAction::PreviousTear => "space-previous-tear",
        SpaceAction::Log => "space-log",
        SpaceAction::Usage => "space-smaps",
        SpaceAction::Export => "space-export",
        SpaceAction::Fold => "space-fold",
        SpaceAction::Columns => "space-columns",
        SpaceAction::Exact => "space-exact-sizes",
        SpaceAction::Follow => "space-follow",
    }
}

fn manual(step: ManualStep) -> &'static str {
    match step {
        ManualStep::Read => "manual-read",
        ManualStep::Operate => "manual-operate",
        ManualStep::Size => "manual-size",
        ManualStep::Rewind => "manual-rewind",
    }
}

fn query(action: QueryAction) -> &'static str {
    match action {
        QueryAction::Next => "query-or-next",
        QueryAction::FileBacked => "query-file-backed",
        QueryAction::Readable => "query-readable",
        QueryAction::Writable => "query-writable",
        QueryAction::Executable => "query-executable",
        QueryAction::Shared => "query-shared",
        QueryAction::Type => "query-address",
        QueryAction::Behind => "query-behind",
        QueryAction::Before => "query-before",
    }
}

fn latency(action: LatencyAction) -> &'static str {
    match action {
        LatencyAction::Previous => "latency-previous-reader",
        LatencyAction::Next => "latency-next-reader",
        LatencyAction::Add => "latency-add",
        LatencyAction::Remove => "latency-remove",
        LatencyAction::Clear => "latency-no-reader",
        LatencyAction::Walk => "latency-demonstration",
        LatencyAction::Inversion => "latency-inversion",
    }
}

fn lesson(action: LessonAction) -> &'static str {
    match action {
        LessonAction::On => "lesson-on",
        LessonAction::Back => "lesson-back",
        LessonAction::Hint => "lesson-hint",
        LessonAction::Contents => "lesson-contents",
        LessonAction::Again => "lesson-again",
    }
}

fn fuzz(action: FuzzAction) -> &'static str {
    match action {
        FuzzAction::StartOrStop => "fuzz-start",
        FuzzAction::Options => "fuzz-options",
        FuzzAction::Open => "fuzz-open",
        FuzzAction::MakeKit => "fuzz-kit",
    }
}

fn protocol(action: ProtocolAction) -> Option<&'static str> {
    Some(match action {
        ProtocolAction::Play => "protocol-play",
        ProtocolAction::Programs => "protocol-programs",
        // Where a click is.
        ProtocolAction::To(_) => return None,
        ProtocolAction::Reader => "protocol-reader",
        ProtocolAction::Writer => "protocol-writer",
        ProtocolAction::EndChunk => "protocol-end-chunk",
        ProtocolAction::WriterReuses => "protocol-writer-reuses",
        ProtocolAction::OtherReuses => "protocol-other-reuses",
        ProtocolAction::Back => "protocol-back",
        ProtocolAction::Forth => "protocol-forth",
        ProtocolAction::Finding => "protocol-worst",
        ProtocolAction::PreviousFinding => "protocol-next-worst",
        ProtocolAction::Draw => "protocol-draw",
        ProtocolAction::Case => "protocol-next-case",
        ProtocolAction::PreviousCase => "protocol-previous-case",
        ProtocolAction::Protocol => "protocol-next-protocol",
        ProtocolAction::PreviousProtocol => "protocol-previous-protocol",
        ProtocolAction::Switch(Check::Gap) => "protocol-gap-check",
        ProtocolAction::Switch(Check::CureOfH1) => "protocol-cure-h1",
        ProtocolAction::Switch(Check::CureOfH2) => "protocol-cure-h2",
        ProtocolAction::Switch(Check::CureOfH3) => "protocol-cure-h3",
    })
}
