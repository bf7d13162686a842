use super::*;
use crate::linux::features::rule::{Granularity, Position, Rule};
use crate::linux::reader::Reader;
use crate::maps::scan_text::Window;
use crate::oracle::site::{OperationInfo, SiteClock, SiteStates};
use crate::oracle::text_judge::TextJudge;

fn line(from: u64, to: u64, permissions: &str) -> String {
    let (from, to) = (0x1000_0000 + from * 0x1000, 0x1000_0000 + to * 0x1000);
    format!("{from:08x}-{to:08x} {permissions} 00000000 00:00 0 \n")
}

/// The scenario `split` between two fences.
fn states() -> States {
    let (low, high) = (line(0, 2, "---p"), line(5, 7, "---p"));
    let original = format!("{low}{}{high}", line(2, 5, "r--p"));
    let modified = format!("{low}{}{}{high}", line(2, 3, "--xp"), line(3, 5, "r--p"));
    let operation = || OperationInfo {
        text: String::new(),
        ..OperationInfo::default()
    };
    let site = SiteStates {
        range: 0x1000_2000..0x1000_5000,
        operations: vec![operation(), operation()],
        clock: SiteClock::default(),
    };
    States::of_site(site, &[original.into(), modified.into()]).unwrap()
}

fn count(table: &mut PairTable, states: &States, chunks: &[String]) {
    let chunks = chunks.iter().map(|chunk| (chunk.as_bytes(), Window::ANY));
    let scan = ScanText::from_chunks(chunks, Window::ANY);
    let mut judge = TextJudge::new(
        Reader::Maps,
        Rule {
            granularity: Granularity::Line,
            position: Position::LastEnd,
        },
    );
    table.add(&scan, judge.judge(states, &scan));
}

/// The form, whether across a boundary, and how often.
type Seen = (PairForm, bool, u64);

fn seen(table: &PairTable) -> Vec<Seen> {
    let rows = table.rows().into_iter().filter(|row| row.count > 0);
    rows.map(|row| (row.form, row.across_boundary, row.count))
        .collect()
}

#[test]
fn each_pair_is_what_it_is() {
    use PairForm as P;
    let states = states();
    let (low, high) = (line(0, 2, "---p"), line(5, 7, "---p"));
    let whole = line(2, 5, "r--p");
    let (head, tail) = (line(2, 3, "--xp"), line(3, 5, "r--p"));
    let cases: [(&[String], &[Seen]); 6] = [
        (
            &[low.clone() + &whole, high.clone()],
            &[(P::Original, true, 1), (P::Original, false, 1)],
        ),
        (
            &[low.clone() + &head + &tail + &high],
            &[(P::Modified(1), false, 1); 3],
        ),
        (
            &[low.clone() + &head, whole.clone() + &high],
            &[
                (P::Original, false, 1),
                (P::Modified(1), false, 1),
                (P::Duplicate, true, 1),
            ],
        ),
        (
            &[low.clone(), tail.clone(), high.clone()],
            &[(P::Modified(1), true, 1), (P::Hole, true, 1)],
        ),
        (&[low.clone() + &high], &[(P::Hole, false, 1)]),
        (
            &[low.clone() + &line(2, 5, "rwxp") + &high],
            &[(P::Mixed, false, 1), (P::OtherViolation, false, 1)],
        ),
    ];
    for (chunks, expected) in cases {
        let mut table = PairTable::new(&states);
        count(&mut table, &states, chunks);
        let mut seen = seen(&table);
        seen.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(seen, expected, "{chunks:?}");
    }
}

#[test]
fn what_must_never_be_is_shown_at_0() {
    let mut table = PairTable::new(&states());
    let shown = |text: String| text.trim_end_matches('\n').to_owned();
    let never: Vec<_> = table
        .rows()
        .into_iter()
        .inspect(|row| assert!(row.must_never && row.count == 0 && row.form == PairForm::Hole))
        .filter(|row| row.across_boundary)
        .map(|row| (row.previous, row.line))
        .collect();
    let (low, high) = (line(0, 2, "---p"), line(5, 7, "---p"));
    let (head, tail) = (line(2, 3, "--xp"), line(3, 5, "r--p"));
    let expected = [(&low, &tail), (&low, &high), (&head, &high)];
    let expected = expected.map(|(a, b)| (shown(a.clone()), shown(b.clone())));
    assert_eq!(never, expected);
    assert_eq!(table.rows().len(), 6);
    // Seen, it is the same row that counts.
    let states = states();
    count(&mut table, &states, &[low, tail + &high]);
    let holes: u64 = table
        .rows()
        .iter()
        .filter(|row| row.must_never)
        .map(|row| row.count)
        .sum();
    assert_eq!(holes, 1);
    assert_eq!(table.rows().iter().filter(|row| row.must_never).count(), 6);
}
