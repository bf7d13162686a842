//! A process that is not ours and has nothing left to do.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A process that has started and rests: nothing of its address space changes
/// until it is told to go on. Killed and reaped at the end.
///
/// A process that was only spawned is still starting: its loader unmaps files
/// and maps others at their addresses.
pub(crate) struct Resting {
    child: Child,
    input: Option<ChildStdin>,
    _output: BufReader<ChildStdout>,
}

impl Resting {
    /// `cat`, which has copied a line and waits for the next.
    pub(crate) fn start() -> Self {
        Self::once_it_answers(&mut Command::new("cat"), "ready\n")
    }

    /// A shell that will run the command in its place when told to
    /// [`go_on`](Self::go_on).
    pub(crate) fn before_exec(command: &str) -> Self {
        let script = format!("echo ready; read line; exec {command}");
        Self::once_it_answers(Command::new("sh").args(["-c", &script]), "")
    }

    fn once_it_answers(command: &mut Command, asked: &str) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        input.write_all(asked.as_bytes()).unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert_eq!(answer, "ready\n", "{command:?}");
        Resting {
            child,
            input: Some(input),
            _output: output,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends what it waits for.
    pub(crate) fn go_on(&mut self) {
        self.input = None;
    }

    /// Kills it, and leaves a zombie.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }
}

impl Drop for Resting {
    fn drop(&mut self) {
        // It may be dead, but it is not reaped yet.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
