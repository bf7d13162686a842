//! A process whose first thread has ended, and whose others live on: its files
//! in `/proc/PID` say that it is a zombie, with no memory and no command line.

#![allow(clippy::print_stdout, reason = "a helper tells what it has done")]

use std::io::{BufRead, BufReader, Write};
use std::num::NonZero;
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::libc;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
use nix::sys::signal::{SigHandler, Signal, kill, signal};
use nix::unistd::Pid;
use vmascope::internals::process::{AttachedTarget, TargetState};
use vmascope::internals::sampling::WatchEvent;

use super::{Killed, follow, step_until};
use crate::support::wait_for;

struct Target {
    killed: Killed,
    output: BufReader<ChildStdout>,
}

impl Target {
    fn start() -> Self {
        let arguments = [
            "--exact",
            "hostile_targets::first_thread::helper",
            "--nocapture",
            "--ignored",
        ];
        let child: Child = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .env("FIRST_THREAD", "ends")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut killed = Killed(child);
        let output = BufReader::new(killed.0.stdout.take().unwrap());
        let mut target = Target { killed, output };
        target.wait_until_it_says("its first thread ends");
        let stat = format!("/proc/{}/stat", target.pid());
        wait_for("the end of its first thread", || {
            std::fs::read_to_string(&stat).unwrap().contains(") Z ")
        });
        target
    }

    fn pid(&self) -> u32 {
        self.killed.pid()
    }

    fn wait_until_it_says(&mut self, what: &str) {
        let mut line = String::new();
        while !line.contains(what) {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "no {what}");
        }
    }

    fn say(&mut self, line: &str, answer: &str) {
        let input = self.killed.0.stdin.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        self.wait_until_it_says(answer);
    }

    /// Those that have not ended.
    fn threads(&self) -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        let names = tasks.map(|task| task.unwrap().file_name().into_string().unwrap());
        names.filter(|tid| *tid != self.pid().to_string()).collect()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid().cast_signed()), signal).unwrap();
    }
}

fn maps_of_a_thread(pid: u32) -> Vec<u8> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let texts = tasks.filter_map(|task| std::fs::read(task.ok()?.path().join("maps")).ok());
    texts.max_by_key(Vec::len).unwrap()
}

#[test]
fn it_is_watched_to_its_end() {
    let mut target = Target::start();
    let attached = AttachedTarget::attach(target.pid().into()).unwrap();
    let command = attached.info.command_line();
    assert!(
        command.contains("hostile_targets::first_thread::helper"),
        "{command}"
    );
    assert!(attached.info.counts.vmas > 5);
    let mut follower = follow(target.pid());
    follower.step(|it| panic!("{it:?}")).unwrap();
    assert_eq!(follower.latest(), maps_of_a_thread(target.pid()));
    target.say("map a page\n", "mapped");
    step_until(&mut follower, "a change", |it| {
        matches!(it, WatchEvent::Change(..))
    });
    target.signal(Signal::SIGSTOP);
    step_until(&mut follower, "its stop", |it| {
        matches!(it, WatchEvent::Stopped)
    });
    target.signal(Signal::SIGCONT);
    step_until(&mut follower, "going on", |it| {
        matches!(it, WatchEvent::Continued)
    });
    target.signal(Signal::SIGKILL);
    let is_end = |it: &WatchEvent| matches!(it, WatchEvent::End { .. });
    step_until(&mut follower, "its end", is_end);
}

#[test]
fn one_that_was_attached_to_before_goes_on() {
    let target = Target::start();
    let mut attached = AttachedTarget::attach(target.pid().into()).unwrap();
    assert_eq!(attached.watch.state().unwrap(), TargetState::Running);
    target.signal(Signal::SIGKILL);
    wait_for("its end", || attached.watch.state().unwrap().is_over());
    assert_ne!(attached.watch.state().unwrap(), TargetState::Execed);
    // Now all of it is a zombie.
    let error = AttachedTarget::attach(target.pid().into()).unwrap_err();
    assert!(error.to_string().contains("zombie"), "{error}");
}

#[test]
fn the_thread_that_it_is_read_by_may_end_too() {
    let mut target = Target::start();
    let mut follower = follow(target.pid());
    for round in 1..=20 {
        follower.step(no_end).unwrap();
        assert_eq!(follower.totals().scans, round);
        let before = target.threads();
        target.say("pass on\n", "passed on");
        wait_for("its end", || {
            let now = target.threads();
            before.iter().all(|thread| !now.contains(thread))
        });
    }
    assert_eq!(follower.totals().execs, 0);
}

fn no_end(it: WatchEvent) {
    // The stack of another thread.
    assert!(matches!(it, WatchEvent::Change(..)), "{it:?}");
}

/// Ends the thread on which it runs, and no other.
extern "C" fn end_thread(_: libc::c_int) {
    // SAFETY: exit(2) ends the calling thread and is async-signal-safe; that
    // thread holds no lock that the others need.
    unsafe { libc::syscall(libc::SYS_exit, 0) };
}

#[test]
#[ignore = "only run by other tests, as a target"]
fn helper() {
    if std::env::var_os("FIRST_THREAD").is_none() {
        return;
    }
    std::thread::spawn(|| {
        println!("its first thread ends");
        // SAFETY: the handler makes one async-signal-safe call.
        unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(end_thread)) }.unwrap();
        let first = std::process::id();
        // SAFETY: tgkill(2) takes three numbers.
        unsafe { libc::syscall(libc::SYS_tgkill, first, first, libc::SIGUSR1) };
        serve();
    });
    // This may be the first thread, or another one that does nothing any more.
    end_thread(0);
}

fn serve() {
    let mut line = String::new();
    while std::io::stdin().read_line(&mut line).unwrap() > 0 {
        if line == "pass on\n" {
            std::thread::spawn(|| {
                println!("passed on");
                serve();
            });
            end_thread(0);
        }
        line.clear();
        let length = NonZero::new(4096).unwrap();
        // SAFETY: a new anonymous mapping, at an address the kernel chooses; it
        // is never accessed.
        unsafe {
            mmap_anonymous(None, length, ProtFlags::PROT_NONE, MapFlags::MAP_PRIVATE).unwrap();
        }
        println!("mapped");
    }
    std::process::exit(0);
}
