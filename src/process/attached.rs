//! A target that is not ours: a process by its PID, and what to show of it.

use std::time::Duration;

use rustix::process::geteuid;
use thiserror::Error;

use super::proc_text::{comm_of, raw_command_line, show_command_line, user_name};
use super::spawned::SpawnedCommand;
use super::target_state::{LookError, TargetState, TargetWatch};
use crate::linux::advice::says_nothing;
use crate::linux::chunk::{ChunkReader, NoClock, ScanError};
use crate::linux::file::ProcFile;
use crate::linux::limits::largest_pid;
use crate::linux::open_error::OpenError;
use crate::linux::pid_namespace;
use crate::linux::pid_namespace::NotOurProc;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::process::page_size;
use crate::linux::rights::Rights;
use crate::linux::status;
use crate::maps::line_counts::LineCounts;
use crate::maps::scan_text::ScanText;
use crate::modifier::role::role;
use crate::text::sanitise::sanitise;

/// Why a process cannot be watched.
#[derive(Debug, Error)]
pub enum AttachError {
    /// No process can have such a PID.
    #[error(
        "cannot watch process {pid}: PIDs go from 1 to {most} here; `ps -e` lists the processes"
    )]
    NoPid {
        pid: u64,
        /// The largest PID, `kernel.pid_max` less 1.
        most: u32,
    },
    /// Another user's process.
    #[error(
        "cannot watch process {pid} ({comm}): it belongs to {owner}, and this is {user}; {}",
        Rights::here().to_read_others()
    )]
    NotOurs {
        pid: u32,
        /// Its name, sanitised.
        comm: String,
        owner: String,
        user: String,
    },
    /// Our user's process, but protected.
    #[error(
        "cannot watch process {pid} ({comm}): it is this user's, but protected: not dumpable (setuid, file capabilities, a file that may not be read, or PR_SET_DUMPABLE), with more capabilities, or refused by a security module; {}",
        Rights::here().to_read_others()
    )]
    Protected {
        pid: u32,
        /// Its name, sanitised.
        comm: String,
    },
    /// Its `maps` cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// No process can be told by its number here.
    #[error(transparent)]
    NotOurProc(#[from] NotOurProc),
    /// Its `maps` cannot be read.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// What it is or does cannot be read.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The command was over before it could be watched.
    #[error(
        "{program} {how} before it could be watched; run something that takes longer, such as `sh -c '{program} …; sleep 60'`"
    )]
    OverAtOnce {
        /// The program, sanitised.
        program: String,
        how: String,
    },
}

impl AttachError {
    /// Whether the process is there but may not be read, which will not change
    /// by itself.
    #[must_use]
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::NotOurs { .. } | Self::Protected { .. } | Self::Open(OpenError::Denied { .. })
        )
    }

    /// Whether it shows so when the process has just ended, or called exec.
    #[must_use]
    pub(crate) fn may_be_its_end(&self) -> bool {
        matches!(
            self,
            Self::Open(OpenError::NoSuchProcess { .. } | OpenError::Zombie { .. })
                | Self::Scan(ScanError::TargetGone | ScanError::MidLine { .. })
        )
    }
}

/// What a process is, as far as it is shown. Names are the target's own: only
/// the accessors are fit for a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetInfo {
    pub pid: u32,
    /// The real user ID.
    pub uid: u32,
    /// Of its `maps`.
    pub counts: LineCounts,
    pub threads: usize,
    /// `/proc/PID/comm` without its newline, as it is.
    pub raw_comm: Vec<u8>,
    /// `/proc/PID/cmdline`, arguments ended by NUL, as it is; empty where the
    /// process has none. At most 64 KiB.
    pub raw_command_line: Vec<u8>,
    /// What it is of another vmascope: `the modifier of vmascope, PID 7`.
    pub role: Option<String>,
}

impl TargetInfo {
    /// The name, sanitised.
    #[must_use]
    pub fn comm(&self) -> String {
        sanitise(&self.raw_comm).into_owned()
    }

    /// The command line, arguments separated by blanks, sanitised; the name in
    /// brackets where there is none, as `ps` shows it.
    #[must_use]
    pub fn command_line(&self) -> String {
        show_command_line(&self.raw_command_line).unwrap_or_else(|| format!("[{}]", self.comm()))
    }
}

/// How often an exec is looked after that another one follows at once.
const MOST_EXECS: u32 = 100;

/// A target that is watched though its states are unknown.
#[derive(Debug)]
pub struct AttachedTarget {
    /// What it was when it was opened.
    pub info: TargetInfo,
    /// What has become of it.
    pub watch: TargetWatch,
    /// The TID that was asked for, where that was not the process's own PID:
    /// threads share one address space.
    pub thread: Option<u32>,
    /// The command, if we run it: it ends when this is dropped.
    command: Option<SpawnedCommand>,
}

impl AttachedTarget {
    /// Opens a running process, by its PID or the TID of any of its threads.
    pub fn attach(pid: u64) -> Result<Self, AttachError> {
        pid_namespace::check()?;
        let most = largest_pid();
        let pid = match u32::try_from(pid) {
            Ok(small @ 1..) if small <= most => small,
            _ => return Err(AttachError::NoPid { pid, most }),
        };
        // A TID has a directory in /proc too, although it is not listed.
        let process = status::read(pid).ok();
        let process = process.map(|status| status.tgid.cast_unsigned());
        let process = process.filter(|tgid| *tgid != pid);
        let thread = process.map(|_| pid);
        let pid = process.unwrap_or(pid);
        let mut watch = TargetWatch::open(pid).map_err(|error| who_refused(pid, error))?;
        let mut info = read_info(pid)?;
        if watch.state()?.is_over() {
            // Just now: if it has exited, opening it again says so.
            (watch, info) = of_new_program(&watch)?;
        }
        Ok(Self {
            info,
            watch,
            thread,
            command: None,
        })
    }

    /// Opens a command that has just been run.
    pub fn of_command(command: SpawnedCommand) -> Result<Self, AttachError> {
        let over = |command: &SpawnedCommand| {
            // If it is over, that is known at once or in a moment.
            let how = command.ending().within(Duration::from_secs(1))??;
            Some(AttachError::OverAtOnce {
                program: command.program().to_owned(),
                how: format!("ended ({how})"),
            })
        };
        match Self::attach(command.handle().pid().into()) {
            Ok(mut target) => {
                target.watch.told_by(command.ending());
                if let TargetState::Exited(Some(_)) = target.watch.state()?
                    && let Some(error) = over(&command)
                {
                    return Err(error);
                }
                target.command = Some(command);
                Ok(target)
            }
            Err(error) => Err(over(&command).unwrap_or(error)),
        }
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.watch.pid()
    }

    /// What else is to be known of it, in brackets: that it was asked for by
    /// another number, and whose child it is; mostly nothing.
    #[must_use]
    pub(crate) fn remark(&self) -> String {
        let thread = self
            .thread
            .map(|tid| format!("the process of thread {tid}"));
        let remarks: Vec<String> = thread.into_iter().chain(self.info.role.clone()).collect();
        match remarks.is_empty() {
            true => String::new(),
            false => format!(" ({})", remarks.join("; ")),
        }
    }

    /// Whether we run it, so that it ends with us.
    #[cfg(feature = "internals")]
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.command.is_some()
    }

    /// Lets a command run that was held at its first instruction; whether it
    /// was.
    pub(crate) fn let_go(&mut self) -> bool {
        self.command.as_mut().is_some_and(SpawnedCommand::let_go)
    }

    /// After an exec: opens the new address space, and reads anew what the target
    /// is. On an error nothing changes.
    pub fn reopen(&mut self) -> Result<(), AttachError> {
        (self.watch, self.info) = of_new_program(&self.watch)?;
        Ok(())
    }
}

/// Opens what a process runs after an exec, and reads what that is.
fn of_new_program(old: &TargetWatch) -> Result<(TargetWatch, TargetInfo), AttachError> {
    let pid = old.pid();
    let mut tries = 0;
    loop {
        let new = old.of_new_program();
        let mut watch = new.map_err(|error| who_refused(pid, error))?;
        let info = read_info(pid)?;
        tries += 1;
        // If it has run another program meanwhile, this is what it was or what
        // it is. One that never stops doing so is found out by the next look.
        if watch.state()? != TargetState::Execed || tries == MOST_EXECS {
            return Ok((watch, info));
        }
    }
}

/// What a process is now; reads all of its `maps`.
pub(crate) fn read_info(pid: u32) -> Result<TargetInfo, AttachError> {
    let file = ProcFile::open(pid, ProcFileName::Maps)?;
    let mut text = ScanText::default();
    ChunkReader::new(file, page_size() as usize).scan(&NoClock, &mut text)?;
    let status = match status::read(pid) {
        Err(error) if says_nothing(&error) => return Err(LookError { pid, error }.into()),
        status => status.ok(),
    };
    let raw_command_line = raw_command_line(pid);
    let role = role(&raw_command_line).map(|role| {
        let parent = status.as_ref().map_or(0, |status| status.ppid);
        format!("the {role} of vmascope, PID {parent}")
    });
    Ok(TargetInfo {
        pid,
        uid: status.as_ref().map_or(0, |status| status.ruid),
        counts: LineCounts::of(text.text()),
        threads: status.map_or(0, |status| status.threads as usize),
        raw_comm: comm_of(pid),
        raw_command_line,
        role,
    })
}

/// Says who a process belongs to that may not be read.
fn who_refused(pid: u32, error: OpenError) -> AttachError {
    let OpenError::Denied { .. } = error else {
        return error.into();
    };
    let comm = sanitise(&comm_of(pid)).into_owned();
    let us = geteuid().as_raw();
    match status::read(pid).map(|status| status.ruid) {
        Ok(uid) if uid != us => AttachError::NotOurs {
            pid,
            comm,
            owner: user_name(uid),
            user: user_name(us),
        },
        Ok(_) => AttachError::Protected { pid, comm },
        Err(_) => error.into(),
    }
}
