//! What changed between two scans of one address space.
//!
//! [`Diff`](compare::Diff) compares two texts of `maps` and says what became of each VMA:
//! mapped, unmapped, grown, shrunk, split, merged, its permissions changed,
//! moved, renamed, replaced ([`AddressSpaceChangeKind`](change::AddressSpaceChangeKind)). What is equal byte
//! for byte is not parsed, so that a scan in which nothing changed costs one
//! comparison of memory.
//!
//! # What two texts can tell
//!
//! A VMA after is held to *continue* one before where the two share addresses
//! and map the same: the same file at the same offset, or both anonymous.
//! More is not in the text. So
//!
//! * anonymous memory that is replaced by other anonymous memory
//!   (`MAP_FIXED`, `mremap(MREMAP_FIXED)`) looks like the old one, with its
//!   permissions changed if they differ;
//! * a VMA that is unmapped while the only one of the like of it appears
//!   elsewhere looks like one that `mremap` moved;
//! * of several changes to one VMA only their sum is seen, and changes that
//!   undo each other between two scans are not seen at all.
//!
//! A torn scan may print a VMA twice, before and after a change. The later
//! line is the newer one: what it overlaps of earlier lines is taken to be
//! gone. Changes that rest on such lines are marked
//! ([`AddressSpaceChange::torn`](change::AddressSpaceChange::torn)).

pub(crate) mod change;
pub(crate) mod classify;
pub(crate) mod compare;
pub(crate) mod listed;
pub(crate) mod moves;
pub(crate) mod runs;
pub(crate) mod stream;
#[cfg(test)]
pub(crate) mod tests;
