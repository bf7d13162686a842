//! A target by what the user calls it: its PID, a thread's, or its name.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;

use super::proc_text::{comm_of, raw_command_line, show_command_line, user_name};
use super::process_list::list_pids;
use crate::linux::advice::{Advised, says_nothing};
use crate::linux::stat::Stat;
use crate::linux::status;
use crate::modifier::role::role;
use crate::text::sanitise::sanitise_cut;

/// Matches that an error lists.
const MOST: usize = 8;

/// How much of a name or a command line an error quotes, in bytes.
const QUOTED: usize = 60;

/// Why no target was found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindError {
    /// The processes cannot be listed.
    #[error("cannot list the processes in /proc: {}", Advised(.0))]
    NoList(io::Error),
    #[error(
        "cannot find a process by an empty name; give its PID or its name; `vmascope attach` alone lists the processes to choose from"
    )]
    NoName,
    /// No process is called so.
    #[error(
        "cannot find a process named {name}; `vmascope attach` alone lists the processes to choose from"
    )]
    None { name: String },
    #[error("cannot choose among {count} processes named {name}: {list}; give the PID")]
    Several {
        name: String,
        count: usize,
        /// The first of them: PID, user and command line, sanitised.
        list: String,
    },
}

/// The PID of what the user calls so. A number is a PID, whether there is such
/// a process or not. A name is that of one process: its `comm` (of which the
/// kernel keeps 15 bytes), or the last part of the path it was run by; or, if
/// no process is called just so, a part of either.
pub(crate) fn find_target(called: &OsStr) -> Result<u64, FindError> {
    if let Some(pid) = called.to_str().and_then(|text| text.parse().ok()) {
        return Ok(pid);
    }
    let wanted = called.as_bytes();
    if wanted.trim_ascii().is_empty() {
        return Err(FindError::NoName);
    }
    let (mut exact, mut partial) = (Vec::new(), Vec::new());
    for pid in list_pids().map_err(FindError::NoList)? {
        match Stat::read(pid) {
            Ok(stat) if !stat.kernel_thread && !stat.is_dead() => {}
            Err(error) if says_nothing(&error) => return Err(FindError::NoList(error)),
            _ => continue,
        }
        let names = [comm_of(pid), program_of(pid)];
        if names.iter().any(|name| name == wanted) {
            exact.push(pid);
        } else if names
            .iter()
            .any(|name| memchr::memmem::find(name, wanted).is_some())
        {
            partial.push(pid);
        }
    }
    let found = if exact.is_empty() { partial } else { exact };
    let name = sanitise_cut(wanted, QUOTED).into_owned();
    match found[..] {
        [pid] => Ok(pid.into()),
        [] => Err(FindError::None { name }),
        _ => Err(FindError::Several {
            name,
            count: found.len(),
            list: list(&found),
        }),
    }
}

/// The last part of the path in the first argument.
fn program_of(pid: u32) -> Vec<u8> {
    let mut raw = raw_command_line(pid);
    raw.truncate(memchr::memchr(0, &raw).unwrap_or(raw.len()));
    match memchr::memrchr(b'/', &raw) {
        Some(slash) => raw.split_off(slash + 1),
        None => raw,
    }
}

fn list(pids: &[u32]) -> String {
    let mut shown: Vec<String> = pids
        .iter()
        .take(MOST)
        .map(|pid| {
            let user = status::read(*pid).map(|status| user_name(status.ruid));
            let user = user.unwrap_or_default();
            let raw = raw_command_line(*pid);
            let command = show_command_line(&raw).unwrap_or_default();
            let command = match role(&raw) {
                Some(role) => format!("the {role} of a vmascope"),
                None => sanitise_cut(command.as_bytes(), QUOTED).into_owned(),
            };
            format!("{pid} ({user}: {command})")
        })
        .collect();
    if pids.len() > MOST {
        shown.push(format!("and {} more", pids.len() - MOST));
    }
    shown.join(", ")
}
