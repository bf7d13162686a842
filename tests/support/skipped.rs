//! Which tests were skipped, and why.

use std::fmt::Display;
use std::io::Write;

/// Names a file to which every test that is skipped adds a line; `.ci/run`
/// prints it at its end, as the test harness hides what a test prints that
/// does not fail.
const FILE: &str = "VMASCOPE_SKIPPED_TESTS";

/// Says why the test that calls this is skipped, or a part of it.
pub(crate) fn skip(reason: impl Display) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let reason = reason.to_string().replace('\n', " ");
    let line = format!("{}::{test}: {reason}\n", env!("CARGO_CRATE_NAME"));
    // Not by a macro: the lints forbid those, and this may fail.
    let _ = write!(std::io::stderr(), "skipped: {line}");
    if let Some(path) = std::env::var_os(FILE) {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.create(true).append(true).open(path).unwrap();
        // One write: several tests may add lines at a time.
        file.write_all(line.as_bytes()).unwrap();
    }
}
