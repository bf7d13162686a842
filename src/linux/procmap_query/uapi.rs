//! The `PROCMAP_QUERY` ioctl as the kernel defines it
//! (include/uapi/linux/fs.h, since Linux 6.11).

/// `struct procmap_query`, 104 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProcmapQuery {
    /// In: the size of this struct in bytes, by which the kernel knows its version.
    pub(crate) size: u64,
    /// In: filter and lookup flags, below.
    pub(crate) query_flags: u64,
    /// In: the address asked for.
    pub(crate) query_addr: u64,
    /// Out: `vm_start`.
    pub(crate) vma_start: u64,
    /// Out: `vm_end`.
    pub(crate) vma_end: u64,
    /// Out: the permission flags, below.
    pub(crate) vma_flags: u64,
    /// Out: the page size the VMA is mapped with, in bytes.
    pub(crate) vma_page_size: u64,
    /// Out: the offset in the file, in bytes.
    pub(crate) vma_offset: u64,
    /// Out: the file's inode number.
    pub(crate) inode: u64,
    /// Out: the file's device.
    pub(crate) dev_major: u32,
    /// Out: the file's device.
    pub(crate) dev_minor: u32,
    /// In: room for the name; out: its length with the final NUL, 0 for none.
    pub(crate) vma_name_size: u32,
    /// In: room for the build ID; out: its length, 0 for none.
    pub(crate) build_id_size: u32,
    /// In: where the name goes.
    pub(crate) vma_name_addr: u64,
    /// In: where the build ID goes.
    pub(crate) build_id_addr: u64,
}

/// The VMA is readable; in a query: only such VMAs.
pub(crate) const VMA_READABLE: u64 = 0x01;
pub(crate) const VMA_WRITABLE: u64 = 0x02;
pub(crate) const VMA_EXECUTABLE: u64 = 0x04;
pub(crate) const VMA_SHARED: u64 = 0x08;
/// In a query: the next VMA will do where none covers the address.
pub(crate) const COVERING_OR_NEXT_VMA: u64 = 0x10;
/// In a query: only VMAs that map a file.
pub(crate) const FILE_BACKED_VMA: u64 = 0x20;

nix::ioctl_readwrite! {
    /// `ioctl(fd, PROCMAP_QUERY, query)`, number 17 of `PROCFS_IOCTL_MAGIC`.
    procmap_query, b'f', 17, ProcmapQuery
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn the_layout_is_that_of_the_kernel() {
        assert_eq!(size_of::<ProcmapQuery>(), 104);
        assert_eq!(offset_of!(ProcmapQuery, query_addr), 16);
        assert_eq!(offset_of!(ProcmapQuery, vma_flags), 40);
        assert_eq!(offset_of!(ProcmapQuery, inode), 64);
        assert_eq!(offset_of!(ProcmapQuery, dev_major), 72);
        assert_eq!(offset_of!(ProcmapQuery, vma_name_size), 80);
        assert_eq!(offset_of!(ProcmapQuery, vma_name_addr), 88);
        assert_eq!(offset_of!(ProcmapQuery, build_id_addr), 96);
    }
}
