//! What a key does in the Protocol.

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProtocolAction {
    Reader,
    Writer,
    EndChunk,
    WriterReuses,
    OtherReuses,
    Back,
    Forth,
    Finding,
    PreviousFinding,
    Case,
    PreviousCase,
    Protocol,
    PreviousProtocol,
    GapCheck,
    CureH1,
    CureH2,
    CureH3,
}
