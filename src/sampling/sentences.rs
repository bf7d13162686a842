//! What is said of a find, in whole sentences.

use std::ops::Range;

use super::scanned_calls::CallsSeen;
use crate::linux::calls::call::Call;
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::linux::procmap_query::{Lookup, QueriedVma, Query};
use crate::maps::diff::change::AddressSpaceChangeKind as Kind;
use crate::maps::scan_text::Window;
use crate::oracle::changed_by::ChangedBy;
use crate::oracle::evidence::{Cause, surely_unmapped};
use crate::oracle::missing::CameBack;
use crate::oracle::query_judge::QueryFinding;
use crate::oracle::states::States;
use crate::oracle::verdict::{Tear, TearKind, Violation, ViolationKind};
use crate::text::number::count;

/// The name of a kind of tear, as in every report.
#[must_use]
pub(crate) fn tear_name(tear: &Tear) -> &'static str {
    match (tear.kind, tear.backward) {
        (TearKind::DuplicateAtBoundary, false) => "duplicate at a boundary",
        (TearKind::DuplicateInside, false) => "duplicate inside a chunk",
        (TearKind::DuplicateAtBoundary, true) => "backward start at a boundary",
        (TearKind::DuplicateInside, true) => "backward start inside a chunk",
    }
}

/// Which VMAs were asked for: `covering or next, writable`.
pub(crate) fn lookup_name(query: &Query) -> String {
    let filter = query.filter;
    let mut name = String::from(match query.lookup {
        Lookup::Covering => "covering",
        Lookup::CoveringOrNext => "covering or next",
    });
    for (set, what) in [
        (filter.readable, ", readable"),
        (filter.writable, ", writable"),
        (filter.executable, ", executable"),
        (filter.shared, ", shared"),
        (filter.file_backed, ", file-backed"),
    ] {
        if set {
            name.push_str(what);
        }
    }
    name
}

/// Why a tear is allowed.
#[must_use]
pub(crate) fn tear_sentence(tear: &Tear) -> String {
    let (start, end) = tear.line;
    let (previous_start, previous_end) = tear.previous;
    let below = if tear.backward {
        "even below the start of"
    } else {
        "inside"
    };
    format!(
        "After {previous_start:x}-{previous_end:x} was printed the address space changed; \
         the next VMA that ends above {previous_end:x} is now {start:x}-{end:x}, which starts {below} \
         the line before: the addresses are seen twice, before and after the change, which is \
         allowed (though proc.rst still says that regions never overlap)."
    )
}

/// What was missing and came back, and what may be said of it.
#[must_use]
pub(crate) fn came_back_sentence(came_back: &CameBack, cause: &Cause) -> String {
    let range = show(&came_back.range);
    let (scans, by) = match (came_back.scans, came_back.by_same_line) {
        (1, true) => ("this scan".to_owned(), "the very same line maps"),
        (1, false) => ("this scan".to_owned(), "lines map"),
        (scans, _) => (format!("{scans} scans up to this one"), "lines map"),
    };
    let seen = format!(
        "{range} is missing from {scans}, and {by} it in the scan before and in the scan after"
    );
    match cause {
        Cause::Unknown => format!(
            "{seen}: the target unmapped it and mapped it again, or the reader skipped it. From \
             outside nobody can tell which, so it is normal and no violation."
        ),
        Cause::Call(_) => format!(
            "{seen}: {}. That is normal.",
            cause_text(cause, came_back).unwrap_or_default()
        ),
        Cause::NoCall { addresses, .. } => format!(
            "{seen}. All calls of the target meanwhile are known, and none unmapped {}: {}. What is \
             mapped during the whole walk must be reported, so this is a hole, suspected: it rests on \
             the target's calls, not on its states.",
            show(addresses),
            cause_text(cause, came_back).unwrap_or_default(),
        ),
    }
}

/// What a target's calls say of what was missing, in a few words; none where
/// they are not known.
#[must_use]
pub(crate) fn cause_text(cause: &Cause, came_back: &CameBack) -> Option<String> {
    Some(match cause {
        Cause::Unknown => return None,
        Cause::Call(call) => {
            let did = match surely_unmapped(call, came_back.range.start) {
                true => "unmapped by",
                false => "perhaps unmapped by",
            };
            format!("{did} {}", called_by(call))
        }
        Cause::NoCall {
            replaced_by: Some(call),
            ..
        } => format!("{}, replaced it in one call", called_by(call)),
        Cause::NoCall {
            replaced_by: None, ..
        } => "no call touched it".to_owned(),
    })
}

/// Which call made a change of such a kind, in a few words; none where that is not
/// known.
#[must_use]
pub(crate) fn changed_by_text(kind: Kind, by: &ChangedBy) -> Option<String> {
    match by {
        ChangedBy::Unknown => None,
        ChangedBy::NoCall if kind == Kind::Unmap => {
            // Whether it comes back is not known yet.
            Some("no call unmapped it".to_owned())
        }
        ChangedBy::NoCall => Some("by none of its calls that are seen".to_owned()),
        ChangedBy::Call { last, others } => {
            let perhaps = if last.is_certain() { "" } else { "perhaps " };
            let others = match others {
                0 => String::new(),
                1 => ", or one other".to_owned(),
                others => format!(", or one of {others} others"),
            };
            Some(format!("{perhaps}by {}{others}", called_by(last)))
        }
    }
}

/// What it means that a target's calls are not seen; none where they are, or
/// nobody asked.
#[must_use]
pub(crate) fn calls_line(calls: &CallsSeen) -> Option<String> {
    match calls {
        CallsSeen::Refused(why) => Some(format!(
            "the target's system calls are not seen, so nothing is claimed of what is missing: {why}"
        )),
        CallsSeen::No | CallsSeen::Yes { .. } => None,
    }
}

/// Why a change of a target has no call; none where each has one.
pub(crate) fn no_call_line(calls: &CallsSeen) -> Option<String> {
    match calls {
        CallsSeen::Refused(why) => Some(format!("its calls are not seen: {why}")),
        CallsSeen::No => Some("its calls are not seen: nobody asked for them (--no-calls)".into()),
        CallsSeen::Yes { losses: 0, .. } => None,
        CallsSeen::Yes { losses, .. } => Some(format!(
            "calls were lost {}: what changed meanwhile has none",
            count(*losses, "time")
        )),
    }
}

/// A call, and who made it.
pub(crate) fn called_by(call: &Call) -> String {
    format!("{call}, {}", thread(call))
}

/// Who made a call.
pub(crate) fn thread(call: &Call) -> String {
    match call.is_ours {
        true => format!("thread {}", call.thread),
        false => format!("thread {} of process {}", call.thread, call.process),
    }
}

/// Which promise a violation breaks, and how, as far as that is known.
#[must_use]
pub(crate) fn violation_sentence(violation: &Violation, states: &States) -> String {
    let mechanism = mechanism(violation.known, moves(states, violation.window));
    let line = violation
        .line
        .map_or("the end of the file".to_owned(), |(start, end)| {
            format!("{start:x}-{end:x}")
        });
    let before = violation
        .previous
        .map_or("the start of the file".to_owned(), |(start, end)| {
            format!("{start:x}-{end:x}")
        });
    match &violation.kind {
        ViolationKind::Hole(hole) => format!(
            "{} is mapped in every state allowed while these lines were generated, yet {before} is \
             followed by {line}: this breaks the promise of proc.rst that what is mapped during the \
             whole walk is reported. {mechanism}",
            show(hole),
        ),
        ViolationKind::ForeignLine => format!(
            "{line} is a VMA of no state that was allowed while it was generated: a reader that \
             holds a VMA still cannot print it."
        ),
        ViolationKind::StaleLine => format!(
            "{line} comes after {before}, but ends at or below the address from which a reader of \
             this rule goes on: the walk went backwards to a VMA that it had passed."
        ),
        ViolationKind::LostTail(lost) => format!(
            "The scan ends after {before}, while every state allowed then has more, such as {}: this \
             breaks the promise of proc.rst that what is mapped during the whole walk is reported. {mechanism}",
            show(lost),
        ),
        ViolationKind::SkippedLine => format!(
            "{before} is followed by {line}, but every allowed state that has {line} has another VMA \
             in between: the walk passed over a VMA. {mechanism}"
        ),
        ViolationKind::MixedChunk => format!(
            "{line} after {before} is possible, but no single state has all lines of this chunk, \
             which this kernel's reader is expected to generate under one hold of mmap_lock."
        ),
    }
}

/// Which promise an answer breaks, and how, as far as that is known.
#[must_use]
pub(crate) fn query_violation_sentence(
    query: &Query,
    answer: Option<&QueriedVma>,
    finding: &QueryFinding,
    window: Window,
    states: &States,
) -> String {
    let mechanism = mechanism(finding.known, moves(states, window));
    let asked = format!(
        "PROCMAP_QUERY ({}) at {:x} answered {}",
        lookup_name(query),
        query.address,
        answer.map_or("ENOENT".to_owned(), |vma| format!(
            "{:x}-{:x}",
            vma.start, vma.end
        )),
    );
    match &finding.kind {
        ViolationKind::Hole(hole) => format!(
            "{asked}, though {} is mapped in every state allowed then. {mechanism}",
            show(hole),
        ),
        ViolationKind::ForeignLine => {
            format!("{asked}, which is a VMA of no state that was allowed then.")
        }
        ViolationKind::StaleLine => format!("{asked}, which ends at or below the address."),
        ViolationKind::LostTail(_) => {
            format!("{asked}, though every state allowed then has a VMA that fits. {mechanism}")
        }
        ViolationKind::SkippedLine | ViolationKind::MixedChunk => {
            format!("{asked}, which no walk through the states allowed then leads to. {mechanism}")
        }
    }
}

fn show(range: &Range<u64>) -> String {
    format!("{:x}-{:x}", range.start, range.end)
}

/// Whether a move onto something was under way at some site.
fn moves(states: &States, window: Window) -> bool {
    let mut sites = states.sites().iter();
    sites.any(|site| {
        let mut operations = site.under_way(window);
        operations.any(|(_, operation)| !operation.moves.is_empty())
    })
}

fn mechanism(known: KnownHoles, moves: bool) -> String {
    let signature = |hole| match hole {
        KnownHole::H1 => {
            "H1, the empty tree: the destination of an mremap(MREMAP_FIXED) that was under way, \
             which unmaps it before it moves something there, lies between; a reader that searches \
             meanwhile finds what is behind it, twice, and believes it"
        }
        KnownHole::H2 => {
            "H2, the stale iterator: after the line before was printed, but before the sequence \
             was noted for this one, an operation made one VMA of that line's and what follows it \
             (or, after it was found and before it was locked, that VMA was cut, or was freed and its \
             structure used again for the line's); the iterator steps from where it stood past what \
             is there now, and the sequence, which has not moved since, calls for no second look"
        }
        KnownHole::H3 => {
            if moves {
                "H3, the believed end: a reader that searches while an mremap(MREMAP_FIXED) moves \
                 something onto the last VMA, or onto one that is then merged with the last, finds \
                 nothing, and believes it without asking whether the address space is changing"
            } else {
                "H3, the believed end: an operation that was under way made one VMA of the last one \
                 and of the gap in front of it, while the reader's search was in that gap; the step on \
                 from there leads past it, to nothing, which is believed without asking whether the \
                 address space is changing"
            }
        }
    };
    let signatures: Vec<&str> = known.iter().map(signature).collect();
    match &signatures[..] {
        [] => "The mechanism is not known.".into(),
        [one] => format!("It bears the signature of {one}."),
        many => format!(
            "It bears the signatures of {}. What was read does not tell which it is.",
            many.join("; and of ")
        ),
    }
}
