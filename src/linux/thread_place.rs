//! Where in the kernel a thread is.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::stat::Stat;

/// Functions of a stack that are told: the innermost ones say why it waits.
const MOST_FUNCTIONS: usize = 12;

/// What the kernel tells of a thread that does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ThreadPlace {
    /// Its number (gettid(2)).
    pub thread: u32,
    /// `D` and `S` asleep, `R` where it runs or only lacks a CPU (proc_pid_stat(5)).
    pub state: char,
    /// The function that it sleeps in (`wchan`), where that is told.
    pub sleeps_in: Option<String>,
    /// The functions it is in, the innermost first (`stack`): as root, and of one
    /// that is on no CPU.
    pub stack: Vec<String>,
}

impl ThreadPlace {
    /// `None` where there is no such thread.
    pub(crate) fn of(process: u32, thread: u32) -> Option<Self> {
        let task = PathBuf::from(format!("/proc/{process}/task/{thread}"));
        let stat = Stat::parse(&fs::read(task.join("stat")).ok()?).ok()?;
        let stack = fs::read_to_string(task.join("stack")).unwrap_or_default();
        Some(ThreadPlace {
            thread,
            state: stat.state,
            sleeps_in: sleeps_in(&task),
            stack: functions(&stack),
        })
    }

    /// Whether it waits for something else than a CPU.
    pub(crate) fn is_asleep(&self) -> bool {
        self.state != 'R'
    }
}

/// The function of the kernel that a thread sleeps in, by its directory below
/// `/proc`.
pub(super) fn sleeps_in(task: &Path) -> Option<String> {
    let name = fs::read_to_string(task.join("wchan")).ok()?;
    Some(name).filter(|name| !matches!(&**name, "" | "0"))
}

/// The names in `[<0>] down_write+0x1a/0x60`, a line each; none of what is no
/// function of the kernel's (`0xffffffffffffffff` ended the stacks of old ones).
fn functions(stack: &str) -> Vec<String> {
    let names = stack.lines().filter_map(|line| {
        let name = line.split_once("] ")?.1.split(['+', ' ']).next()?;
        let mut characters = name.chars();
        let is_name = !name.starts_with(|first: char| first.is_ascii_digit())
            && characters.all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '.'));
        (is_name && !name.is_empty()).then(|| name.to_owned())
    });
    names.take(MOST_FUNCTIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_of_a_stack() {
        let stack = "[<0>] rwsem_down_write_slowpath+0x1a/0x60\n[<0>] vma_start.part.0+0x1/0x2 [mod]\n\
                     [<0>] 0xffffffffffffffff\n\nrubbish\n[<0>] a\x1b[2J+0x1/0x2\n[<0>] \n";
        assert_eq!(
            functions(stack),
            ["rwsem_down_write_slowpath", "vma_start.part.0"]
        );
        let deep = "[<0>] f+0x1/0x2\n".repeat(100);
        assert_eq!(functions(&deep).len(), MOST_FUNCTIONS);
    }

    #[test]
    fn one_that_waits_is_asleep() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let (end, until) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            sender.send(rustix::thread::gettid().as_raw_pid()).unwrap();
            until.recv().unwrap_err();
        });
        let number = receiver.recv().unwrap().cast_unsigned();
        let place = || ThreadPlace::of(std::process::id(), number);
        crate::support::wait_for("its sleep", || place().unwrap().is_asleep());
        assert_eq!(place().unwrap().thread, number);
        drop(end);
        thread.join().unwrap();
        crate::support::wait_for("its end", || place().is_none());
    }
}
