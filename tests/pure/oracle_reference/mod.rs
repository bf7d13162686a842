//! The judge against a brute-force reference: on random small address spaces,
//! scans and answers, sound ones and damaged ones, both say the same.

mod generate;
mod reference;
mod signatures;
mod worlds;

use generate::{Dice, PAGE, dice, mutate, obeying, permissions, scan_text, states, windows};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reference::{Line, Scan, Vma, World};
use signatures::signatures;
use vmascope::internals::linux::{Filter, Lookup, QueriedVma, Query};
use vmascope::internals::linux::{Granularity, Position, Reader, Rule};
use vmascope::internals::linux::{KnownHole, KnownHoles};
use vmascope::internals::maps::Device;
use vmascope::internals::maps::Window;
use vmascope::internals::oracle::{
    QueryJudge, TearKind, TextJudge, Verdict, Violation, ViolationKind,
};
use worlds::worlds;

const RULES: [Rule; 4] = [
    Rule::LINE_END,
    Rule::CHUNK_END,
    Rule::CHUNK_START,
    Rule::LINE_START,
];

fn rules() -> impl Strategy<Value = Rule> {
    proptest::sample::select(RULES.to_vec())
}

/// A world, a rule by which it is judged, and a scan: one that obeys some rule,
/// damaged up to three times.
fn cases() -> impl Strategy<Value = (World, Rule, Scan)> {
    (worlds(), rules(), dice(), 0..4usize).prop_filter_map(
        "it does not come to an end",
        |(world, rule, mut dice, damages): (World, Rule, Dice, usize)| {
            let other = *dice.of(&[rule, rule, RULES[0], RULES[1], RULES[2]]);
            let mut scan = obeying(&world, other, &mut dice)?;
            for _ in 0..damages {
                mutate(&world, &mut scan, &mut dice);
            }
            Some((world, rule, scan))
        },
    )
}

fn verdict(world: &World, rule: Rule, scan: &Scan) -> Verdict {
    let (states, text) = (states(world), scan_text(scan));
    let mut judge = TextJudge::new(Reader::Maps, rule);
    judge.judge(&states, &text).clone()
}

/// Duplicates as they are in the lines: across a border, inside a chunk, and
/// how many of both go backward.
fn duplicates(scan: &Scan) -> (usize, usize, usize) {
    let mut counts = (0, 0, 0);
    let mut previous: Option<Vma> = None;
    for chunk in &scan.chunks {
        for (at, line) in chunk.lines.iter().enumerate() {
            let Line::Vma(vma) = line else { continue };
            if let Some(before) = previous.filter(|before| vma.start < before.end) {
                counts.0 += usize::from(at == 0);
                counts.1 += usize::from(at > 0);
                counts.2 += usize::from(vma.start < before.start);
            }
            previous = Some(*vma);
        }
    }
    counts
}

fn is_one_state(world: &World, scan: &Scan) -> bool {
    world.states.iter().any(|state| {
        let mut lines: Vec<Line> = state.iter().copied().map(Line::Vma).collect();
        lines.extend(world.gate.then_some(Line::Gate));
        lines == scan.lines()
    })
}

/// Whether the line skips a page that every allowed state maps, and is called
/// something else. With next-start position the lines do not show what the
/// reader skipped.
fn hides_a_hole(world: &World, rule: Rule, violation: &Violation) -> bool {
    let named = matches!(
        violation.kind,
        ViolationKind::SkippedLine | ViolationKind::ForeignLine | ViolationKind::MixedChunk
    );
    // A gate line where there is none is foreign, but no VMA.
    let Some((start, _)) = violation.line.filter(|(start, _)| start >> 63 == 0) else {
        return false;
    };
    let from = violation.previous.map_or(world.site.start, |(_, end)| end);
    let mut pages = (from..start).step_by(PAGE as usize);
    named
        && rule.position == Position::LastEnd
        && pages.any(|page| world.always_mapped(violation.window, &(page..page + PAGE)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60_000))]

    #[test]
    fn what_obeys_the_rule_is_allowed_by_both(world in worlds(), rule in rules(), mut dice in dice()) {
        if let Some(scan) = obeying(&world, rule, &mut dice) {
            prop_assert!(world.allows(rule, &scan), "the reference by {rule}");
            prop_assert_eq!(verdict(&world, rule, &scan).violations, [], "the judge by {}", rule);
        }
    }

    #[test]
    fn judge_and_reference_agree_on_any_scan((world, rule, scan) in cases()) {
        let verdict = verdict(&world, rule, &scan);
        let allowed = world.allows(rule, &scan);
        prop_assert_eq!(
            verdict.violations.is_empty(), allowed, "by {}: {:?}", rule, verdict
        );
        prop_assert_eq!(verdict.lines as usize, scan.lines().len());
        prop_assert_eq!(verdict.coherent(), allowed && is_one_state(&world, &scan));
        if allowed {
            let of = |kind| verdict.tears.iter().filter(|tear| tear.kind == kind).count();
            let seen = (
                of(TearKind::DuplicateAtBoundary),
                of(TearKind::DuplicateInside),
                verdict.tears.iter().filter(|tear| tear.backward).count(),
            );
            prop_assert_eq!(seen, duplicates(&scan));
        }
    }

    #[test]
    fn a_hole_is_where_and_what_its_name_says((world, rule, scan) in cases()) {
        for violation in verdict(&world, rule, &scan).violations {
            let ViolationKind::Hole(hole) = &violation.kind else {
                prop_assert!(!hides_a_hole(&world, rule, &violation), "{violation:?}");
                continue;
            };
            prop_assert!(!hole.is_empty());
            prop_assert!(world.always_mapped(violation.window, hole), "{violation:?}");
            prop_assert!(violation.previous.is_none_or(|(_, end)| end <= hole.start));
            prop_assert!(violation.line.is_some_and(|(start, _)| hole.end <= start));
        }
    }

    #[test]
    fn a_label_is_given_where_its_mechanism_leads((world, rule, scan) in cases()) {
        // Few rules have labels: that one is looked at in every case.
        for (rule, reader) in [
            (rule, Reader::Maps),
            (Rule::LINE_END, Reader::Maps),
            (Rule::LINE_END, Reader::Smaps),
        ] {
            let mut judge = TextJudge::new(reader, rule);
            for seen in &judge.judge(&states(&world), &scan_text(&scan)).violations {
                let expected = signatures(&world, rule, reader, &scan, seen);
                prop_assert_eq!(seen.known, expected, "{}: {:?}", reader, seen);
            }
        }
    }

    #[test]
    fn judge_and_reference_agree_on_any_answer(
        world in worlds(),
        window in windows(),
        granularity in proptest::sample::select(vec![Granularity::Line, Granularity::Chunk]),
        (page, offset) in (0..14u64, proptest::sample::select(vec![0, 1, PAGE - 1])),
        next in any::<bool>(),
        [readable, writable, executable] in any::<[bool; 3]>(),
        mut dice in dice(),
    ) {
        let query = Query {
            address: 0x0fff_f000 + page * PAGE + offset,
            lookup: if next { Lookup::CoveringOrNext } else { Lookup::Covering },
            filter: Filter {
                readable,
                writable: writable && executable,
                executable: executable && !writable,
                ..Filter::default()
            },
        };
        let state = dice.of(&world.states);
        let answer = match dice.below(6) {
            0 => None,
            1 => state.get(dice.below(state.len())).copied(),
            2 | 3 => world.in_a_move(&mut dice).and_then(|it| reference::next(&it, query.address)),
            _ => reference::next(state, query.address),
        };
        let queried = answer.map(|vma| QueriedVma {
            start: vma.start,
            end: vma.end,
            permissions: permissions(vma.letter),
            page_size: PAGE,
            offset: 0,
            inode: 0,
            device: Device::default(),
        });
        let finding =
            QueryJudge::new(granularity).judge(&states(&world), window, &query, queried.as_ref());
        let allowed = world.allows_answer(granularity, window, &query, answer);
        prop_assert_eq!(finding.is_none(), allowed, "{:?}", finding);
        if let Some(finding) = &finding {
            let expected = match granularity {
                Granularity::Line => world.explained_answer(window, &query, answer),
                Granularity::Chunk => KnownHoles::NONE,
            };
            prop_assert_eq!(finding.known, expected, "{:?}", finding);
        }
        let kind = finding.map(|finding| finding.kind);
        if let Some(ViolationKind::SkippedLine | ViolationKind::ForeignLine) = kind
            && query.filter == Filter::default()
            && let Some(vma) = answer
        {
            let mut pages = (query.address..vma.start).step_by(PAGE as usize);
            let skipped = pages.find(|&page| world.always_mapped(window, &(page..page + 1)));
            prop_assert_eq!(skipped, None, "{:?}", kind);
        }
        if let Some(ViolationKind::Hole(hole)) = kind {
            prop_assert!(hole.start < hole.end);
            prop_assert!(world.always_mapped(window, &hole), "{hole:?}");
            prop_assert!(hole.start >= query.address);
            prop_assert!(answer.is_none_or(|vma| hole.end <= vma.start), "{hole:?}");
        }
    }
}

/// Labels are rare in what is drawn at random: so many must be among it that
/// the test of them means something.
#[test]
fn every_known_hole_is_among_what_is_drawn() {
    let mut runner = TestRunner::deterministic();
    let (cases, mut counts) = (cases(), [0; KnownHoles::SETS]);
    for _ in 0..20_000 {
        let drawn = cases.new_tree(&mut runner).expect("enough of them end");
        let (world, _, scan) = drawn.current();
        for seen in verdict(&world, Rule::LINE_END, &scan).violations {
            counts[seen.known.index()] += 1;
        }
    }
    for hole in KnownHole::ALL {
        let alone = counts[KnownHoles::from(hole).index()];
        assert!(alone >= 80, "{hole}: {alone} of {counts:?}");
    }
    let several = KnownHoles::NONE.and(KnownHole::H1).and(KnownHole::H2);
    assert!(counts[several.index()] >= 20, "{counts:?}");
    assert!(counts[0] >= 2_000, "{counts:?}");
}

/// The window of a standing writer is one state, that of a whole cycle all.
#[test]
fn the_reference_counts_operations_as_the_modifier_does() {
    let vma = |page: u64| Vma {
        start: page * PAGE,
        end: (page + 1) * PAGE,
        letter: b'r',
    };
    let world = World {
        states: (0..3).map(|page| vec![vma(page)]).collect(),
        site: 0..3 * PAGE,
        gate: false,
        moves: vec![Vec::new(); 3],
        unmapped: vec![Vec::new(); 3],
    };
    let starts = |finished, begun| {
        let mut pages: Vec<u64> = world
            .allowed(Window::of_one(finished, begun))
            .iter()
            .map(|state| state[0].start / PAGE)
            .collect();
        pages.sort_unstable();
        pages.dedup();
        pages
    };
    assert_eq!(starts(4, 4), [1]);
    assert_eq!(starts(4, 5), [1, 2]);
    assert_eq!(starts(5, 6), [0, 2]);
    assert_eq!(starts(0, u64::MAX), [0, 1, 2]);
}

/// A process that has just died: the file ends where it starts.
#[test]
fn a_scan_of_nothing_has_lost_its_tail() {
    let vma = Vma {
        start: PAGE,
        end: 2 * PAGE,
        letter: b'r',
    };
    for gate in [false, true] {
        let world = World {
            states: vec![vec![vma]],
            site: PAGE..2 * PAGE,
            gate,
            moves: vec![Vec::new()],
            unmapped: vec![Vec::new()],
        };
        let scan = Scan {
            chunks: Vec::new(),
            eof: Window::ANY,
        };
        for rule in RULES {
            let violations = verdict(&world, rule, &scan).violations;
            let kinds: Vec<_> = violations.into_iter().map(|seen| seen.kind).collect();
            assert_eq!(kinds, [ViolationKind::LostTail(PAGE..2 * PAGE)], "{rule}");
        }
    }
}
