//! A scenario as TOML, as `--scenario-file` reads it.

use std::fmt::Write as _;

use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::scenario::definition::Scenario;

/// The scenario as text, under another name: those of the catalogue are taken.
pub(crate) fn scenario_text(scenario: &Scenario, name: &str) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, scenario, name);
    out
}

fn write(out: &mut String, scenario: &Scenario, name: &str) -> std::fmt::Result {
    writeln!(out, "[[scenario]]\nname = {}", quoted(name))?;
    writeln!(out, "summary = {}", quoted(&scenario.summary))?;
    if let Some(review) = &scenario.review {
        writeln!(out, "review = {}", quoted(review))?;
    }
    for (field, holes) in [
        ("known_holes", scenario.known_holes),
        ("known_holes_last", scenario.known_holes_last),
    ] {
        if let Some(holes) = holes {
            writeln!(out, "{field} = [{}]", labels(holes))?;
        }
    }
    writeln!(out, "original = {}", quoted(&scenario.original.to_string()))?;
    if !scenario.setup.is_empty() {
        let calls = scenario.setup.iter();
        let calls: Vec<String> = calls.map(|call| quoted(&call.to_string())).collect();
        writeln!(out, "setup = [{}]", calls.join(", "))?;
    }
    if let Some(source) = &scenario.source {
        writeln!(out, "source = {}", quoted(&source.to_string()))?;
    }
    if scenario.last {
        writeln!(out, "last = true")?;
    }
    writeln!(out, "operations = [")?;
    for operation in &scenario.operations {
        let (call, state) = (operation.call.to_string(), operation.state.to_string());
        writeln!(
            out,
            "    {{ call = {}, state = {} }},",
            quoted(&call),
            quoted(&state)
        )?;
    }
    writeln!(out, "]")
}

fn labels(holes: KnownHoles) -> String {
    let labels: Vec<String> = holes.iter().map(KnownHole::label).map(quoted).collect();
    labels.join(", ")
}

/// A string of JSON without control characters is one of TOML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scenario::catalogue::scenarios;
    use crate::scenario::scenario_file::parse_scenarios;

    const SETUP: [&str; 4] = [
        "mmap 0..1 W memfd 3 populate",
        "madvise 0..1 dontfork",
        "touch 0",
        "fork",
    ];

    fn read_back(scenario: &Scenario, name: &str) -> Scenario {
        let text = scenario_text(scenario, name);
        let read = parse_scenarios(&text, "a kit").unwrap_or_else(|e| panic!("{e}:\n{text}"));
        assert_eq!(read.len(), 1);
        read.into_iter().next().unwrap()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(
            which in 0..scenarios().len(),
            summary in "[^\\p{Cc}]{1,60}",
            review in proptest::option::of("[^\\p{Cc}]{1,60}"),
            holes in proptest::option::of(0..KnownHoles::SETS),
            holes_last in proptest::option::of(0..KnownHoles::SETS),
            last: bool,
            rotated in 0..3usize,
            setup in proptest::collection::vec(proptest::sample::select(&SETUP[..]), 0..4),
        ) {
            let set = |index: usize| KnownHoles::sets().nth(index).unwrap();
            let mut scenario = scenarios()[which].clone();
            // Begun elsewhere in its cycle it is a scenario, too.
            for _ in 0..rotated {
                let first = scenario.operations.remove(0);
                scenario.original = first.state.clone();
                scenario.operations.push(first);
            }
            let scenario = Scenario {
                name: "a-kit".into(),
                summary,
                review,
                known_holes: holes.map(set),
                known_holes_last: holes_last.map(set),
                setup: setup.into_iter().map(|call| call.parse().unwrap()).collect(),
                last,
                ..scenario
            };
            prop_assert_eq!(read_back(&scenario, "a-kit"), scenario);
        }
    }
}
