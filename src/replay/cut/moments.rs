//! The moments of a part: the first rests on none before it.

use super::{Cut, of_find};
use crate::recording::frame::FrameHead;
use crate::session::explorer::change_log::ChangeLog;
use crate::session::moment::{MomentDecoder, MomentEncoder};

/// A moment of the part, by its number in the whole, with what it was.
pub(super) fn cut(
    cut: &Cut,
    number: usize,
    head: &FrameHead,
    payload: Vec<u8>,
) -> Option<(FrameHead, Vec<u8>)> {
    // Each that the lab told stands for itself.
    let all = &cut.index.moments;
    if all[number].is_lab {
        return Some((*head, payload));
    }
    let first = cut.moments.clone().find(|it| !all[*it].is_lab)?;
    if number > first {
        let first = *cut.recording.head(all[first].frame)?;
        // Told against the one before, which is the same as in the whole.
        let part = match head.segment == first.segment {
            true => head.part.saturating_sub(first.part),
            false => head.part,
        };
        return Some((FrameHead { part, ..*head }, payload));
    }
    if head.part == 0 && cut.find.is_none() {
        return Some((*head, payload));
    }
    let mut decoder = MomentDecoder::default();
    let whole = cut.index.whole_before(number);
    let moments = whole..=number;
    (cut.index).decode(&cut.recording, moments, &mut decoder);
    let mut snapshot = decoder.snapshot().clone();
    let mut log = ChangeLog::default();
    match &cut.find {
        Some(find) => of_find::snapshot(cut, find, &mut snapshot),
        None => (decoder.changes().iter()).for_each(|change| log.replay(change)),
    }
    let bytes = MomentEncoder::default().encode(&snapshot, &log, true);
    Some((FrameHead { part: 0, ..*head }, bytes))
}
