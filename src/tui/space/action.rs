//! What a key does in the Space.

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpaceAction {
    Open,
    Filter,
    GoTo,
    NextChange,
    PreviousChange,
    NextTear,
    PreviousTear,
    Log,
    Usage,
    Export,
    Fold,
    Columns,
    Exact,
    Follow,
}
