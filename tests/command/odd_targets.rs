//! Targets that are not ours, on the running kernel: sleeping, stopped, dead,
//! exec'ing, forbidden, and those that are no process at all.

#![allow(clippy::print_stdout, reason = "helpers tell what they do")]

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Resting, children, skip, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use vmascope::internals::linux::ExitStatus;
use vmascope::internals::linux::OpenError;
use vmascope::internals::process::{AttachError, AttachedTarget};
use vmascope::internals::process::{CommandOutput, SpawnedCommand};
use vmascope::internals::process::{TargetState, TargetWatch};

const DEADLINE: Duration = Duration::from_secs(120);

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // With all that it started: they would hold the test's output open.
        let _ = nix::sys::signal::killpg(Pid::from_raw(self.0.id() as i32), Signal::SIGKILL);
        let _ = self.0.wait();
    }
}

fn start(command: &mut Command) -> Killed {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.process_group(0);
    Killed(command.spawn().unwrap())
}

fn comm(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default()
}

fn state_of(pid: u32) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(") ").next()?.chars().next()
}

fn signal(pid: u32, signal: Signal) {
    kill(Pid::from_raw(pid as i32), signal).unwrap();
}

#[track_caller]
fn refused(pid: u64) -> AttachError {
    let error = AttachedTarget::attach(pid).unwrap_err();
    let text = error.to_string();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains(&pid.to_string()), "{text}");
    error
}

#[test]
fn what_is_no_process_is_refused() {
    for pid in [0, 1 << 22, u64::from(u32::MAX), 1 << 40, u64::MAX] {
        let error = refused(pid);
        assert!(matches!(error, AttachError::NoPid { .. }), "{error}");
    }
    let mut child = start(Command::new("sleep").arg("1000"));
    let pid = child.0.id();
    child.0.kill().unwrap();
    wait_for("a zombie", || state_of(pid) == Some('Z'));
    let error = refused(pid.into());
    assert!(
        matches!(error, AttachError::Open(OpenError::Zombie { .. })),
        "{error}"
    );
    child.0.wait().unwrap();
    let error = refused(pid.into());
    assert!(
        matches!(error, AttachError::Open(OpenError::NoSuchProcess { .. })),
        "{error}"
    );
}

#[test]
fn a_kernel_thread_is_refused() {
    if comm(2) != "kthreadd\n" {
        return skip("kernel threads are not visible here");
    }
    let error = refused(2);
    assert!(
        matches!(error, AttachError::Open(OpenError::KernelThread { .. })),
        "{error}"
    );
}

#[test]
fn a_thread_leads_to_its_process() {
    let (send, wait) = std::sync::mpsc::channel::<()>();
    let (tell, tid) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        tell.send(nix::unistd::gettid().as_raw() as u32).unwrap();
        let _ = wait.recv();
    });
    let tid = tid.recv().unwrap();
    let process = std::process::id();
    let target = AttachedTarget::attach(tid.into()).unwrap();
    assert_eq!((target.pid(), target.thread), (process, Some(tid)));
    let target = AttachedTarget::attach(process.into()).unwrap();
    assert_eq!((target.pid(), target.thread), (process, None));
    drop(send);
    thread.join().unwrap();
}

#[test]
fn the_process_of_another_user_is_refused_and_its_owner_named() {
    const NOBODY: u32 = 65534;
    if !nix::unistd::geteuid().is_root() {
        if std::fs::read("/proc/1/maps").is_ok() || comm(1).is_empty() {
            return skip("process 1 is ours to read, or not visible");
        }
        let error = refused(1);
        assert!(matches!(error, AttachError::NotOurs { .. }), "{error}");
        return;
    }
    // A child of another user asks for us: this program, in a copy that it may
    // execute.
    let program = std::env::current_exe().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&directory, everybody).unwrap();
    let copy = directory.path().join("helper");
    std::fs::copy(&program, &copy).unwrap();
    let run = || {
        Command::new(&copy)
            .args([
                "--exact",
                "odd_targets::helper_asks_for_its_parent",
                "--nocapture",
                "--ignored",
            ])
            .current_dir("/")
            .env("ASK_FOR", std::process::id().to_string())
            .uid(NOBODY)
            .gid(NOBODY)
            .output()
    };
    let output = loop {
        match run() {
            Ok(output) => break output,
            // A child that another test has just forked may still hold the
            // copy open for writing.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
            Err(error) => return skip(format!("no helper runs as uid {NOBODY}: {error}")),
        }
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("uid 0") && said.contains("uid 65534"),
        "{said}"
    );
}

#[test]
#[ignore = "only run by the test above, as another user"]
fn helper_asks_for_its_parent() {
    let Some(pid) = std::env::var("ASK_FOR")
        .ok()
        .and_then(|pid| pid.parse().ok())
    else {
        return;
    };
    let error = refused(pid);
    println!("{error}");
    assert!(matches!(error, AttachError::NotOurs { .. }), "{error}");
}

#[test]
fn what_it_is_and_what_becomes_of_it() {
    let Some(mut child) = Resting::named(OsStr::new("9\u{1b}[31m")) else {
        return skip("cat goes by its name on this system");
    };
    let pid = child.pid();
    let mut target = AttachedTarget::attach(pid.into()).unwrap();
    assert!(!target.is_ours());
    assert_eq!(target.info.raw_command_line, b"9\x1b[31m\0");
    assert_eq!(target.info.command_line(), "9\\x1b[31m");
    assert_eq!(target.info.comm(), "cat");
    assert_eq!(target.info.threads, 1);
    assert!(target.info.counts.vmas > 5);
    assert_eq!(target.watch.state().unwrap(), TargetState::Running);
    signal(pid, Signal::SIGSTOP);
    wait_for("stopped", || {
        target.watch.state().unwrap() == TargetState::Stopped
    });
    signal(pid, Signal::SIGCONT);
    wait_for("running", || {
        target.watch.state().unwrap() == TargetState::Running
    });
    signal(pid, Signal::SIGTERM);
    let ended = TargetState::Exited(Some(ExitStatus::Signal(Signal::SIGTERM as i32)));
    wait_for("its end", || target.watch.state().unwrap() == ended);
    assert!(ended.is_over());
    // Kept, when it has been reaped and nobody else knows.
    child.wait();
    assert_eq!(target.watch.state().unwrap(), ended);
    assert!(target.reopen().is_err());
}

/// A shell whose children end when told, and that waits for none of them.
fn unwaited_children(count: usize) -> (Killed, Vec<u32>) {
    let children = "sleep 1000 & echo $!; ".repeat(count);
    let script = format!("{children} read line; exec sleep 1000");
    let mut shell = start(Command::new("sh").args(["-c", &script]));
    let output = std::io::BufReader::new(shell.0.stdout.take().unwrap());
    let pids: Vec<u32> = std::io::BufRead::lines(output)
        .take(count)
        .map(|line| line.unwrap().trim().parse().unwrap())
        .collect();
    for pid in &pids {
        wait_for("sleep", || comm(*pid) == "sleep\n");
    }
    (shell, pids)
}

#[test]
fn a_zombie_of_somebody_else_is_called_one() {
    let (mut shell, pids) = unwaited_children(1);
    let mut watch = TargetWatch::open(pids[0]).unwrap();
    assert_eq!(watch.state().unwrap(), TargetState::Running);
    drop(shell.0.stdin.take());
    wait_for("the shell's exec", || comm(shell.0.id()) == "sleep\n");
    signal(pids[0], Signal::SIGKILL);
    wait_for("a zombie", || watch.state().unwrap() == TargetState::Zombie);
    // Its new parent reaps it, if there is one that does.
    drop(shell);
    let deadline = Instant::now() + Duration::from_secs(2);
    while watch.state().unwrap() == TargetState::Zombie && Instant::now() < deadline {
        std::thread::yield_now();
    }
    match watch.state().unwrap() {
        TargetState::Exited(None) => {}
        TargetState::Zombie => skip("the end of an orphan: nobody reaps them here"),
        other => panic!("{other:?}"),
    }
}

/// Death between any two looks at the process must not be told as something
/// else than it is.
#[test]
fn a_death_while_the_watch_looks_is_told_as_it_is() {
    // A few at a time: there may be a limit.
    for _ in 0..10 {
        deaths_while_the_watch_looks(20);
    }
}

fn deaths_while_the_watch_looks(count: usize) {
    let (mut shell, pids) = unwaited_children(count);
    drop(shell.0.stdin.take());
    wait_for("the shell's exec", || comm(shell.0.id()) == "sleep\n");
    for pid in pids {
        let mut watch = TargetWatch::open(pid).unwrap();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let watcher = std::thread::spawn(move || {
            ready.send(()).unwrap();
            loop {
                match watch.state().unwrap() {
                    TargetState::Running | TargetState::Exiting => {}
                    other => return other,
                }
            }
        });
        is_ready.recv().unwrap();
        signal(pid, Signal::SIGKILL);
        assert_eq!(watcher.join().unwrap(), TargetState::Zombie);
    }
}

#[test]
fn after_an_exec_the_new_address_space_can_be_watched() {
    let mut child = Resting::before_exec("sleep 1000");
    let mut target = AttachedTarget::attach(child.pid().into()).unwrap();
    assert_eq!(target.info.comm(), "sh");
    assert_eq!(target.watch.state().unwrap(), TargetState::Running);
    child.go_on();
    wait_for("the exec", || {
        target.watch.state().unwrap() == TargetState::Execed
    });
    assert_eq!(target.info.comm(), "sh", "what was seen is kept");
    target.reopen().unwrap();
    assert_eq!(target.watch.state().unwrap(), TargetState::Running);
    wait_for("the new name", || {
        target.reopen().unwrap();
        target.info.comm() == "sleep"
    });
}

fn spawn(program: &str, arguments: &[&str]) -> AttachedTarget {
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let output = CommandOutput::File(File::create("/dev/null").unwrap());
    let vmascope = Path::new(env!("CARGO_BIN_EXE_vmascope"));
    let mut command =
        SpawnedCommand::spawn_at_first_instruction(vmascope, program.as_ref(), &arguments, output)
            .unwrap();
    command.let_go();
    AttachedTarget::of_command(command).unwrap()
}

#[test]
fn a_command_is_killed_with_its_group_when_dropped() {
    let target = spawn("sh", &["-c", "sleep 1000 & sleep 1000 & wait"]);
    assert!(target.is_ours());
    let pid = target.pid();
    wait_for("its children", || children(pid).len() == 2);
    let children = children(pid);
    drop(target);
    wait_for("its end", || state_of(pid).is_none());
    for child in children {
        wait_for("its children's end", || {
            matches!(state_of(child), None | Some('Z'))
        });
    }
}

#[test]
fn a_command_that_ends_says_how() {
    let mut target = spawn("sh", &["-c", "kill -STOP $$; exit 7"]);
    wait_for("stopped", || {
        target.watch.state().unwrap() == TargetState::Stopped
    });
    signal(target.pid(), Signal::SIGCONT);
    let ended = TargetState::Exited(Some(ExitStatus::Code(7)));
    wait_for("its end", || target.watch.state().unwrap() == ended);
    assert_eq!(ended.describe(), "has exited (exit status 7)");
}

/// Runs a helper that runs a command, and kills the helper as hard as can be.
#[test]
fn a_command_never_outlives_us() {
    let mut helper = start(
        Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "odd_targets::helper_runs_a_command",
                "--nocapture",
                "--ignored",
            ])
            .env("RUN_A_COMMAND", "1"),
    );
    let output = std::io::BufReader::new(helper.0.stdout.take().unwrap());
    let pid: u32 = std::io::BufRead::lines(output)
        .map_while(Result::ok)
        .find_map(|line| line.split_once("runs ")?.1.trim().parse().ok())
        .unwrap();
    assert_eq!(comm(pid), "sleep\n");
    let mut watch = TargetWatch::open(pid).unwrap();
    helper.0.kill().unwrap();
    helper.0.wait().unwrap();
    wait_for("the command's end", || watch.state().unwrap().is_over());
}

#[test]
#[ignore = "only run by the test above, to be killed"]
fn helper_runs_a_command() {
    if std::env::var_os("RUN_A_COMMAND").is_none() {
        return;
    }
    let target = spawn("sleep", &["1000"]);
    println!("runs {}", target.pid());
    std::thread::sleep(DEADLINE);
}
