//! What the review of the patch series argued for each case, and what the
//! catalogue says is the worst that may be seen: the model must agree.

use vmascope::internals::model::{FindingKind, HoleCause, ModelCase, ProtocolVerdict};
use vmascope::internals::scenario::scenarios;

use super::{all, hole, named_case, verdict};

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
    site + vmascope::internals::model::SITE
}

#[test]
fn no_case_shows_a_hole_once_the_cures_are_in_as_the_review_argued() {
    for case in all() {
        assert!(verdict(&case, "merged-all-cures").holds(), "{}", case.name);
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
        .filter(|case| {
            let merged = verdict(&named_case(case), "merged");
            hole(&merged, HoleCause::H2).is_some()
        })
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
        let verdict = verdict(&named_case(name), "merged-all-cures");
        let start = starts_at(role);
        let twice = verdict.findings.iter().any(|finding| {
            let overlaps = !matches!(
                finding.kind,
                FindingKind::InOrder | FindingKind::Violation(_)
            );
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
    let verdict = verdict(&named_case("new-right"), "merged");
    let mut allowed = verdict.findings.iter().map(|it| it.kind);
    assert!(allowed.all(|sight| sight == FindingKind::InOrder || sight.violation().is_some()));
}

#[test]
fn where_the_review_expects_a_retry_a_reader_falls_back_or_searches_again() {
    for name in ["merge-left-partial", "merge-right-partial", "new-both"] {
        let verdict = verdict(&named_case(name), "merged");
        assert!(verdict.most_fallbacks > Some(0), "{name}");
    }
}

/// What the worst is that the model allows: nothing twice, a duplicate, or a
/// start that goes backwards.
fn found(verdict: &ProtocolVerdict) -> Option<&'static str> {
    match verdict.worst_allowed()?.kind {
        FindingKind::SeenTwice | FindingKind::Duplicate => Some("duplicate"),
        FindingKind::Backward => Some("backward"),
        FindingKind::InOrder | FindingKind::Violation(_) => None,
    }
}

/// The model walks the tree step by step; the catalogue looks at the states
/// alone. Neither may see anything that the other does not.
#[test]
fn the_worst_allowed_is_that_of_the_states() {
    for scenario in scenarios() {
        let case = ModelCase::of(scenario).unwrap();
        let worst = scenario.most_repeats();
        for reader in ["merged", "merged-all-cures"] {
            let found = found(&verdict(&case, reader));
            let twice = worst.pages_again() > 0;
            assert_eq!(found.is_some(), twice, "{}: {found:?}", case.name);
            if worst.is_backward() {
                assert_eq!(found, Some("backward"), "{}", case.name);
            }
        }
    }
}
