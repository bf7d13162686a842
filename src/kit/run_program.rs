//! Compiles the program of a kit and runs it, to say how often it shows what it
//! is to show.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::linux::advice::Advised;
use crate::linux::before_exec::tie;
use crate::linux::reap::reap_within;
use crate::setup::cpus::with_all_cpus;
use crate::text::sanitise::sanitise;

/// How often it is run, where there is time for that.
const RUNS: usize = 20;

/// How long all runs of a program may take.
const TIME_TO_RUN: Duration = Duration::from_secs(40);

/// How long a program may run: it ends itself after ten seconds.
const LONGEST_RUN: Duration = Duration::from_secs(15);

const LONGEST_COMPILATION: Duration = Duration::from_secs(60);

const LOOK: Duration = Duration::from_millis(1);
const TIME_TO_DIE: Duration = Duration::from_secs(2);

/// The exit status of a program that found a page missing, or that cannot tell.
const SHOWN: i32 = 1;
const CANNOT_TELL: i32 = 125;

/// The compilers that are tried, in this order.
const COMPILERS: [&str; 3] = ["cc", "gcc", "clang"];

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It was not run, and why.
    NotRun(String),
    /// Somebody wanted to end before it was run.
    Interrupted,
    Run(Runs),
}

/// Runs of a program that could tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Runs {
    /// How it was compiled.
    pub compiled: String,
    /// How often it showed what it is to show, and in how many runs.
    pub shown: usize,
    pub runs: usize,
    /// How long it took, where it did: the median.
    pub median: Option<Duration>,
}

/// Compiles `program` in a folder inside `folder`, which is removed again, and
/// runs it some times, until somebody wants to end.
pub(crate) fn try_program(
    program: &str,
    name: &str,
    folder: &Path,
    interrupted: &AtomicBool,
) -> Tried {
    if interrupted.load(Ordering::Relaxed) {
        return Tried::Interrupted;
    }
    let tried = Workshop::new(folder)
        .map_err(|error| format!("no folder to compile it in: {}", Advised(&error)))
        .and_then(|workshop| {
            // Readers and writers that never meet find little.
            with_all_cpus(|| workshop.try_program(program, name, interrupted))
        });
    match tried {
        Ok(runs) if runs.runs == 0 => Tried::Interrupted,
        Ok(runs) => Tried::Run(runs),
        // What is ended fails, but not by itself.
        Err(_) if interrupted.load(Ordering::Relaxed) => Tried::Interrupted,
        Err(why) => Tried::NotRun(why),
    }
}

/// A folder that is removed when dropped.
struct Workshop(PathBuf);

impl Workshop {
    fn new(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!(".vmascope-{}.d", std::process::id()));
        // What an earlier process of this PID left.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path)?;
        // A compiler that changes its folder must find it, too.
        path.canonicalize().map(Workshop)
    }

    fn try_program(
        &self,
        program: &str,
        name: &str,
        interrupted: &AtomicBool,
    ) -> Result<Runs, String> {
        let compiled = self.compile(program, name, interrupted)?;
        let start = Instant::now();
        let mut times = Vec::new();
        let mut runs = 0;
        while runs < RUNS && start.elapsed() < TIME_TO_RUN && !interrupted.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let mut command = Command::new(self.0.join(name));
            let status = run(&mut command, LONGEST_RUN, interrupted)
                .map_err(|error| format!("it could not be run: {}", Advised(&error)))?;
            match status.map(|status| status.code()) {
                Some(Some(SHOWN)) => times.push(begun.elapsed()),
                Some(Some(0)) => {}
                Some(Some(CANNOT_TELL)) => {
                    return Err("it ended with 125: it cannot do its calls here".into());
                }
                Some(code) => {
                    let code = code.map_or("a signal".into(), |code| code.to_string());
                    return Err(format!("it ended with {code}"));
                }
                None if interrupted.load(Ordering::Relaxed) => break,
                // As if it had shown nothing.
                None => {}
            }
            runs += 1;
        }
        times.sort_unstable();
        Ok(Runs {
            compiled,
            shown: times.len(),
            runs,
            median: times.get(times.len() / 2).copied(),
        })
    }

    /// Compiles it; the command line that does.
    fn compile(
        &self,
        program: &str,
        name: &str,
        interrupted: &AtomicBool,
    ) -> Result<String, String> {
        let source = format!("{name}.c");
        let write = fs::write(self.0.join(&source), program);
        write.map_err(|error| format!("its text could not be written: {}", Advised(&error)))?;
        for compiler in COMPILERS {
            let arguments = ["-O2", "-pthread", "-o", name, &source];
            let mut command = Command::new(compiler);
            command.args(arguments).current_dir(&self.0);
            return match run(&mut command, LONGEST_COMPILATION, interrupted) {
                Ok(Some(status)) if status.success() => {
                    Ok(format!("{compiler} {}", arguments.join(" ")))
                }
                Ok(Some(_)) => Err(format!("{compiler} does not compile it")),
                Ok(None) => Err(format!("{compiler} did not end")),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => Err(format!(
                    "{compiler} cannot be run: {}",
                    sanitise(Advised(&error).to_string().as_bytes())
                )),
            };
        }
        Err("there is no C compiler here (cc, gcc, clang)".into())
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a command without a terminal; how it ended, or none: it was ended, by time
/// or by somebody.
fn run(
    command: &mut Command,
    limit: Duration,
    interrupted: &AtomicBool,
) -> io::Result<Option<ExitStatus>> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    tie(command);
    let mut child = command.spawn()?;
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline && !interrupted.load(Ordering::Relaxed) {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        sleep(LOOK);
    }
    if let Some(group) = Pid::from_raw(child.id().cast_signed()) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    reap_within(&mut child, TIME_TO_DIE);
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_text(program: &str) -> Tried {
        try_until(program, &AtomicBool::new(false))
    }

    fn try_until(program: &str, interrupted: &AtomicBool) -> Tried {
        let folder = tempfile::tempdir().unwrap();
        let tried = try_program(program, "program", folder.path(), interrupted);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        tried
    }

    /// A compiler that takes for ever, and a program that does: whoever ends them
    /// is told so.
    #[test]
    fn what_is_interrupted_says_so() {
        let endless = "int main(void) { for (;;); }";
        assert_eq!(
            try_until(endless, &AtomicBool::new(true)),
            Tried::Interrupted
        );
        // Once it runs, or while it is compiled: nobody knows which it will be.
        let interrupted = AtomicBool::new(false);
        let tried = std::thread::scope(|scope| {
            scope.spawn(|| {
                sleep(Duration::from_millis(300));
                interrupted.store(true, Ordering::Relaxed);
            });
            try_until(endless, &interrupted)
        });
        if matches!(&tried, Tried::NotRun(why) if why.contains("no C compiler")) {
            return crate::support::skip("there is no C compiler");
        }
        assert_eq!(tried, Tried::Interrupted);
    }

    #[test]
    fn what_a_program_says_is_counted() {
        if let Tried::NotRun(why) = try_text("int main(void) { return 1; }") {
            assert!(why.contains("no C compiler"), "{why}");
            return crate::support::skip(&why);
        }
        let counted = |program| match try_text(program) {
            Tried::Run(runs) => (runs.shown, runs.runs, runs.median.is_some()),
            other => panic!("{other:?}"),
        };
        assert_eq!(counted("int main(void) { return 1; }"), (RUNS, RUNS, true));
        assert_eq!(counted("int main(void) { return 0; }"), (0, RUNS, false));
        for (program, says) in [
            (
                "int main(void) { return 125; }",
                "it cannot do its calls here",
            ),
            ("int main(void) { return 3; }", "it ended with 3"),
            (
                "int main(void) { __builtin_trap(); }",
                "it ended with a signal",
            ),
            ("int main(void) { return }", "does not compile it"),
        ] {
            match try_text(program) {
                Tried::NotRun(why) => assert!(why.contains(says), "{why}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
