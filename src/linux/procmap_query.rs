//! `PROCMAP_QUERY`: asks the kernel for one VMA by address, without text.
//!
//! Works on an open `/proc/PID/maps` since Linux 6.11 (include/uapi/linux/fs.h;
//! `do_procmap_query()`, fs/proc/task_mmu.c). Each answer is consistent in
//! itself; nothing is promised between two. The gate VMA is never found.

use std::os::fd::{AsRawFd, BorrowedFd};

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use super::advice::Advised;
use super::proc_file_name::ProcFileName;
use crate::maps::line::Device;
use crate::maps::permissions::Permissions;

pub(crate) mod uapi;

/// Room for any name, in bytes: `PATH_MAX`, the final NUL included.
const NAME_ROOM: usize = 4096;

/// Room for any build ID, in bytes: the kernel's `BUILD_ID_SIZE_MAX` is 20.
const BUILD_ID_ROOM: usize = 64;

/// How often one query is done again after `EINTR`.
const MOST_INTERRUPTIONS: u32 = 1000;

/// Which VMA an address asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lookup {
    /// The one that covers the address.
    #[default]
    Covering,
    /// The one that covers it, else the next one above
    /// (`PROCMAP_QUERY_COVERING_OR_NEXT_VMA`).
    CoveringOrNext,
}

/// Which VMAs a query considers: those that have every property set here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// Readable ones.
    pub readable: bool,
    /// Writable ones.
    pub writable: bool,
    /// Executable ones.
    pub executable: bool,
    /// Shared ones.
    pub shared: bool,
    /// Those that map a file.
    pub file_backed: bool,
}

impl Filter {
    /// Whether a VMA passes.
    #[must_use]
    pub const fn accepts(&self, permissions: Permissions, file_backed: bool) -> bool {
        (permissions.read || !self.readable)
            && (permissions.write || !self.writable)
            && (permissions.execute || !self.executable)
            && (permissions.shared || !self.shared)
            && (file_backed || !self.file_backed)
    }
}

/// One question. With [`Lookup::CoveringOrNext`] VMAs that the filter rejects
/// are passed over; with [`Lookup::Covering`] a rejected one is no answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Query {
    /// The address asked for, in bytes.
    pub address: u64,
    /// Which VMA is meant.
    pub lookup: Lookup,
    /// Which VMAs count.
    pub filter: Filter,
}

impl Query {
    fn flags(&self) -> u64 {
        let on = |set, flag| if set { flag } else { 0 };
        on(self.filter.readable, uapi::VMA_READABLE)
            | on(self.filter.writable, uapi::VMA_WRITABLE)
            | on(self.filter.executable, uapi::VMA_EXECUTABLE)
            | on(self.filter.shared, uapi::VMA_SHARED)
            | on(self.filter.file_backed, uapi::FILE_BACKED_VMA)
            | on(
                self.lookup == Lookup::CoveringOrNext,
                uapi::COVERING_OR_NEXT_VMA,
            )
    }
}

/// One answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QueriedVma {
    /// `vm_start`, in bytes.
    pub start: u64,
    /// `vm_end`, in bytes.
    pub end: u64,
    /// What the VMA allows.
    pub permissions: Permissions,
    /// The size of the pages it is mapped with, in bytes: larger than the
    /// system's for hugetlbfs.
    pub page_size: u64,
    /// The offset in the file, in bytes; 0 without a file.
    pub offset: u64,
    /// The file's inode number; 0 without a file.
    pub inode: u64,
    /// The file's device; `00:00` without a file.
    pub device: Device,
}

/// Where a query puts a VMA's name and build ID. Reused, so that queries
/// allocate nothing: the capacity of each is the room given to the kernel,
/// and an empty one is first given room for anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameBuffers {
    /// The name, empty where the VMA has none. Not escaped at all, not even a
    /// newline: make it safe before showing.
    pub name: Vec<u8>,
    /// The ELF build ID, empty where there is none or it is not in memory.
    pub build_id: Vec<u8>,
}

/// Something that answers queries: an open `/proc/PID/maps`, or a simulation.
pub trait VmaQuery {
    /// Asks for one VMA; `None` where there is none (`ENOENT`).
    ///
    /// # Errors
    /// [`QueryError`].
    fn query(&mut self, query: &Query) -> Result<Option<QueriedVma>, QueryError>;

    /// Asks for one VMA with its name and build ID, which replace what is in
    /// `name`; empty where there is no VMA.
    ///
    /// # Errors
    /// [`QueryError`]; then `name` is empty.
    fn query_named(
        &mut self,
        query: &Query,
        name: &mut NameBuffers,
    ) -> Result<Option<QueriedVma>, QueryError>;
}

/// Why a query could not be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum QueryError {
    /// `ENOTTY` on `maps`.
    #[error(
        "PROCMAP_QUERY is not on this kernel (ENOTTY): it came with Linux 6.11; read maps instead"
    )]
    NotOnThisKernel,
    /// `ENOTTY` on another file.
    #[error(
        "PROCMAP_QUERY cannot be asked of /proc/PID/{file} (ENOTTY): open /proc/PID/maps for it"
    )]
    WrongFile {
        /// Which file it was.
        file: ProcFileName,
    },
    /// `ESRCH`: the address space is gone.
    #[error(
        "PROCMAP_QUERY failed: the target has exited or called exec (ESRCH); start or attach again"
    )]
    TargetGone,
    /// `ENAMETOOLONG` (or `E2BIG`, which the kernel's comments announce).
    #[error(
        "PROCMAP_QUERY at {address:#x} failed: the name or build ID is longer than the room of {name_room} and {build_id_room} bytes; give larger buffers"
    )]
    NameTooLong {
        /// The address asked for.
        address: u64,
        /// Room for the name, in bytes.
        name_room: usize,
        /// Room for the build ID, in bytes.
        build_id_room: usize,
    },
    /// Anything else; `EINVAL` would be a flag that this kernel does not know.
    #[error("PROCMAP_QUERY at {address:#x} failed: {}; read maps instead", Advised(&(*errno).into()))]
    Other {
        /// The address asked for.
        address: u64,
        /// What `ioctl` returned.
        #[serde(with = "error_number")]
        errno: Errno,
    },
}

/// An error as its number.
mod error_number {
    use nix::errno::Errno;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(errno: &Errno, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i32(*errno as i32)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Errno, D::Error> {
        i32::deserialize(from).map(Errno::from_raw)
    }
}

/// Asks `fd`, an open `/proc/PID/FILE`.
pub(crate) fn ask(
    fd: BorrowedFd<'_>,
    file: ProcFileName,
    query: &Query,
    mut names: Option<&mut NameBuffers>,
) -> Result<Option<QueriedVma>, QueryError> {
    let mut raw = uapi::ProcmapQuery {
        size: size_of::<uapi::ProcmapQuery>() as u64,
        query_flags: query.flags(),
        query_addr: query.address,
        ..Default::default()
    };
    let (mut name_room, mut build_id_room) = (0, 0);
    if let Some(names) = names.as_deref_mut() {
        (raw.vma_name_addr, raw.vma_name_size) = room(&mut names.name, NAME_ROOM);
        (raw.build_id_addr, raw.build_id_size) = room(&mut names.build_id, BUILD_ID_ROOM);
        (name_room, build_id_room) = (raw.vma_name_size as usize, raw.build_id_size as usize);
    }
    let mut tries = 0;
    let errno = loop {
        let mut answer = raw;
        // SAFETY: `answer` is the struct this ioctl reads and writes. Its two
        // addresses are null with a size of 0, or point to the spare capacity
        // of vectors that `names` borrows for longer than the call, with that
        // capacity as the size. A file that is not `maps` returns ENOTTY.
        match unsafe { uapi::procmap_query(fd.as_raw_fd(), &raw mut answer) } {
            Ok(_) => {
                if let Some(names) = names {
                    let name = (answer.vma_name_size as usize).min(name_room);
                    let build_id = (answer.build_id_size as usize).min(build_id_room);
                    // SAFETY: the kernel has written as many bytes as it says
                    // into each vector, which `min` keeps within the capacity.
                    unsafe {
                        names.name.set_len(name);
                        names.build_id.set_len(build_id);
                    }
                    names.name.pop_if(|last| *last == 0);
                }
                return Ok(Some(queried(&answer)));
            }
            Err(Errno::EINTR) if tries < MOST_INTERRUPTIONS => tries += 1,
            Err(errno) => break errno,
        }
    };
    let address = query.address;
    Err(match errno {
        Errno::ENOENT => return Ok(None),
        Errno::ENOTTY if file == ProcFileName::Maps => QueryError::NotOnThisKernel,
        Errno::ENOTTY => QueryError::WrongFile { file },
        Errno::ESRCH => QueryError::TargetGone,
        Errno::ENAMETOOLONG | Errno::E2BIG => QueryError::NameTooLong {
            address,
            name_room,
            build_id_room,
        },
        errno => QueryError::Other { address, errno },
    })
}

/// Empties a buffer and gives its address and room.
fn room(buffer: &mut Vec<u8>, default: usize) -> (u64, u32) {
    buffer.clear();
    if buffer.capacity() == 0 {
        buffer.reserve_exact(default);
    }
    let room = u32::try_from(buffer.capacity()).unwrap_or(u32::MAX);
    (buffer.as_mut_ptr().expose_provenance() as u64, room)
}

fn queried(answer: &uapi::ProcmapQuery) -> QueriedVma {
    let has = |flag| answer.vma_flags & flag != 0;
    QueriedVma {
        start: answer.vma_start,
        end: answer.vma_end,
        permissions: Permissions {
            read: has(uapi::VMA_READABLE),
            write: has(uapi::VMA_WRITABLE),
            execute: has(uapi::VMA_EXECUTABLE),
            shared: has(uapi::VMA_SHARED),
        },
        page_size: answer.vma_page_size,
        offset: answer.vma_offset,
        inode: answer.inode,
        device: Device {
            major: answer.dev_major,
            minor: answer.dev_minor,
        },
    }
}
