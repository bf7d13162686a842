//! What calls name besides memory, made in the modifier's process when a scenario
//! first asks for it, and kept.

use std::ffi::CStr;

use nix::errno::Errno;
use nix::libc;

use crate::scenario::kernel_object::{KernelObject, MAX_SEGMENT_PAGES};
use crate::scenario::raw_call::RawCall;

/// `UFFD_USER_MODE_ONLY` (5.11, include/uapi/linux/userfaultfd.h): what everybody
/// may have.
const UFFD_USER_MODE_ONLY: i64 = 1;

/// `UFFDIO_API`: `_IOWR(0xaa, 0x3f, struct uffdio_api)`, and the version.
const UFFDIO_API: u64 = 0xc018_aa3f;
const UFFD_API: u64 = 0xaa;

const FILE: &CStr = c"/proc/self/exe";

/// Makes one, of so many pages where it has any; its number, or an errno.
type Make = fn(u64) -> Result<u64, i32>;

/// The descriptors and identifiers that there are so far.
#[derive(Debug, Default)]
pub(super) struct KernelObjects {
    memfd: Option<u64>,
    file: Option<u64>,
    userfaultfd: Option<u64>,
    hugetlb: Option<u64>,
    /// By pages.
    segments: [Option<u64>; MAX_SEGMENT_PAGES as usize + 1],
}

impl KernelObjects {
    /// Puts the numbers and addresses into a call that only this process knows.
    /// The call must stay where it is: its data are part of it.
    ///
    /// # Errors
    /// An errno, where what it needs cannot be made.
    pub(super) fn complete(&mut self, call: &mut RawCall) -> Result<(), i32> {
        if let Some((argument, object)) = call.object {
            call.arguments[usize::from(argument)] = self.number(object)?;
        }
        if let Some(argument) = call.data_argument {
            call.arguments[usize::from(argument)] = call.data.as_ptr().expose_provenance() as u64;
        }
        Ok(())
    }

    fn number(&mut self, object: KernelObject) -> Result<u64, i32> {
        let (known, make): (_, Make) = match object {
            KernelObject::Memfd => (&mut self.memfd, |_| memfd()),
            KernelObject::File => (&mut self.file, |_| file()),
            KernelObject::Userfaultfd => (&mut self.userfaultfd, |_| userfaultfd()),
            KernelObject::Hugetlb => (&mut self.hugetlb, |_| hugetlb()),
            KernelObject::Segment(pages) => match self.segments.get_mut(usize::from(pages)) {
                Some(known) => (known, segment),
                None => return Err(libc::EINVAL),
            },
        };
        let pages = match object {
            KernelObject::Segment(pages) => u64::from(pages),
            _ => 0,
        };
        match *known {
            Some(number) => Ok(number),
            None => Ok(*known.insert(make(pages)?)),
        }
    }
}

/// What a system call returned that gives an error as a negative number.
fn checked(returned: i64) -> Result<u64, i32> {
    u64::try_from(returned).map_err(|_| Errno::last_raw())
}

fn memfd() -> Result<u64, i32> {
    // SAFETY: both calls touch no memory but the name.
    unsafe {
        let fd = checked(libc::memfd_create(c"vmascope".as_ptr(), libc::MFD_CLOEXEC).into())?;
        checked(libc::ftruncate(fd as i32, KernelObject::MEMFD_BYTES as i64).into())?;
        Ok(fd)
    }
}

fn hugetlb() -> Result<u64, i32> {
    let flags = libc::MFD_CLOEXEC | libc::MFD_HUGETLB;
    // SAFETY: the call touches no memory but the name.
    checked(unsafe { libc::memfd_create(c"vmascope".as_ptr(), flags) }.into())
}

fn file() -> Result<u64, i32> {
    // SAFETY: the call reads the path only.
    checked(unsafe { libc::open(FILE.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) }.into())
}

fn userfaultfd() -> Result<u64, i32> {
    let flags = i64::from(libc::O_CLOEXEC) | UFFD_USER_MODE_ONLY;
    let mut api = [UFFD_API, 0, 0];
    // SAFETY: the ioctl writes to `api`, which is a whole `struct uffdio_api`.
    unsafe {
        let fd = checked(libc::syscall(libc::SYS_userfaultfd, flags))?;
        checked(libc::syscall(
            libc::SYS_ioctl,
            fd,
            UFFDIO_API,
            api.as_mut_ptr(),
        ))?;
        Ok(fd)
    }
}

/// A segment that goes when this process does: it is attached once, elsewhere,
/// and marked for removal.
fn segment(pages: u64) -> Result<u64, i32> {
    let bytes = pages as usize * rustix::param::page_size();
    // SAFETY: it is attached where the kernel finds room, and stays there.
    unsafe {
        let id = checked(libc::shmget(libc::IPC_PRIVATE, bytes, 0o600).into())?;
        let address = libc::shmat(id as i32, std::ptr::null(), 0);
        let failed = (address.addr() == usize::MAX).then(Errno::last_raw);
        libc::shmctl(id as i32, libc::IPC_RMID, std::ptr::null_mut());
        failed.map_or(Ok(id), Err)
    }
}

/// Forks a child that ends at once, and waits for it; on failure, an errno and
/// what was returned.
pub(super) fn fork_and_wait() -> Result<(), (i32, u64)> {
    // SAFETY: the child makes one system call, on a copy of this thread's stack.
    unsafe {
        let child = libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0);
        if child == 0 {
            libc::syscall(libc::SYS_exit_group, 0);
        }
        if child < 0 {
            return Err((Errno::last_raw(), u64::MAX));
        }
        let child_pid = child as i32;
        while libc::waitpid(child_pid, std::ptr::null_mut(), libc::__WALL) < 0 {
            if Errno::last_raw() != libc::EINTR {
                break;
            }
        }
    }
    Ok(())
}
