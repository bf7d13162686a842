//! What is missing while nothing moves: a violation that no known mechanism
//! explains, and that is told as what it is.

use std::sync::Arc;

use vmascope::internals::events::{CaseKey, Event, Observation};
use vmascope::internals::linux::KnownHoles;
use vmascope::internals::linux::{Reader, Rule};
use vmascope::internals::maps::Excerpt;
use vmascope::internals::maps::{ScanText, Window};
use vmascope::internals::oracle::{
    MovedVma, OperationInfo, SiteClock, SiteStates, States, TextJudge, Violation, ViolationKind,
};
use vmascope::internals::report::{Ktap, Reporter};
use vmascope::internals::sampling::{FindContext, Found, FoundKind};
use vmascope::internals::setup::Placement;

const PAGE: u64 = 0x1000;
const SITE: u64 = 0x1000_0000;

/// The pages of a site, one letter each, as the kernel prints them.
fn lines(strip: &str) -> String {
    let vma = |(i, letter): (usize, char)| {
        let (start, permissions) = match letter {
            'r' => (i, "r--p"),
            'w' => (i, "rw-p"),
            'x' => (i, "r-xp"),
            _ => return String::new(),
        };
        let start = SITE + start as u64 * PAGE;
        format!(
            "{start:08x}-{:08x} {permissions} 00000000 00:00 0 \n",
            start + PAGE
        )
    };
    strip.chars().enumerate().map(vma).collect()
}

/// `replace`: the middle page is the destination of a move.
fn states() -> States {
    let operation = |text: &str, move_destination: Option<_>| OperationInfo {
        text: text.into(),
        moves: (move_destination.into_iter())
            .map(|to| MovedVma {
                to,
                ..MovedVma::default()
            })
            .collect(),
        ..OperationInfo::default()
    };
    let destination = SITE + PAGE..SITE + 2 * PAGE;
    let site = SiteStates {
        range: SITE..SITE + 3 * PAGE,
        operations: vec![
            operation("mremap source 0..1 onto 1", Some(destination)),
            operation("mmap 1..2 w", None),
        ],
        clock: SiteClock::default(),
    };
    let captures = [lines("rwr").into_bytes(), lines("rxr").into_bytes()];
    States::of_site(site, &captures).unwrap()
}

fn judge(strip: &str, window: Window) -> Vec<Violation> {
    let text = lines(strip);
    let scan = ScanText::from_chunks([(text.as_bytes(), window)], window);
    let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
    judge.judge(&states(), &scan).violations.clone()
}

fn event(violation: Violation) -> Event {
    let case = CaseKey {
        scenario: "replace".into(),
        reader: "maps".into(),
    };
    let moment = FindContext {
        case: &case,
        placement: Placement::Low,
        schedule: None,
        reader_index: 0,
        states: &Arc::new(states()),
    };
    moment.describe(Found {
        scan: 1,
        at_ns: 0,
        kind: FoundKind::Violation {
            violation,
            excerpt: Excerpt::default(),
        },
    })
}

#[test]
fn what_is_missing_while_nothing_moves_is_a_hole_without_a_label() {
    for finished in 0..4 {
        let found = judge("r.r", Window::of_one(finished, finished));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            found[0].kind,
            ViolationKind::Hole(SITE + PAGE..SITE + 2 * PAGE)
        );
        assert_eq!(found[0].known, KnownHoles::NONE);
        let event = event(found[0].clone());
        assert!(event.standing_still && event.known.is_none());
        assert_eq!(
            (&*event.name, &*event.title()),
            ("hole", "hole, standing still")
        );
        assert!(
            event.sentence.contains("no operation was under way"),
            "{}",
            event.sentence
        );
        let mut out = Vec::new();
        let told = Observation::Event(Box::new(event));
        Ktap::new(&mut out, true).observe(&told).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(
            out.starts_with("# hole, standing still (unknown): "),
            "{out}"
        );
    }
    // The same hole while the move is under way is H1.
    let found = judge("r.r", Window::of_one(0, 1));
    assert_eq!(found[0].known.label(), Some("H1"));
    let event = event(found[0].clone());
    assert!(!event.standing_still);
    assert_eq!(event.title(), "hole");
}

/// A page that in another state belongs to the VMA before it, as when a merge
/// extends that: the signature of H2.
#[test]
fn a_merge_that_is_not_under_way_explains_nothing() {
    let operation = |text: &str| OperationInfo {
        text: text.into(),
        ..OperationInfo::default()
    };
    let site = SiteStates {
        range: SITE..SITE + 3 * PAGE,
        operations: vec![operation("mprotect 1..2 r"), operation("mprotect 1..2 w")],
        clock: SiteClock::default(),
    };
    let merged = format!(
        "{:08x}-{:08x} r--p 00000000 00:00 0 \n",
        SITE,
        SITE + 2 * PAGE
    );
    let captures = [lines("rwx"), merged + &lines("..x")].map(String::into_bytes);
    let states = States::of_site(site, &captures).unwrap();
    let label = |window| {
        let text = lines("r.x");
        let scan = ScanText::from_chunks([(text.as_bytes(), window)], window);
        let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
        let found = &judge.judge(&states, &scan).violations;
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].known.label()
    };
    assert_eq!(label(Window::of_one(2, 2)), None);
    assert_eq!(label(Window::of_one(2, 3)), Some("H2"));
}

#[test]
fn what_is_there_while_nothing_moves_is_no_violation() {
    assert_eq!(judge("rwr", Window::of_one(2, 2)), []);
    assert_eq!(judge("rxr", Window::of_one(3, 3)), []);
}

/// A search that has come to the gap passes what grows there, and goes on while a move
/// has emptied what is last. Where no move is under way it would find that.
#[test]
fn what_grows_over_a_gap_and_a_move_of_what_is_last_explain_the_end_together() {
    let last = SITE + 4 * PAGE..SITE + 5 * PAGE;
    let operation = |text: &str| OperationInfo {
        text: text.into(),
        ..OperationInfo::default()
    };
    let site = SiteStates {
        range: SITE..last.end,
        operations: vec![
            operation("munmap 1..2"),
            operation("mmap 1..2 w"),
            OperationInfo {
                moves: vec![MovedVma {
                    to: last,
                    ..MovedVma::default()
                }],
                ..operation("mremap source 0..1 onto 4")
            },
            operation("mmap 4..5 r"),
        ],
        clock: SiteClock::default(),
    };
    let first = format!("{SITE:08x}-{:08x} rw-p 00000000 00:00 0 \n", SITE + PAGE);
    let both = format!(
        "{SITE:08x}-{:08x} rw-p 00000000 00:00 0 \n",
        SITE + 2 * PAGE
    );
    let behind = lines("....r");
    let whole = format!("{both}{behind}").into_bytes();
    let short = format!("{first}{behind}").into_bytes();
    let captures = [whole.clone(), short, whole.clone(), whole];
    let states = States::of_site(site, &captures).unwrap();
    let known = |begun: u64| {
        let at = |finished, begun| Window {
            finished: [finished; _],
            begun: [begun; _],
        };
        let scan = ScanText::from_chunks([(first.as_bytes(), at(1, 1))], at(1, begun));
        let mut judge = TextJudge::new(Reader::Smaps, Rule::LINE_END);
        let verdict = judge.judge(&states, &scan);
        let [violation] = &verdict.violations[..] else {
            panic!("{:?}", verdict.violations)
        };
        let is_lost = matches!(violation.kind, ViolationKind::LostTail(_));
        assert!(is_lost, "{violation:?}");
        violation.known.label()
    };
    // The growth alone explains nothing, nor does the move before it has begun.
    assert_eq!((known(1), known(2)), (None, None));
    assert_eq!(known(3), Some("H3"));
}
