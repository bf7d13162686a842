//! The report of a known outcome, and what it says where something is missing.

use super::*;
use crate::latency::inversion::fixture::{caught, outcome};
use crate::latency::outcome::Skipped;
use crate::linux::reader::Reader;

fn plain(outcome: &InversionOutcome) -> String {
    let text = anstream::adapter::strip_str(&human(outcome)).to_string();
    for line in text.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
    text
}

fn in_one_line(outcome: &InversionOutcome) -> String {
    plain(outcome)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_whole_report() {
    insta::assert_snapshot!("inversion", plain(&outcome()));
}

#[test]
fn each_row_has_all_columns() {
    let mut text = Vec::new();
    csv(&outcome(), &mut text).unwrap();
    insta::assert_snapshot!("inversion_csv", String::from_utf8(text).unwrap());
}

#[test]
fn no_more_is_said_than_was_measured() {
    let mut outcome = outcome();
    // Nobody to compare with.
    for row in &mut outcome.rows {
        row.judge(None);
    }
    let text = in_one_line(&outcome);
    assert!(!text.contains("waits for"), "{text}");
    assert!(
        text.contains("nothing to tell by with maps, smaps"),
        "{text}"
    );
    // A reader that never lost its CPU.
    let (limit, row) = (outcome.limit_ns[0], &mut outcome.rows[2]);
    row.lost_cpu = 0;
    row.judge(limit);
    assert_eq!(row.verdict, Verdict::NotMeasured);
    outcome.rows.truncate(2);
    assert!(in_one_line(&outcome).contains("no reader was measured"));
    outcome.rows.clear();
    assert!(in_one_line(&outcome).contains("no reader was measured"));
}

#[test]
fn what_is_missing_is_said() {
    let mut outcome = outcome();
    outcome.notes = vec!["readers may not have SCHED_IDLE".into()];
    outcome.skipped = vec![Skipped {
        reader: Reader::Query.into(),
        reason: "query does not work here".into(),
    }];
    outcome.interrupted = true;
    outcome.dropped = 7;
    outcome.rows[0].samples.clear();
    let text = in_one_line(&outcome);
    for words in [
        "may not have SCHED_IDLE",
        "query does not work here",
        "interrupted",
        "7 times were lost",
        "not measured",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
}

#[test]
fn what_is_stuck_is_said_with_where_it_is() {
    let mut outcome = outcome();
    let mut stuck = Stuck {
        who: Who::Writer,
        reader: Reader::Maps.into(),
        place: WriterPlace::VmaRead,
        waited_ns: 5_000_000_000,
        came_back: false,
        writer_at: Some(caught().writer),
        reader_at: None,
    };
    outcome.stuck = vec![stuck.clone()];
    let text = in_one_line(&outcome);
    for words in [
        "STUCK: a call of the writer on the VMA being read, with a reader of maps",
        "did not come back",
        "writer asleep, no signal wakes it (D): __vma_start_write < mprotect_fixup",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    stuck.came_back = true;
    outcome.stuck = vec![stuck.clone()];
    assert!(in_one_line(&outcome).contains("came back when the busy thread had ended"));
    stuck.who = Who::Reader;
    stuck.reader_at = Some(ThreadPlace {
        stack: Vec::new(),
        sleeps_in: Some("rwsem_down_read_slowpath".into()),
        ..caught().writer
    });
    outcome.stuck = vec![stuck];
    let text = in_one_line(&outcome);
    assert!(text.contains("STUCK: the reader of maps"), "{text}");
    assert!(text.contains("(D), in rwsem_down_read_slowpath"), "{text}");
}
