//! The fields of a moment: a number, a length and so many bytes each.

use super::MomentError;
use crate::recording::bytes::{Taker, put_bytes};

/// The moment rests on none before it: every field follows.
pub(super) const WHOLE: u8 = 0;
/// What happened to each VMA lately. Pictures may refer to it: it comes before them.
pub(super) const RECENT: u8 = 200;
/// The picture.
pub(super) const PICTURE: u8 = 201;
/// The picture of manual mode.
pub(super) const MANUAL_PICTURE: u8 = 202;
/// Changes that were logged.
pub(super) const CHANGES: u8 = 203;
/// What was found since the moment before.
pub(super) const FOUND: u8 = 204;

/// Appends a field.
pub(crate) fn put(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.push(number);
    put_bytes(out, bytes);
}

/// The fields of a moment, each its number and its bytes.
pub(crate) fn fields(bytes: &[u8]) -> impl Iterator<Item = Result<(u8, &[u8]), MomentError>> {
    let mut taker = Taker::of(bytes);
    std::iter::from_fn(move || {
        if taker.is_empty() {
            return None;
        }
        let field = taker.byte().and_then(|number| Ok((number, taker.bytes()?)));
        if field.is_err() {
            taker = Taker::of(&[]);
        }
        Some(field.map_err(|_| MomentError::CutOff))
    })
}
