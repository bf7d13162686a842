//! What a session showed, as bytes and back: a [`Snapshot`](super::snapshot::Snapshot)
//! as what differs from the one before.
//!
//! A moment is a sequence of [`wire`] fields: a number, a length, and JSON that
//! says what has become of that [field](mod@fields) of the snapshot. A *whole* moment
//! rests on none before it. Numbers that a reader does not know are passed over.
//!
//! What depends on who looks is not in it: what the explorer asked for, how a
//! picture is arranged, and what was found in the log of changes for that.

mod changes;
mod decoder;
mod difference;
mod encoder;
mod fields;
mod picture;
mod pieces;
mod recents;
mod skim;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use decoder::MomentDecoder;
pub(crate) use encoder::MomentEncoder;
pub(crate) use skim::Skimmed;
pub(crate) use wire::{fields, put};

/// Whether a field holds texts as bytes, in pictures: a character for each byte.
pub(crate) fn holds_bytes(field: u8) -> bool {
    matches!(field, wire::PICTURE | wire::MANUAL_PICTURE)
}

/// Whether this version knows a field.
pub(crate) fn is_known(field: u8) -> bool {
    let is_own = |it: &fields::Field| it.number == field;
    field == wire::WHOLE
        || (wire::RECENT..=wire::FOUND).contains(&field)
        || fields::FIELDS.iter().any(is_own)
}

/// Why a moment cannot be made of bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MomentError {
    /// The moment before it was not decoded.
    #[error("a moment rests on the one before it, which is missing; begin at a whole one")]
    NoBeginning,
    /// A field ends behind the end.
    #[error("a moment is cut off in the middle of a field")]
    CutOff,
    /// A field says what cannot be.
    #[error("field {number} of a moment is damaged: {why}")]
    Damaged {
        /// Its number.
        number: u8,
        /// In one line.
        why: String,
    },
}
