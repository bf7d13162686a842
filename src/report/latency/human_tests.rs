//! The report of a known outcome, and what it says where something is missing.

use super::*;
use crate::latency::outcome::Skipped;
use crate::latency::outcome_fixture::outcome;
use crate::linux::reader::Reader;

fn plain(outcome: &LatencyOutcome) -> String {
    anstream::adapter::strip_str(&human(outcome)).to_string()
}

#[test]
fn the_whole_report() {
    let text = plain(&outcome());
    for line in text.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
    insta::assert_snapshot!("human", text);
}

#[test]
fn what_is_missing_is_said() {
    let mut outcome = outcome();
    for one in &mut outcome.configurations {
        one.locks = None;
    }
    outcome.no_evidence = Some("no lock evidence: tracefs is not mounted".into());
    outcome.notes = vec!["only 1 CPU".into()];
    outcome.skipped = vec![Skipped {
        reader: Reader::Query.into(),
        reason: "query does not work here".into(),
    }];
    outcome.interrupted = true;
    outcome.dropped = 7;
    outcome.configurations[0].cpu_wait = 0.25;
    let text = plain(&outcome);
    for word in [
        "no lock evidence: tracefs",
        "only 1 CPU",
        "query does not work here",
        "interrupted",
        "7 times were lost",
        "up to 25 %",
    ] {
        assert!(text.contains(word), "{word}:\n{text}");
    }
    assert!(!text.contains("agrees"), "{text}");
}

#[test]
fn an_order_that_does_not_agree_is_not_hidden() {
    let mut outcome = outcome();
    assert!(plain(&outcome).contains("agrees with the locks"));
    for one in &mut outcome.configurations {
        if let (Some(Reader::Smaps), Some(locks)) = (one.reader.0, &mut one.locks) {
            locks.holds = Holds::OneVma;
        } else if let (Some(Reader::Maps), Some(locks)) = (one.reader.0, &mut one.locks) {
            locks.holds = Holds::MmapLock;
        }
    }
    assert!(plain(&outcome).contains("does NOT"), "{}", plain(&outcome));
}
