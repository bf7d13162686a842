//! Targets of the user's in a real terminal: chosen from the list, or run.

use std::ffi::OsStr;
use std::path::Path;

use crate::support::{Resting, skip};
use crate::terminal::{Terminal, can_hold};
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use vmascope::internals::modifier::{Modifier, ModifierOptions};
use vt100::MouseProtocolMode;

fn start(arguments: &[&str]) -> Terminal {
    Terminal::start(100, 24, arguments, true)
}

#[test]
fn a_process_is_chosen_from_the_list() {
    let name = format!("vmascope-chosen-{}", std::process::id());
    let Some(target) = Resting::named(OsStr::new(&name)) else {
        return skip("cat goes by its name on this system");
    };
    let mut terminal = start(&["attach"]);
    let row = format!(" {}  ", target.pid());
    terminal.send(&name);
    let text = terminal.wait_for("the process in the list", |text| {
        text.contains(&row) && text.contains("1 found")
    });
    assert!(text.contains("▶"), "{text}");
    terminal.send("\r");
    let header = format!("cat, PID {}", target.pid());
    terminal.wait_for("its session", |text| text.contains(&header));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

#[test]
fn what_another_vmascope_has_started_is_listed_as_that() {
    let modifier = Modifier::spawn(&ModifierOptions {
        program: env!("CARGO_BIN_EXE_vmascope").into(),
        ..ModifierOptions::default()
    })
    .unwrap();
    let pid = modifier.pid().to_string();
    let mut terminal = start(&["attach"]);
    terminal.send(&pid);
    let row = format!(" {pid}  ");
    let is_it = |line: &str| {
        let words = ["[modifier]", "the modifier of vmascope"];
        line.contains(&row) && words.iter().all(|word| line.contains(word))
    };
    terminal.wait_for("what it is", |text| text.lines().any(is_it));
    let mut terminal = start(&["attach", &pid]);
    let role = format!("(the modifier of vmascope, PID {})", std::process::id());
    terminal.wait_for("the same in its session", |text| text.contains(&role));
}

/// A tracer holds the thread that reads, as a lock of the target would.
#[test]
fn a_read_that_hangs_is_told_and_keys_still_work() {
    let target = Resting::start();
    let mut terminal = start(&["attach", &target.pid().to_string()]);
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    let reader = thread_called(terminal.pid(), "sample-maps").unwrap();
    for is_last in [false, true] {
        let held = ptrace::seize(reader, ptrace::Options::empty());
        if let Err(error) = held.and_then(|()| ptrace::interrupt(reader)) {
            return skip(format!(
                "a thread of a child cannot be traced here: {error}"
            ));
        }
        waitpid(reader, Some(WaitPidFlag::__WALL)).unwrap();
        let text = terminal.wait_for("that it hangs", |text| {
            text.contains("has not come back for")
        });
        assert!(text.contains("a read of maps"), "{text}");
        if !is_last {
            ptrace::detach(reader, None).unwrap();
            terminal.wait_for("keys", |text| text.contains("q quit"));
        }
    }
    terminal.send("?");
    terminal.wait_for("the help", |text| text.contains(" keys of "));
    terminal.send("qq");
    // Whoever traces a thread hears of its end first.
    let look = Some(WaitPidFlag::__WALL | WaitPidFlag::WNOHANG);
    terminal.wait_for_state("the end of the reader", || {
        waitpid(reader, look) != Ok(WaitStatus::StillAlive)
    });
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

fn thread_called(pid: u32, name: &str) -> Option<Pid> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    threads.flatten().find_map(|thread| {
        let comm = std::fs::read_to_string(thread.path().join("comm")).ok()?;
        let id = thread.file_name().to_str()?.parse().ok()?;
        (comm.trim_end() == name).then(|| Pid::from_raw(id))
    })
}

#[test]
fn an_export_is_what_maps_says() {
    let target = Resting::start();
    let pid = target.pid().to_string();
    let mut terminal = start(&["attach", &pid]);
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    terminal.send("xm");
    let text = terminal.wait_for("the file", |text| text.contains("wrote vmascope-maps-"));
    let (_, rest) = text.split_once("wrote ").unwrap();
    let name = rest.split_whitespace().next().unwrap();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let exported = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    assert_eq!(exported, maps);
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn the_list_can_be_left() {
    for keys in ["\x1b", "\x03"] {
        let mut terminal = start(&["attach"]);
        terminal.wait_for("the list", |text| text.contains("processes"));
        terminal.send(keys);
        assert_eq!(terminal.wait_for_end().code(), Some(0));
        terminal.assert_sane();
    }
    let mut terminal = start(&["attach"]);
    terminal.wait_for("the list", |text| text.contains("processes"));
    terminal.send("\x0f");
    terminal.wait_for("whose the mouse is", |text| text.contains("the terminal's"));
    let mouse = |terminal: &Terminal| terminal.screen().mouse_protocol_mode();
    assert_eq!(mouse(&terminal), MouseProtocolMode::None);
    terminal.send("\x0f");
    terminal.wait_for("that it is ours", |text| text.contains("clicks act here"));
    assert_eq!(mouse(&terminal), MouseProtocolMode::PressRelease);
    terminal.signal(Signal::SIGTERM);
    let status = terminal.wait_for_end();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(15)
    );
    terminal.assert_sane();
}

#[test]
fn a_command_is_watched_from_its_first_instruction_to_its_end() {
    if !can_hold() {
        return;
    }
    let script = "echo one; printf 'two\\033[2J\\n'; exit 7";
    let mut terminal = start(&["run", "--", "sh", "-c", script]);
    terminal.wait_for("its exec", |text| {
        text.contains("before its first instruction")
    });
    terminal.wait_for("its end", |text| {
        text.contains("has exited (exit status 7)")
    });
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    let text = terminal.screen().contents();
    for wanted in [
        "one\n",
        "two\\x1b[2J",
        "vmascope: sh has ended (exit status 7)",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in:\n{text}");
    }
}

#[test]
fn signals_are_passed_on_to_the_command() {
    let script = "trap 'exit 9' USR1; while :; do sleep 0.1; done";
    let mut terminal = start(&["run", "--", "sh", "-c", script]);
    terminal.wait_for("a running shell", |text| {
        text.contains("[heap]") || text.contains("dash")
    });
    let handled = |pid: u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        caught.unwrap_or_default() >> (Signal::SIGUSR1 as u32 - 1) & 1 == 1
    };
    let header = terminal.wait_for("its PID", |text| text.contains("PID "));
    let (_, rest) = header.split_once("PID ").unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let pid = digits.parse().unwrap();
    let deadline = std::time::Instant::now() + crate::terminal::PATIENCE;
    while !handled(pid) {
        assert!(
            std::time::Instant::now() < deadline,
            "the shell sets no trap"
        );
        std::thread::yield_now();
    }
    terminal.signal(Signal::SIGUSR1);
    terminal.wait_for("its end", |text| {
        text.contains("has exited (exit status 9)")
    });
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn a_command_that_still_runs_is_ended() {
    if !can_hold() {
        return;
    }
    let mut terminal = start(&["run", "--", "sleep", "1000"]);
    // Before that it is held, and would not hear of a SIGTERM.
    terminal.wait_for("its exec", |text| {
        text.contains("before its first instruction")
    });
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    let text = terminal.screen().contents();
    let wanted = "sleep still ran and was ended by vmascope (killed by SIGTERM)";
    assert!(text.contains(wanted), "{text}");
}
