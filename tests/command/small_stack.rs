//! The program under small and unlimited stacks (`ulimit -s`).

use std::process::{Command, Output, Stdio};

use crate::support::skip;

const WITH_A_LIMIT: &str = "ulimit -s \"$1\" || exit 99; shift; exec \"$@\"";

/// Runs vmascope with so many KiB of stack; none where that cannot be had.
fn run_with(stack: &str, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        WITH_A_LIMIT,
        "sh",
        stack,
        env!("CARGO_BIN_EXE_vmascope"),
    ]);
    // A large environment would leave little of a small stack.
    command.env_clear().args(arguments).stdin(Stdio::null());
    let output = command.output().expect("sh runs");
    if output.status.code() == Some(99) {
        skip(format_args!("a stack of {stack} KiB cannot be had"));
        return None;
    }
    Some(output)
}

#[track_caller]
fn works_with(stack: &str, arguments: &[&str]) {
    let Some(output) = run_with(stack, arguments) else {
        return;
    };
    let error = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    // A check of a released kernel may end with 1.
    assert!(matches!(code, Some(0 | 1)), "{stack}: {code:?}: {error}");
    assert_eq!(error, "", "{stack}");
}

const STACKS: [&str; 3] = ["64", "16", "unlimited"];

#[test]
fn a_check_needs_no_large_stack() {
    for stack in STACKS {
        works_with(
            stack,
            &[
                "check",
                "--scenario=split",
                "--reader=maps,query",
                "--duration=50ms",
                "--prove",
                "--writers=2",
            ],
        );
    }
}

#[test]
fn neither_do_the_writer_that_is_timed_the_survey_and_the_model() {
    for stack in STACKS {
        works_with(stack, &["latency", "--duration=300ms", "--samples=1"]);
        works_with(stack, &["kernel", "--look=10ms"]);
        works_with(stack, &["protocol", "--case=split"]);
    }
}
