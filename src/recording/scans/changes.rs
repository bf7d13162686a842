//! How a window differs from the one before it, as one number, most often one byte.
//!
//! An odd number is a step of the first writer, and of no other; an even one says how
//! many windows are like the one before, and [`ANY`] that differences follow.

use std::ops::Range;

use crate::maps::scan_text::Window;

/// The differences of each writer follow.
pub(super) const ANY: u64 = 0;

/// Bits of how many operations are under way.
const UNDER_WAY: u32 = 3;

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// So many windows like the one before.
    LikeIt(u64),
    /// The first writer has finished so many operations more, and so many are under way.
    Step {
        finished: u64,
        under_way: u64,
    },
    Any,
}

pub(super) fn like_it(count: u64) -> u64 {
    count << 1
}

/// Whether so many writers have done nothing between two windows.
#[inline]
pub(super) fn is_like(before: &Window, window: &Window, writers: usize) -> bool {
    same_of(before, window, 0..writers)
}

/// Word by word: the arrays are so short that a call for each would cost more.
#[inline]
fn same_of(before: &Window, window: &Window, mut writers: Range<usize>) -> bool {
    writers.all(|writer| {
        before.finished[writer] == window.finished[writer]
            && before.begun[writer] == window.begun[writer]
    })
}

/// None where it is no such step.
#[inline]
pub(super) fn small_step(before: &Window, window: &Window, writers: usize) -> Option<u64> {
    let finished = window.finished[0].checked_sub(before.finished[0])?;
    let under_way = window.begun[0].checked_sub(window.finished[0])?;
    let is_small = under_way < 1 << UNDER_WAY && finished < 1 << 32;
    let others_rest = same_of(before, window, 1..writers);
    (is_small && others_rest).then_some((finished << UNDER_WAY | under_way) << 1 | 1)
}

pub(super) fn of(number: u64) -> Change {
    let rest = number >> 1;
    match number {
        ANY => Change::Any,
        even if even & 1 == 0 => Change::LikeIt(rest),
        _ => Change::Step {
            finished: rest >> UNDER_WAY,
            under_way: rest & ((1 << UNDER_WAY) - 1),
        },
    }
}
