//! Ctrl-Z, and who could continue the program after it.

use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{alone, demo, first_scan};
use crate::support::{child_called, children, skip};
use crate::terminal::Terminal;

#[test]
fn ctrl_z_gives_the_terminal_back_and_continuing_takes_it_again() {
    let _alone = alone();
    let mut terminal = Terminal::start_in_shell(80, 24);
    terminal.wait_for("first scan", first_scan);
    let job = child_called(terminal.pid(), env!("CARGO_BIN_EXE_vmascope")).unwrap();
    for by_key in [true, false] {
        if by_key {
            terminal.send("\x1a");
        } else {
            kill(Pid::from_raw(job as i32), Signal::SIGTSTP).unwrap();
        }
        terminal.wait_for_state("stop", || is_stopped(job));
        terminal.drain();
        let screen = terminal.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor());
        terminal.send("\n");
        terminal.wait_for("frame after it goes on", first_scan);
        assert!(terminal.screen().alternate_screen());
    }
    terminal.send("q");
    let shell = terminal.pid();
    terminal.wait_for_state("end", || !children(shell).contains(&job));
}

#[test]
fn ctrl_z_where_nobody_could_continue_it_does_nothing() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    for by_key in [true, false] {
        if by_key {
            terminal.send("\x1a");
        } else {
            terminal.signal(Signal::SIGTSTP);
        }
        terminal.wait_for("why it goes on", |text| text.contains("no shell could"));
        // The line goes away before the next one.
        terminal.wait_for("keys", |text| text.contains("q quit"));
    }
    leave(&mut terminal);
}

/// As with a virtual machine's first process, or in a container: the session
/// and the process group have the number 0.
#[test]
fn in_a_session_without_a_number_ctrl_z_does_nothing_and_a_signal_ends_it() {
    let _alone = alone();
    let namespaces = "--user --map-root-user --pid --fork --mount-proc --kill-child";
    let inside = ["unshare"].into_iter().chain(namespaces.split(' '));
    let inside: Vec<_> = inside.collect();
    let mut tried = Command::new(inside[0]);
    if !tried
        .args(&inside[1..])
        .arg("true")
        .status()
        .is_ok_and(|tried| tried.success())
    {
        return skip("a PID namespace with a /proc of its own cannot be made here");
    }
    let vmascope = env!("CARGO_BIN_EXE_vmascope");
    // As the namespace's first process, and as a child of that.
    for first in [&[vmascope][..], &["sh", "-c", "\"$0\"; exit $?", vmascope]] {
        let program = [&inside[..], first].concat();
        let mut terminal = Terminal::start_as(&program, (80, 24), &[], true);
        terminal.wait_for("first scan", first_scan);
        terminal.send("\x1a");
        terminal.wait_for("why it goes on", |text| text.contains("no shell could"));
        if first.len() > 1 {
            leave(&mut terminal);
            continue;
        }
        // The first process is spared by its own signals, and says what it was.
        let init = child_called(terminal.pid(), vmascope).unwrap();
        kill(Pid::from_raw(init as i32), Signal::SIGTERM).unwrap();
        assert_eq!(terminal.wait_for_end().code(), Some(128 + 15));
        terminal.assert_sane();
    }
}

fn leave(terminal: &mut Terminal) {
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).unwrap();
    String::from_utf8_lossy(&stat).contains(") T ")
}
