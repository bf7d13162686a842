//! What a printed line amounts to: the rule of the oracle
//! ([`crate::oracle`]), in pages.

use super::case::{ModelCase, range_mask};
use super::protocol_options::ResumeAt;
use super::reader::{Found, Line, ModelReader};

/// What a line, or the end of the walk, amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// It starts at or behind the end of the line before.
    InOrder,
    /// The same start as the line before: seen twice, before and after a
    /// change.
    SeenTwice,
    /// It starts inside the line before.
    Duplicate,
    /// It starts before the line before does.
    Backward,
    /// No correct kernel shows it.
    Violation(ModelViolation),
}

/// What no correct kernel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModelViolation {
    /// Pages that every state has mapped were skipped.
    Hole(HoleCause),
    /// The walk ended where every state has more.
    LostTail(HoleCause),
    /// No state since the walk began has this VMA.
    ForeignLine,
    /// It ends at or before where the reader already was.
    StaleLine,
    /// Every state that has this VMA has another one before it.
    SkippedLine,
    /// The line comes from a structure that was detached: its reuse was not
    /// noticed.
    DetachedStructure,
}

/// Where a hole or a lost tail comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HoleCause {
    /// The empty tree: a search found nothing there, in the middle of a hold,
    /// and what lies behind; or it came to a gap and was led past what grew over
    /// that. The gap check's second search found the same.
    H1,
    /// The stale iterator: it stepped past what a search would have found, to
    /// what lies behind or to the end.
    H2,
    /// The believed end: a search found nothing at all, in the middle of a
    /// hold, or because what is last grew over the gap that it came to.
    H3,
    /// The VMA was the next one when it was found; its start moved up before
    /// it was locked. It is the race that the gap check exists for.
    MovedStart,
}

impl ModelViolation {
    /// The name used in every report.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            ModelViolation::Hole(_) => "hole",
            ModelViolation::LostTail(_) => "lost tail",
            ModelViolation::ForeignLine => "foreign line",
            ModelViolation::StaleLine => "stale line",
            ModelViolation::SkippedLine => "skipped line",
            ModelViolation::DetachedStructure => "detached structure",
        }
    }

    /// The cause, where it is a hole or a lost tail.
    #[must_use]
    pub fn cause(self) -> Option<HoleCause> {
        match self {
            ModelViolation::Hole(cause) | ModelViolation::LostTail(cause) => Some(cause),
            _ => None,
        }
    }
}

impl HoleCause {
    /// The label used in every report.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            HoleCause::H1 => "H1",
            HoleCause::H2 => "H2",
            HoleCause::H3 => "H3",
            HoleCause::MovedStart => "moved start",
        }
    }
}

impl FindingKind {
    /// The name used in every report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FindingKind::InOrder => "in order",
            FindingKind::SeenTwice => "seen twice",
            FindingKind::Duplicate => "duplicate",
            FindingKind::Backward => "backward",
            FindingKind::Violation(violation) => violation.name(),
        }
    }

    /// The violation, if it is one.
    #[must_use]
    pub fn violation(self) -> Option<ModelViolation> {
        match self {
            FindingKind::Violation(violation) => Some(violation),
            _ => None,
        }
    }
}

/// The cause of a hole in front of a line that was found so.
pub(crate) fn hole_cause(found: Found) -> HoleCause {
    match found {
        Found::Empty | Found::Overtaken => HoleCause::H1,
        Found::Past => HoleCause::H2,
        Found::Sound => HoleCause::MovedStart,
    }
}

/// Judges a line before the reader's position moves behind it.
pub(crate) fn judge_line(
    case: &ModelCase,
    position: ResumeAt,
    reader: &ModelReader,
    line: Line,
    detached: bool,
) -> FindingKind {
    let (start, end, _) = line;
    let allowed = |k: &usize| reader.allowed & 1 << k != 0;
    let states = || {
        (0..case.states.len())
            .filter(allowed)
            .map(|k| &case.states[k])
    };
    let skipped = range_mask(reader.position, start) & case.always_mapped(reader.allowed);
    let next = |vmas: &&Vec<Line>| {
        let first = vmas.iter().find(|vma| vma.1 > reader.position);
        first == Some(&line)
    };
    let violation = if detached {
        ModelViolation::DetachedStructure
    } else if skipped != 0 {
        ModelViolation::Hole(hole_cause(reader.found))
    } else if !states().any(|vmas| vmas.contains(&line)) {
        ModelViolation::ForeignLine
    } else if end <= reader.position {
        ModelViolation::StaleLine
    } else if position == ResumeAt::LastEnd && !states().any(|vmas| next(&vmas)) {
        ModelViolation::SkippedLine
    } else {
        return if reader.position == 0 || start >= reader.position {
            FindingKind::InOrder
        } else if start == reader.last_start {
            FindingKind::SeenTwice
        } else if start > reader.last_start {
            FindingKind::Duplicate
        } else {
            FindingKind::Backward
        };
    };
    FindingKind::Violation(violation)
}

/// Judges the end of the walk. Every leaf that is published between two holds
/// is a state's, so where nothing was found of what each state has, the
/// iterator had stepped past it, from the line before or from a gap that its
/// search had come to, or the leaf lacked it in the middle of a hold: there is
/// no other cause.
pub(crate) fn judge_end(case: &ModelCase, reader: &ModelReader) -> FindingKind {
    let behind = range_mask(reader.position, case.pages);
    if behind & case.always_mapped(reader.allowed) != 0 {
        FindingKind::Violation(ModelViolation::LostTail(tail_cause(reader.found)))
    } else {
        FindingKind::InOrder
    }
}

/// The cause of a lost tail where the end was found so.
pub(crate) fn tail_cause(found: Found) -> HoleCause {
    match found {
        Found::Past => HoleCause::H2,
        Found::Empty | Found::Overtaken | Found::Sound => HoleCause::H3,
    }
}
