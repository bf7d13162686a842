//! What the crates that this one stands on are licensed under, and which of
//! them are there in more than one version.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::skip;
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

/// The licences under which a crate may be used here. All let a program be
/// handed on under its own terms, and ask for no more than that their text goes
/// along. Where a crate offers a choice, one of these must be in it.
const LICENCES: [&str; 4] = ["MIT", "Apache-2.0", "Unicode-3.0", "Zlib"];

/// The crates that are there in more than one version, and why. What a version
/// is, is what Cargo takes for compatible: 1, or 0.4. `cargo tree -i NAME@VERSION
/// --target all` shows who asks for one.
const IN_SEVERAL_VERSIONS: [(&str, &[&str], &str); 8] = [
    (
        "getrandom",
        &["0.3", "0.4"],
        "tests only: stateright asks for 0.3 by ahash and rand 0.9, proptest and tempfile for 0.4",
    ),
    (
        "hashbrown",
        &["0.14", "0.17"],
        "in the program is 0.17 alone, of ratatui; 0.14 is dashmap's, of stateright, in tests",
    ),
    (
        "itertools",
        &["0.13", "0.14"],
        "in the program is 0.14 alone, of ratatui; 0.13 is criterion's, in benches",
    ),
    (
        "r-efi",
        &["5", "6"],
        "not built on Linux: each getrandom asks for its own where there is UEFI",
    ),
    (
        "rand",
        &["0.9", "0.10"],
        "tests only: stateright asks for 0.9, proptest for 0.10",
    ),
    (
        "rand_core",
        &["0.9", "0.10"],
        "tests only: each rand has its own",
    ),
    (
        "signal-hook",
        &["0.3", "0.4"],
        "crossterm 0.29 asks for 0.3, the program itself for 0.4; both register handlers by the \
         one signal-hook-registry, so neither undoes the other's",
    ),
    (
        "syn",
        &["2", "3"],
        "not in the program: derive macros are built with it, those of clap, serde, thiserror and \
         ratatui's instability with 3, those of strum and crossterm's derive_more still with 2",
    ),
];

/// What `cargo metadata` says, as far as it is asked.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<PathBuf>,
}

/// What stands in the lock file, as far as it is asked.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
}

/// The folder of the manifest; none where the tests run elsewhere than they
/// were built.
fn sources() -> Option<&'static Path> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    if sources.join("Cargo.lock").exists() {
        return Some(sources);
    }
    skip("the sources, with the lock file, are not where the tests were built");
    None
}

/// What Cargo prints on standard output.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Every crate that is built on this machine, for the program, its tests and
/// its benches. Those for other systems are left out: to build these tests,
/// Cargo did not fetch them, so it could not say without a network.
fn packages(sources: &Path) -> Vec<Package> {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let manifest = sources.join("Cargo.toml");
    let text = cargo(&[
        "metadata",
        "--format-version=1",
        "--locked",
        "--filter-platform",
        host.unwrap(),
        "--manifest-path",
        manifest.to_str().unwrap(),
    ]);
    serde_json::from_str::<Metadata>(&text).unwrap().packages
}

/// Whether a crate of this licence may be used, if those are allowed.
fn allowed(expression: &Expression, licences: &[&str]) -> bool {
    let licensees = licences.iter().map(|one| Licensee::parse(one).unwrap());
    let licensees: Vec<Licensee> = licensees.collect();
    expression.evaluate(|required| licensees.iter().any(|one| one.satisfies(required)))
}

/// The licence that a crate's manifest names; older ones put a slash for "or".
fn expression(text: &str) -> Expression {
    Expression::parse_mode(text, ParseMode::LAX).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_crate_may_be_used() {
    let Some(sources) = sources() else { return };
    let packages = packages(sources);
    assert!(packages.iter().any(|package| package.name == "clap"));
    let mut refused = Vec::new();
    let mut expressions = Vec::new();
    for package in &packages {
        let Package { name, version, .. } = package;
        let Some(licence) = &package.license else {
            let file = &package.license_file;
            refused.push(format!(
                "{name} {version} names no licence (file: {file:?})"
            ));
            continue;
        };
        let expression = expression(licence);
        if !allowed(&expression, &LICENCES) {
            refused.push(format!("{name} {version} is licensed under {licence}"));
        }
        expressions.push(expression);
    }
    assert!(refused.is_empty(), "{refused:#?}");
    for licence in LICENCES {
        let others: Vec<&str> = LICENCES.into_iter().filter(|one| *one != licence).collect();
        let is_needed = expressions.iter().any(|one| !allowed(one, &others));
        assert!(is_needed, "no crate needs {licence}: take it off the list");
    }
}

#[test]
fn a_licence_is_judged_by_what_it_offers_and_demands() {
    for (text, may_be_used) in [
        ("MIT", true),
        ("GPL-2.0-only", false),
        ("GPL-2.0-only OR MIT", true),
        ("MIT AND GPL-2.0-only", false),
        ("MIT/Apache-2.0", true),
        ("(MIT OR GPL-2.0-only) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND MPL-2.0", false),
        // With an exception it is another licence, with a place on the list of its own.
        ("Apache-2.0 WITH LLVM-exception", false),
        ("Apache-2.0 WITH LLVM-exception OR MIT", true),
    ] {
        assert_eq!(allowed(&expression(text), &LICENCES), may_be_used, "{text}");
    }
}

/// What Cargo takes for compatible: all up to the first number that is not 0.
fn compatible(version: &str) -> String {
    let mut numbers = version.split('.');
    let mut kept = vec![numbers.next().unwrap()];
    while kept.last() == Some(&"0") {
        kept.push(numbers.next().unwrap());
    }
    kept.join(".")
}

#[test]
fn crates_in_several_versions_have_a_reason() {
    let Some(sources) = sources() else { return };
    let lock = fs::read_to_string(sources.join("Cargo.lock")).unwrap();
    let lock: Lock = toml::from_str(&lock).unwrap();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Locked { name, version } in lock.package {
        let is_new = versions
            .entry(name.clone())
            .or_default()
            .insert(compatible(&version));
        assert!(
            is_new,
            "two compatible versions of {name}: `cargo update {name}` leaves one"
        );
    }
    versions.retain(|_, versions| versions.len() > 1);
    let known = IN_SEVERAL_VERSIONS.iter().map(|(name, versions, _)| {
        let versions = versions.iter().map(ToString::to_string);
        (name.to_string(), versions.collect())
    });
    let known: BTreeMap<String, BTreeSet<String>> = known.collect();
    for (name, versions) in &versions {
        assert!(
            known.get(name) == Some(versions),
            "{name} is there as {versions:?}: have one go, or say why not in IN_SEVERAL_VERSIONS"
        );
    }
    for name in known.keys() {
        assert!(
            versions.contains_key(name),
            "{name} is there only once: take it out of IN_SEVERAL_VERSIONS"
        );
    }
    for (name, _, reason) in IN_SEVERAL_VERSIONS {
        assert!(!reason.is_empty(), "{name} has no reason");
    }
}
