//! Why a case cannot be set up.

use thiserror::Error;

use crate::linux::chunk::ScanError;
use crate::linux::open_error::OpenError;
use crate::modifier::error::ModifierError;
use crate::oracle::states::StatesError;

/// Why a case cannot be set up.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The modifier does not work.
    #[error(transparent)]
    Modifier(#[from] ModifierError),
    /// A file of it cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A file of it cannot be read.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// What was captured makes no set of states.
    #[error(transparent)]
    States(#[from] StatesError),
    /// An operation does something else than the scenario declares, and what is
    /// missing cannot be read either.
    #[error(
        "scenario {scenario} does not do on this kernel what it declares: state {state} should be `{declared}`, is `{seen}`"
    )]
    NoEffect {
        scenario: String,
        /// The number of the state, 0 for the original.
        state: usize,
        declared: String,
        seen: String,
    },
    /// Its states are all alike: a reader would race with nothing.
    #[error(
        "scenario {scenario} declares no change: none of its operations leads away from `{original}`"
    )]
    NoChange { scenario: String, original: String },
    /// A state has other lines the second time.
    #[error(
        "scenario {scenario} has other lines in state {state} each time (a shared anonymous mapping is of another inode each time: use memfd): what a reader may see is not known"
    )]
    OtherEachTime {
        scenario: String,
        /// The number of the state.
        state: usize,
    },
    /// Two readings of a modifier that stands still differ.
    #[error(
        "the modifier's address space changes while it stands still (near {near:x}): stop what else acts on it (a debugger?)"
    )]
    Restless { near: u64 },
    /// No slot puts the site there.
    #[error("no place in the modifier's arena puts the site of {scenario} {placement}")]
    NoPlace {
        scenario: String,
        /// Where it should stand.
        placement: &'static str,
    },
}

impl SetupError {
    /// Whether the case is to be skipped with this reason, rather than the
    /// whole run ended.
    #[must_use]
    pub(crate) fn is_skip(&self) -> bool {
        matches!(
            self,
            SetupError::NoEffect { .. }
                | SetupError::NoChange { .. }
                | SetupError::OtherEachTime { .. }
                | SetupError::NoPlace { .. }
                | SetupError::Modifier(
                    ModifierError::Operation { .. }
                        | ModifierError::NotHere { .. }
                        | ModifierError::EndIsTaken { .. }
                )
        )
    }
}
