//! The same as [`raw_call`](super::raw_call) for the calls that the model does not
//! know.

use std::ops::Range;

use nix::libc;

use super::call::Origin;
use super::kernel_object::KernelObject;
use super::protection::Protection;
use super::raw_call::{FORK, HEAP, Notation, RawCall};
use super::special_call::{Backing, SpecialCall};

/// What `PR_SET_VMA_ANON_NAME` calls a VMA; more than 8 bytes would not fit.
const VMA_NAME: [u8; 8] = *b"vmascop\0";

/// `UFFDIO_REGISTER` and `UFFDIO_UNREGISTER` (include/uapi/linux/userfaultfd.h):
/// `_IOWR(0xaa, 0, struct uffdio_register)`, `_IOR(0xaa, 1, struct uffdio_range)`.
const UFFDIO_REGISTER: u64 = 0xc020_aa00;
const UFFDIO_UNREGISTER: u64 = 0x8010_aa01;
/// `UFFDIO_REGISTER_MODE_WP`.
const REGISTER_MODE_WP: u64 = 2;

impl SpecialCall {
    pub(super) fn raw(&self, site: u64, page_size: u64) -> RawCall {
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
                let flags = map_flags(*protection, *backing, *populate, *grows_down);
                raw.arguments[3] = flags.fold(0, |all, (flag, _)| all | flag) as u64;
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
            Self::Heap { pages } => call(HEAP, [at(pages.start), at(pages.end), 0, 0, 0, 0], 0),
            Self::Brk { end } => call(libc::SYS_brk, [at(*end), 0, 0, 0, 0, 0], at(*end)),
            Self::Seal { pages } => of(libc::SYS_mseal, pages, 0),
        }
    }

    pub(super) fn code_with(&self, notation: &Notation<'_>) -> String {
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
                let (file, offset) = match backing {
                    Backing::Anonymous => ("-1", "0".to_owned()),
                    Backing::Memfd(first) => ("memfd", (notation.bytes)(*first)),
                    Backing::File(first) => ("file", (notation.bytes)(*first)),
                    Backing::Hugetlb(first) => ("hugetlb", (notation.bytes)(*first)),
                };
                let flags = map_flags(*protection, *backing, *populate, *grows_down);
                let flags: Vec<_> = flags.map(|(_, name)| name).collect();
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
            Self::Heap { pages } => of("heap", pages),
            Self::Brk { end } => format!("brk({})", at(*end)),
            Self::Seal { pages } => format!("mseal({}, {}, 0)", at(pages.start), length(pages)),
        }
    }
}

/// The flags of an mmap, each with its name.
fn map_flags(
    protection: Protection,
    backing: Backing,
    populate: bool,
    grows_down: bool,
) -> impl Iterator<Item = (i32, &'static str)> {
    let sharing = match protection.is_shared() {
        true => (libc::MAP_SHARED, "MAP_SHARED"),
        false => (libc::MAP_PRIVATE, "MAP_PRIVATE"),
    };
    let is_anonymous = backing == Backing::Anonymous;
    [
        (true, sharing),
        (true, (libc::MAP_FIXED, "MAP_FIXED")),
        (true, (libc::MAP_NORESERVE, "MAP_NORESERVE")),
        (is_anonymous, (libc::MAP_ANONYMOUS, "MAP_ANONYMOUS")),
        (populate, (libc::MAP_POPULATE, "MAP_POPULATE")),
        (grows_down, (libc::MAP_GROWSDOWN, "MAP_GROWSDOWN")),
    ]
    .into_iter()
    .filter_map(|(is, flag)| is.then_some(flag))
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
