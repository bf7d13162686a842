//! What a command of `run` has started, and what hold it has on the terminal.

use std::path::Path;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Program;
use crate::support::{child_called, wait_for};
use crate::terminal::{Terminal, can_hold};

/// A command that leaves behind what it can: a child, one in a session of its
/// own, and one that was forked twice and hears of no signal. Each notes its PID
/// in the folder.
fn all_that_can_be_left(folder: &Path) -> String {
    let folder = folder.display();
    let note =
        format!("echo $$ > {folder}/$1.part; mv {folder}/$1.part {folder}/$1; exec sleep 1000");
    std::fs::write(format!("{folder}/note"), note).unwrap();
    format!(
        "sh {folder}/note child & setsid sh {folder}/note session & \
         (trap '' TERM HUP INT; setsid sh {folder}/note daemon & exit) & \
         sh {folder}/note command"
    )
}

/// Waits until all have noted who they are.
fn noted(terminal: &mut Terminal, folder: &Path) -> Vec<Pid> {
    let mut found = Vec::new();
    terminal.wait_for_state("all processes", || {
        let names = ["child", "session", "daemon", "command"];
        let pids = names.map(|name| {
            let text = std::fs::read_to_string(folder.join(name)).ok()?;
            Some(Pid::from_raw(text.trim().parse().ok()?))
        });
        found = pids.into_iter().flatten().collect();
        found.len() == names.len()
    });
    found
}

fn assert_all_gone(pids: &[Pid]) {
    for pid in pids {
        wait_for("the end of all that it has started", || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
            stat.map_or(true, |stat| stat.contains(") Z "))
        });
    }
}

#[test]
fn nothing_is_left_behind_however_it_ends() {
    for end in ["quit", "killed", "its supervisor is killed"] {
        let folder = tempfile::tempdir().unwrap();
        let script = all_that_can_be_left(folder.path());
        let mut terminal = Terminal::start(100, 24, &["run", "--", "sh", "-c", &script], true);
        let pids = noted(&mut terminal, folder.path());
        match end {
            "quit" => terminal.send("q"),
            "killed" => terminal.signal(Signal::SIGKILL),
            _ => {
                let supervisor = child_called(terminal.pid(), "__supervisor").unwrap();
                kill(Pid::from_raw(supervisor as i32), Signal::SIGKILL).unwrap();
                terminal.wait_for("the end of the command", |text| {
                    text.contains("No longer watched")
                });
                terminal.send("q");
            }
        }
        terminal.wait_for_end();
        assert_all_gone(&pids);
    }
}

#[test]
fn a_command_has_no_hold_on_the_terminal() {
    if !can_hold() {
        return;
    }
    let script =
        "stty sane < /dev/tty; echo stty $?; echo scribble > /dev/tty; kill -TTOU $$; sleep 0";
    let mut terminal = Terminal::start(100, 24, &["run", "--", "sh", "-c", script], true);
    let text = terminal.wait_for("its end", |text| text.contains("has exited"));
    assert!(!text.contains("scribble"), "{text}");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    let text = terminal.screen().contents();
    assert!(text.contains("/dev/tty"), "{text}");
    assert!(text.contains("stty ") && !text.contains("stty 0"), "{text}");
}

#[test]
fn a_command_that_ends_at_once_is_shown_all_the_same() {
    if !can_hold() {
        return;
    }
    for _ in 0..5 {
        let mut terminal = Terminal::start(100, 24, &["run", "--", "true"], true);
        let text = terminal.wait_for("its end", |text| text.contains("has exited"));
        assert!(!text.contains("waiting for the first scan"), "{text}");
        assert!(text.contains(" Scan "), "{text}");
    }
}

#[test]
fn a_command_that_wants_to_be_typed_at_finds_nothing_to_read() {
    if !can_hold() {
        return;
    }
    let mut terminal = Terminal::start(100, 24, &["run", "--", "cat"], true);
    terminal.wait_for("its end", |text| {
        text.contains("has exited (exit status 0)")
    });
}

#[test]
fn what_cannot_be_run_is_one_line_and_exit_3() {
    let here = std::env::current_dir().unwrap();
    for (program, says) in [
        ("no-such-program-anywhere", "in PATH"),
        ("./no-such-program-here", "check it"),
        (here.to_str().unwrap(), "permission denied"),
        ("/proc/self/status", "permission denied"),
    ] {
        let mut run = Program::start(&["run", "--", program], Stdio::null());
        assert_eq!(run.ends(), Some(3), "{program}");
        let said = std::io::read_to_string(run.0.stderr.as_mut().unwrap()).unwrap();
        assert!(said.contains(says) && said.lines().count() == 1, "{said}");
    }
}
