//! What a printed line amounts to: the rule of the oracle
//! ([`crate::oracle`]), in pages.

use super::aspects::Position;
use super::case::{Case, range_mask};
use super::reader::{Found, Line, Reader};

/// What a line, or the end of the walk, amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sight {
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
    Violation(Violation),
}

/// What no correct kernel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Violation {
    /// Pages that every state has mapped were skipped.
    Hole(Cause),
    /// The walk ended where every state has more.
    LostTail(Cause),
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
pub enum Cause {
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

impl Violation {
    /// The name used in every report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Violation::Hole(_) => "hole",
            Violation::LostTail(_) => "lost tail",
            Violation::ForeignLine => "foreign line",
            Violation::StaleLine => "stale line",
            Violation::SkippedLine => "skipped line",
            Violation::DetachedStructure => "detached structure",
        }
    }

    /// The cause, where it is a hole or a lost tail.
    #[must_use]
    pub fn cause(self) -> Option<Cause> {
        match self {
            Violation::Hole(cause) | Violation::LostTail(cause) => Some(cause),
            _ => None,
        }
    }
}

impl Cause {
    /// The label used in every report.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Cause::H1 => "H1",
            Cause::H2 => "H2",
            Cause::H3 => "H3",
            Cause::MovedStart => "moved start",
        }
    }
}

impl Sight {
    /// The name used in every report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Sight::InOrder => "in order",
            Sight::SeenTwice => "seen twice",
            Sight::Duplicate => "duplicate",
            Sight::Backward => "backward",
            Sight::Violation(violation) => violation.name(),
        }
    }

    /// The violation, if it is one.
    #[must_use]
    pub fn violation(self) -> Option<Violation> {
        match self {
            Sight::Violation(violation) => Some(violation),
            _ => None,
        }
    }
}

/// The cause of a hole in front of a line.
fn cause(reader: &Reader) -> Cause {
    match reader.found {
        Found::Empty | Found::Overtaken => Cause::H1,
        Found::Past => Cause::H2,
        Found::Sound => Cause::MovedStart,
    }
}

/// Judges a line before the reader's position moves behind it.
pub(crate) fn judge_line(
    case: &Case,
    position: Position,
    reader: &Reader,
    line: Line,
    detached: bool,
) -> Sight {
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
        Violation::DetachedStructure
    } else if skipped != 0 {
        Violation::Hole(cause(reader))
    } else if !states().any(|vmas| vmas.contains(&line)) {
        Violation::ForeignLine
    } else if end <= reader.position {
        Violation::StaleLine
    } else if position == Position::LastEnd && !states().any(|vmas| next(&vmas)) {
        Violation::SkippedLine
    } else {
        return if reader.position == 0 || start >= reader.position {
            Sight::InOrder
        } else if start == reader.last_start {
            Sight::SeenTwice
        } else if start > reader.last_start {
            Sight::Duplicate
        } else {
            Sight::Backward
        };
    };
    Sight::Violation(violation)
}

/// Judges the end of the walk. Every leaf that is published between two holds
/// is a state's, so where nothing was found of what each state has, the
/// iterator had stepped past it, from the line before or from a gap that its
/// search had come to, or the leaf lacked it in the middle of a hold: there is
/// no other cause.
pub(crate) fn judge_end(case: &Case, reader: &Reader) -> Sight {
    let behind = range_mask(reader.position, case.pages);
    if behind & case.always_mapped(reader.allowed) != 0 {
        let cause = match reader.found {
            Found::Past => Cause::H2,
            Found::Empty | Found::Overtaken | Found::Sound => Cause::H3,
        };
        Sight::Violation(Violation::LostTail(cause))
    } else {
        Sight::InOrder
    }
}
