//! Every tear that the real reader and the real modifier make is explained by the
//! model: there is an interleaving that prints just these lines.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;
use vmascope::internals::events::{CaseInfo, Event};
use vmascope::internals::explain::{case_at, explain, protocol_of};
use vmascope::internals::scenario::find;

use crate::support::skip;

/// Reads all scenarios for so long, and explains what is found.
fn explain_all(duration: &str) -> (usize, BTreeMap<String, usize>) {
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
    let (mut explained, mut left) = (0, BTreeMap::new());
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
                explained += 1;
                if !explanation.same_label {
                    *left.entry(format!("label of {}", event.name)).or_default() += 1;
                }
            }
            Err(why) => {
                let key = format!("{}, {} {:?}: {why}", event.case, event.name, event.known);
                if !left.contains_key(&key) {
                    println!("{key}\n{event:#?}");
                }
                *left.entry(key).or_default() += 1;
            }
        }
    }
    (explained, left)
}

#[test]
fn what_readers_saw_of_all_scenarios() {
    let duration = std::env::var("VMASCOPE_EXPLAIN").unwrap_or_else(|_| "200ms".into());
    let (explained, left) = explain_all(&duration);
    println!("{explained} finds explained; not: {left:#?}");
    if explained == 0 && left.is_empty() {
        return skip("nothing was torn");
    }
    assert!(left.is_empty(), "{left:#?}");
}
