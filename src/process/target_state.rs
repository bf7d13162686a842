//! What has become of a target, asked without waiting.

use std::io;
use std::time::Duration;

use super::ending::Ending;
use crate::linux::advice::Advised;
use crate::linux::open_error::OpenError;
use crate::linux::pid_handle::ExitStatus;
use crate::linux::process::Process;
use crate::linux::stat::Stat;

/// What a target is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetState {
    /// It runs, or could.
    Running,
    /// A signal or a tracer has stopped it: nothing changes until it goes on.
    Stopped,
    /// It is on its way out: its address space is gone, and how it ended is
    /// not known yet.
    Exiting,
    /// It has exited, and its parent has not asked for its status.
    Zombie,
    /// It has exited; how, if it is a child of this process, or a command of ours.
    Exited(Option<ExitStatus>),
    /// It runs another program: the address space that was watched is gone,
    /// and [`TargetWatch::of_new_program`] opens the new one.
    Execed,
}

impl TargetState {
    /// Whether the address space that was watched is gone for good.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Running | Self::Stopped)
    }

    /// In a few words, as the end of "the target …".
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Running => "runs".into(),
            Self::Stopped => "is stopped".into(),
            Self::Exiting => "is exiting".into(),
            Self::Zombie => "has exited (a zombie)".into(),
            Self::Exited(None) => "has exited".into(),
            Self::Exited(Some(how)) => format!("has exited ({how})"),
            Self::Execed => "has run another program (exec)".into(),
        }
    }
}

/// What a target is doing cannot be found out: that says nothing of its end.
#[derive(Debug, thiserror::Error)]
#[error("cannot see whether process {pid} still runs: {}", Advised(error))]
pub struct LookError {
    pub pid: u32,
    pub error: io::Error,
}

/// How long to wait for the end of a process that has given up its address
/// space: `exit_notify()` follows `exit_mm()` in `do_exit()` (kernel/exit.c),
/// at once unless there is much to unmap or the CPU is wanted by others.
const EXIT_PATIENCE: Duration = Duration::from_millis(100);

/// Watches over a target by a pidfd and an open file of its address space, so
/// that neither a reused PID nor an exec is mistaken for it.
#[derive(Debug)]
pub struct TargetWatch {
    process: Process,
    /// Who tells how it ended, where it is a command of ours.
    ending: Option<Ending>,
    /// When it started: with the PID this names it even when it is dead.
    started: Option<u64>,
    ended: Option<TargetState>,
}

impl TargetWatch {
    /// Opens a process and the address space it has now.
    pub fn open(pid: u32) -> Result<Self, OpenError> {
        let process = Process::open(pid)?;
        let started = process.stat().ok().map(|stat| stat.start_time);
        Ok(Self {
            process,
            ending: None,
            started,
            ended: None,
        })
    }

    /// Its supervisor tells how it ended.
    pub(crate) fn told_by(&mut self, ending: Ending) {
        self.ending = Some(ending);
    }

    #[must_use]
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// When it started, in clock ticks since boot, where that could be read:
    /// with the PID this names one process for good.
    #[must_use]
    pub(crate) fn started(&self) -> Option<u64> {
        self.started
    }

    /// What the target is doing now.
    ///
    /// A few system calls: it polls the pidfd, reads `/proc/PID/stat` and one
    /// line of the open `maps`. On kernels that take `mmap_lock` for that (to
    /// 6.16) the last may have to wait for a writer, as every scan does. Ask a
    /// few times a second, not in a loop.
    ///
    /// # Errors
    /// When it runs, and may not be looked at (too many open files, perhaps).
    pub fn state(&mut self) -> Result<TargetState, LookError> {
        // Once reaped, the PID may become somebody else's.
        if let Some(ended) = self.ended {
            return Ok(ended);
        }
        let pid = self.pid();
        let state = self.look().map_err(|error| LookError { pid, error })?;
        if matches!(state, TargetState::Exited(_)) {
            self.ended = Some(state);
        }
        Ok(state)
    }

    fn look(&mut self) -> io::Result<TargetState> {
        if self.process.alive() {
            match self.look_alive() {
                // How it ended is mostly known in a moment.
                Ok(TargetState::Exiting) if self.process.handle().ends_within(EXIT_PATIENCE) => {}
                // It ended meanwhile.
                Err(_) if !self.process.alive() => {}
                other => return other,
            }
        }
        Ok(self.look_dead())
    }

    fn look_dead(&self) -> TargetState {
        // Read after the end was seen: what was read before may be of the time
        // when it still ran.
        match (self.how_it_ended(), Stat::read(self.pid())) {
            (Some(Some(how)), _) => TargetState::Exited(Some(how)),
            // Nobody says. The PID may be somebody else's by now.
            (Some(None), Ok(stat)) if Some(stat.start_time) == self.started => TargetState::Zombie,
            (Some(None), _) => TargetState::Exited(None),
            (None, _) => TargetState::Exiting,
        }
    }

    /// How it ended, which may be said by nobody; none while that may still be
    /// told.
    fn how_it_ended(&self) -> Option<Option<ExitStatus>> {
        match &self.ending {
            Some(ending) => ending.within(EXIT_PATIENCE),
            None => Some(self.process.handle().exit_status()),
        }
    }

    fn look_alive(&mut self) -> io::Result<TargetState> {
        let alive = self.process.mm_alive()?;
        let stat = Stat::read(self.pid())?;
        Ok(match stat.state {
            // Its other threads were just ending, or keep the address space.
            _ if stat.is_dead() && alive => TargetState::Running,
            _ if stat.is_dead() || stat.exiting && !alive => TargetState::Exiting,
            _ if !alive => TargetState::Execed,
            'T' | 't' => TargetState::Stopped,
            _ => TargetState::Running,
        })
    }

    /// After an exec: opens the address space of the new program.
    pub(crate) fn of_new_program(&self) -> Result<Self, OpenError> {
        let mut new = Self::open(self.pid())?;
        new.ending.clone_from(&self.ending);
        // While it lives its PID is its own, so this is the same process.
        if self.process.alive() {
            return Ok(new);
        }
        let (pid, file) = (self.pid(), crate::linux::proc_file_name::ProcFileName::Maps);
        Err(OpenError::NoSuchProcess { pid, file })
    }
}
