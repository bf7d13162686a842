//! Which answers there were when: their shares of each slice of time, and the
//! latest ones, one by one. Of a fixed size: an answer allocates nothing.

use std::time::Duration;

use super::reading::KINDS;

/// The time that one share is of.
pub(crate) const SLICE: Duration = Duration::from_millis(100);
/// The share of an answer that was the only one of its slice.
pub(crate) const FULL: u8 = 8;
/// Slices kept, and answers kept one by one.
const KEPT: usize = 128;
/// Those that are told apart, and all others.
const PLACES: usize = KINDS + 1;

#[derive(Debug)]
pub(super) struct Slices {
    /// The shares of each slice that is over, that of slice n at n modulo their number.
    over: [[u8; PLACES]; KEPT],
    /// The slice under way, from 0.
    number: u64,
    /// Its answers so far.
    counts: [u32; PLACES],
    /// The place of answer n at n modulo their number.
    answers: [u8; KEPT],
    asked: u64,
}

impl Default for Slices {
    fn default() -> Self {
        Slices {
            over: [[0; PLACES]; KEPT],
            number: 0,
            counts: [0; PLACES],
            answers: [0; KEPT],
            asked: 0,
        }
    }
}

impl Slices {
    /// An answer, by its place, so long after the first question.
    pub(super) fn add(&mut self, place: usize, elapsed: Duration) {
        let number = (elapsed.as_nanos() / SLICE.as_nanos()) as u64;
        if number > self.number {
            self.over[index(self.number)] = std::array::from_fn(|place| self.share(place));
            self.counts = [0; PLACES];
            // Nothing was answered in those between.
            let skipped = (self.number + 1..number).take(KEPT);
            skipped.for_each(|number| self.over[index(number)] = [0; PLACES]);
            self.number = number;
        }
        let place = place.min(PLACES - 1);
        self.counts[place] = self.counts[place].saturating_add(1);
        self.answers[index(self.asked)] = place as u8;
        self.asked += 1;
    }

    /// The share of the slice under way; what is there at all is not 0.
    fn share(&self, place: usize) -> u8 {
        let all: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        let share = u64::from(self.counts[place]) * u64::from(FULL);
        share.div_ceil(all.max(1)) as u8
    }

    /// The shares of an answer, the oldest slice first.
    pub(super) fn shares(&self, place: usize) -> Vec<u8> {
        let oldest = self.number.saturating_sub(KEPT as u64 - 1);
        let over = (oldest..self.number).map(|number| self.over[index(number)][place]);
        over.chain([self.share(place)]).collect()
    }

    /// The places of the latest answers, the oldest first.
    pub(super) fn latest(&self) -> Vec<u8> {
        let oldest = self.asked.saturating_sub(KEPT as u64);
        let answers = (oldest..self.asked).map(|number| self.answers[index(number)]);
        answers.collect()
    }
}

fn index(number: u64) -> usize {
    (number % KEPT as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slice_has_the_shares_of_its_answers() {
        let mut slices = Slices::default();
        assert_eq!((slices.shares(0), slices.latest()), (vec![0], vec![]));
        for (place, slice) in [(0, 0), (0, 0), (1, 1), (0, 1), (0, 4), (1, 5)] {
            slices.add(place, SLICE * slice);
        }
        assert_eq!(slices.shares(0), [8, 4, 0, 0, 8, 0]);
        assert_eq!(slices.shares(1), [0, 4, 0, 0, 0, 8]);
        assert_eq!(slices.latest(), [0, 0, 1, 0, 0, 1]);
        // One of a thousand is seen.
        (0..1000).for_each(|_| slices.add(0, SLICE * 6));
        slices.add(1, SLICE * 6);
        assert_eq!(slices.shares(1).last(), Some(&1));
    }

    #[test]
    fn it_keeps_as_many_as_it_has_room_for() {
        let mut slices = Slices::default();
        for slice in 0..1000_u32 {
            slices.add(usize::from(slice >= 990), SLICE * slice);
        }
        let shares = slices.shares(1);
        assert_eq!((shares.len(), slices.latest().len()), (KEPT, KEPT));
        assert_eq!(shares[KEPT - 11..], [0, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]);
        // A long silence leaves none of them.
        slices.add(99, SLICE * 1_000_000);
        assert_eq!(slices.shares(1), [0; KEPT]);
        assert_eq!(slices.latest().last(), Some(&(KINDS as u8)));
        // A clock that goes back is of no matter.
        slices.add(0, SLICE);
        assert_eq!(slices.shares(0).last(), Some(&4));
    }
}
