//! What a [`Call`] is to the kernel, a number and arguments, and to a kernel
//! developer, a line of C.

use std::ops::Range;

use nix::libc;

use super::call::{Call, Origin};
use super::kernel_object::KernelObject;

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

/// What not every kernel has: see [`RawCall::needs`].
pub(crate) const NEEDS_HUGETLB: (&str, &str) = ("hugetlb", "CONFIG_HUGETLBFS");

/// The same: the heap is put where the first two arguments say, from its first
/// address to its end.
pub(crate) const HEAP: i64 = -2;

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

    /// Faults in what it maps, if it maps something: pages of zeros where that
    /// may be written to, else the kernel's page of zeros over and over.
    pub(crate) fn populate(&mut self) {
        if self.number == libc::SYS_mmap {
            self.arguments[3] |= libc::MAP_POPULATE as u64;
        }
    }

    /// The word of the call and what it needs, where not every kernel has that.
    pub(crate) fn needs(&self) -> Option<(&'static str, &'static str)> {
        if let Some((_, KernelObject::Hugetlb)) = self.object {
            return Some(NEEDS_HUGETLB);
        }
        match self.number {
            HEAP => Some(("heap", "PR_SET_MM_MAP, CONFIG_CHECKPOINT_RESTORE")),
            libc::SYS_mseal => Some(("mseal", "6.10 and later")),
            _ => None,
        }
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
pub(super) struct Notation<'a> {
    /// The address of a page of the site or of the source.
    pub(super) address: &'a dyn Fn(Origin, u32) -> String,
    /// The bytes of so many pages.
    pub(super) bytes: &'a dyn Fn(u32) -> String,
}

/// The bytes of so many pages as C, `page` being those of one.
pub(crate) fn pages_long(pages: u32) -> String {
    match pages {
        0 => "0".to_owned(),
        1 => "page".to_owned(),
        pages => format!("{pages} * page"),
    }
}

/// The address of a page as C, counted from where `start` points.
pub(crate) fn pages_from(start: &str, page: u32) -> String {
    match page {
        0 => start.to_owned(),
        page => format!("{start} + {}", pages_long(page)),
    }
}

impl Call {
    /// The call as C, for a report: `site_name` is the variable that holds the
    /// site's address, `source` the one for the source VMA, `page` the page
    /// size in bytes.
    pub(crate) fn code(&self, site_name: &str) -> String {
        self.code_with(&Notation {
            address: &|origin, page| match origin {
                Origin::Site => pages_from(site_name, page),
                Origin::Source => pages_from("source", page),
            },
            bytes: &pages_long,
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
    /// `page_size` is what a page of a layout stands for, in bytes.
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
            "mremap(source, page, page, \
             MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, site + page)"
        );
        assert_eq!(
            call("mmap 0..2 x").code("site"),
            "mmap(site, 2 * page, PROT_READ | PROT_EXEC, \
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0)"
        );
        assert_eq!(
            call("mremap 0..3 to 1").code("site"),
            "mremap(site, 3 * page, page, 0)"
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
