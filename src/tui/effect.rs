//! What an update asks for.

use crate::latency::live::LabCommand;
use crate::lesson::progress::Progress;
use crate::replay::step::TimeStep;
use crate::report::export::ExportFormat;
use crate::session::SessionCommand;

/// Something to be done outside of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Quit,
    /// End with this error.
    Fail(String),
    /// End as this signal ends a process.
    Terminate(i32),
    /// Give the terminal back and stop the process until it is continued.
    Suspend,
    /// Take the terminal again and draw everything anew.
    Redraw,
    Session(SessionCommand),
    /// Go back or on in time; a [`Message::Moment`](super::message::Message::Moment)
    /// answers, or a [`Message::Live`](super::message::Message::Live).
    Time(TimeStep),
    /// Start, stop or ask the latency lab.
    Latency(LatencyEffect),
    Fuzz(FuzzEffect),
    /// Begin this lesson, with what it watches.
    Lesson(usize),
    /// Keep how far the learner has come.
    Progress(Box<Progress>),
    SaveScreen,
    /// Save what is kept of the last minute.
    SaveRecording,
    /// Take clicks, or leave them to the terminal.
    Mouse(bool),
    /// Put a text into the terminal's clipboard.
    Copy(String),
    /// Save the report that was recorded; a
    /// [`Message::PastReport`](super::message::Message::PastReport) answers.
    ReportOfPast,
    /// Save this report; of when it is, where that is not now.
    SaveReport(String, Option<String>),
    /// Save the lines that the Space shows.
    Export(ExportFormat),
}

/// What the view of latency wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatencyEffect {
    /// The view is shown: start the lab, and let nothing else run.
    Start,
    /// It is not shown any more.
    Stop,
    Command(LabCommand),
}

/// What the view of the hunt wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FuzzEffect {
    /// Start a hunt, and let nothing else run.
    Start,
    /// End it, or what makes a kit.
    Stop,
    /// Make the kit of the find that is selected.
    MakeKit,
    /// The kit is made.
    KitIsMade,
}

/// What a view answers to a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Response {
    /// A line for the user.
    pub notice: Option<String>,
    pub effect: Option<Effect>,
}

impl Response {
    /// Nothing but a line for the user, if there is one.
    pub(crate) fn of_notice(notice: Option<String>) -> Self {
        Response {
            notice,
            effect: None,
        }
    }
}

impl From<Effect> for Response {
    fn from(effect: Effect) -> Self {
        Response {
            notice: None,
            effect: Some(effect),
        }
    }
}

impl From<SessionCommand> for Response {
    fn from(command: SessionCommand) -> Self {
        Effect::Session(command).into()
    }
}
