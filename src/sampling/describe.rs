//! Makes events of what was found.

use super::finds::{Found, FoundKind};
use super::sentences::{
    called_by, came_back_sentence, lookup_name, query_violation_sentence, tear_name, tear_sentence,
    violation_sentence,
};
use crate::events::case::CaseKey;
use crate::events::event::{Event, EventKind, QueryEvent, Seen, SiteWindow, TextEvent};
use crate::linux::known_holes::KnownHoles;
use crate::linux::procmap_query::Query;
use crate::maps::scan_text::Window;
use crate::oracle::query_judge::QueryFinding;
use crate::oracle::states::States;
use crate::oracle::verdict::{TearKind, Violation, ViolationKind};
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// Where something was found: what a find does not say itself.
#[derive(Clone, Debug)]
pub struct FindContext<'a> {
    pub case: &'a CaseKey,
    pub placement: Placement,
    /// How reader and writer share CPUs; none where the writer stands still, or is
    /// not ours.
    pub schedule: Option<Schedule>,
    /// Which of several readers found it.
    pub reader_index: usize,
    /// The states it was judged by; [`States::unknown`] where nobody knows them.
    pub states: &'a States,
}

impl FindContext<'_> {
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
            FoundKind::CameBack {
                came_back,
                cause,
                excerpt,
            } => {
                let marked = excerpt.lines.iter().position(|line| line.marked);
                let chunk_of = |i: usize| excerpt.lines.get(i).map(|line| line.chunk);
                let chunk = marked.and_then(chunk_of);
                let before = marked.and_then(|i| chunk_of(i.checked_sub(1)?));
                let seen = Seen::Text(TextEvent {
                    chunk: chunk.unwrap_or_default(),
                    first_in_chunk: chunk.is_some() && chunk != before,
                    hole: Some((came_back.range.start, came_back.range.end)),
                    excerpt,
                });
                let (kind, name) = match cause.is_suspected_hole() {
                    true => (EventKind::SuspectedHole, "suspected hole"),
                    false => (EventKind::Blink, "blink"),
                };
                let head = Head {
                    near: came_back.range.start,
                    kind,
                    name,
                    known: KnownHoles::NONE,
                    window: Window::ANY,
                    sentence: came_back_sentence(&came_back, &cause),
                };
                // The next scan has shown that it was one.
                let scan = found.scan.saturating_sub(1);
                Event {
                    under_way: cause.call().map(called_by).into_iter().collect(),
                    ..self.event(scan, found.at_ns, head, seen)
                }
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
        let window = site.map(|site| {
            let (finished, begun) = site.own(head.window);
            let allowed = site.allowed(head.window);
            SiteWindow {
                finished,
                begun,
                allowed_states: (0..64).filter(|k| allowed >> k & 1 == 1).collect(),
                site: Some((site.range.start, site.range.end)),
            }
        });
        let standing_still = head.kind == EventKind::Violation && head.window.stands_still();
        let mut sentence = head.sentence;
        if standing_still {
            sentence.push_str(STOOD_STILL);
        }
        Event {
            case: self.case.clone(),
            placement: self.placement,
            schedule: self.schedule,
            reader_index: self.reader_index,
            scan,
            at_ns,
            kind: head.kind,
            name: head.name.into(),
            known: head.known.label().map(Into::into),
            window,
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

fn hole_of(kind: &ViolationKind) -> Option<(u64, u64)> {
    match kind {
        ViolationKind::Hole(hole) => Some((hole.start, hole.end)),
        _ => None,
    }
}

/// An address of what a violation is about.
fn near_violation(violation: &Violation) -> u64 {
    let previous = violation.previous.map_or(0, |(_, end)| end);
    match &violation.kind {
        ViolationKind::Hole(hole) => hole.start,
        _ => violation.line.map_or(previous, |(start, _)| start),
    }
}

/// An address of what an answer is about.
fn near_query(query: &Query, finding: &QueryFinding) -> u64 {
    match &finding.kind {
        ViolationKind::Hole(hole) => hole.start,
        _ => query.address,
    }
}
