//! How often a thread passes a tracepoint.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};

use nix::libc;
use perf_event::events::Tracepoint;
use perf_event::{Builder, Counter, ReadFormat};

use super::perf_error::PerfError;

nix::ioctl_write_ptr! {
    /// `PERF_EVENT_IOC_SET_FILTER`.
    ioctl_set_filter, b'$', 6, *mut libc::c_char
}

/// Lets an event happen only where the filter fits: the kernel's own language,
/// `field==value && …` (Documentation/trace/events.rst).
pub(crate) fn set_filter(event: &Counter, filter: &CStr) -> Result<(), PerfError> {
    // SAFETY: the kernel reads a string that ends in a NUL from this address
    // (the call's number says a pointer's size, its argument is the string itself).
    let set = unsafe { ioctl_set_filter(event.as_raw_fd(), filter.as_ptr().cast()) };
    set.map(drop).map_err(PerfError::Filter)
}

/// Counts for one thread, or for those that it starts too, from its opening until
/// it is dropped. Any thread may look.
#[derive(Debug)]
pub(crate) struct TracepointCounter(OwnedFd);

impl TracepointCounter {
    /// Counts where the filter fits, for one thread (0: this one) on any CPU; with
    /// `new_threads`, also for the threads of its process that it starts from now on.
    ///
    /// # Errors
    /// What the kernel refuses, and what would help.
    pub(crate) fn open(
        tracepoint: u64,
        thread: i32,
        new_threads: bool,
        filter: &CStr,
    ) -> Result<Self, PerfError> {
        let counter = Builder::new(Tracepoint::with_id(tracepoint))
            .inherit(new_threads)
            .inherit_thread(new_threads)
            .observe_pid(thread)
            .any_cpu()
            .include_kernel()
            .read_format(ReadFormat::empty())
            .enabled(true)
            .build()
            .map_err(|error| PerfError::of_open(&error))?;
        set_filter(&counter, filter)?;
        // SAFETY: the descriptor was given up by its only owner.
        Ok(TracepointCounter(unsafe {
            OwnedFd::from_raw_fd(counter.into_raw_fd())
        }))
    }

    /// The count so far; 0 where it cannot be read, which does not happen with
    /// one that was opened.
    pub(crate) fn count(&self) -> u64 {
        let mut bytes = [0; 8];
        match rustix::io::read(&self.0, &mut bytes) {
            Ok(8) => u64::from_ne_bytes(bytes),
            _ => 0,
        }
    }
}
