//! The rules are told apart: a sound kernel judged by another kernel's rule is
//! blamed, unless that rule allows all that its own does.

use super::{Found, buffer_of, look};
use crate::simulated::Locking;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::{Effect, How, Workload};
use vmascope::internals::linux::Rule;
use vmascope::internals::scenario::find;

fn judged(name: &str, locking: Locking, rule: Rule) -> Found {
    look(
        find(name).expect("a catalogue scenario"),
        locking,
        None,
        rule,
    )
}

fn text_saw(name: &str, locking: Locking, rule: Rule, violation: &str) {
    let found = judged(name, locking, rule);
    assert!(
        found.saw(violation).0,
        "{name} on {locking:?} by {rule}: {:?}",
        super::names(&found.maps)
    );
}

/// A duplicate inside a chunk, or lines of two states: no one state has both.
#[test]
fn a_chunk_that_one_vma_lock_made_is_mixed() {
    for rule in [Rule::CHUNK_END, Rule::CHUNK_START] {
        for name in ["split", "resize", "remap", "merge-both", "new-left"] {
            text_saw(name, Locking::LineLastEnd, rule, "mixed chunk");
        }
    }
}

/// It resumes behind the gap, whatever has been mapped into the gap since.
#[test]
fn resuming_at_the_next_start_is_a_hole_to_who_expects_the_last_end() {
    for rule in [Rule::CHUNK_END, Rule::LINE_END] {
        for name in ["resize", "new-left"] {
            text_saw(name, Locking::ChunkNextStart, rule, "hole");
        }
    }
}

/// It resumes in front of the gap, and prints what has grown into it: that
/// ends where the other kernel would have resumed.
#[test]
fn resuming_at_the_last_end_is_stale_to_who_expects_the_next_start() {
    for (locking, rule) in [
        (Locking::ChunkLastEnd, Rule::CHUNK_START),
        (Locking::LineLastEnd, Rule::CHUNK_START),
    ] {
        for name in ["resize", "new-left"] {
            text_saw(name, locking, rule, "stale line");
        }
    }
}

/// Whoever holds a whole chunk still holds each of its lines still.
#[test]
fn a_chunk_kernel_keeps_the_line_rule_of_its_position() {
    for (locking, rule) in [
        (Locking::ChunkLastEnd, Rule::LINE_END),
        (Locking::ChunkNextStart, Rule::LINE_START),
    ] {
        for name in ["split", "resize", "remap", "merge-both", "new-left"] {
            let found = judged(name, locking, rule);
            assert_eq!(found.violations(), 0, "{name} on {locking:?} by {rule}");
        }
    }
}

/// With a filter, a query under VMA locks walks through several states: past
/// `rr` in one, to the second `w` in another. Under `mmap_lock` the first `w`
/// comes first.
#[test]
fn a_query_under_vma_locks_is_not_one_state() {
    let effect = |page, to| Effect {
        pages: page..page + 1,
        to,
        how: How::Changes,
        from: None,
        tail: None,
    };
    let workload = Workload {
        pages: b"x-rrx-x".to_vec(),
        site: 2..5,
        effects: vec![
            effect(2, b'w'),
            effect(4, b'w'),
            effect(4, b'x'),
            effect(2, b'r'),
        ],
    };
    let judged = |locking, rule| {
        let case = SimulatedCase::new(&workload, locking, None, buffer_of(5), 1);
        let mut case = case.expect("nothing but the site changes").judged_by(rule);
        case.query(40_000, false).0.violation_count()
    };
    assert!(judged(Locking::LineLastEnd, Rule::CHUNK_END) > 0);
    assert_eq!(judged(Locking::LineLastEnd, Rule::LINE_END), 0);
    assert_eq!(judged(Locking::ChunkLastEnd, Rule::CHUNK_END), 0);
    assert_eq!(judged(Locking::ChunkLastEnd, Rule::LINE_END), 0);
}
