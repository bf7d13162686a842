//! Says in words what was found.

use std::ops::Range;

use super::events::{Found, FoundKind};
use crate::events::case::CaseKey;
use crate::events::event::{Event, EventKind, QueryEvent, Seen, TextEvent};
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::linux::procmap_query::{Lookup, QueriedVma, Query};
use crate::maps::scan_text::Window;
use crate::oracle::query_judge::QueryFinding;
use crate::oracle::states::States;
use crate::oracle::unknown_judge::Blink;
use crate::oracle::verdict::{Tear, TearKind, Violation, ViolationKind};
use crate::setup::placement::Placement;

/// In what case something was found.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    /// The case.
    pub case: &'a CaseKey,
    /// Where the site stood.
    pub placement: Placement,
    /// Which of several readers found it.
    pub reader_index: usize,
    /// The states it was judged by; [`States::unknown`] where nobody knows them.
    pub states: &'a States,
}

impl Moment<'_> {
    /// What was found, with all that is needed to show it.
    #[must_use]
    pub fn describe(&self, found: Found) -> Event {
        match found.kind {
            FoundKind::Tear { tear, excerpt } => {
                let seen = Seen::Text(TextEvent {
                    chunk: tear.chunk,
                    first_in_chunk: tear.kind == TearKind::DuplicateAtBoundary,
                    hole: None,
                    excerpt,
                });
                let head = Head {
                    near: tear.line.0,
                    kind: EventKind::Tear,
                    name: tear_name(&tear),
                    known: KnownHoles::NONE,
                    window: tear.window,
                    sentence: tear_sentence(&tear),
                };
                self.event(found.scan, found.at_ns, head, seen)
            }
            FoundKind::Blink { blink, excerpt } => {
                let marked = excerpt.lines.iter().position(|line| line.marked);
                let chunk_of = |i: usize| excerpt.lines.get(i).map(|line| line.chunk);
                let chunk = marked.and_then(chunk_of);
                let before = marked.and_then(|i| chunk_of(i.checked_sub(1)?));
                let seen = Seen::Text(TextEvent {
                    chunk: chunk.unwrap_or_default(),
                    first_in_chunk: chunk.is_some() && chunk != before,
                    hole: Some((blink.range.start, blink.range.end)),
                    excerpt,
                });
                let head = Head {
                    near: blink.range.start,
                    kind: EventKind::Blink,
                    name: "blink",
                    known: KnownHoles::NONE,
                    window: Window::ANY,
                    sentence: blink_sentence(&blink),
                };
                self.event(found.scan, found.at_ns, head, seen)
            }
            FoundKind::Violation { violation, excerpt } => {
                let seen = Seen::Text(TextEvent {
                    chunk: violation.chunk,
                    first_in_chunk: violation.first_in_chunk,
                    hole: hole_of(&violation.kind),
                    excerpt,
                });
                let head = Head {
                    near: near_violation(&violation),
                    kind: EventKind::Violation,
                    name: violation.kind.name(),
                    known: violation.known,
                    window: violation.window,
                    sentence: violation_sentence(&violation, self.states),
                };
                self.event(found.scan, found.at_ns, head, seen)
            }
            FoundKind::QueryViolation {
                query,
                answer,
                finding,
                window,
            } => {
                let head = Head {
                    near: near_query(&query, &finding),
                    kind: EventKind::Violation,
                    name: finding.kind.name(),
                    known: finding.known,
                    window,
                    sentence: query_violation_sentence(
                        &query,
                        answer.as_ref(),
                        &finding,
                        window,
                        self.states,
                    ),
                };
                let seen = Seen::Query(QueryEvent {
                    address: query.address,
                    lookup: lookup_name(&query),
                    answer: answer.map(|vma| (vma.start, vma.end)),
                    hole: hole_of(&finding.kind),
                });
                self.event(found.scan, found.at_ns, head, seen)
            }
        }
    }

    fn event(&self, scan: u64, at_ns: u64, head: Head, seen: Seen) -> Event {
        let site = self.states.site_near(head.near);
        let allowed = site.map_or(0, |site| site.allowed(head.window));
        let (finished, begun) = site.map_or((0, u64::MAX), |site| site.own(head.window));
        let standing_still = head.kind == EventKind::Violation && head.window.stands_still();
        let mut sentence = head.sentence;
        if standing_still {
            sentence.push_str(STOOD_STILL);
        }
        Event {
            case: self.case.clone(),
            placement: self.placement,
            reader_index: self.reader_index,
            scan,
            at_ns,
            kind: head.kind,
            name: head.name.into(),
            known: head.known.label().map(Into::into),
            finished,
            begun,
            allowed_states: (0..64).filter(|k| allowed >> k & 1 == 1).collect(),
            under_way: site
                .into_iter()
                .flat_map(|site| site.under_way(head.window))
                .map(|(_, operation)| operation.text.clone())
                .collect(),
            standing_still,
            seen,
            sentence,
        }
    }
}

/// Added to what is said of a violation while no operation was under way.
const STOOD_STILL: &str =
    " The modifier stood still meanwhile, no operation was under way: no race explains it.";

struct Head {
    kind: EventKind,
    name: &'static str,
    known: KnownHoles,
    window: Window,
    /// An address of what it is about, in bytes.
    near: u64,
    sentence: String,
}

/// The kind's name, as in every report.
#[must_use]
pub(crate) fn tear_name(tear: &Tear) -> &'static str {
    match (tear.kind, tear.backward) {
        (TearKind::DuplicateAtBoundary, false) => "duplicate at a boundary",
        (TearKind::DuplicateInside, false) => "duplicate inside a chunk",
        (TearKind::DuplicateAtBoundary, true) => "backward start at a boundary",
        (TearKind::DuplicateInside, true) => "backward start inside a chunk",
    }
}

fn hole_of(kind: &ViolationKind) -> Option<(u64, u64)> {
    match kind {
        ViolationKind::Hole(hole) => Some((hole.start, hole.end)),
        _ => None,
    }
}

/// Which VMAs were asked for: `covering or next, writable`.
fn lookup_name(query: &Query) -> String {
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

/// An address of what a violation is about.
fn near_violation(violation: &Violation) -> u64 {
    let previous = violation.previous.map_or(0, |(_, end)| end);
    match &violation.kind {
        ViolationKind::Hole(hole) => hole.start,
        _ => violation.line.map_or(previous, |(start, _)| start),
    }
}

/// The same of an answer.
fn near_query(query: &Query, finding: &QueryFinding) -> u64 {
    match &finding.kind {
        ViolationKind::Hole(hole) => hole.start,
        _ => query.address,
    }
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

/// What a blink is, and why no more is said of it.
#[must_use]
pub(crate) fn blink_sentence(blink: &Blink) -> String {
    format!(
        "{} is missing from this scan, and the very same line maps it in the scan before and in the \
         scan after: the target unmapped it and mapped it again, or the reader skipped it. From \
         outside nobody can tell which, so it is normal and no violation.",
        show(&blink.range),
    )
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
        operations.any(|(_, operation)| operation.move_destination.is_some())
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
             (or it had cut that VMA after it was found); the iterator steps from where it stood past what \
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
