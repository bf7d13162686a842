//! A child of ours that is stopped, as by `SIGSTOP`, a debugger or the freezer.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Program;
use crate::support::{child_called, wait_for};
use crate::terminal::Terminal;

const SILENT: &str = "does not answer: it is stopped";

#[test]
fn a_key_or_a_signal_quits_while_the_modifier_is_stopped() {
    for signal in [None, Some(Signal::SIGTERM)] {
        let mut terminal = Terminal::start(100, 24, &["demo"], true);
        let modifier = terminal.modifier();
        terminal.wait_for("first scan", |text| text.contains(" Scan "));
        modifier.signal(Signal::SIGSTOP);
        // Asks the modifier to stand still.
        terminal.send("c");
        terminal.wait_for("what is the matter", |text| text.contains(SILENT));
        match signal {
            None => terminal.send("q"),
            Some(signal) => terminal.signal(signal),
        }
        let status = terminal.wait_for_end();
        assert_eq!(status.signal(), signal.map(|signal| signal as i32));
        terminal.assert_sane();
        modifier.assert_gone();
    }
}

#[test]
fn a_stopped_modifier_is_noticed_without_a_key_and_goes_on() {
    let mut terminal = Terminal::start(100, 24, &["demo"], true);
    let modifier = terminal.modifier();
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    modifier.signal(Signal::SIGSTOP);
    terminal.wait_for("what is the matter", |text| text.contains(SILENT));
    modifier.signal(Signal::SIGCONT);
    terminal.wait_for("that it goes on", |text| !text.contains("does not answer"));
    terminal.send("c");
    terminal.wait_for("the next scenario", |text| {
        text.contains("scenario ") && !text.contains("scenario resize")
    });
}

#[test]
fn a_stopped_writer_of_the_lab_is_noticed_and_the_lab_can_be_left() {
    let mut terminal = Terminal::start(100, 24, &["demo"], true);
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    terminal.send("7");
    let (parent, mut writer) = (terminal.pid(), None);
    terminal.wait_for_state("writer", || {
        writer = child_called(parent, "__writer");
        writer.is_some()
    });
    let writer = Pid::from_raw(writer.unwrap() as i32);
    kill(writer, Signal::SIGSTOP).unwrap();
    terminal.wait_for("what is the matter", |text| text.contains(SILENT));
    terminal.send("1");
    terminal.wait_for("the space", |text| text.contains(" Scan "));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

/// Commands without a screen that take long, and the child of each.
fn long_commands() -> Vec<(Vec<String>, &'static str)> {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let steps = "m".repeat(100_000);
    vec![
        (
            words("check --scenario replace-mmap --reader maps --duration 1h --allow-known"),
            "__modifier",
        ),
        (words("latency --duration 1h --samples 100000"), "__writer"),
        (words("latency --duration 1h --samples 1"), "__writer"),
        (words("kernel --look 1h"), "__modifier"),
        (
            words(&format!("step --scenario split {steps}")),
            "__modifier",
        ),
    ]
}

/// Starts such a command and stops its child: the command, its child, and the
/// line that says so.
fn with_stopped_child(arguments: &[String], child: &str) -> (Program, Pid, String) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut program = Program::start(&arguments, Stdio::null());
    let mut found = None;
    wait_for("its child", || {
        found = child_called(program.0.id(), child);
        found.is_some()
    });
    let child = Pid::from_raw(found.unwrap() as i32);
    kill(child, Signal::SIGSTOP).unwrap();
    let stderr = BufReader::new(program.0.stderr.as_mut().unwrap());
    let mut line = stderr.lines().map_while(Result::ok);
    let line = line.find(|line| line.contains("answer"));
    (program, child, line.unwrap_or_default())
}

#[test]
fn one_signal_ends_what_waits_for_a_stopped_child() {
    for (arguments, child) in long_commands() {
        let (mut program, child, line) = with_stopped_child(&arguments, child);
        assert!(line.contains(SILENT), "{} {line}", arguments[0]);
        program.signal(Signal::SIGTERM);
        assert_eq!(program.ends(), Some(3), "{}", arguments[0]);
        wait_for("the end of its child", || kill(child, None).is_err());
    }
}

#[test]
fn a_killed_child_is_told_as_that() {
    for (arguments, child) in [
        (
            &["latency", "--duration", "1h", "--samples", "1"][..],
            "__writer",
        ),
        (&["kernel", "--look", "1h"], "__modifier"),
    ] {
        let mut program = Program::start(arguments, Stdio::null());
        wait_for("its child", || {
            let found = child_called(program.0.id(), child);
            found.is_some_and(|pid| kill(Pid::from_raw(pid as i32), Signal::SIGKILL).is_ok())
        });
        assert_eq!(program.ends(), Some(3), "{arguments:?}");
        let stderr = BufReader::new(program.0.stderr.as_mut().unwrap());
        let said = stderr.lines().map_while(Result::ok);
        let said = said.filter(|line| line.starts_with("vmascope: "));
        let said: Vec<String> = said.collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("killed by SIGKILL; somebody has killed it"),
            "{said:?}"
        );
    }
}

#[test]
fn a_check_goes_on_when_its_modifier_does() {
    let arguments = "check --scenario split --reader maps --duration 1s --allow-known";
    let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
    let (mut program, child, line) = with_stopped_child(&arguments, "__modifier");
    assert!(line.contains(SILENT), "{line}");
    kill(child, Signal::SIGCONT).unwrap();
    assert_eq!(program.ends(), Some(0));
}
