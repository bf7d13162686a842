//! What happens to the application.

use std::time::Duration;

use crate::fuzz::live::HuntSnapshot;
use crate::latency::live::LabSnapshot;
use crate::replay::moment::Moment;
use crate::replay::player::report::ReportOf;
use crate::session::foreign_report::Report;
use crate::session::snapshot::Snapshot;
use crate::tui::input::event::Input;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// Somebody did something at the terminal.
    Input(Input),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// There is something new to show.
    Snapshot(Box<Snapshot>),
    /// A moment of the past is to be shown.
    Moment(Box<Moment>),
    /// The past is left: what happens now is to be shown.
    Live,
    /// There is something new to show of the latency lab.
    Latency(Box<LabSnapshot>),
    /// There is something new to show of the hunt.
    Fuzz(Box<HuntSnapshot>),
    /// A kit was made, or why not.
    Kit(Result<String, String>),
    /// Time has passed; sent only while something on the screen depends on it.
    Time(Duration),
    /// One line for the user.
    Notice(String),
    /// A child of ours does not answer; told each second.
    Silent(String),
    /// What the report that was asked for is made from.
    Report(Report),
    /// The same of a report that was recorded, or why there is none.
    PastReport(Box<Result<ReportOf, &'static str>>),
    /// A file was written, or why not.
    Saved(Result<String, String>),
    /// The session or a thread cannot go on; why.
    Failed(String),
    TerminalLost,
    /// A signal to end (its number).
    Terminate(i32),
    /// A signal to stop, as Ctrl-Z in a shell.
    Suspend,
    /// The process was stopped and goes on.
    Continued,
}

impl Message {
    /// Whether it is of the terminal or the process, whatever is shown.
    pub(crate) fn is_of_the_terminal(&self) -> bool {
        matches!(
            self,
            Message::Input(_)
                | Message::Resize(..)
                | Message::TerminalLost
                | Message::Terminate(_)
                | Message::Suspend
                | Message::Continued
        )
    }
}
