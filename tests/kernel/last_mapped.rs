//! A site that is the last thing mapped: where it is, and what reading it shows
//! on the running kernel.

use std::process::{Command, Output, Stdio};

use crate::holes::shows_the_empty_tree;
use crate::support::skip;
use serde_json::Value;
use vmascope::internals::linux::Reader;
use vmascope::internals::maps::{MapsLine, parse_range};
use vmascope::internals::modifier::{Modifier, ModifierOptions};
use vmascope::internals::scenario::{find, scenarios};
use vmascope::internals::setup::Placement;
use vmascope::internals::setup::{CaseSetup, ModifierSetup, SetupError};

fn options() -> ModifierOptions {
    ModifierOptions {
        program: env!("CARGO_BIN_EXE_vmascope").into(),
        ..ModifierOptions::default()
    }
}

/// The VMAs of a modifier, in the order of `maps`, and whether each is the gate.
fn mapped(modifier: &Modifier) -> Vec<(u64, u64, bool)> {
    let text = std::fs::read(format!("/proc/{}/maps", modifier.pid())).unwrap();
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    lines
        .map(|line| {
            let (start, end) = parse_range(line).unwrap();
            (start, end, MapsLine::parse(line).unwrap().is_gate())
        })
        .collect()
}

#[test]
fn nothing_is_mapped_behind_it_and_the_next_layout_takes_it_away() {
    let mut modifier = Modifier::spawn(&options()).unwrap();
    let before = mapped(&modifier);
    let scenario = find("replace-last").unwrap();
    let mut lengths = Vec::new();
    for slots_are_filled in [false, true, false] {
        let sites = modifier
            .layout_last(scenario, &[], slots_are_filled)
            .unwrap();
        let site = &sites[0];
        let source = site.source.clone().unwrap();
        assert!(modifier.arena().range().contains(&source.start));
        let vmas: Vec<_> = mapped(&modifier).into_iter().filter(|vma| !vma.2).collect();
        assert_eq!(vmas.last().unwrap().1, site.end);
        lengths.push(vmas.len());
    }
    assert!(
        lengths[0] < lengths[1],
        "{lengths:?}: short scans are short"
    );
    assert_eq!(lengths[0], lengths[2]);
    modifier.plain_layout().unwrap();
    assert_eq!(mapped(&modifier), before);
}

#[test]
fn a_last_site_stands_beside_others() {
    let mut modifier = Modifier::spawn(&options()).unwrap();
    let scenario = find("replace-last").unwrap();
    let sites = modifier.layout_last(scenario, &[3, 9], true).unwrap();
    assert_eq!(sites.len(), 3);
    assert!(sites.is_sorted_by_key(|site| site.start));
    for _ in 0..6 {
        modifier.step().unwrap();
    }
    let sources: Vec<_> = sites
        .iter()
        .map(|site| site.source.clone().unwrap())
        .collect();
    assert!(sources.is_sorted_by(|a, b| a.end < b.start), "{sources:x?}");
}

#[test]
fn every_scenario_can_be_the_last_for_every_reader() {
    let mut setup = ModifierSetup::new(&options()).unwrap();
    for scenario in scenarios() {
        for reader in Reader::JUDGED {
            let wanted = CaseSetup::new(reader, Placement::Last);
            for setting in wanted.variants(scenario) {
                match setup.set_up(scenario, &setting) {
                    Ok(prepared) => {
                        let site = prepared.sites.last().unwrap();
                        assert_eq!(prepared.extent.until, None, "read to the end");
                        assert!(site.end > 1 << 32);
                    }
                    Err(SetupError::NoPlace { .. }) if setting.variant > 1 => {
                        skip("no chunk boundary can be put between the last lines here");
                    }
                    Err(error) => panic!("{} by {reader}: {error}", scenario.name),
                }
            }
        }
    }
}

fn check(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.arg("check").args(arguments).stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn the_believed_end_is_found_and_named_by_maps_and_by_query() {
    if !shows_the_empty_tree() {
        return;
    }
    let arguments = [
        "--scenario",
        "replace-last",
        "--reader",
        "maps,query,query-walk",
        "--duration",
        "3s",
        "--format",
        "json",
    ];
    let output = check(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cases = document["cases"].as_array().unwrap();
    for case in cases {
        let rows = case["tally"]["violations"].as_array().unwrap();
        let labels: Vec<_> = rows.iter().map(|row| row["label"].as_str()).collect();
        // A query is only per VMA since 6.18.
        if case["case"]["reader"] == "maps" || !labels.is_empty() {
            assert!(!labels.is_empty(), "{case:#}");
            assert!(
                labels.iter().all(|label| *label == Some("H3")),
                "{labels:?}"
            );
        }
        assert_eq!(case["placements"][0]["placement"], "last");
    }
    let allowed = check(&[&arguments[..], &["--allow-known"]].concat());
    assert_eq!(allowed.status.code(), Some(0));
}

#[test]
fn what_holds_mmap_lock_is_never_excused() {
    if !shows_the_empty_tree() {
        return;
    }
    for rule in ["chunk-start", "chunk-end"] {
        for scenario in ["replace", "replace-last"] {
            let output = check(&[
                "--scenario",
                scenario,
                "--reader",
                "maps",
                "--rule",
                rule,
                "--duration",
                "2s",
                "--allow-known",
                "--format",
                "json",
            ]);
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            let rows = &document["cases"][0]["tally"]["violations"];
            let mut rows = rows.as_array().unwrap().iter();
            assert!(rows.all(|row| row["label"].is_null()), "{rule} {scenario}");
            assert_eq!(output.status.code(), Some(1), "{rule} {scenario}");
        }
    }
}
