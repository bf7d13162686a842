use proptest::prelude::*;

use super::*;
use crate::linux::chunk::{ChunkReader, NoClock};
use crate::maps::scan_text::Window;
use crate::simulated::Locking;
use crate::simulated::address_space::PAGE;
use crate::simulated::fault::Fault;
use crate::simulated::file::SimulatedKernel;
use crate::simulated::writer::{Effect, How, Workload};

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

/// What came back: the blinks' pages, and how many lines were remapped.
fn came_back(judge: &UnknownJudge) -> (Vec<(u64, u64)>, u64) {
    let blinks: Vec<_> = judge.blinks().map(|it| pages(&it.range)).collect();
    let counts = judge.counts();
    assert_eq!(counts.blinks, blinks.len() as u64);
    (blinks, counts.remapped)
}

#[test]
fn missing_once_is_a_blink_and_missing_longer_is_not() {
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
        assert_eq!(judge.blinks().count(), expected, "{runs:?}");
        assert_eq!(judge.counts().remapped, 0);
        if let [blink] = judge.came_back() {
            let expected = CameBack {
                range: 2 * PAGE..4 * PAGE,
                by_same_line: true,
                scans: 1,
                previous: Some((PAGE, 2 * PAGE)),
                line: Some((6 * PAGE, 8 * PAGE)),
                at: line(1, 2).len(),
            };
            assert_eq!(*blink, expected);
        }
    }
}

#[test]
fn another_line_afterwards_is_remapped() {
    let of_a_file = |from, to| line(from, to).replace("00:00 0 ", "08:01 7 /lib/libc.so.6");
    for (before, after, expected) in [
        // As the dynamic loader does: one file goes, and others come there.
        (line(2, 4), of_a_file(2, 4), (vec![], 1)),
        (line(2, 4), line(3, 6), (vec![], 1)),
        (line(2, 4), line(2, 3) + &line(3, 4), (vec![], 1)),
        (line(2, 4), line(4, 6), (vec![], 0)),
        // Each line for itself: one is there again, in place of one another is.
        (
            line(2, 4) + &line(4, 6),
            line(2, 4) + &of_a_file(4, 6),
            (vec![(2, 4)], 1),
        ),
    ] {
        let mut judge = UnknownJudge::new();
        for site in [before.clone(), String::new(), after.clone()] {
            let text = line(1, 2) + &site + &line(8, 9);
            let chunk = (text.as_bytes(), Window::ANY);
            judge.judge(&mut ScanText::from_chunks([chunk], Window::ANY));
        }
        assert_eq!(came_back(&judge), expected, "{before}{after}");
    }
}

#[test]
fn what_shrank_and_grew_again_is_a_blink() {
    let mut judge = UnknownJudge::new();
    for end in [9, 4, 9] {
        judge.judge(&mut scan(&[(1, end)]));
    }
    assert_eq!(came_back(&judge), (vec![(4, 9)], 0));
}

#[test]
fn a_tail_that_comes_back_is_a_blink() {
    let mut judge = UnknownJudge::new();
    for runs in [&[(1, 2), (3, 4)][..], &[(1, 2)], &[(1, 2), (3, 4)]] {
        judge.judge(&mut scan(runs));
    }
    assert_eq!(came_back(&judge), (vec![(3, 4)], 0));
    let blink = &judge.came_back()[0];
    assert_eq!((blink.line, blink.at), (None, line(1, 2).len()));
}

#[test]
fn too_much_at_once_is_counted() {
    let all: Vec<_> = (0..300).map(|k| (2 * k + 1, 2 * k + 2)).collect();
    let mut judge = UnknownJudge::new();
    let mut counts = MissingCounts::default();
    for runs in [&all[..], &[], &all] {
        judge.judge(&mut scan(runs));
        counts.merge(judge.counts());
    }
    assert_eq!((counts.blinks, counts.remapped), (256, 0));
    assert_eq!(counts.not_followed, 300 - 256);
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

/// The definition, page by page: those that a line missing from the scan in the
/// middle maps and that are covered afterwards, by the same line or another.
fn by_definition(scans: [&[u8]; 3]) -> (Vec<u64>, bool) {
    let [before, this, after] = scans.map(|text| {
        let lines: Vec<_> = Lines::of(text).collect();
        move |page: u64| {
            let maps = |line: &&[u8]| {
                let (start, end) = parse_range(line).unwrap();
                start <= page * PAGE && page * PAGE < end
            };
            lines.iter().copied().filter(maps).collect::<Vec<_>>()
        }
    });
    let (mut blinks, mut remapped) = (Vec::new(), false);
    for page in (0..64).filter(|&page| this(page).is_empty()) {
        let after = after(page);
        let before = before(page);
        let same = before.iter().any(|line| after.contains(line));
        if same {
            blinks.push(page);
        }
        remapped |= !after.is_empty() && before.iter().any(|line| !after.contains(line));
    }
    (blinks, remapped)
}

/// The pages that blinked, each once.
fn blinking_pages(judge: &UnknownJudge) -> Vec<u64> {
    let blinks = judge.blinks().map(|blink| pages(&blink.range));
    let mut pages: Vec<u64> = blinks.flat_map(|(from, to)| from..to).collect();
    pages.sort_unstable();
    pages.dedup();
    pages
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
                let (blinks, remapped) = by_definition(three);
                prop_assert_eq!(blinking_pages(&judge), blinks);
                prop_assert_eq!(judge.counts().remapped > 0, remapped);
            }
        }
    }
}

/// `r w r`, its middle replaced and put back; and a fence.
fn workload(how: How, to: u8) -> Workload {
    let effect = |to, how| Effect {
        pages: 3..5,
        to,
        how,
        from: None,
        tail: None,
    };
    Workload {
        pages: b"x.rwwrxwxw".to_vec(),
        site: 2..6,
        effects: vec![effect(to, how), effect(b'w', How::Replaces)],
    }
}

/// Scans a simulated kernel; the pages that blinked, and what came back in all.
fn watch(workload: &Workload, fault: Option<Fault>, seed: u64) -> (Vec<u64>, MissingCounts) {
    let kernel = SimulatedKernel::new(workload, Locking::LineLastEnd, fault, 49 * 3 + 10, seed);
    let base = kernel.address(0);
    let mut reader = ChunkReader::new(kernel, PAGE as usize);
    let mut judge = UnknownJudge::new();
    let mut text = ScanText::default();
    let (mut found, mut counts) = (Vec::new(), MissingCounts::default());
    for _ in 0..2_000 {
        reader.scan(&NoClock, &mut text).unwrap();
        judge.judge(&mut text);
        let starts = judge.blinks().map(|blink| blink.range.start);
        found.extend(starts.map(|start| (start - base) / PAGE));
        counts.merge(judge.counts());
    }
    (found, counts)
}

#[test]
fn on_a_correct_kernel_only_what_is_really_unmapped_comes_back() {
    for seed in 0..8 {
        let (found, counts) = watch(&workload(How::EmptiesFirst, b'x'), None, seed);
        assert_eq!((found.len(), counts), (0, MissingCounts::default()));
        let (toggled, _) = watch(&workload(How::Changes, b'.'), None, seed);
        assert!(!toggled.is_empty());
        assert!(toggled.iter().all(|page| (3..5).contains(page)));
    }
}

#[test]
fn the_empty_tree_shows_as_blinks_and_remapped_lines() {
    let fault = Some(Fault::EmptyTreeBelieved);
    let (found, counts) = watch(&workload(How::EmptiesFirst, b'x'), fault, 7);
    assert!(!found.is_empty() && counts.remapped > 0);
    assert!(found.iter().all(|page| (3..5).contains(page)));
}

#[test]
fn scans_that_end_in_the_middle_of_the_same_line_are_compared() {
    let mut judge = UnknownJudge::new();
    for first in [line(1, 2), line(1, 3), line(1, 2)] {
        let text = first + "00007000-00008";
        let mut scan = ScanText::from_chunks([(text.as_bytes(), Window::ANY)], Window::ANY);
        assert!(judge.judge(&mut scan).tears.is_empty());
    }
    assert_eq!(judge.verdict().lines, 2);
}
