//! `vmascope protocol`: what it prints and how it exits.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .arg("protocol")
        .args(arguments)
        // Whoever runs the tests may want colours in pipes.
        .env("NO_COLOR", "1")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints UTF-8")
}

#[test]
fn a_violation_is_exit_status_1_and_its_trace_is_printed() {
    let output = run(&["--case", "replace", "--reader", "merged"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    for expected in [
        "H1 in replace, 28 steps, none shorter",
        "reader reports:     |--r--|hole |--r--|",
        "mas_next_slot: finds r 2-3",
        "check --scenario replace --reader maps",
    ] {
        assert!(shown.contains(expected), "{expected}:\n{shown}");
    }
    assert!(
        shown.lines().all(|line| line.chars().count() <= 100),
        "{shown}"
    );
}

#[test]
fn the_cured_reader_is_exit_status_0_in_all_cases() {
    let output = run(&["--reader", "merged-all-cures"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("✓ replace-two"));
}

#[test]
fn what_does_not_exist_is_one_line_and_exit_status_2() {
    for (arguments, expected) in [
        (["--case", "spilt"], "no case `spilt`; there are split, "),
        (
            ["--reader", "merge"],
            "no reader `merge`; there are mmap-lock-next-start, ",
        ),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2));
        let error = text(&output.stderr);
        assert!(
            error.contains(expected) && error.lines().count() == 1,
            "{error}"
        );
    }
}

#[test]
fn a_seed_prints_its_walk_again() {
    let walks = [
        "--case",
        "replace,split",
        "--reader",
        "merged",
        "--walks",
        "50",
    ];
    let output = run(&walks);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    for expected in [
        "H1 in replace, 28 steps, drawn by seed 3: ",
        "reader reports:     |--r--|hole |--r--|",
        "none found",
        "vmascope demo --scenario replace --protocol merged --seed 3\n",
        "Walks that find nothing prove nothing",
    ] {
        assert!(shown.contains(expected), "{expected}:\n{shown}");
    }
    assert!(
        shown.lines().all(|line| line.chars().count() <= 100),
        "{shown}"
    );
    let (_, again) = shown
        .split_once("again:\n  vmascope protocol ")
        .expect("how");
    let (again, _) = again.split_once("\nStep by step").expect("what follows");
    let again: Vec<&str> = again.split([' ', '\n', '\\']).collect();
    let again: Vec<&str> = again.into_iter().filter(|word| !word.is_empty()).collect();
    let again = text(&run(&again).stdout);
    let trace = |shown: &str| {
        let (_, trace) = shown.split_once("\nH1 in ").expect("a trace");
        trace.to_owned()
    };
    assert_eq!(trace(&again), trace(&shown));
}

#[test]
fn walks_are_told_in_json_and_what_finds_nothing_is_exit_status_0() {
    let run = |reader| {
        let case = ["--case", "replace", "--reader", reader, "--format", "json"];
        let walks = ["--walks", "100", "--depth", "2", "--seed", "4"];
        run(&[case.as_slice(), walks.as_slice()].concat())
    };
    let result = |output: &Output| -> Value {
        let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        document["results"][0].clone()
    };
    let output = run("merged");
    assert_eq!(output.status.code(), Some(1));
    let found = result(&output);
    assert_eq!(found["found"]["verdict"], "H1");
    assert_eq!(found["found"]["seed"], 6);
    assert_eq!(found["walks"], 3);
    assert_eq!(found["promised_walks"], 570);
    let output = run("merged-all-cures");
    assert_eq!(output.status.code(), Some(0));
    let nothing = result(&output);
    assert_eq!(
        (&nothing["found"], &nothing["walks"]),
        (&Value::Null, &100.into())
    );
}

#[test]
fn json_has_a_result_for_each_pair_and_a_trace_for_each_violation() {
    let output = run(&[
        "--case",
        "replace,new-left",
        "--reader",
        "merged,query",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let results = document["results"].as_array().expect("results");
    assert_eq!(results.len(), 4);
    for result in results {
        let holds = result["case"] == "new-left";
        assert_eq!(result["holds"], holds, "{result}");
        for finding in result["findings"].as_array().expect("findings") {
            let steps = finding["steps"].as_u64();
            let trace = finding["trace"].as_array().map(|trace| trace.len() as u64);
            if finding["violation"] == true {
                assert_eq!(steps, trace);
                assert_eq!(finding["hole"], serde_json::json!([1, 2]));
            }
        }
    }
}

#[test]
fn the_matrix_has_all_cases_and_nobody_to_read_it_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(["protocol", "--case", "replace,split-tail"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let shown = text(&run(&["--case", "replace,split-tail"]).stdout);
    for expected in [
        "  replace    ",
        "  split-tail ",
        "x no-mm-check",
        "✓ holds in every",
    ] {
        assert!(shown.contains(expected), "{expected}:\n{shown}");
    }
}

#[test]
fn at_the_end_a_lost_tail_is_h3_and_no_kernel_can_be_checked_for_what_is_not_in_the_catalogue() {
    let output = run(&["--case", "replace-last", "--reader", "smaps"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    for expected in [
        "H3 in replace-last, 21 steps, none shorter",
        "reader found:       nothing",
        "reader reports:     |--r--|hole |",
        "nothing more: the end",
        "lost tail, nothing for 1-2",
        "On a kernel since 7.2: vmascope check --scenario replace-last --reader smaps",
    ] {
        assert!(shown.contains(expected), "{expected}:\n{shown}");
    }
    let at_the_end = ["--case", "split-head", "--reader", "merged", "--last"];
    let output = run(&at_the_end);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    assert!(shown.contains("behind it is nothing: H2."), "{shown}");
    assert!(!shown.contains("vmascope check"), "{shown}");
    let output = run(&["--reader", "query-all-cures,smaps-all-cures", "--last"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}
