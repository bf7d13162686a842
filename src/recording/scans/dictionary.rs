//! Units that were seen, by a number.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// Slots: a number of them is two bytes at most.
const SLOTS: usize = 2048;

/// Bytes of the longest unit that is kept.
pub(super) const LONGEST: usize = 255;

/// Holds a unit in the slot that follows from its bytes: what was there before is
/// forgotten.
#[derive(Debug)]
pub(crate) struct Dictionary {
    lengths: Vec<u8>,
    bytes: Vec<u8>,
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        Dictionary {
            lengths: vec![0; SLOTS],
            bytes: vec![0; SLOTS * LONGEST],
        }
    }

    pub(crate) fn clear(&mut self) {
        self.lengths.fill(0);
    }

    /// The slot that has this unit; where none has, one has it from now on, if it is
    /// not too long.
    #[inline]
    pub(crate) fn find_or_keep(&mut self, unit: &[u8]) -> Option<usize> {
        let length = u8::try_from(unit.len()).ok().filter(|length| *length > 0)?;
        let slot = FixedState::default().hash_one(unit) as usize % SLOTS;
        let kept = &mut self.bytes[slot * LONGEST..][..unit.len()];
        if self.lengths[slot] == length && kept == unit {
            return Some(slot);
        }
        kept.copy_from_slice(unit);
        self.lengths[slot] = length;
        None
    }

    /// What a slot has, if it is one and has something.
    pub(crate) fn get(&self, slot: usize) -> Option<&[u8]> {
        let length = *self.lengths.get(slot)?;
        (length > 0).then(|| &self.bytes[slot * LONGEST..][..usize::from(length)])
    }
}
