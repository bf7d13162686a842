//! What a [`Call`] is to the kernel, a number and arguments, and to a kernel
//! developer, a line of C.

use std::ops::Range;

use nix::libc;

use super::call::{Call, Origin};
use super::kernel_object::KernelObject;
use super::protection::Protection;
use super::special_call::{Backing, SpecialCall};

/// The flags of every mmap(2) the modifier makes in its arena. Without
/// `MAP_NORESERVE` a mapping that went from writable to read-only stays
/// accounted (`VM_ACCOUNT`, mm/mprotect.c) and 6.1 does not merge it back.
const MMAP_FLAGS: i32 =
    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED | libc::MAP_NORESERVE;

const MOVE_FLAGS: i32 = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED | libc::MREMAP_DONTUNMAP;

/// A system call ready for the kernel, and the value it must return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawCall {
    /// The system call's number (`SYS_*`).
    pub number: i64,
    /// Its arguments; unused ones are 0.
    pub arguments: [u64; 6],
    /// What it returns when it did what was asked.
    pub expected: u64,
    /// Memory that the call reads, in the modifier.
    pub data: [u64; 4],
    /// The argument, from 0, that is the address of `data`.
    pub data_argument: Option<u8>,
    /// The argument, from 0, that names something of the kernel.
    pub object: Option<(u8, KernelObject)>,
}

/// In the place of a system call's number: a fork whose child ends at once, and
/// is waited for.
pub(crate) const FORK: i64 = -1;

/// What `PR_SET_VMA_ANON_NAME` calls a VMA; more than 8 bytes would not fit.
const VMA_NAME: [u8; 8] = *b"vmascop\0";

/// `UFFDIO_REGISTER` and `UFFDIO_UNREGISTER` (include/uapi/linux/userfaultfd.h):
/// `_IOWR(0xaa, 0, struct uffdio_register)`, `_IOR(0xaa, 1, struct uffdio_range)`.
const UFFDIO_REGISTER: u64 = 0xc020_aa00;
const UFFDIO_UNREGISTER: u64 = 0x8010_aa01;
/// `UFFDIO_REGISTER_MODE_WP`.
const REGISTER_MODE_WP: u64 = 2;

impl RawCall {
    /// A private anonymous mapping at `address`, over whatever is there.
    pub(crate) fn mmap(address: u64, bytes: u64, protection_bits: i32) -> Self {
        let no_file = u64::MAX;
        let arguments = [
            address,
            bytes,
            protection_bits as u64,
            MMAP_FLAGS as u64,
            no_file,
            0,
        ];
        Self {
            number: libc::SYS_mmap,
            arguments,
            expected: address,
            ..Self::default()
        }
    }

    /// An inaccessible mapping at `address`, where nothing may be: it fails with
    /// `EEXIST` where something is.
    pub(crate) fn reserve(address: u64, bytes: u64) -> Self {
        let mut call = Self::mmap(address, bytes, libc::PROT_NONE);
        call.arguments[3] = (MMAP_FLAGS | libc::MAP_FIXED_NOREPLACE) as u64;
        call
    }

    /// No mapping from `address` on for `bytes`.
    pub(crate) fn munmap(address: u64, bytes: u64) -> Self {
        Self {
            number: libc::SYS_munmap,
            arguments: [address, bytes, 0, 0, 0, 0],
            ..Self::default()
        }
    }
}

/// How the addresses and lengths of a call are written.
struct Notation<'a> {
    /// The address of a page of the site or of the source.
    address: &'a dyn Fn(Origin, u32) -> String,
    /// The bytes of so many pages.
    bytes: &'a dyn Fn(u32) -> String,
}

impl Call {
    /// The call as C, for a report: `site_name` is the variable that holds the
    /// site's address, `source` the one for the source VMA, `page` the page
    /// size in bytes.
    pub(crate) fn code(&self, site_name: &str) -> String {
        self.code_with(&Notation {
            address: &|origin, page| match origin {
                Origin::Site => format!("{site_name} + {page} * page"),
                Origin::Source => format!("source + {page} * page"),
            },
            bytes: &|pages| format!("{pages} * page"),
        })
    }

    /// The call as C at real addresses: `site` and `source` are where the site
    /// and the source VMA start, `page_size` is in bytes.
    pub(crate) fn code_at(&self, site: u64, source: u64, page_size: u64) -> String {
        self.code_with(&Notation {
            address: &|origin, page| {
                let start = match origin {
                    Origin::Site => site,
                    Origin::Source => source,
                };
                format!("{:#x}", start + u64::from(page) * page_size)
            },
            bytes: &|pages| (u64::from(pages) * page_size).to_string(),
        })
    }

    fn code_with(&self, notation: &Notation<'_>) -> String {
        let at = |page| (notation.address)(Origin::Site, page);
        let length = |pages: &Range<u32>| (notation.bytes)(pages.len() as u32);
        match self {
            Self::Mmap { pages, protection } => format!(
                "mmap({}, {}, {}, \
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0)",
                at(pages.start),
                length(pages),
                protection.code()
            ),
            Self::Munmap { pages } => format!("munmap({}, {})", at(pages.start), length(pages)),
            Self::Mprotect { pages, protection } => format!(
                "mprotect({}, {}, {})",
                at(pages.start),
                length(pages),
                protection.code()
            ),
            Self::Resize { pages, new_pages } => format!(
                "mremap({}, {}, {}, 0)",
                at(pages.start),
                length(pages),
                (notation.bytes)(*new_pages)
            ),
            Self::Move { origin, from, onto } => {
                let bytes = length(from);
                format!(
                    "mremap({}, {bytes}, {bytes}, \
                     MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, {})",
                    (notation.address)(*origin, from.start),
                    at(*onto)
                )
            }
            Self::Special(call) => call.code_with(notation),
        }
    }

    /// The system call at real addresses: `site` and `source` are where the
    /// site and the source VMA start (`source` is used by moves from it only),
    /// `page_size` is in bytes.
    pub(crate) fn raw(&self, site: u64, source: u64, page_size: u64) -> RawCall {
        let at = |page: u32| site + u64::from(page) * page_size;
        let bytes = |pages: &Range<u32>| pages.len() as u64 * page_size;
        match self {
            Self::Mmap { pages, protection } => {
                RawCall::mmap(at(pages.start), bytes(pages), protection.bits())
            }
            Self::Munmap { pages } => RawCall::munmap(at(pages.start), bytes(pages)),
            Self::Mprotect { pages, protection } => RawCall {
                number: libc::SYS_mprotect,
                arguments: [
                    at(pages.start),
                    bytes(pages),
                    protection.bits() as u64,
                    0,
                    0,
                    0,
                ],
                ..RawCall::default()
            },
            Self::Resize { pages, new_pages } => RawCall {
                number: libc::SYS_mremap,
                arguments: [
                    at(pages.start),
                    bytes(pages),
                    u64::from(*new_pages) * page_size,
                    0,
                    0,
                    0,
                ],
                expected: at(pages.start),
                ..RawCall::default()
            },
            Self::Move { origin, from, onto } => {
                let start = match origin {
                    Origin::Site => site,
                    Origin::Source => source,
                };
                RawCall {
                    number: libc::SYS_mremap,
                    arguments: [
                        start + u64::from(from.start) * page_size,
                        bytes(from),
                        bytes(from),
                        MOVE_FLAGS as u64,
                        at(*onto),
                        0,
                    ],
                    expected: at(*onto),
                    ..RawCall::default()
                }
            }
            Self::Special(call) => call.raw(site, page_size),
        }
    }
}

impl SpecialCall {
    fn raw(&self, site: u64, page_size: u64) -> RawCall {
        let at = |page: u32| site + u64::from(page) * page_size;
        let bytes = |pages: &Range<u32>| pages.len() as u64 * page_size;
        let call = |number, arguments: [u64; 6], expected| RawCall {
            number,
            arguments,
            expected,
            ..RawCall::default()
        };
        let of = |number, pages: &Range<u32>, third: u64| {
            call(number, [at(pages.start), bytes(pages), third, 0, 0, 0], 0)
        };
        match self {
            Self::Map {
                pages,
                protection,
                backing,
                populate,
                grows_down,
            } => {
                let mut raw = RawCall::mmap(at(pages.start), bytes(pages), protection.bits());
                raw.arguments[3] = map_flags(*protection, *backing, *populate, *grows_down) as u64;
                if let Some((object, first)) = backing.object() {
                    raw.object = Some((4, object));
                    raw.arguments[5] = u64::from(first) * page_size;
                }
                raw
            }
            Self::Transfer {
                from,
                onto,
                new_pages,
            } => {
                let flags = (libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED) as u64;
                let new_bytes = u64::from(*new_pages) * page_size;
                let arguments = [at(from.start), bytes(from), new_bytes, flags, at(*onto), 0];
                call(libc::SYS_mremap, arguments, at(*onto))
            }
            Self::Advise { pages, advice } => of(libc::SYS_madvise, pages, advice.value() as u64),
            Self::Lock { pages } => of(libc::SYS_mlock, pages, 0),
            Self::Unlock { pages } => of(libc::SYS_munlock, pages, 0),
            Self::Name { pages } => RawCall {
                data: [u64::from_le_bytes(VMA_NAME), 0, 0, 0],
                data_argument: Some(4),
                ..name(at(pages.start), bytes(pages))
            },
            Self::Unname { pages } => name(at(pages.start), bytes(pages)),
            Self::Touch { page } => {
                let clock = libc::CLOCK_MONOTONIC as u64;
                call(libc::SYS_clock_gettime, [clock, at(*page), 0, 0, 0, 0], 0)
            }
            Self::Attach { pages } => RawCall {
                object: Some((0, KernelObject::Segment(pages.len() as u8))),
                ..call(
                    libc::SYS_shmat,
                    [0, at(pages.start), libc::SHM_REMAP as u64, 0, 0, 0],
                    at(pages.start),
                )
            },
            Self::RemapFile { pages, first } => call(
                libc::SYS_remap_file_pages,
                [at(pages.start), bytes(pages), 0, u64::from(*first), 0, 0],
                0,
            ),
            Self::Register { pages } => RawCall {
                data: [at(pages.start), bytes(pages), REGISTER_MODE_WP, 0],
                ..userfaultfd(UFFDIO_REGISTER)
            },
            Self::Unregister { pages } => RawCall {
                data: [at(pages.start), bytes(pages), 0, 0],
                ..userfaultfd(UFFDIO_UNREGISTER)
            },
            Self::Fork => call(FORK, [0; 6], 0),
        }
    }

    fn code_with(&self, notation: &Notation<'_>) -> String {
        let at = |page| (notation.address)(Origin::Site, page);
        let length = |pages: &Range<u32>| (notation.bytes)(pages.len() as u32);
        let of = |name: &str, pages: &Range<u32>| {
            format!("{name}({}, {})", at(pages.start), length(pages))
        };
        match self {
            Self::Map {
                pages,
                protection,
                backing,
                populate,
                grows_down,
            } => {
                let mut flags = vec![
                    if protection.is_shared() {
                        "MAP_SHARED"
                    } else {
                        "MAP_PRIVATE"
                    },
                    "MAP_FIXED",
                    "MAP_NORESERVE",
                ];
                let (file, offset) = match backing {
                    Backing::Anonymous => ("-1", "0".to_owned()),
                    Backing::Memfd(first) => ("memfd", (notation.bytes)(*first)),
                    Backing::File(first) => ("file", (notation.bytes)(*first)),
                };
                for (is, flag) in [
                    (*backing == Backing::Anonymous, "MAP_ANONYMOUS"),
                    (*populate, "MAP_POPULATE"),
                    (*grows_down, "MAP_GROWSDOWN"),
                ] {
                    flags.extend(is.then_some(flag));
                }
                format!(
                    "mmap({}, {}, {}, {}, {file}, {offset})",
                    at(pages.start),
                    length(pages),
                    protection.code(),
                    flags.join(" | ")
                )
            }
            Self::Transfer {
                from,
                onto,
                new_pages,
            } => format!(
                "mremap({}, {}, {}, MREMAP_MAYMOVE | MREMAP_FIXED, {})",
                at(from.start),
                length(from),
                (notation.bytes)(*new_pages),
                at(*onto)
            ),
            Self::Advise { pages, advice } => format!(
                "madvise({}, {}, {})",
                at(pages.start),
                length(pages),
                advice.code()
            ),
            Self::Lock { pages } => of("mlock", pages),
            Self::Unlock { pages } => of("munlock", pages),
            Self::Name { pages } | Self::Unname { pages } => {
                let name = match self {
                    Self::Name { .. } => "\"vmascop\"",
                    _ => "NULL",
                };
                format!(
                    "prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, {}, {}, {name})",
                    at(pages.start),
                    length(pages)
                )
            }
            Self::Touch { page } => {
                format!("clock_gettime(CLOCK_MONOTONIC, (void *)({}))", at(*page))
            }
            Self::Attach { pages } => format!(
                "shmat(segment({}), {}, SHM_REMAP)",
                length(pages),
                at(pages.start)
            ),
            Self::RemapFile { pages, first } => format!(
                "remap_file_pages({}, {}, 0, {first}, 0)",
                at(pages.start),
                length(pages)
            ),
            Self::Register { pages } => of("uffd_register", pages),
            Self::Unregister { pages } => of("uffd_unregister", pages),
            Self::Fork => "fork_and_wait()".to_owned(),
        }
    }
}

fn map_flags(protection: Protection, backing: Backing, populate: bool, grows_down: bool) -> i32 {
    let mut flags = libc::MAP_FIXED | libc::MAP_NORESERVE;
    flags |= if protection.is_shared() {
        libc::MAP_SHARED
    } else {
        libc::MAP_PRIVATE
    };
    for (is, flag) in [
        (backing == Backing::Anonymous, libc::MAP_ANONYMOUS),
        (populate, libc::MAP_POPULATE),
        (grows_down, libc::MAP_GROWSDOWN),
    ] {
        flags |= if is { flag } else { 0 };
    }
    flags
}

/// `PR_SET_VMA_ANON_NAME` without a name.
fn name(address: u64, bytes: u64) -> RawCall {
    let (option, anon_name) = (libc::PR_SET_VMA as u64, libc::PR_SET_VMA_ANON_NAME as u64);
    RawCall {
        number: libc::SYS_prctl,
        arguments: [option, anon_name, address, bytes, 0, 0],
        ..RawCall::default()
    }
}

fn userfaultfd(request: u64) -> RawCall {
    RawCall {
        number: libc::SYS_ioctl,
        arguments: [0, request, 0, 0, 0, 0],
        object: Some((0, KernelObject::Userfaultfd)),
        data_argument: Some(2),
        ..RawCall::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Call {
        text.parse().unwrap()
    }

    #[test]
    fn c_code_reads_as_a_kernel_developer_writes_it() {
        assert_eq!(
            call("mremap source 0..1 onto 1").code("site"),
            "mremap(source + 0 * page, 1 * page, 1 * page, \
             MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, site + 1 * page)"
        );
        assert_eq!(
            call("mmap 0..2 x").code("site"),
            "mmap(site + 0 * page, 2 * page, PROT_READ | PROT_EXEC, \
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0)"
        );
        assert_eq!(
            call("mremap 0..3 to 1").code("site"),
            "mremap(site + 0 * page, 3 * page, 1 * page, 0)"
        );
    }

    #[test]
    fn c_code_can_have_the_addresses_of_a_process() {
        let code = |text: &str| call(text).code_at(0x1012_6000, 0x2000_0000, 4096);
        assert_eq!(
            code("mremap source 0..1 onto 1"),
            "mremap(0x20000000, 4096, 4096, \
             MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, 0x10127000)"
        );
        assert_eq!(
            code("mremap 0..3 to 1"),
            "mremap(0x10126000, 12288, 4096, 0)"
        );
        assert_eq!(
            code("mprotect 1..3 w"),
            "mprotect(0x10127000, 8192, PROT_READ | PROT_WRITE)"
        );
        assert_eq!(code("munmap 2..3"), "munmap(0x10128000, 4096)");
    }

    #[test]
    fn raw_calls_use_the_page_size_they_are_given() {
        let raw = call("mremap source 1..2 onto 3").raw(0x100_0000, 0x200_0000, 0x1_0000);
        assert_eq!(raw.arguments[..3], [0x201_0000, 0x1_0000, 0x1_0000]);
        assert_eq!(raw.arguments[4], 0x103_0000);
        assert_eq!(raw.expected, 0x103_0000);
    }
}
