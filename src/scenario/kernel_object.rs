//! What a call needs besides memory: a file, a descriptor, a segment. The
//! modifier's process makes it when a scenario first asks for it.

/// Most pages of a [`KernelObject::Segment`].
pub(crate) const MAX_SEGMENT_PAGES: u32 = 8;

/// Something of the kernel that a call names by a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum KernelObject {
    /// A memfd of [`MEMFD_BYTES`](Self::MEMFD_BYTES), open for reading and writing.
    Memfd,
    /// A file on a disk, the program itself, open for reading.
    File,
    /// A memfd of huge pages, of no size: mapping it makes it larger.
    Hugetlb,
    /// A userfaultfd for faults of user space.
    Userfaultfd,
    /// A System V shared memory segment of so many pages.
    Segment(u8),
}

impl KernelObject {
    /// The size of the memfd.
    pub(crate) const MEMFD_BYTES: u64 = 16 << 20;

    /// As a number, for shared memory; never 0.
    pub(crate) fn code(self) -> u64 {
        match self {
            Self::Memfd => 1,
            Self::File => 2,
            Self::Userfaultfd => 3,
            Self::Hugetlb => 4,
            Self::Segment(pages) => 0x100 | u64::from(pages),
        }
    }

    /// The one of that number; none for 0 and any other.
    pub(crate) fn from_code(code: u64) -> Option<Self> {
        match code {
            1 => Some(Self::Memfd),
            2 => Some(Self::File),
            3 => Some(Self::Userfaultfd),
            4 => Some(Self::Hugetlb),
            0x101..=0x1ff => Some(Self::Segment(code as u8)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_has_a_number_of_its_own() {
        use KernelObject::{File, Hugetlb, Memfd, Segment, Userfaultfd};
        for object in [Memfd, File, Userfaultfd, Hugetlb, Segment(1), Segment(8)] {
            assert_eq!(KernelObject::from_code(object.code()), Some(object));
        }
        assert_eq!(KernelObject::from_code(0), None);
    }
}
