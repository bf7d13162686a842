//! perf_event_open(2), as far as counting a tracepoint takes.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;

use crate::linux::limits::perf_event_paranoid;

/// `struct perf_event_attr` as it was at first (include/uapi/linux/perf_event.h,
/// `PERF_ATTR_SIZE_VER0`); by its size the kernel knows what it lacks.
#[repr(C)]
#[derive(Debug, Default)]
struct Attributes {
    /// `PERF_TYPE_TRACEPOINT`.
    kind: u32,
    size: u32,
    /// The tracepoint's number.
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    /// `disabled`, `exclude_kernel` and so on, one bit each. Counting starts
    /// at once, and in the kernel, where the tracepoint is.
    flags: u64,
    wakeup_events: u32,
    breakpoint_type: u32,
    config1: u64,
}

/// `PERF_TYPE_TRACEPOINT`.
const TYPE_TRACEPOINT: u32 = 2;
/// `PERF_FLAG_FD_CLOEXEC`.
const FD_CLOEXEC: libc::c_ulong = 1 << 3;

nix::ioctl_write_ptr! {
    /// `PERF_EVENT_IOC_SET_FILTER`.
    set_filter, b'$', 6, *mut libc::c_char
}

/// Why a tracepoint cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PerfError {
    /// This user may not.
    #[error(
        "counting in the kernel is not allowed (perf_event_open: {errno}): it takes CAP_PERFMON \
         or kernel.perf_event_paranoid below 2{}",
        paranoid_here(*paranoid)
    )]
    Forbidden {
        errno: Errno,
        /// `kernel.perf_event_paranoid`.
        paranoid: Option<i64>,
    },
    /// The kernel cannot.
    #[error("this kernel does not count tracepoints (perf_event_open: {0}; CONFIG_PERF_EVENTS)")]
    NotThere(Errno),
    /// The kernel cannot tell readers from writers.
    #[error("this kernel refuses to tell read from write locks (PERF_EVENT_IOC_SET_FILTER: {0})")]
    Filter(Errno),
    /// Anything else.
    #[error("perf_event_open failed: {0}")]
    Other(Errno),
}

fn paranoid_here(paranoid: Option<i64>) -> String {
    paranoid.map_or_else(String::new, |level| format!(", which is {level} here"))
}

/// Counts a tracepoint, where the filter fits, for one thread (0: this one) on
/// any CPU.
pub(crate) fn count(tracepoint: u64, thread: i32, filter: &CStr) -> Result<OwnedFd, PerfError> {
    let attributes = Attributes {
        kind: TYPE_TRACEPOINT,
        size: size_of::<Attributes>() as u32,
        config: tracepoint,
        ..Attributes::default()
    };
    let (any_cpu, no_group) = (-1, -1);
    // SAFETY: `attributes` is a whole perf_event_attr of the size it states,
    // which lives longer than the call.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attributes,
            thread,
            any_cpu,
            no_group,
            FD_CLOEXEC,
        )
    };
    let fd = Errno::result(fd).map_err(|errno| match errno {
        Errno::EACCES | Errno::EPERM => PerfError::Forbidden {
            errno,
            paranoid: perf_event_paranoid(),
        },
        Errno::ENOENT | Errno::ENOSYS | Errno::ENODEV | Errno::EOPNOTSUPP => {
            PerfError::NotThere(errno)
        }
        errno => PerfError::Other(errno),
    })?;
    // SAFETY: the call returned a new descriptor, which nobody else owns.
    let fd = unsafe { OwnedFd::from_raw_fd(fd as i32) };
    // SAFETY: the kernel reads a string that ends in a NUL from this address
    // (its number says a pointer's size, its argument is the string itself).
    unsafe { set_filter(fd.as_raw_fd(), filter.as_ptr().cast()) }.map_err(PerfError::Filter)?;
    Ok(fd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_struct_has_the_size_of_the_first_version() {
        assert_eq!(size_of::<Attributes>(), 64);
    }

    #[test]
    fn what_is_not_allowed_says_what_would_help() {
        let error = PerfError::Forbidden {
            errno: Errno::EACCES,
            paranoid: Some(2),
        };
        let text = error.to_string();
        assert!(
            text.contains("CAP_PERFMON") && text.contains("which is 2 here"),
            "{text}"
        );
    }
}
