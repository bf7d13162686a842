//! What is known of how a violation comes about, for those who look after the code.

use crate::linux::known_holes::KnownHole;
use crate::linux::reader::Reader;

/// The functions that read, with their files; `per_vma`: whether they lock one VMA
/// at a time here.
pub(crate) fn walk(reader: Reader, per_vma: bool) -> String {
    let functions = match reader {
        Reader::Query | Reader::QueryWalk => {
            "do_procmap_query(), query_matching_vma() and query_vma_find_by_addr()"
        }
        _ => "m_start(), m_next() and proc_get_vma()",
    };
    let locks = match per_vma {
        true => "which lock one VMA at a time: lock_next_vma() (mm/mmap_lock.c) finds it",
        false => "under mmap_lock, held for all that is generated at once",
    };
    format!("{functions} (fs/proc/task_mmu.c), {locks}")
}

/// What happens, as far as it is understood.
pub(crate) fn how(hole: KnownHole) -> &'static str {
    match hole {
        KnownHole::H1 => {
            "H1 is our name for this: mremap() with MREMAP_FIXED unmaps its destination and then \
             moves the VMA there, under one hold of mmap_lock for writing (mremap_to(), \
             mm/mremap.c). lock_next_vma() arrives in between and finds the VMA behind the \
             destination, which nobody has write-locked. It sees that it starts behind the \
             position, and that the sequence has moved, and searches again, as it should; but \
             the tree is empty there, it finds the same VMA, and believes it."
        }
        KnownHole::H2 => {
            "H2 is our name for this: the VMA that was printed last is extended by a merge, or \
             cut, before lock_next_vma() notes the sequence for the next line (or, between finding \
             and locking it, cut, or freed and its structure used again for a VMA in front of it). \
             The iterator still stands at the old slot and steps from there past \
             what has the addresses now, to the VMA beyond. There is a gap, but the sequence has \
             not moved since it was noted, so that the gap is not looked into."
        }
        KnownHole::H3 => {
            "H3 is our name for this: lock_next_vma() finds nothing more and returns NULL, and \
             there the sequence is not looked at. While the last VMA of the address space is \
             being replaced (mremap() with MREMAP_FIXED has unmapped it and not yet moved \
             anything there), or a merge closes the gap before it, this end is believed, and the \
             walk ends early."
        }
    }
}

/// The check that is missing or does not suffice.
pub(crate) fn check(hole: KnownHole) -> &'static str {
    match hole {
        KnownHole::H1 => {
            "lock_next_vma() (mm/mmap_lock.c): where the VMA found starts behind the position and \
             the sequence has moved or a writer is active, it searches again; mremap_to() \
             (mm/mremap.c) is the writer. In a 7.3 rebuilt to fall back to mmap_lock there at \
             once, instead of searching again, H1 was no longer seen."
        }
        KnownHole::H2 => {
            "lock_next_vma() (mm/mmap_lock.c): the search goes on from where the iterator was \
             left, and the gap check asks only for changes since the sequence was noted. In a \
             7.3 rebuilt to start each search from the position, H2 was no longer seen."
        }
        KnownHole::H3 => {
            "lock_next_vma() (mm/mmap_lock.c): it returns NULL without looking at the sequence. \
             In a 7.3 rebuilt to fall back to mmap_lock where nothing is found and the sequence \
             has moved or a writer is active, H3 was no longer seen."
        }
    }
}

/// When it happens, for a subject.
pub(crate) fn when(hole: KnownHole) -> &'static str {
    match hole {
        KnownHole::H1 => "during mremap()",
        KnownHole::H2 => "after a VMA merge",
        KnownHole::H3 => "while it changes",
    }
}
