//! Comparisons of runs that are made up.

use serde_json::{Value, json};

use super::kept::KeptRun;
use super::*;
use crate::algorithms::random::Random;

fn tally(scans: u64, torn: u64, h1: u64, unknown: u64) -> Value {
    let row = |label: Option<&str>, count: u64| {
        (count > 0).then(|| json!({ "kind": "hole", "label": label, "count": count }))
    };
    let rows: Vec<Value> = [row(Some("H1"), h1), row(None, unknown)]
        .into_iter()
        .flatten()
        .collect();
    json!({
        "scans": scans, "torn": torn, "duplicates_at_boundary": 0, "duplicates_inside": 0,
        "backward": 0, "violations": rows, "lines": scans, "violating_scans": h1 + unknown,
    })
}

/// A document of one case: totals that are spread evenly over ten rounds.
fn document(torn: u64, h1: u64, unknown: u64) -> Value {
    let mut rounds = vec![tally(1000, torn / 10, 0, 0); 9];
    rounds.push(tally(1000, torn - 9 * (torn / 10), h1, unknown));
    json!({
        "format": "vmascope-check",
        "shape": crate::events::document::CHECK.shape,
        "run": { "kernel": "Linux", "started": "then", "readers_at_once": 1 },
        "cases": [{
            "case": { "scenario": "split", "reader": "maps" },
            "elapsed_ns": 1_000_000_000_u64,
            "placements": [{
                "placement": "boundary",
                "variant": 0,
                "schedule": "dwell",
                "operations": 20_000,
                "tally": tally(10_000, torn, h1, unknown),
                "rounds": rounds,
            }],
        }],
    })
}

fn run(document: &Value) -> KeptRun {
    KeptRun::parse(document.to_string().as_bytes()).unwrap()
}

fn verdicts(then: (u64, u64, u64), now: (u64, u64, u64)) -> (Vec<Trend>, bool) {
    let document = |(torn, h1, unknown)| run(&document(torn, h1, unknown));
    let comparison = Comparison::of(&document(then), &document(now));
    let verdicts = comparison.rows.iter().map(ComparisonRow::trend);
    (verdicts.collect(), comparison.got_worse())
}

#[test]
fn clear_differences_are_verdicts_and_small_ones_are_not() {
    use Trend::{Better, NoDifference, TooFew, Worse};
    for (then, now, verdict) in [
        ((100, 0, 0), (400, 0, 0), Worse),
        ((400, 0, 0), (100, 0, 0), Better),
        ((100, 0, 0), (101, 0, 0), NoDifference),
        // Sure, but not by much: less than twice.
        ((4000, 0, 0), (5000, 0, 0), NoDifference),
        // By much, but not sure, and it could not be.
        ((1, 0, 0), (4, 0, 0), TooFew),
    ] {
        let (seen, worse) = verdicts(then, now);
        assert_eq!(seen, [verdict], "{then:?} {now:?}");
        assert_eq!(worse, verdict == Worse);
    }
}

#[test]
fn a_burst_in_one_round_is_no_verdict() {
    // Thirty holes, all in one round of ten.
    assert_eq!(
        verdicts((0, 0, 0), (0, 30, 0)),
        (vec![Trend::TooFew], false)
    );
}

/// A run of a writer each of whose operations is seen by one scan in so many, and
/// then by many scans or one, as chance will have it.
fn bursts(random: &mut Random, operations: u64, rounds: u64, seldom: u64, most: u64) -> Value {
    let mut all: Vec<Value> = Vec::new();
    let mut total = 0;
    for round in 0..rounds {
        let mine = operations * (round + 1) / rounds - operations * round / rounds;
        let seen = (0..mine).filter(|_| random.below(seldom) == 0).count();
        let torn = (0..seen).map(|_| 1 + random.below(most)).sum();
        total += torn;
        all.push(tally(100_000, torn, 0, 0));
    }
    let mut document = document(0, 0, 0);
    let place = &mut document["cases"][0]["placements"][0];
    place["operations"] = operations.into();
    place["tally"] = tally(100_000 * rounds, total, 0, 0);
    place["rounds"] = all.into();
    document
}

#[test]
fn runs_that_are_alike_are_called_different_no_more_often_than_is_said() {
    let mut random = Random::new(1);
    for operations in [4, 10, 30, 100, 1_000] {
        for rounds in [3, 10] {
            for (seldom, most) in [(1, 1), (1, 200), (2, 10), (10, 200), (50, 3)] {
                const TIMES: u64 = 400;
                let mut one = || run(&bursts(&mut random, operations, rounds, seldom, most));
                let claims = (0..TIMES)
                    .filter(|_| {
                        let comparison = Comparison::of(&one(), &one());
                        let mut trends = comparison.rows.iter().map(ComparisonRow::trend);
                        trends.any(|trend| matches!(trend, Trend::Worse | Trend::Better))
                    })
                    .count();
                // Of 400, four are to be expected, and more than fourteen by a chance of 1e-5.
                assert!(
                    claims <= 14,
                    "{claims} of {TIMES}: {operations} operations, {rounds} rounds, {seldom}, {most}"
                );
            }
        }
    }
}

#[test]
fn too_few_for_a_claim_is_said() {
    let comparison = Comparison::of(&run(&document(3, 0, 0)), &run(&document(0, 0, 0)));
    let text = crate::report::comparison::lines(&comparison, "a.json").join("\n");
    assert!(
        text.contains("too few for a claim in 1 of 1 figures"),
        "{text}"
    );
    let row = &crate::report::comparison::json(&comparison, "a.json")["rows"][0];
    assert_eq!(row["verdict"], "too few");
}

#[test]
fn a_violation_of_no_known_mechanism_is_new_if_it_was_nowhere() {
    assert!(verdicts((0, 0, 0), (0, 0, 1)).1);
    assert!(!verdicts((0, 0, 1), (0, 0, 1)).1);
    assert!(!verdicts((0, 0, 0), (0, 1, 0)).1);
}

#[test]
fn what_only_one_run_has_is_named() {
    let mut other = document(1, 0, 0);
    other["cases"][0]["case"]["reader"] = "smaps".into();
    let comparison = Comparison::of(&run(&document(1, 0, 0)), &run(&other));
    assert!(comparison.rows.is_empty());
    let expected = [
        "split by smaps, boundary, dwell",
        "split by maps, boundary, dwell",
    ];
    assert_eq!(comparison.not_compared, expected);
    let text = crate::report::comparison::lines(&comparison, "a.json").join("\n");
    assert!(text.contains("only in one of the two"), "{text}");
}

#[test]
fn another_pace_is_told() {
    let mut slow = document(100, 0, 0);
    slow["cases"][0]["placements"][0]["operations"] = 90_000.into();
    let comparison = Comparison::of(&run(&document(100, 0, 0)), &run(&slow));
    assert_eq!(comparison.other_pace.len(), 1);
    let text = crate::report::comparison::lines(&comparison, "a.json").join("\n");
    assert!(
        text.contains("2.00 operations a scan then, 9.00 now"),
        "{text}"
    );
}

#[test]
fn from_none_to_many_has_no_infinite_number() {
    let comparison = Comparison::of(&run(&document(0, 0, 0)), &run(&document(400, 0, 0)));
    let text = crate::report::comparison::lines(&comparison, "a.json").join("\n");
    assert!(
        text.contains("worse  split by maps, boundary, dwell: torn scans from 0 in 10,000 scans")
    );
    assert!(text.contains("from none"), "{text}");
    let row = &crate::report::comparison::json(&comparison, "a.json")["rows"][0];
    assert_eq!(
        (&row["ratio"], &row["verdict"]),
        (&Value::Null, &json!("worse"))
    );
}

#[test]
fn what_is_no_run_says_why_on_one_line() {
    let good = document(1, 0, 0);
    let change = |pointer: &str, to: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = to;
        bad.to_string()
    };
    let twice = json!([good["cases"][0], good["cases"][0]]);
    for (text, says) in [
        ("not JSON".to_owned(), "line 1"),
        ("{}".to_owned(), "missing field `format`"),
        (
            change("/format", json!("a\u{1b}b")),
            "its format is `a\\u{1b}b`",
        ),
        (change("/shape", json!(99)), "shape is number 99"),
        (change("/cases", json!([])), "no case"),
        (change("/cases", twice), "split by maps twice"),
        (
            change("/cases/0/placements/0/placement", json!("x\ny")),
            "unknown variant",
        ),
        (
            change("/cases/0/placements/0/tally/torn", json!(20_000)),
            "more torn scans than scans",
        ),
        (
            change("/cases/0/placements/0/tally/scans", json!(9_999)),
            "are not its total",
        ),
        (
            change("/cases/0/placements/0/rounds", json!([])),
            "are not its total",
        ),
        (change("/cases/0/elapsed_ns", json!(-1)), "invalid value"),
    ] {
        let error = KeptRun::parse(text.as_bytes()).unwrap_err();
        assert!(error.contains(says), "{error}");
        assert!(!error.chars().any(char::is_control), "{error:?}");
    }
}
