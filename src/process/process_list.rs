//! The processes there are, and which of them may be watched.

use std::{fs, io};

use procfs::FromRead;
use procfs::process::StatM;

use super::attached::{AttachError, read_info};
use super::proc_text::{comm_of, raw_command_line, show_command_line, user_name};
use crate::linux::open_error::OpenError;
use crate::linux::process::page_size;
use crate::linux::stat::{Stat, directory};
use crate::linux::status;
use crate::modifier::role::role;
use crate::text::sanitise::sanitise;

/// A process, as a list shows it. Names are sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProcessEntry {
    pub pid: u32,
    /// When it started, in clock ticks since boot: with the PID this names it
    /// for good.
    pub started: u64,
    /// The name, `comm`; of a child of a vmascope what it is, in brackets.
    pub name: String,
    /// The command line, arguments separated by blanks; the name in brackets
    /// where there is none; of a child of a vmascope what it is.
    pub command: String,
    /// The name of its user, and the user's number.
    pub user: String,
    pub threads: usize,
    /// Memory that is resident, in bytes: `/proc/PID/statm`, which is
    /// inexact.
    pub resident: u64,
    /// VMAs, the gate VMA not counted; or in a few words why its address space
    /// may not be read.
    pub vmas: Result<u64, String>,
}

/// The PIDs of all processes but this one, ascending.
pub(crate) fn list_pids() -> io::Result<Vec<u32>> {
    let ourselves = std::process::id();
    let mut pids = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let pid: Option<u32> = name.to_str().and_then(|name| name.parse().ok());
        pids.extend(pid.filter(|pid| *pid != ourselves));
    }
    pids.sort_unstable();
    Ok(pids)
}

/// Looks at one process. None: it is gone, or it is a kernel thread, which has
/// no address space. Reads all of its `maps`, which costs the target as much as
/// any scan.
#[must_use]
pub(crate) fn process_entry(pid: u32) -> Option<ProcessEntry> {
    let stat = Stat::read(pid).ok().filter(|stat| !stat.kernel_thread)?;
    let entry = |name, command, uid, threads, vmas| ProcessEntry {
        pid,
        started: stat.start_time,
        name,
        command,
        user: user_name(uid),
        threads,
        resident: resident(pid),
        vmas,
    };
    match read_info(pid) {
        Ok(info) => Some(entry(
            called(info.comm(), &info.raw_command_line),
            info.role.clone().unwrap_or_else(|| info.command_line()),
            info.uid,
            info.threads,
            Ok(info.counts.vmas),
        )),
        Err(error) => {
            let status = status::read(pid).ok()?;
            let (uid, threads) = (status.ruid, status.threads as usize);
            let why = in_a_few_words(&error, uid)?;
            // Anybody may read this.
            let raw = raw_command_line(pid);
            let name = called(sanitise(&comm_of(pid)).into_owned(), &raw);
            let command = show_command_line(&raw);
            let command = command.unwrap_or_else(|| format!("[{name}]"));
            Some(entry(name, command, uid, threads, Err(why)))
        }
    }
}

/// A child of some vmascope is called what it is: its command line may find no room.
fn called(name: String, raw_command_line: &[u8]) -> String {
    role(raw_command_line).map_or(name, |role| format!("[{role}]"))
}

fn resident(pid: u32) -> u64 {
    let statm = StatM::from_file(format!("{}/statm", directory(pid)));
    statm.map_or(0, |statm| statm.resident * page_size())
}

/// Why it may not be read; none where it is gone.
fn in_a_few_words(error: &AttachError, uid: u32) -> Option<String> {
    let us = rustix::process::geteuid().as_raw();
    Some(match error {
        AttachError::Open(OpenError::Denied { .. }) if uid != us => "another user's".into(),
        AttachError::Open(OpenError::Denied { .. }) => {
            "protected (not dumpable, or more capabilities)".into()
        }
        AttachError::Open(OpenError::Zombie { .. }) => "has exited (a zombie)".into(),
        AttachError::Open(OpenError::NoSuchProcess { .. } | OpenError::KernelThread { .. })
        | AttachError::Scan(_) => return None,
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_seen_though_it_does_not_list_itself() {
        let pid = std::process::id();
        assert!(!list_pids().unwrap().contains(&pid));
        let entry = process_entry(pid).unwrap();
        assert!(entry.vmas.unwrap() > 10);
        assert!(entry.resident > 0 && entry.threads > 0 && entry.started > 0);
        assert_eq!(process_entry(u32::MAX), None);
    }
}
