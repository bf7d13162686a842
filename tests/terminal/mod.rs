//! The real program in a terminal of its own: a pty, and a vt100 behind it.

#![allow(dead_code, reason = "each test program needs a part of it")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{Termios, tcgetattr};
use nix::unistd::Pid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};

use vmascope::internals::process::{CommandOutput, SpawnedCommand};

use crate::support::{child_called, skip};

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What ends a frame: the end of a synchronised update.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// A program that runs in a terminal.
pub(crate) struct Terminal {
    master: Option<File>,
    slave: Option<OwnedFd>,
    before: Termios,
    screen: vt100::Parser,
    /// Bytes that came but are not a whole frame yet.
    pending: Vec<u8>,
    child: Child,
    pidfd: OwnedFd,
}

impl Terminal {
    /// Starts the program, as the leader of the terminal's session.
    pub(crate) fn start(columns: u16, rows: u16, arguments: &[&str], color: bool) -> Self {
        Self::start_as(
            &[env!("CARGO_BIN_EXE_vmascope")],
            (columns, rows),
            arguments,
            color,
        )
    }

    /// The same as a job of a shell, which takes the terminal when it stops and
    /// continues it when it is sent a line.
    pub(crate) fn start_in_shell(columns: u16, rows: u16) -> Self {
        let script = "set -m; \"$0\"; while read _; do fg; done";
        let shell = ["sh", "-c", script, env!("CARGO_BIN_EXE_vmascope")];
        Self::start_as(&shell, (columns, rows), &[], true)
    }

    /// Any program, with what it is to run.
    pub(crate) fn start_as(
        program: &[&str],
        (columns, rows): (u16, u16),
        arguments: &[&str],
        color: bool,
    ) -> Self {
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pty = openpty(&size, None).unwrap();
        rustix::io::ioctl_fionbio(&pty.master, true).unwrap();
        // Else the program would hold its own terminal open.
        for end in [&pty.master, &pty.slave] {
            rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC).unwrap();
        }
        let before = tcgetattr(&pty.slave).unwrap();
        let stdio = || Stdio::from(pty.slave.try_clone().unwrap());
        let mut command = Command::new("setsid");
        command
            // Its long name is not known to busybox.
            .arg("-c")
            .args(program)
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            // Nor does what whoever runs the tests has chosen count.
            .env("VMASCOPE_CONFIG", "none")
            // What it saves must not lie about in the sources.
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .env("TERM", "xterm-256color")
            .env("COLORTERM", "truecolor")
            .env_remove("NO_COLOR")
            .arg0("setsid")
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio());
        if !color {
            command.env("NO_COLOR", "1");
        }
        let child = command.spawn().unwrap();
        let pidfd = pidfd(child.id());
        Terminal {
            master: Some(File::from(pty.master)),
            slave: Some(pty.slave),
            before,
            // One of no size is drawn on as one of the usual size.
            screen: vt100::Parser::new(some(or(rows, 24)), some(or(columns, 80)), 0),
            pending: Vec::new(),
            child,
            pidfd,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    pub(crate) fn send(&mut self, keys: &str) {
        let master = self.master.as_mut().unwrap();
        master.write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid() as i32), signal).unwrap();
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let size = rustix::termios::Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        rustix::termios::tcsetwinsize(self.master.as_ref().unwrap(), size).unwrap();
        self.screen.screen_mut().set_size(some(rows), some(columns));
    }

    /// Closes both ends, as when a terminal window is closed.
    pub(crate) fn hang_up(&mut self) {
        self.slave = None;
        self.master = None;
    }

    /// Waits for a whole frame that is as wanted, and gives its text.
    pub(crate) fn wait_for(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            while let Some(at) = find(&self.pending, FRAME_END) {
                let frame: Vec<u8> = self.pending.drain(..at + FRAME_END.len()).collect();
                self.screen.process(&frame);
                let text = self.screen().contents();
                if wanted(&text) {
                    return text;
                }
            }
            if !self.wait_readable(deadline) {
                self.say_what_is_there(what);
            }
        }
    }

    /// Takes in what can be read; whether something came or may yet come.
    fn wait_readable(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        let master = self.master.as_mut().unwrap();
        let timeout = Timespec::try_from(left).unwrap();
        let mut fds = [
            PollFd::new(&*master, PollFlags::IN),
            PollFd::new(&self.pidfd, PollFlags::IN),
        ];
        poll(&mut fds, Some(&timeout)).unwrap();
        let ended = fds[1].revents().contains(PollFlags::IN);
        let mut buffer = [0; 65_536];
        match master.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.pending.extend_from_slice(&buffer[..count]);
                true
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => !ended,
            Err(_) => false,
        }
    }

    /// Waits for the end of the program and takes in all it wrote.
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        if self.master.is_some() {
            while self.wait_readable(deadline) {}
        }
        assert!(exits(&self.pidfd, deadline), "the program did not end");
        let pending = std::mem::take(&mut self.pending);
        self.screen.process(&pending);
        self.child.wait().unwrap()
    }

    /// Waits until the program hangs in a write, as nobody reads. A continued program draws
    /// the whole screen.
    pub(crate) fn wait_until_full(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let mut hangs = 0;
        while hangs < 20 {
            assert!(Instant::now() < deadline, "the terminal is never full");
            self.signal(Signal::SIGCONT);
            std::thread::park_timeout(Duration::from_millis(20));
            hangs = if self.is_in_a_write() { hangs + 1 } else { 0 };
        }
    }

    /// Whether one of its threads is in write(2) to its terminal.
    fn is_in_a_write(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        let write = format!("{} 0x1 ", nix::libc::SYS_write);
        threads.flatten().any(|thread| {
            let call = std::fs::read_to_string(thread.path().join("syscall"));
            call.is_ok_and(|call| call.starts_with(&write))
        })
    }

    /// Waits for the end of the program, and reads nothing that it writes.
    pub(crate) fn ends_unread(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        assert!(exits(&self.pidfd, deadline), "the program did not end");
        self.child.wait().unwrap()
    }

    /// Takes in what the program wrote before it was stopped.
    pub(crate) fn drain(&mut self) {
        let mut buffer = [0; 65_536];
        while let Ok(count @ 1..) = self.master.as_mut().unwrap().read(&mut buffer) {
            self.pending.extend_from_slice(&buffer[..count]);
        }
        let pending = std::mem::take(&mut self.pending);
        self.screen.process(&pending);
    }

    /// The terminal is as it was before the program started.
    pub(crate) fn assert_sane(&self) {
        let screen = self.screen();
        assert!(
            !screen.alternate_screen(),
            "the alternate screen is still on"
        );
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::None,
            "the mouse is still caught"
        );
        self.assert_modes();
    }

    /// Its modes are as they were: all that can be of one that takes nothing.
    pub(crate) fn assert_modes(&self) {
        let after = tcgetattr(self.slave.as_ref().unwrap()).unwrap();
        assert_eq!(after, self.before, "the terminal's modes are not restored");
    }

    /// Its modifier, which is or will be its child. Not by the PID on the
    /// screen: that may be cut, and the test kills by it.
    pub(crate) fn modifier(&mut self) -> Modifier {
        // A hunt has a modifier of its own, and no scenario.
        let is_shown =
            |text: &str| text.contains(" vmascope  scenario ") || text.contains(" hunting for ");
        if !is_shown(&self.screen().contents()) {
            self.wait_for("scenario", is_shown);
        }
        let (parent, mut found) = (self.pid(), None);
        self.wait_for_state("modifier", || {
            let Some(pid) = child_called(parent, "__modifier") else {
                return false;
            };
            found = Some(Modifier { pidfd: pidfd(pid) });
            // Held, it is still what it was.
            child_called(parent, "__modifier") == Some(pid)
        });
        found.unwrap()
    }

    /// Waits for what does not show on the screen.
    pub(crate) fn wait_for_state(&mut self, what: &str, mut is_so: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so() {
            if self.child.try_wait().unwrap().is_some() || Instant::now() >= deadline {
                self.say_what_is_there(what);
            }
            // Read on, or the program would wait for that.
            self.wait_readable(Instant::now() + Duration::from_millis(10));
        }
    }
}

impl Terminal {
    /// Panics with what is shown, and what the program said at its end.
    fn say_what_is_there(&mut self, what: &str) -> ! {
        let before = self.screen().contents();
        self.drain();
        let (ended, after) = (self.child.try_wait(), self.screen().contents());
        panic!("no {what}; {ended:?}; the last frame:\n{before}\nand after it:\n{after}");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // After a failed test it may still run, or have been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program's modifier.
pub(crate) struct Modifier {
    pidfd: OwnedFd,
}

impl Modifier {
    pub(crate) fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let signal = rustix::process::Signal::from_named_raw(signal as i32).unwrap();
        pidfd_send_signal(&self.pidfd, signal).unwrap();
    }

    pub(crate) fn assert_gone(&self) {
        let gone = exits(&self.pidfd, Instant::now() + PATIENCE);
        assert!(gone, "the modifier is still there");
    }
}

/// Whether a command can be held at its first instruction here.
pub(crate) fn can_hold() -> bool {
    let command = OsStr::new("true");
    let output = CommandOutput::File(File::create("/dev/null").unwrap());
    let vmascope = Path::new(env!("CARGO_BIN_EXE_vmascope"));
    let tried = SpawnedCommand::spawn_at_first_instruction(vmascope, command, &[], output);
    let holds = tried.is_ok_and(|mut command| command.let_go());
    if !holds {
        skip("this system forbids PTRACE_TRACEME (Yama, SELinux or seccomp)");
    }
    holds
}

fn pidfd(pid: u32) -> OwnedFd {
    let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
    pidfd_open(pid, PidfdFlags::empty()).unwrap()
}

fn exits(pidfd: &impl AsFd, deadline: Instant) -> bool {
    let left = deadline.saturating_duration_since(Instant::now());
    let timeout = Timespec::try_from(left).unwrap();
    let mut fds = [PollFd::new(pidfd, PollFlags::IN)];
    poll(&mut fds, Some(&timeout)).unwrap() > 0
}

fn or(count: u16, other: u16) -> u16 {
    if count == 0 { other } else { count }
}

fn some(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
