//! What `/proc` says of a process in text: its name, its command line,
//! its user.

use std::fs;

use nix::unistd::{Uid, User};

use crate::linux::stat::directory;
use crate::text::sanitise::sanitise;

/// How much of a command line is kept, in bytes.
const COMMAND_LINE_ROOM: usize = 64 * 1024;

/// The name, `comm`, without its newline; empty where it cannot be read.
pub(crate) fn comm_of(pid: u32) -> Vec<u8> {
    let mut comm = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    comm.pop_if(|last| *last == b'\n');
    comm
}

/// `/proc/PID/cmdline`, at most 64 KiB; empty where it cannot be read.
pub(crate) fn raw_command_line(pid: u32) -> Vec<u8> {
    let mut raw = fs::read(format!("{}/cmdline", directory(pid))).unwrap_or_default();
    raw.truncate(COMMAND_LINE_ROOM);
    raw
}

/// Arguments ended by NUL, separated by blanks and sanitised; none where there
/// are none.
pub(crate) fn show_command_line(raw: &[u8]) -> Option<String> {
    let end = raw.iter().rposition(|&byte| byte != 0)?;
    let arguments = raw[..=end].split(|&byte| byte == 0).map(sanitise);
    Some(arguments.collect::<Vec<_>>().join(" "))
}

/// The user's name and number; the number alone where it has no name.
pub(crate) fn user_name(uid: u32) -> String {
    match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) => format!("{} (uid {uid})", sanitise(user.name.as_bytes())),
        _ => format!("uid {uid}"),
    }
}
