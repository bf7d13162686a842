//! Whether `/proc` is of the PID namespace that this process is in.

use std::fs;

/// `/proc` was mounted in another PID namespace: its numbers name other
/// processes than those that system calls take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read processes by /proc: it is of another PID namespace ({}); mount the one of this namespace, as `unshare --pid --fork --mount-proc` does, or run `mount -t proc proc /proc` in a mount namespace of its own",
    self.seen_there()
)]
pub struct OtherPidNamespace {
    /// The PID of this process.
    here: u32,
    /// By that namespace; none: it is not in it.
    there: Option<u32>,
}

impl OtherPidNamespace {
    fn seen_there(self) -> String {
        let here = self.here;
        match self.there {
            Some(there) => format!("this process is {here}, and {there} there"),
            None => format!("this process, {here}, is not in it"),
        }
    }
}

/// Compares what `/proc/self` says with what `getpid()` does. Where there is no
/// `/proc` at all, opening a file of it says so better.
///
/// # Errors
/// They are not the same.
pub(crate) fn check() -> Result<(), OtherPidNamespace> {
    let there = fs::read_link("/proc/self").ok();
    if there.is_none() && !super::open_error::proc_is_mounted() {
        return Ok(());
    }
    let there = there.and_then(|link| link.to_str()?.parse().ok());
    compare(std::process::id(), there)
}

fn compare(here: u32, there: Option<u32>) -> Result<(), OtherPidNamespace> {
    if there == Some(here) {
        Ok(())
    } else {
        Err(OtherPidNamespace { here, there })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_one_number_only() {
        assert_eq!(check(), Ok(()));
        assert_eq!(compare(7, Some(7)), Ok(()));
        for there in [Some(4711), None] {
            let text = compare(7, there).unwrap_err().to_string();
            assert!(text.contains('7') && text.lines().count() == 1, "{text}");
        }
    }
}
