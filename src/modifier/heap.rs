//! The heap of the modifier's process: put where a scenario wants it, and back.
//!
//! There is one, from `mm->start_brk` to `mm->brk`. `PR_SET_MM_MAP` says where, to
//! everybody where CONFIG_CHECKPOINT_RESTORE is set (`prctl_set_mm_map()`,
//! kernel/sys.c), together with other addresses that only /proc shows: they stay
//! as they are. The allocator of this process asks for more of its old heap in vain
//! then, and maps memory instead.

use nix::errno::Errno;
use nix::libc;

/// `struct prctl_mm_map` (include/uapi/linux/prctl.h).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct MemoryMap {
    start_code: u64,
    end_code: u64,
    start_data: u64,
    end_data: u64,
    start_brk: u64,
    brk: u64,
    start_stack: u64,
    arg_start: u64,
    arg_end: u64,
    env_start: u64,
    env_end: u64,
    /// None: as it is.
    auxv: u64,
    auxv_size: u32,
    /// `u32::MAX`: as it is.
    exe_fd: u32,
}

/// An errno, and what was returned.
type Failed = (i32, u64);

/// Where the heap was when the process started.
#[derive(Debug, Default)]
pub(super) struct Heap {
    own: Option<MemoryMap>,
}

impl Heap {
    /// Begins the heap at `start` and makes it end at `end`, instead of whatever is
    /// mapped there.
    ///
    /// # Errors
    /// An errno and what was returned, where the kernel refuses it.
    pub(super) fn put(&mut self, start: u64, end: u64) -> Result<(), Failed> {
        let own = match self.own {
            Some(own) => own,
            None => *self.own.insert(MemoryMap::of_this_process()?),
        };
        let there = MemoryMap {
            start_brk: start,
            brk: start,
            ..own
        };
        there.set()?;
        // SAFETY: the parent hands over pages of the arena only, which hold no memory
        // that this process uses.
        let returned = unsafe {
            libc::syscall(libc::SYS_munmap, start, end - start);
            libc::syscall(libc::SYS_brk, end).cast_unsigned()
        };
        match returned == end {
            true => Ok(()),
            false => Err((0, returned)),
        }
    }

    /// Puts it back to where it was, if it was put anywhere.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub(super) fn put_back(&mut self) -> Result<(), Failed> {
        self.own.take().map_or(Ok(()), |own| own.set())
    }
}

impl MemoryMap {
    fn of_this_process() -> Result<Self, Failed> {
        let text = std::fs::read_to_string("/proc/self/stat");
        let text = text.map_err(|error| (error.raw_os_error().unwrap_or(0), u64::MAX))?;
        // proc_pid_stat(5) counts the fields from 1; the name, which may hold
        // anything, is the second.
        let fields = text.rsplit(')').next().unwrap_or_default();
        let mut fields = fields.split_whitespace().skip(26 - 3);
        let mut next = |skipped: usize| -> u64 {
            let field = fields.nth(skipped);
            field.and_then(|field| field.parse().ok()).unwrap_or(0)
        };
        let (start_code, end_code, start_stack) = (next(0), next(0), next(0));
        let (start_data, end_data, start_brk) = (next(45 - 29), next(0), next(0));
        let (arg_start, arg_end) = (next(0), next(0));
        let (env_start, env_end) = (next(0), next(0));
        // SAFETY: 0 is below any heap: it only asks.
        let brk = unsafe { libc::syscall(libc::SYS_brk, 0) }.cast_unsigned();
        Ok(MemoryMap {
            start_code,
            end_code,
            start_data,
            end_data,
            start_brk,
            brk,
            start_stack,
            arg_start,
            arg_end,
            env_start,
            env_end,
            auxv: 0,
            auxv_size: 0,
            exe_fd: u32::MAX,
        })
    }

    fn set(&self) -> Result<(), Failed> {
        let (map, size) = (std::ptr::from_ref(self), size_of::<Self>());
        // SAFETY: the kernel reads the structure, which has the size that is said.
        let returned =
            unsafe { libc::prctl(libc::PR_SET_MM, libc::PR_SET_MM_MAP, map, size, 0_u64) };
        match returned {
            0 => Ok(()),
            _ => Err((Errno::last_raw(), u64::MAX)),
        }
    }
}
