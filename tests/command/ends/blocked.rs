//! Pipes that nobody reads, FIFOs, terminals that take nothing.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use rustix::io::ioctl_fionbio;

use super::Program;
use crate::support::wait_for;
use crate::terminal::{Terminal, can_hold};

#[test]
fn one_signal_ends_what_writes_to_a_pipe_that_nobody_reads() {
    let (_reader, mut full) = std::io::pipe().unwrap();
    ioctl_fionbio(&full, true).unwrap();
    while full.write(&[b'\n'; 4096]).is_ok() {}
    while full.write(b"\n").is_ok() {}
    ioctl_fionbio(&full, false).unwrap();
    let pid = std::process::id().to_string();
    let mut program = Program::start(&["watch", &pid, "--format", "json"], full.into());
    let own = program.0.id();
    wait_for("its handlers", || catches_terminate(own));
    program.signal(Signal::SIGTERM);
    assert_eq!(program.ends(), Some(3));
    let mut said = String::new();
    let stderr = program.0.stderr.as_mut().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert!(said.contains("nobody reads"), "{said}");
}

fn catches_terminate(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.unwrap_or_default() >> (Signal::SIGTERM as u32 - 1) & 1 == 1
}

#[test]
fn a_signal_ends_the_application_on_a_terminal_that_nobody_reads() {
    let mut terminal = Terminal::start(200, 60, &["demo"], true);
    let modifier = terminal.modifier();
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    terminal.wait_until_full();
    terminal.signal(Signal::SIGTERM);
    let status = terminal.ends_unread();
    assert_eq!(status.signal(), Some(Signal::SIGTERM as i32));
    modifier.assert_gone();
}

#[test]
fn a_key_ends_the_application_on_a_terminal_that_nobody_reads() {
    // Other keys come first, for which there may be no room.
    for keys in ["q", "\x03", "jjjjq"] {
        let mut terminal = Terminal::start(200, 60, &["demo"], true);
        let modifier = terminal.modifier();
        terminal.wait_for("first scan", |text| text.contains(" Scan "));
        terminal.wait_until_full();
        terminal.send(keys);
        assert_eq!(terminal.ends_unread().code(), Some(0), "{keys:?}");
        modifier.assert_gone();
    }
}

#[test]
fn a_key_leaves_the_list_of_processes_on_a_terminal_that_nobody_reads() {
    for key in ["\x03", "\x1b"] {
        let mut terminal = Terminal::start(200, 60, &["attach"], true);
        terminal.wait_for("the list", |text| text.contains("processes"));
        terminal.wait_until_full();
        terminal.send(key);
        assert_eq!(terminal.ends_unread().code(), Some(0), "{key:?}");
        terminal.assert_modes();
    }
}

#[test]
fn a_crash_on_a_terminal_that_nobody_reads_gives_it_back() {
    let mut terminal = Terminal::start(200, 60, &["demo"], true);
    let modifier = terminal.modifier();
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    terminal.wait_until_full();
    terminal.signal(Signal::SIGSEGV);
    let status = terminal.ends_unread();
    assert_eq!(status.signal(), Some(Signal::SIGSEGV as i32));
    terminal.assert_modes();
    modifier.assert_gone();
}

#[test]
fn the_output_of_a_command_waits_for_no_reader() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let path = fifo.to_str().unwrap();
    let arguments = ["run", "--output", path, "--", "echo", "hello"];
    let mut program = Program::start(&arguments, Stdio::null());
    assert_eq!(program.ends(), Some(3));
    let mut said = String::new();
    let stderr = program.0.stderr.as_mut().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert!(said.contains("nobody reads that FIFO"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");

    if !can_hold() {
        return;
    }
    let options = File::options().read(true).write(true).open(&fifo).unwrap();
    let mut reader = File::open(&fifo).unwrap();
    drop(options);
    let mut terminal = Terminal::start(100, 24, &arguments, true);
    terminal.wait_for("its end", |text| text.contains("has exited"));
    // It ends when the command has.
    let mut output = String::new();
    reader.read_to_string(&mut output).unwrap();
    assert_eq!(output, "hello\n");
}

#[test]
fn the_output_of_a_command_does_not_go_to_our_terminal() {
    let arguments = ["run", "--output", "/dev/tty", "--", "sleep", "1000"];
    let mut terminal = Terminal::start(100, 24, &arguments, true);
    assert_eq!(terminal.wait_for_end().code(), Some(3));
    let text = terminal.screen().contents();
    assert!(text.contains("the terminal that is drawn on"), "{text}");
}
