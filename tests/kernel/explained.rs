//! Every tear that the real reader and the real modifier make is explained by the
//! model: there is an interleaving that prints just these lines.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Command;

use serde_json::Value;
use vmascope::internals::events::{CaseInfo, Event, Seen};
use vmascope::internals::explain::{case_at, explain, protocol_of};
use vmascope::internals::maps::MapsLine;
use vmascope::internals::model::{ModelCase, SITE, Trace};
use vmascope::internals::scenario::{Protection, find};

use crate::support::skip;

/// What is not explained: by what it is and why, how often, and the first of it.
type Left = BTreeMap<String, (usize, Event)>;

/// Reads all scenarios for so long, and explains what is found.
fn explain_all(duration: &str) -> (usize, Left) {
    let run = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(["check", "--format", "json", "--duration", duration])
        .args(["--placement", "low,boundary,sweep,inside,every,last"])
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&run.stdout).unwrap();
    let of = |name: &str| document[name].as_array().cloned().unwrap_or_default();
    let mut rules = BTreeMap::new();
    for info in of("placements") {
        let info: CaseInfo = serde_json::from_value(info).unwrap();
        rules.insert(info.case, info.rule);
    }
    let mut cases = BTreeMap::new();
    let (mut explained, mut left) = (0, Left::new());
    for event in of("events") {
        let event: Event = serde_json::from_value(event).unwrap();
        let scenario = find(&event.case.scenario).unwrap();
        let case = cases
            .entry((event.case.scenario.clone(), event.placement))
            .or_insert_with(|| case_at(scenario, event.placement).unwrap());
        let rule = &rules[&event.case];
        let why = match protocol_of(&event.case.reader, rule) {
            Ok(protocol) => explain(&event, case, protocol, None),
            Err(why) => Err(why),
        };
        match why {
            Ok(explanation) => {
                let rows = &explanation.trace.rows;
                assert!(explanation.matters.row < rows.len());
                assert!(rows[rows.len() - 1].printed.is_some());
                assert_prints(&explanation.trace, case, &event);
                explained += 1;
                if !explanation.same_label {
                    let key = format!("{}, {}: without its label", event.case, event.name);
                    let (count, _) = left.entry(key).or_insert_with(|| (0, event));
                    *count += 1;
                }
            }
            Err(why) => {
                let key = format!("{}, {} {:?}: {why}", event.case, event.name, event.known);
                // Of each kind the first is told in full.
                let (count, _) = left.entry(key).or_insert_with(|| (0, event));
                *count += 1;
            }
        }
    }
    (explained, left)
}

/// The lines of the trace are those that were read: their addresses and permissions, byte
/// for byte. What comes behind them, the model does not know.
fn assert_prints(trace: &Trace, case: &ModelCase, event: &Event) {
    let Seen::Text(text) = &event.seen else {
        return;
    };
    let (start, end) = event.window.as_ref().unwrap().site.unwrap();
    let page = (end - start) / (u64::from(case.pages) - 2);
    let at = |at: u8| start + u64::from(at - SITE) * page;
    let lines = trace.lines(0);
    let printed: Vec<String> = lines
        .iter()
        .filter_map(|&(start, end, letter)| {
            let permissions = Protection::from_letter(letter.into())?.permissions();
            Some(format!("{:x}-{:x} {permissions}", at(start), at(end)))
        })
        .collect();
    let of_site = |line: &&str| {
        let line = MapsLine::parse(line.as_bytes()).unwrap();
        start <= line.start && line.end <= end
    };
    let read = text.excerpt.lines.iter().map(|line| line.text.as_str());
    let read: Vec<&str> = read.filter(of_site).collect();
    let same = |(printed, read): (&String, &&str)| read.starts_with(printed.as_str());
    let behind = printed.len().checked_sub(read.len());
    assert!(
        behind.is_some_and(|behind| printed[behind..].iter().zip(&read).all(same)),
        "{printed:#?} for {read:#?}: {event:#?}"
    );
}

#[test]
fn what_readers_saw_of_all_scenarios() {
    let duration = std::env::var("VMASCOPE_EXPLAIN").unwrap_or_else(|_| "200ms".into());
    let (explained, left) = explain_all(&duration);
    // Not by a macro: the lints forbid those.
    let _ = writeln!(std::io::stderr(), "{explained} finds explained");
    if explained == 0 && left.is_empty() {
        return skip("nothing was torn");
    }
    assert!(left.is_empty(), "{left:#?}");
}
