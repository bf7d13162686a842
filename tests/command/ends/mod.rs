//! Nothing that the program waits for keeps it from ending, and nothing that it
//! has started outlives it.

mod blocked;
mod left_behind;
mod signals;
mod stopped;

use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The program without a terminal; killed at the end of the test.
struct Program(Child);

impl Program {
    fn start(arguments: &[&str], stdout: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
        command.args(arguments).stdin(Stdio::null()).stdout(stdout);
        Program(command.stderr(Stdio::piped()).spawn().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.0.id() as i32), signal).unwrap();
    }

    /// Waits for its end, however busy the machine is: its exit status.
    fn ends(&mut self) -> Option<i32> {
        let mut ended = None;
        crate::support::wait_for("the end of the program", || {
            ended = self.0.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap().code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
