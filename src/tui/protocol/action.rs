//! What a key does in the Protocol.

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProtocolAction {
    Reader,
    Writer,
    EndChunk,
    WriterReuses,
    OtherReuses,
    /// Plays on to the step that matters, or to the end; or stops.
    Play,
    /// Shows the programs in the place of the timelines, or those again.
    Programs,
    /// Goes to where so many steps are made.
    To(usize),
    Back,
    Forth,
    Finding,
    PreviousFinding,
    Draw,
    Case,
    PreviousCase,
    Protocol,
    PreviousProtocol,
    Switch(Check),
}

/// A check of the reader that can be switched on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    Gap,
    CureOfH1,
    CureOfH2,
    CureOfH3,
}
