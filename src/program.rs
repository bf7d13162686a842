//! The program: what `main` does.

use std::panic::resume_unwind;
use std::process::ExitCode;
use std::thread;

use crate::commands;
use crate::commands::exit::{Exit, Failure};
use crate::commands::signals::survive_full_files;
use crate::linux::advice::Advised;
use crate::linux::allocator::give_back_large_blocks;
use crate::linux::closed_output;
use crate::modifier::{handle, timed_writer};
use crate::process::supervisor;
use crate::report::output::tell;

pub use crate::linux::allocator::OrEnd;

/// The program's stack, in bytes: as much as a main thread mostly has.
const STACK_BYTES: usize = 8 << 20;

/// Runs the program by its command line, or as one of its own children.
#[must_use]
pub fn main() -> ExitCode {
    // The modifier and the writer are this program run again; they must stay
    // quiet, so nothing comes before this.
    handle::run_if_child();
    timed_writer::run_if_child();
    supervisor::run_if_supervisor();
    give_back_large_blocks();
    // The main thread's stack is as small as `ulimit -s` says, a few pages
    // perhaps; that of any other thread is mapped when it starts.
    let program = thread::Builder::new()
        .name("vmascope".into())
        .stack_size(STACK_BYTES)
        .spawn(program);
    match program.map(thread::JoinHandle::join) {
        Ok(Ok(exit)) => ExitCode::from(exit as u8),
        Ok(Err(panic)) => resume_unwind(panic),
        Err(error) => {
            tell(&format!(
                "vmascope: cannot start a thread: {}",
                Advised(&error)
            ));
            ExitCode::from(Exit::CouldNotRun as u8)
        }
    }
}

fn program() -> Exit {
    let done = closed_output::check()
        .and_then(|()| survive_full_files())
        .map_err(Failure::from)
        .and_then(|()| commands::command_line())
        .and_then(|cli| cli.map_or(Ok(Exit::Held), |cli| commands::run(&cli)));
    done.unwrap_or_else(|failure| {
        tell(&format!("vmascope: {failure}"));
        failure.exit
    })
}
