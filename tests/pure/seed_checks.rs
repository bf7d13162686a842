//! The checks of the kernel selftest that the project grew from
//! (`proc-pid-vm.c`, the tearing tests) are special cases of the rule.
//!
//! That selftest looks at the two boundary lines between the first two pages of
//! `maps`, while a VMA at the border is split, resized or remapped, and at one
//! `PROCMAP_QUERY` inside it. It accepts a pair of lines or fails; here each
//! pair is put to the judge. It knows nothing of when the writer was where, so
//! all states are allowed, except where a test is about just that.

use crate::simulated::Locking;
use crate::simulated::address_space::PAGE;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::Workload;
use vmascope::internals::linux::{Granularity, Reader, Rule};
use vmascope::internals::linux::{QueriedVma, Query};
use vmascope::internals::maps::{MapsLine, parse_range};
use vmascope::internals::maps::{ScanText, Window};
use vmascope::internals::oracle::{QueryJudge, TextJudge, Verdict, ViolationKind};
use vmascope::internals::scenario::find;

const ORIGINAL: usize = 0;
const MODIFIED: usize = 1;

/// A line of one state: which state, and the VMA's first page in the site.
type At = (usize, u64);

struct Check {
    case: SimulatedCase,
    captures: Vec<Vec<u8>>,
}

impl Check {
    fn of(scenario: &str) -> Self {
        let workload = Workload::of_scenario(find(scenario).expect("it is in the catalogue"));
        let case = SimulatedCase::new(&workload, Locking::LineLastEnd, None, PAGE as usize, 1);
        Check {
            captures: workload.captures(),
            case: case.expect("nothing but the site changes"),
        }
    }

    fn address(&self, page: u64) -> u64 {
        self.case.states().sites()[0].range.start + page * PAGE
    }

    /// Where a line starts in its capture, and where it ends.
    fn place(&self, (state, page): At) -> (usize, usize) {
        let mut at = 0;
        for line in self.captures[state].split_inclusive(|&byte| byte == b'\n') {
            let end = at + line.len();
            if parse_range(line).is_some_and(|(start, _)| start == self.address(page)) {
                return (at, end);
            }
            at = end;
        }
        panic!("state {state} has no VMA at page {page}");
    }

    /// A scan whose first chunk ends with line `last` of its state, and whose
    /// second begins with line `first` and stays in that one's state.
    fn judge_in(&self, last: At, first: At, windows: [Window; 2]) -> Verdict {
        let before = &self.captures[last.0][..self.place(last).1];
        let behind = &self.captures[first.0][self.place(first).0..];
        let scan = ScanText::from_chunks([(before, windows[0]), (behind, windows[1])], windows[1]);
        let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
        judge.judge(self.case.states(), &scan).clone()
    }

    fn judge(&self, last: At, first: At) -> Verdict {
        self.judge_in(last, first, [Window::ANY; 2])
    }

    fn accepts(&self, last: At, first: At) -> bool {
        self.judge(last, first).violations.is_empty()
    }

    fn repeats(&self, last: At, first: At) -> bool {
        let verdict = self.judge(last, first);
        verdict.violations.is_empty() && verdict.tears.len() == 1
    }

    /// The first violation; a hole in pages of the site.
    fn blames(&self, last: At, first: At) -> String {
        self.named(&self.judge(last, first))
    }

    fn named(&self, verdict: &Verdict) -> String {
        let page = |address| (address - self.address(0)) / PAGE;
        match verdict.violations.first().map(|violation| &violation.kind) {
            Some(ViolationKind::Hole(hole)) => {
                format!("hole {}-{}", page(hole.start), page(hole.end))
            }
            Some(kind) => kind.name().to_owned(),
            None => "nothing".to_owned(),
        }
    }

    /// Whether the judge accepts line `answer` (or none) for a query of the
    /// VMA that covers `page`.
    fn accepts_answer(&self, page: u64, answer: Option<At>) -> bool {
        let query = Query {
            address: self.address(page),
            ..Query::default()
        };
        let answer = answer.map(|at| {
            let (start, end) = self.place(at);
            let line = MapsLine::parse(&self.captures[at.0][start..end]).expect("a line");
            QueriedVma {
                start: line.start,
                end: line.end,
                permissions: line.perms,
                page_size: PAGE,
                ..QueriedVma::default()
            }
        });
        QueryJudge::new(Granularity::Line)
            .judge(self.case.states(), Window::ANY, &query, answer.as_ref())
            .is_none()
    }
}

/// The window of a writer that stands still in a state.
fn standing(state: usize) -> Window {
    Window::of_one(state as u64, state as u64)
}

/// `rrr` and `x rr`: the pairs of either state, and the split line followed by
/// the merged one, which is found again as the next VMA.
#[test]
fn split_accepts_three_pairs() {
    let check = Check::of("split");
    assert!(check.accepts((ORIGINAL, 0), (ORIGINAL, 3)));
    assert!(check.accepts((MODIFIED, 0), (MODIFIED, 1)));
    assert!(check.repeats((MODIFIED, 0), (ORIGINAL, 0)));
}

/// Any other pair: what is left of the split VMA must not be skipped, and the
/// merged VMA is not followed by one of its own parts, nor by itself.
#[test]
fn split_rejects_the_others() {
    let check = Check::of("split");
    assert_eq!(check.blames((MODIFIED, 0), (ORIGINAL, 3)), "hole 1-3");
    assert_eq!(check.blames((ORIGINAL, 0), (MODIFIED, 1)), "stale line");
    assert_eq!(check.blames((ORIGINAL, 0), (ORIGINAL, 0)), "stale line");
    assert_eq!(check.blames((ORIGINAL, 0), (MODIFIED, 0)), "stale line");
    assert_eq!(check.blames((MODIFIED, 0), (MODIFIED, 0)), "stale line");
}

/// The selftest also demands that both lines differ from the original ones, or
/// neither does. That follows: of all pairs the rule accepts, none breaks it.
#[test]
fn split_changes_both_lines_in_unison() {
    let check = Check::of("split");
    let (original_last, original_first) = ((ORIGINAL, 0), (ORIGINAL, 3));
    for last in [original_last, (MODIFIED, 0)] {
        for first in [original_first, (ORIGINAL, 0), (MODIFIED, 0), (MODIFIED, 1)] {
            let in_unison = (last != original_last) == (first != original_first);
            assert!(
                in_unison || !check.accepts(last, first),
                "{last:?} {first:?}"
            );
        }
    }
}

/// `www rrr` and `w .. rrr`: the second line is the same in both states, so
/// only the repeated line is a pair of its own.
#[test]
fn resize_accepts_three_pairs() {
    let check = Check::of("resize");
    assert!(check.accepts((ORIGINAL, 0), (ORIGINAL, 3)));
    assert!(check.accepts((MODIFIED, 0), (MODIFIED, 3)));
    assert!(check.repeats((MODIFIED, 0), (ORIGINAL, 0)));
}

#[test]
fn resize_rejects_the_others() {
    let check = Check::of("resize");
    assert_eq!(check.blames((ORIGINAL, 0), (ORIGINAL, 0)), "stale line");
    assert_eq!(check.blames((ORIGINAL, 0), (MODIFIED, 0)), "stale line");
    assert_eq!(check.blames((MODIFIED, 0), (MODIFIED, 0)), "stale line");
}

/// Here the rule is stricter. The shrunk line followed by the next VMA is right
/// as long as the VMA may still be shrunk, and the selftest, which cannot tell,
/// always accepts it. If the VMA had its full size again before the second
/// chunk was asked for, two pages are missing.
#[test]
fn resize_is_a_hole_if_the_vma_had_grown_again() {
    let check = Check::of("resize");
    let judge = |second| {
        let windows = [standing(MODIFIED), second];
        check.named(&check.judge_in((MODIFIED, 0), (MODIFIED, 3), windows))
    };
    assert_eq!(judge(standing(MODIFIED)), "nothing");
    assert_eq!(judge(Window::of_one(1, 2)), "nothing");
    assert_eq!(judge(standing(2)), "hole 1-3");
}

/// `rrr www` and `r w r www`.
#[test]
fn remap_accepts_three_pairs() {
    let check = Check::of("remap");
    assert!(check.accepts((ORIGINAL, 0), (ORIGINAL, 3)));
    assert!(check.accepts((MODIFIED, 0), (MODIFIED, 1)));
    assert!(check.repeats((MODIFIED, 0), (ORIGINAL, 0)));
}

#[test]
fn remap_rejects_the_others() {
    let check = Check::of("remap");
    assert_eq!(check.blames((MODIFIED, 0), (ORIGINAL, 3)), "hole 1-3");
    assert_eq!(check.blames((MODIFIED, 0), (MODIFIED, 2)), "hole 1-2");
    assert_eq!(check.blames((ORIGINAL, 0), (MODIFIED, 1)), "stale line");
    assert_eq!(check.blames((ORIGINAL, 0), (MODIFIED, 2)), "stale line");
    assert_eq!(check.blames((ORIGINAL, 0), (ORIGINAL, 0)), "stale line");
}

/// Here the rule is laxer. The selftest expects the border behind the first
/// part, where a full first page puts it. With the border behind the part that
/// was moved in, the merged VMA that follows even starts below it: it is the
/// next VMA that ends above, so a correct reader prints it.
#[test]
fn remap_goes_backward_behind_the_part_that_was_moved_in() {
    let check = Check::of("remap");
    assert!(check.accepts((MODIFIED, 1), (MODIFIED, 2)));
    assert!(check.repeats((MODIFIED, 1), (ORIGINAL, 0)));
    assert!(check.judge((MODIFIED, 1), (ORIGINAL, 0)).tears[0].backward);
    assert_eq!(check.blames((MODIFIED, 1), (ORIGINAL, 3)), "hole 2-3");
}

/// Inside the split VMA: the whole one, or what is left of it.
#[test]
fn the_query_behind_the_split_page() {
    let check = Check::of("split");
    assert!(check.accepts_answer(1, Some((ORIGINAL, 0))));
    assert!(check.accepts_answer(1, Some((MODIFIED, 1))));
    assert!(!check.accepts_answer(1, Some((MODIFIED, 0))));
    assert!(!check.accepts_answer(1, Some((ORIGINAL, 3))));
    assert!(!check.accepts_answer(1, None));
}

/// At the resized VMA: it starts where it did, with three pages or one. The
/// selftest asks nothing about the pages that come and go: there the VMA or
/// none is right, but not the next one.
#[test]
fn the_query_at_the_resized_vma() {
    let check = Check::of("resize");
    assert!(check.accepts_answer(0, Some((ORIGINAL, 0))));
    assert!(check.accepts_answer(0, Some((MODIFIED, 0))));
    assert!(!check.accepts_answer(0, Some((ORIGINAL, 3))));
    assert!(!check.accepts_answer(0, None));
    assert!(check.accepts_answer(1, Some((ORIGINAL, 0))));
    assert!(check.accepts_answer(1, None));
    assert!(!check.accepts_answer(1, Some((MODIFIED, 3))));
}

/// Where a page is moved to: the whole VMA, or the page.
#[test]
fn the_query_at_the_page_that_is_moved_in() {
    let check = Check::of("remap");
    assert!(check.accepts_answer(1, Some((ORIGINAL, 0))));
    assert!(check.accepts_answer(1, Some((MODIFIED, 1))));
    assert!(!check.accepts_answer(1, Some((MODIFIED, 0))));
    assert!(!check.accepts_answer(1, Some((MODIFIED, 2))));
    assert!(!check.accepts_answer(1, None));
}
