//! What sequences are drawn of.

use clap::ValueEnum;
use serde::Serialize;

/// A family of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// mmap with MAP_FIXED, perhaps populated
    Mmap,
    /// munmap
    Munmap,
    /// mremap: in place, onto others (MREMAP_FIXED), leaving the old VMA or not, of several VMAs
    Mremap,
    /// mprotect
    Mprotect,
    /// madvise that sets a flag of the VMA, and MADV_DONTNEED, MADV_POPULATE_*
    Madvise,
    /// MADV_GUARD_INSTALL and MADV_GUARD_REMOVE
    Guard,
    /// mlock and munlock
    Mlock,
    /// PR_SET_VMA_ANON_NAME
    Name,
    /// MAP_GROWSDOWN, and writes below it
    Stack,
    /// shmat with SHM_REMAP
    Shmat,
    /// remap_file_pages
    RemapFilePages,
    /// userfaultfd registration, for write protection
    Userfaultfd,
    /// brk: a heap in the site grows and shrinks
    Brk,
    /// mseal, of VMAs that the other calls then leave alone: nothing undoes it
    Mseal,
    /// fork of the target
    Fork,
}

impl Family {
    /// Whether a cycle can be made of these: not of mseal alone.
    pub(crate) fn make_a_cycle(families: &[Family]) -> bool {
        families.iter().any(|one| *one != Family::Mseal)
    }
}

/// What a VMA is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MapKind {
    /// Private anonymous memory
    Anonymous,
    /// Shared anonymous memory
    Shared,
    /// A memfd (tmpfs), private
    Memfd,
    /// A memfd (tmpfs), shared
    MemfdShared,
    /// A file on a disk, private
    File,
    /// Huge pages (hugetlb), private, faulted in by nothing: each page is a huge one then
    Hugetlb,
}

/// The word of a choice on the command line.
pub(crate) fn word<V: ValueEnum>(value: &V) -> String {
    let named = value.to_possible_value();
    named.map_or_else(String::new, |named| named.get_name().to_owned())
}
