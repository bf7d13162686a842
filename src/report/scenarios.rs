//! The catalogue of scenarios, as pictures and words, and as JSON.

use std::io;
use std::io::Write;

use anstyle::Style;
use serde_json::{Value, json};

use super::page::{CATALOGUE, hanging};
use super::style::{BOLD, DIM, GOOD};
use crate::events::document::SCENARIOS;
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::scenario::definition::Scenario;

/// Columns before a picture or a text.
const LABEL: usize = 14;

const STATE: Style = GOOD;

/// Writes each scenario: its states as pictures, its operations between them,
/// and what a reader may see of it.
pub(crate) fn write_scenarios(out: &mut impl Write, scenarios: &[&Scenario]) -> io::Result<()> {
    for (at, scenario) in scenarios.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        write_one(out, scenario)?;
    }
    out.flush()
}

fn write_one(out: &mut impl Write, scenario: &Scenario) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}  {}", scenario.name, scenario.summary)?;
    let pages: String = (0..scenario.original.page_count())
        .map(|page| format!("{page:^3}"))
        .collect();
    writeln!(out, "  {DIM}{:<LABEL$}{}{DIM:#}", "page", pages.trim_end())?;
    if let Some(source) = &scenario.source {
        let picture = source.picture();
        writeln!(
            out,
            "  {:<LABEL$}{STATE}{picture}{STATE:#}  {DIM}elsewhere, stays mapped{DIM:#}",
            "source"
        )?;
    }
    let state = |out: &mut dyn Write, label: &str, picture: String| {
        writeln!(out, "  {label:<LABEL$}{STATE}{picture}{STATE:#}")
    };
    state(out, "original", scenario.original.picture())?;
    let last = scenario.operations.len() - 1;
    for (k, operation) in scenario.operations.iter().enumerate() {
        let call = &operation.call;
        let text = format!("{call}: {}", call.code("site"));
        let text = hanging(&text, CATALOGUE, "    ▼ ", "          ");
        writeln!(out, "{DIM}{text}{DIM:#}")?;
        let label = match k {
            k if k == last => "original".to_owned(),
            0 if last == 1 => "modified".to_owned(),
            k => format!("state {}", k + 1),
        };
        state(out, &label, operation.state.picture())?;
    }
    let review = scenario.review.as_deref();
    text(out, "review", review.unwrap_or("says nothing of this"))?;
    text(out, "the rule", &scenario.most_repeats().to_string())?;
    text(out, "known holes", &holes_text(scenario.known_holes))?;
    match scenario.known_holes_last {
        None => Ok(()),
        holes => text(out, "at the end", &holes_text(holes)),
    }
}

fn text(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    let head = format!("  {label:<LABEL$}");
    let indent = " ".repeat(head.len());
    writeln!(out, "{}", hanging(text, CATALOGUE, &head, &indent))
}

/// What the known holes add to what the rule allows.
pub(crate) fn holes_text(holes: Option<KnownHoles>) -> String {
    let Some(holes) = holes else {
        return "nobody has said which can show here".into();
    };
    if holes.is_empty() {
        return "none: no hole must ever show".into();
    }
    let shown: Vec<String> = holes
        .iter()
        .map(|hole| format!("{hole}, {}", hole.name()))
        .collect();
    let others: Vec<&str> = KnownHole::ALL
        .into_iter()
        .filter(|hole| !holes.has(*hole))
        .map(KnownHole::label)
        .collect();
    let mut text = format!("{}, on released kernels since 6.17", shown.join(", and "));
    if !others.is_empty() {
        text += &format!("; {} must never show", others.join(" and "));
    }
    text
}

/// Scenarios as one JSON document.
pub(crate) fn scenarios_json(scenarios: &[&Scenario]) -> Value {
    let scenarios: Vec<Value> = scenarios.iter().map(|scenario| one(scenario)).collect();
    json!({
        "format": SCENARIOS.format,
        "shape": SCENARIOS.shape,
        "scenarios": scenarios,
    })
}

fn one(scenario: &Scenario) -> Value {
    let operations: Vec<Value> = scenario
        .operations
        .iter()
        .map(|operation| {
            json!({
                "call": operation.call.to_string(),
                "code": operation.call.code("site"),
                "state": operation.state.to_string(),
                "picture": operation.state.picture(),
            })
        })
        .collect();
    let worst = scenario.most_repeats();
    let lines: Vec<Value> = worst
        .lines
        .iter()
        .map(|vma| {
            json!({
                "first_page": vma.first_page,
                "end_page": vma.end_page(),
                "permissions": vma.protection.permissions(),
            })
        })
        .collect();
    let labels = |holes: Option<KnownHoles>| {
        holes.map(|holes| holes.iter().map(KnownHole::label).collect::<Vec<_>>())
    };
    json!({
        "name": scenario.name,
        "summary": scenario.summary,
        "original": scenario.original.to_string(),
        "picture": scenario.original.picture(),
        "source": scenario.source.as_ref().map(ToString::to_string),
        "last": scenario.last,
        "operations": operations,
        "review": scenario.review,
        "worst": {
            "text": worst.to_string(),
            "lines": lines,
            "pages_again": worst.pages_again(),
            "backward": worst.is_backward(),
        },
        "known_holes": labels(scenario.known_holes),
        "known_holes_last": labels(scenario.known_holes_last),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::catalogue::{find, scenarios};

    #[test]
    fn the_list_has_every_state_and_operation() {
        let all: Vec<&Scenario> = scenarios().iter().collect();
        let mut out = Vec::new();
        write_scenarios(&mut out, &all).unwrap();
        let text = String::from_utf8(out).unwrap();
        for scenario in all {
            for operation in &scenario.operations {
                assert!(
                    text.contains(&operation.state.picture()),
                    "{}",
                    scenario.name
                );
                let call = format!("▼ {}: ", operation.call);
                assert!(text.contains(&call), "{}", scenario.name);
            }
        }
    }

    #[test]
    fn one_scenario_as_text_and_as_json() {
        let scenario = find("merge-both").unwrap();
        let mut out = Vec::new();
        write_scenarios(&mut anstream::StripStream::new(&mut out), &[scenario]).unwrap();
        insta::assert_snapshot!("scenario_text", String::from_utf8(out).unwrap());
        insta::assert_snapshot!(
            "scenario_json",
            format!("{:#}", scenarios_json(&[scenario]))
        );
    }
}
