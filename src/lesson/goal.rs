//! When something to be done is done.

use serde::Deserialize;

/// What the screen must show. Whether it does, the screen itself says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Goal {
    /// A VMA is open in the Space.
    OpenVma,
    /// A filter holds in the Space.
    Filter,
    /// Steps taken by hand.
    ByHand(ByHand),
    /// What was done by hand is shown as timelines.
    Timelines,
    /// What was found since the session began.
    Found(Wanted),
    /// The model explains a find, and the step that matters is made.
    Explained,
    /// The model has these checks.
    Model(ModelGoal),
    /// The lab has measured the writer's calls while this reader reads.
    Measured(String),
    /// The lab shows the inversion; `true`: at the VMA that is read.
    Inversion(bool),
    /// So many scans were made since the session began.
    Scans(u64),
}

/// At least so many steps by hand since the last rewind, and what came of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ByHand {
    /// Operations of the modifier.
    pub(crate) operations: usize,
    /// Reads.
    pub(crate) reads: usize,
    /// How often the reader was rewound before.
    pub(crate) rewinds: usize,
    /// Whether a read gives one line.
    pub(crate) of_one_line: bool,
    /// Whether the last line is a duplicate.
    pub(crate) duplicate: bool,
    /// Whether a line starts before the one above it.
    pub(crate) backward: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Wanted {
    Duplicate,
    DuplicateInside,
    H1,
    H2,
    H3,
}

/// What the model shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ModelGoal {
    /// The gap check is there, or is not.
    pub(crate) gap_check: Option<bool>,
    /// Whether it holds what is promised, in every interleaving.
    pub(crate) holds: Option<bool>,
    /// Whether the steps that are made have left out something that is mapped all the time.
    pub(crate) hole: bool,
    /// The case, by its name.
    pub(crate) case: Option<String>,
}
