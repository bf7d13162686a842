use proptest::prelude::*;

use super::*;
use crate::kernel::chunk::{ChunkReader, NoClock, Window};
use crate::simulated::{Effect, Fault, Locking, PAGE, SimulatedKernel, Workload};

fn line(from: u64, to: u64) -> String {
    format!(
        "{:08x}-{:08x} rw-p 00000000 00:00 0 \n",
        from * PAGE,
        to * PAGE
    )
}

/// A scan of one chunk, of these runs of pages.
fn scan(runs: &[(u64, u64)]) -> ScanText {
    let text: String = runs.iter().map(|&(from, to)| line(from, to)).collect();
    ScanText::from_chunks([(text.as_bytes(), Window::ANY)], Window::ANY)
}

fn pages(range: &Range<u64>) -> (u64, u64) {
    (range.start / PAGE, range.end / PAGE)
}

#[test]
fn missing_once_is_suspected_and_missing_longer_is_not() {
    let all = [(1, 2), (2, 4), (6, 8)];
    let less = [(1, 2), (6, 8)];
    let mut judge = UnknownJudge::new();
    for (runs, expected) in [
        (&all[..], 0),
        (&less[..], 0),
        (&all[..], 1),
        (&less[..], 0),
        (&less[..], 0),
        (&all[..], 0),
        (&all[..], 0),
    ] {
        judge.judge(&mut scan(runs));
        assert_eq!(judge.suspected().len(), expected, "{runs:?}");
        if let [hole] = judge.suspected() {
            let expected = SuspectedHole {
                range: 2 * PAGE..4 * PAGE,
                previous: Some((PAGE, 2 * PAGE)),
                line: Some((6 * PAGE, 8 * PAGE)),
                at: line(1, 2).len(),
                same_line: true,
                queried: false,
            };
            assert_eq!(*hole, expected);
        }
    }
}

#[test]
fn a_query_that_denies_acquits() {
    for (answers, expected) in [
        (&[true][..], Some(true)),
        (&[false], None),
        (&[false, true], None),
        (&[], Some(false)),
    ] {
        let mut judge = UnknownJudge::new();
        judge.judge(&mut scan(&[(1, 3), (4, 5)]));
        judge.judge(&mut scan(&[(1, 2), (4, 5)]));
        let candidates: Vec<_> = judge.candidates().map(|range| pages(&range)).collect();
        assert_eq!(candidates, [(2, 3)]);
        for &answer in answers {
            judge.note_query(0, answer);
        }
        // Other VMAs than before cover it.
        judge.judge(&mut scan(&[(1, 5)]));
        let found = judge.suspected().first().map(|hole| hole.queried);
        assert_eq!(found, expected, "{answers:?}");
        assert!(judge.suspected().iter().all(|hole| !hole.same_line));
    }
}

#[test]
fn a_lost_tail_is_suspected() {
    let mut judge = UnknownJudge::new();
    for runs in [&[(1, 2), (3, 4)][..], &[(1, 2)], &[(1, 2), (3, 4)]] {
        judge.judge(&mut scan(runs));
    }
    let hole = &judge.suspected()[0];
    assert_eq!(pages(&hole.range), (3, 4));
    assert_eq!((hole.line, hole.at), (None, line(1, 2).len()));
}

#[test]
fn duplicates_are_certain_wherever_they_are() {
    let chunk =
        |runs: &[(u64, u64)]| -> String { runs.iter().map(|&(from, to)| line(from, to)).collect() };
    let (first, second) = (chunk(&[(4, 5), (4, 7)]), chunk(&[(3, 9), (9, 10)]));
    let texts = [first.as_bytes(), second.as_bytes()].map(|text| (text, Window::ANY));
    let torn = ScanText::from_chunks(texts, Window::ANY);
    let mut judge = UnknownJudge::new();
    // The second time, nothing has changed; the third, all of it.
    for other in [torn.clone(), torn.clone(), scan(&[]), torn.clone()] {
        let empty = other.text().is_empty();
        let verdict = judge.judge(&mut other.clone());
        let tears: Vec<_> = verdict.tears.iter().map(|t| (t.kind, t.backward)).collect();
        if empty {
            assert!(verdict.coherent() && verdict.lines == 0);
            continue;
        }
        let expected = [
            (TearKind::DuplicateInside, false),
            (TearKind::DuplicateAtBoundary, true),
        ];
        assert_eq!(tears, expected);
        assert_eq!(verdict.lines, 4);
        assert_eq!(verdict.tears[1].at, first.len());
        assert_eq!(verdict.tears[1].chunk, 1);
    }
}

/// The definition, page by page.
fn by_definition(scans: [&[u8]; 3]) -> Vec<u64> {
    let [before, this, after] = scans.map(|text| {
        let ranges: Vec<_> = Lines::of(text).filter_map(parse_range).collect();
        move |page: u64| {
            let at = page * PAGE;
            ranges.iter().any(|&(start, end)| start <= at && at < end)
        }
    });
    (0..64)
        .filter(|&page| before(page) && !this(page) && after(page))
        .collect()
}

fn suspected_pages(judge: &UnknownJudge) -> Vec<u64> {
    let holes = judge.suspected().iter();
    holes
        .flat_map(|hole| pages(&hole.range).0..pages(&hole.range).1)
        .collect()
}

fn tears_by_definition(text: &[u8]) -> usize {
    let ranges: Vec<_> = Lines::of(text).filter_map(parse_range).collect();
    ranges.windows(2).filter(|two| two[1].0 < two[0].1).count()
}

/// Runs of pages whose ends rise, as in a scan, torn or not.
fn runs() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let step = (1..4u64, 0..6u64, prop::bool::weighted(0.15), any::<bool>());
    prop::collection::vec(step, 0..12).prop_map(|steps| {
        let (mut end, mut runs) = (1, Vec::new());
        for (length, back, torn, gap) in steps {
            let start = if torn {
                end - back.min(end)
            } else {
                end + u64::from(gap)
            };
            end = end.max(start) + length;
            runs.push((start, end));
        }
        runs
    })
}

proptest! {
    #[test]
    fn agrees_with_the_definition(scans in prop::collection::vec(runs(), 3..8)) {
        let texts: Vec<_> = scans.iter().map(|runs| scan(runs)).collect();
        let mut judge = UnknownJudge::new();
        for (i, text) in texts.iter().enumerate() {
            let verdict = judge.judge(&mut text.clone());
            prop_assert_eq!(verdict.tears.len(), tears_by_definition(text.text()));
            prop_assert_eq!(verdict.lines as usize, scans[i].len());
            prop_assert!(verdict.violations.is_empty());
            if i >= 2 {
                let three = [i - 2, i - 1, i].map(|k| texts[k].text());
                prop_assert_eq!(suspected_pages(&judge), by_definition(three));
            }
        }
    }
}

/// `r w r`, its middle replaced and put back; and a fence.
fn workload(empties_first: bool, to: u8) -> Workload {
    let effect = |to, empties_first| Effect {
        pages: 3..5,
        to,
        empties_first,
    };
    Workload {
        pages: b"x.rwwrxwxw".to_vec(),
        site: 2..6,
        effects: vec![effect(to, empties_first), effect(b'w', false)],
    }
}

/// Scans a simulated kernel; the suspected pages, and how many of them were
/// not by the definition.
fn watch(workload: &Workload, fault: Option<Fault>, seed: u64) -> Vec<u64> {
    let kernel = SimulatedKernel::new(workload, Locking::LineLastEnd, fault, 49 * 3 + 10, seed);
    let base = kernel.address(0);
    let mut reader = ChunkReader::new(kernel, PAGE as usize);
    let mut judge = UnknownJudge::new();
    let mut text = ScanText::default();
    let mut found = Vec::new();
    for _ in 0..2_000 {
        reader.scan(&NoClock, &mut text).unwrap();
        judge.judge(&mut text);
        found.extend(
            judge
                .suspected()
                .iter()
                .map(|hole| (hole.range.start - base) / PAGE),
        );
    }
    found
}

#[test]
fn a_correct_kernel_raises_no_suspicion_about_what_stays_mapped() {
    for seed in 0..8 {
        assert_eq!(watch(&workload(true, b'x'), None, seed), [0u64; 0]);
        // What is really unmapped in turn is suspected, by definition; nothing
        // else is.
        let toggled = watch(&workload(false, b'.'), None, seed);
        assert!(!toggled.is_empty());
        assert!(toggled.iter().all(|page| (3..5).contains(page)));
    }
}

#[test]
fn the_empty_tree_is_suspected() {
    let fault = Some(Fault::EmptyTreeBelieved);
    let found = watch(&workload(true, b'x'), fault, 7);
    assert!(!found.is_empty());
    assert!(found.iter().all(|page| (3..5).contains(page)));
}
