//! What the review of the patch series argued for each case, and what the
//! catalogue says is the worst that may be seen: the model must agree.

use vmascope::protocol::{Case, Sight, Verdict, describe_vma};
use vmascope::target::scenario::scenarios;

use crate::{all, verdict};

/// A case and the worst that the review gives for its operation ("Merge both:
/// prev might be seen twice", and so on): the VMA that is seen twice.
const SEEN_TWICE: [(&str, &str); 7] = [
    ("merge-both", "prev"),
    ("merge-left-full", "prev"),
    ("merge-left-partial", "prev"),
    ("merge-right-full", "middle"),
    ("merge-right-partial", "middle"),
    ("new-both", "prev"),
    ("new-left", "prev"),
];

/// The page that a VMA starts at in the cases with these names.
fn starts_at(role: &str) -> u8 {
    let site = if role == "prev" { 0 } else { 3 };
    site + vmascope::protocol::SITE
}

#[test]
fn no_case_shows_a_hole_once_both_cures_are_in_as_the_review_argued() {
    for case in all() {
        assert!(verdict(&case, "merged-both-cures").holds(), "{}", case.name);
    }
}

#[test]
fn the_review_missed_a_hole_in_six_of_its_nine_merges() {
    // "No gaps should be observed", "retry should handle this case": H2 is
    // what nobody saw, wherever the VMA that was just printed grows over pages
    // that were mapped before.
    let with_h2: Vec<&str> = SEEN_TWICE
        .iter()
        .chain(&[("new-right", "")])
        .map(|(case, _)| *case)
        .filter(|case| !verdict(&Case::find(case).unwrap(), "merged").holds())
        .collect();
    assert_eq!(
        with_h2,
        [
            "merge-both",
            "merge-left-full",
            "merge-left-partial",
            "merge-right-full",
            "merge-right-partial",
            "new-both"
        ]
    );
}

#[test]
fn the_vma_that_the_review_names_is_seen_twice() {
    for (name, role) in SEEN_TWICE {
        let verdict = verdict(&Case::find(name).unwrap(), "merged-both-cures");
        let start = starts_at(role);
        let twice = verdict.findings.iter().any(|finding| {
            let overlaps = !matches!(finding.sight, Sight::InOrder | Sight::Violation(_));
            overlaps
                && finding
                    .previous
                    .is_some_and(|line| line.0 <= start && start < line.1)
        });
        assert!(twice, "{name}: {role}");
    }
}

#[test]
fn a_new_vma_merged_to_the_right_is_never_seen_twice() {
    let verdict = verdict(&Case::find("new-right").unwrap(), "merged");
    let sights: Vec<Sight> = verdict.findings.iter().map(|it| it.sight).collect();
    assert_eq!(sights, [Sight::InOrder]);
}

#[test]
fn where_the_review_expects_a_retry_a_reader_falls_back_or_searches_again() {
    for name in ["merge-left-partial", "merge-right-partial", "new-both"] {
        let verdict = verdict(&Case::find(name).unwrap(), "merged");
        assert!(verdict.most_fallbacks > Some(0), "{name}");
    }
}

/// `w 0-2, then w 0-3` of the catalogue's text, the last of several lines
/// before; none where it says that there is no duplicate.
fn declared(worst: &str) -> Option<(&str, String)> {
    let (kind, lines) = worst.split_once(": ")?;
    let (before, then) = lines.split_once(", then ")?;
    let before = before.rsplit(" and ").next()?;
    Some((kind, format!("{before}, then {then}")))
}

fn found(verdict: &Verdict) -> Option<(&'static str, String)> {
    let worst = verdict.worst_allowed()?;
    let kind = match worst.sight {
        Sight::SeenTwice | Sight::Duplicate => "duplicate",
        Sight::Backward => "backward",
        Sight::InOrder | Sight::Violation(_) => return None,
    };
    let (before, then) = (worst.previous?, worst.printed.line?);
    Some((
        kind,
        format!("{}, then {}", describe_vma(before), describe_vma(then)),
    ))
}

#[test]
fn the_worst_allowed_is_what_the_catalogue_declares() {
    for scenario in scenarios() {
        let case = Case::of(scenario).unwrap();
        for reader in ["merged", "merged-both-cures"] {
            let worst = scenario.worst.as_deref().unwrap();
            assert_eq!(
                found(&verdict(&case, reader)),
                declared(worst),
                "{}",
                case.name
            );
        }
    }
}
