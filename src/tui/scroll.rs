//! Moving within so many rows.

/// As far as there are rows, and farther: what Home and End ask for.
pub(crate) const TO_THE_TOP: i64 = i32::MIN as i64;
pub(crate) const TO_THE_END: i64 = i32::MAX as i64;

/// `by` rows from `from`, at most to `last`.
pub(crate) fn moved(from: usize, by: i64, last: usize) -> usize {
    let to = (from as i64).saturating_add(by);
    to.clamp(0, last as i64) as usize
}
