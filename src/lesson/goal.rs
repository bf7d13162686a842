//! When something to be done is done.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::stepping::step::{ManualStep, parse_steps};

/// What the screen must show. Whether it does, the screen itself says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Goal {
    /// A VMA is open in the Space.
    OpenVma,
    /// A filter holds in the Space.
    Filter,
    /// The Query was answered that no VMA is there.
    NothingThere,
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

/// Steps taken by hand, and what came of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ByHand {
    /// These steps, one after the other, from where nothing was done yet, those of the
    /// steps of the lesson before included; none: any.
    #[serde(deserialize_with = "steps")]
    pub(crate) way: Vec<ManualStep>,
    /// How often the reader was rewound before, where any steps will do.
    pub(crate) rewinds: usize,
    /// What the lines that were read show.
    pub(crate) shows: Option<Repeat>,
}

/// A line that repeats another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Repeat {
    Duplicate,
    Backward,
}

impl Repeat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Repeat::Duplicate => "duplicate",
            Repeat::Backward => "backward line",
        }
    }
}

/// Steps as their keys, `m r m r`.
fn steps<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ManualStep>, D::Error> {
    let text = String::deserialize(from)?;
    parse_steps(&text).map_err(D::Error::custom)
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
