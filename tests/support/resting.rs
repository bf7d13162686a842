//! A process that is not ours and has nothing left to do.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A process that has started and rests: nothing of its address space changes
/// until it is told to go on. Killed and reaped at the end.
///
/// A process that was only spawned is still starting: its loader unmaps files
/// and maps others at their addresses.
pub(crate) struct Resting {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Resting {
    /// `cat`, which has copied a line and waits for the next; it ends when told
    /// to [`go_on`](Self::go_on).
    pub(crate) fn start() -> Self {
        Self::once_it_answers(&mut Command::new("cat"), "ready\n")
    }

    /// The same by another name (`argv[0]`); none where programs go by it, as
    /// those of busybox.
    pub(crate) fn named(name: &OsStr) -> Option<Self> {
        Self::if_it_answers(Command::new("cat").arg0(name), "ready\n")
    }

    /// A shell that will run the command in its place when told to
    /// [`go_on`](Self::go_on).
    pub(crate) fn before_exec(command: &str) -> Self {
        let script = format!("echo ready; read line; exec {command}");
        Self::once_it_answers(Command::new("sh").args(["-c", &script]), "")
    }

    fn once_it_answers(command: &mut Command, asked: &str) -> Self {
        Self::if_it_answers(command, asked).unwrap()
    }

    fn if_it_answers(command: &mut Command, asked: &str) -> Option<Self> {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut resting = Resting {
            child,
            input,
            output,
        };
        resting.is_ready(asked).then_some(resting)
    }

    /// Whether it says that it is ready, when asked so.
    fn is_ready(&mut self, asked: &str) -> bool {
        // It may have ended.
        let _ = self.input.as_mut().unwrap().write_all(asked.as_bytes());
        let mut answer = String::new();
        let _ = self.output.read_line(&mut answer);
        answer == "ready\n"
    }

    /// Waits until the program that it has become, `cat`, rests too; whether
    /// it does.
    pub(crate) fn answers(&mut self) -> bool {
        self.is_ready("ready\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Gives it the line that it waits for.
    pub(crate) fn say(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
    }

    /// Ends what it waits for.
    pub(crate) fn go_on(&mut self) {
        self.input = None;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid().cast_signed()), signal).unwrap();
    }

    /// Kills it, and leaves a zombie.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for its end, and reaps it.
    pub(crate) fn wait(&mut self) {
        self.child.wait().unwrap();
    }
}

impl Drop for Resting {
    fn drop(&mut self) {
        // It may be dead, or reaped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
