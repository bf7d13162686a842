//! Memory that a child process and its parent share.

use std::ops::Deref;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr;
use std::ptr::NonNull;

use rustix::fs::MemfdFlags;
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

/// Something that a process and its parent may share. All zeros is what the
/// child finds where the parent has stored nothing.
///
/// # Safety
///
/// It is made of atomics only, every bit pattern of it is valid, and its
/// alignment is at most that of a page.
pub(crate) unsafe trait Shared {}

/// A value on cache lines of its own (two, for the CPUs that fetch pairs).
#[repr(C, align(128))]
pub(crate) struct CachePadded<T>(T);

impl<T> Deref for CachePadded<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A mapped `M`; unmapped when dropped.
pub(crate) struct Mapping<M: Shared>(NonNull<M>);

// SAFETY: what is shared is made of atomics only, so any thread may use it
// through a shared reference, and unmapping it is not bound to a thread.
unsafe impl<M: Shared> Send for Mapping<M> {}
// SAFETY: as above.
unsafe impl<M: Shared> Sync for Mapping<M> {}

impl<M: Shared> Mapping<M> {
    /// A new one and the memfd that holds it (close-on-exec).
    pub(crate) fn create() -> Result<(Self, OwnedFd), Errno> {
        let fd = rustix::fs::memfd_create("vmascope-mailbox", MemfdFlags::CLOEXEC)?;
        rustix::fs::ftruncate(&fd, size_of::<M>() as u64)?;
        Ok((Self::map(&fd)?, fd))
    }

    /// Maps the one that a memfd holds.
    ///
    /// # Errors
    ///
    /// `EINVAL` when the file is too short to be one.
    pub(crate) fn map(fd: impl AsFd) -> Result<Self, Errno> {
        let bytes = size_of::<M>();
        if rustix::fs::fstat(&fd)?.st_size < bytes as i64 {
            return Err(Errno::INVAL);
        }
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice touches
        // no memory that is in use.
        let address = unsafe {
            rustix::mm::mmap(ptr::null_mut(), bytes, protection, MapFlags::SHARED, fd, 0)?
        };
        NonNull::new(address.cast()).map(Self).ok_or(Errno::INVAL)
    }
}

impl<M: Shared> Deref for Mapping<M> {
    type Target = M;
    fn deref(&self) -> &M {
        // SAFETY: `map` checked that the file holds a whole `M`, mappings are
        // page-aligned, every bit pattern is a valid `M` (`Shared`), and it
        // stays mapped as long as `self`.
        unsafe { self.0.as_ref() }
    }
}

impl<M: Shared> Drop for Mapping<M> {
    fn drop(&mut self) {
        // SAFETY: the range is the mapping that `map` made, and no reference
        // into it outlives `self`. Unmapping a valid range cannot fail usefully.
        let _ = unsafe { rustix::mm::munmap(self.0.as_ptr().cast(), size_of::<M>()) };
    }
}
