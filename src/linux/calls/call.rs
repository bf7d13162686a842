//! One system call of a target, and what it does to its address space.

use std::fmt;
use std::ops::Range;

use nix::libc;
use serde::{Deserialize, Serialize};

use crate::linux::process::page_size;
use crate::text::number::exact_bytes;

/// The calls that change an address space, by their number on this machine.
///
/// What changes one without a call is not here: a fault that lets a stack grow,
/// and the end of a thread that had a shadow stack; nor is what a driver's ioctl
/// does. Of ioctl only those of userfaultfd matter.
pub(crate) const CALLS: &[(i64, &str)] = &[
    (libc::SYS_mmap, "mmap"),
    (libc::SYS_mprotect, "mprotect"),
    (libc::SYS_munmap, "munmap"),
    (libc::SYS_brk, "brk"),
    (libc::SYS_ioctl, "ioctl"),
    (libc::SYS_mremap, "mremap"),
    (libc::SYS_madvise, "madvise"),
    (libc::SYS_shmat, "shmat"),
    (libc::SYS_shmdt, "shmdt"),
    (libc::SYS_mlock, "mlock"),
    (libc::SYS_munlock, "munlock"),
    (libc::SYS_mlockall, "mlockall"),
    (libc::SYS_munlockall, "munlockall"),
    (libc::SYS_prctl, "prctl"),
    (libc::SYS_io_setup, "io_setup"),
    (libc::SYS_io_destroy, "io_destroy"),
    (libc::SYS_remap_file_pages, "remap_file_pages"),
    (libc::SYS_mbind, "mbind"),
    (libc::SYS_mlock2, "mlock2"),
    (libc::SYS_pkey_mprotect, "pkey_mprotect"),
    (SYS_MAP_SHADOW_STACK, "map_shadow_stack"),
    (SYS_MSEAL, "mseal"),
];

/// Calls by `int 0x80` that unmap, by their number there: a process of 64 bits can
/// make them, and the tracepoints show that number. Those are left out by which
/// 64 bits make frequent calls: `brk` (`recvfrom`) and `remap_file_pages` (`openat`).
pub(crate) const CALLS_BY_INT80: &[i64] = match cfg!(target_arch = "x86_64") {
    true => &[
        I386_MUNMAP,
        I386_IPC,
        I386_MREMAP,
        I386_IO_DESTROY,
        I386_SHMDT,
    ],
    false => &[],
};
const I386_MUNMAP: i64 = 91;
const I386_IPC: i64 = 117;
const I386_MREMAP: i64 = 163;
const I386_IO_DESTROY: i64 = 246;
const I386_SHMDT: i64 = 398;

/// Whether a call may be one of those, rather than what has that number in 64 bits:
/// `fchmod`, `setresuid`, `acct`, `kexec_load`; nothing has the last.
pub(crate) fn may_be_by_int80(number: i64, arguments: &[u64; 6]) -> bool {
    // The upper half is not looked at by the kernel.
    let first = arguments[0] as u32;
    match number {
        I386_MUNMAP | I386_MREMAP => first != 0 && u64::from(first).is_multiple_of(page_size()),
        // SHMAT and SHMDT, whatever the version in the upper half.
        I386_IPC => matches!(first & 0xffff, 21 | 22),
        _ => CALLS_BY_INT80.contains(&number),
    }
}

/// The same on every architecture, as all calls since Linux 5.1.
const SYS_MAP_SHADOW_STACK: i64 = 453;
const SYS_MSEAL: i64 = 462;

/// The end of all addresses, where a call's own end is not among its arguments.
const ALL_ABOVE: u64 = u64::MAX;

/// A call that has begun, and perhaps ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The process of the thread: another than the target's where that has made
    /// one which shares its memory, or may.
    pub process: u32,
    /// The thread that called.
    pub thread: u32,
    /// Its number, as in [`CALLS`].
    pub number: i64,
    pub arguments: [u64; 6],
    /// Nanoseconds of `CLOCK_MONOTONIC` at its beginning.
    pub begun_ns: u64,
    /// None while it runs, or where its thread was killed in it.
    pub ended: Option<CallEnd>,
    /// For `brk`: the end of the heap before, where that is known.
    pub previous_break: Option<u64>,
    /// Whether it is known to have been made in the target's address space.
    pub is_ours: bool,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallEnd {
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    pub ns: u64,
    /// What it returned: a negative error number where it failed.
    pub result: i64,
}

/// What a call does to addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They are unmapped when it returns.
    Unmaps,
    /// It may have unmapped them: it failed or has not returned, or its
    /// arguments do not say how much.
    MayUnmap,
    /// What was mapped there is replaced, in one call: who looks before and
    /// after finds something mapped.
    Replaces,
    /// It has not returned: it may have replaced them, or unmapped them, or done
    /// nothing yet.
    MayReplace,
    /// They are mapped when it returns, and were not.
    Maps,
    /// They stay mapped, with other permissions.
    Protects,
    /// They stay mapped, under another name.
    Names,
    /// They stay mapped; flags change that `maps` does not show, and for which a
    /// VMA may be split or merged.
    Flags,
}

impl Effect {
    /// Whether addresses may be unmapped for others to see, between two calls.
    pub(crate) fn may_unmap(self) -> bool {
        self.may_only_unmap() || self == Effect::MayReplace
    }

    /// The same, and nothing else is mapped there when it returns.
    pub(crate) fn may_only_unmap(self) -> bool {
        matches!(self, Effect::Unmaps | Effect::MayUnmap)
    }
}

impl Call {
    /// Its name, as in the manual.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let known = CALLS.iter().find(|(number, _)| *number == self.number);
        known.map_or("a system call", |(_, name)| name)
    }

    /// The permissions that it asks for, as `PROT_READ` and so on.
    pub(crate) fn protection(&self) -> Option<u64> {
        let is_known = matches!(
            self.number,
            libc::SYS_mmap | libc::SYS_mprotect | libc::SYS_pkey_mprotect
        );
        is_known.then_some(self.arguments[2])
    }

    /// The addresses of which it moved, copied or resized what was mapped there.
    pub(crate) fn source(&self) -> Option<Range<u64>> {
        let [old, size, ..] = self.arguments;
        (self.number == libc::SYS_mremap).then(|| pages(old, size.max(1)))
    }

    /// Whether it is known to have done in the target what its effects say.
    pub(crate) fn is_certain(&self) -> bool {
        self.is_ours && self.success().is_some()
    }

    /// What it returned, unless that was an error.
    pub(crate) fn success(&self) -> Option<u64> {
        let result = self.ended?.result;
        (!is_error(result)).then_some(result.cast_unsigned())
    }

    /// What it does to which addresses, in bytes: two ranges at most.
    #[must_use]
    pub fn effects(&self) -> [Option<(Effect, Range<u64>)>; 2] {
        let [a, b, c, d, e, _] = self.arguments;
        let first = |effect, range| [Some((effect, range)), None];
        match self.number {
            libc::SYS_munmap => first(self.if_done(Effect::Unmaps), pages(a, b)),
            libc::SYS_mmap => {
                // MAP_FIXED is also set along with MAP_FIXED_NOREPLACE by some.
                let fixed =
                    d & flag(libc::MAP_FIXED) != 0 && d & flag(libc::MAP_FIXED_NOREPLACE) == 0;
                match fixed {
                    true => first(self.if_done(Effect::Replaces), pages(a, b)),
                    false => [self.maps(|at| pages(at, b)), None],
                }
            }
            libc::SYS_mremap => self.mremap(a, b, c, d, e),
            libc::SYS_brk => self.brk(a),
            libc::SYS_shmdt | libc::SYS_io_destroy => first(Effect::MayUnmap, a..ALL_ABOVE),
            libc::SYS_shmat => match c & flag(libc::SHM_REMAP) != 0 {
                true => {
                    let at = self.success().unwrap_or(b);
                    first(self.if_done(Effect::Replaces), at..ALL_ABOVE)
                }
                false => [self.maps(|at| at..ALL_ABOVE), None],
            },
            libc::SYS_remap_file_pages => first(self.if_done(Effect::Replaces), pages(a, b)),
            libc::SYS_mprotect | libc::SYS_pkey_mprotect => first(Effect::Protects, pages(a, b)),
            libc::SYS_madvise
            | libc::SYS_mlock
            | libc::SYS_mlock2
            | libc::SYS_munlock
            | libc::SYS_mbind
            | SYS_MSEAL => first(Effect::Flags, pages(a, b)),
            libc::SYS_ioctl => match userfaultfd_name(b) {
                Some(_) => first(Effect::Flags, 0..ALL_ABOVE),
                None => [None, None],
            },
            libc::SYS_prctl => match a == flag(libc::PR_SET_VMA) {
                true => first(Effect::Names, pages(c, d)),
                false => [None, None],
            },
            libc::SYS_mlockall | libc::SYS_munlockall => first(Effect::Flags, 0..ALL_ABOVE),
            libc::SYS_io_setup | SYS_MAP_SHADOW_STACK => first(Effect::Maps, 0..ALL_ABOVE),
            _ => [None, None],
        }
    }

    /// What is true of a call that has returned without an error, and only may
    /// be of any other.
    fn if_done(&self, effect: Effect) -> Effect {
        match (self.ended, effect) {
            (Some(end), _) if !is_error(end.result) => effect,
            (None, Effect::Replaces) => Effect::MayReplace,
            _ => Effect::MayUnmap,
        }
    }

    /// What it maps where the kernel chose: before it returns, anywhere.
    fn maps(&self, at: impl FnOnce(u64) -> Range<u64>) -> Option<(Effect, Range<u64>)> {
        let range = match self.ended {
            None => Some(0..ALL_ABOVE),
            Some(_) => self.success().map(at),
        };
        range.map(|range| (Effect::Maps, range))
    }

    fn mremap(
        &self,
        old: u64,
        old_size: u64,
        new_size: u64,
        flags: u64,
        new: u64,
    ) -> [Option<(Effect, Range<u64>)>; 2] {
        let fixed = flags & flag(libc::MREMAP_FIXED) != 0;
        let Some(at) = self.success() else {
            // It unmaps the destination first, and may fail after that.
            let came = match fixed {
                true => Some((self.if_done(Effect::Replaces), pages(new, new_size))),
                false => self.maps(|at| pages(at, new_size)),
            };
            return [Some((Effect::MayUnmap, pages(old, old_size))), came];
        };
        let came = match fixed {
            true => Some((Effect::Replaces, pages(at, new_size))),
            false if at == old && new_size <= old_size => None,
            false if at == old => Some((
                Effect::Maps,
                pages(old, old_size).end..pages(old, new_size).end,
            )),
            false => Some((Effect::Maps, pages(at, new_size))),
        };
        let keeps = flags & flag(libc::MREMAP_DONTUNMAP) != 0 || old_size == 0;
        let went = match at == old {
            true => pages(old, new_size).end..pages(old, old_size).end,
            false if keeps => 0..0,
            false => pages(old, old_size),
        };
        let went = (!went.is_empty()).then_some((Effect::Unmaps, went));
        [went, came]
    }

    fn brk(&self, asked: u64) -> [Option<(Effect, Range<u64>)>; 2] {
        // What it returned is the end of the heap, if it has; brk(0) only asks.
        let now = self.ended.map_or(Some(asked), |_| self.success());
        let Some(now) = now.filter(|_| asked != 0) else {
            return [None, None];
        };
        let now = round_up(now);
        [
            match self.previous_break.map(round_up) {
                Some(before) if now < before => Some((Effect::Unmaps, now..before)),
                Some(before) if now > before => Some((Effect::Maps, before..now)),
                Some(_) => None,
                None => Some((Effect::MayUnmap, now..ALL_ABOVE)),
            },
            // It may as well have grown.
            (self.previous_break.is_none()).then_some((Effect::Maps, 0..now)),
        ]
    }

    /// Whether it may have done something between two moments, in nanoseconds
    /// of `CLOCK_MONOTONIC`.
    #[must_use]
    pub(crate) fn overlaps(&self, from_ns: u64, to_ns: u64) -> bool {
        self.begun_ns <= to_ns && self.ended.is_none_or(|end| end.ns >= from_ns)
    }
}

/// Whether a system call's result is an error number.
fn is_error(result: i64) -> bool {
    (-4095..0).contains(&result)
}

/// The ioctls of userfaultfd that split and merge VMAs
/// (include/uapi/linux/userfaultfd.h).
fn userfaultfd_name(request: u64) -> Option<&'static str> {
    // The upper half of the argument is not looked at by the kernel.
    match request as u32 {
        0xc020_aa00 => Some("UFFDIO_REGISTER"),
        0x8010_aa01 => Some("UFFDIO_UNREGISTER"),
        _ => None,
    }
}

fn flag(bit: i32) -> u64 {
    u64::from(bit.cast_unsigned())
}

fn round_up(address: u64) -> u64 {
    let page = page_size();
    address.checked_next_multiple_of(page).unwrap_or(u64::MAX)
}

fn pages(start: u64, size: u64) -> Range<u64> {
    start..round_up(start.saturating_add(size))
}

/// The call as it would be written in C, as far as it matters here.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, _] = self.arguments;
        let size = exact_bytes;
        let name = self.name();
        match self.number {
            libc::SYS_mremap => {
                write!(f, "mremap({a:#x}, {} → {}", size(b), size(c))?;
                let flags = [
                    (libc::MREMAP_FIXED, "FIXED"),
                    (libc::MREMAP_DONTUNMAP, "DONTUNMAP"),
                ];
                for (_, name) in flags.iter().filter(|(bit, _)| d & flag(*bit) != 0) {
                    write!(f, ", {name}")?;
                }
                match d & flag(libc::MREMAP_FIXED) != 0 {
                    true => write!(f, ", {e:#x})")?,
                    false => f.write_str(")")?,
                }
            }
            libc::SYS_mmap => {
                let fixed = d & flag(libc::MAP_FIXED) != 0;
                let at = if fixed { ", FIXED" } else { "" };
                write!(f, "mmap({a:#x}, {}{at})", size(b))?;
            }
            libc::SYS_brk | libc::SYS_shmdt | libc::SYS_io_destroy => write!(f, "{name}({a:#x})")?,
            libc::SYS_shmat => write!(f, "shmat({a}, {b:#x})")?,
            libc::SYS_prctl => write!(f, "prctl(PR_SET_VMA, {c:#x}, {})", size(d))?,
            libc::SYS_ioctl => {
                write!(f, "ioctl({})", userfaultfd_name(b).unwrap_or("…"))?;
            }
            libc::SYS_mlockall | libc::SYS_munlockall | libc::SYS_io_setup => {
                write!(f, "{name}()")?;
            }
            _ => write!(f, "{name}({a:#x}, {})", size(b))?,
        }
        match self.ended.map(|end| end.result) {
            None => f.write_str(", not yet returned"),
            Some(result) if is_error(result) => {
                write!(f, " = {}", nix::errno::Errno::from_raw((-result) as i32))
            }
            Some(at)
                if matches!(
                    self.number,
                    libc::SYS_mmap | libc::SYS_mremap | libc::SYS_shmat
                ) =>
            {
                write!(f, " = {at:#x}")
            }
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
pub(crate) mod tests;
