//! The totals of a case by rounds of equal length, so that whoever compares
//! two runs can see how much the rates vary within one.

use std::time::Duration;

use crate::oracle::tally::Tally;

/// Rounds of a case at one placement, under all schedules.
pub(crate) const ROUNDS: usize = 10;

/// Cuts totals that grow into rounds.
#[derive(Debug)]
pub(crate) struct Rounds {
    length: Duration,
    end: Duration,
    before: Tally,
    rounds: Vec<Tally>,
}

impl Rounds {
    /// So many for a case that reads for `duration`.
    pub(crate) fn new(duration: Duration, count: usize) -> Self {
        let length = duration / count.max(1) as u32;
        Rounds {
            length,
            end: length,
            before: Tally::default(),
            rounds: Vec::new(),
        }
    }

    /// Ends the round if it is over at `elapsed` after the start.
    pub(crate) fn look(&mut self, elapsed: Duration, totals: impl FnOnce() -> Tally) {
        if elapsed >= self.end {
            self.end = elapsed + self.length;
            self.cut(totals());
        }
    }

    fn cut(&mut self, totals: Tally) {
        self.rounds.push(totals.since(&self.before));
        self.before = totals;
    }

    /// All rounds; their sum is these totals.
    pub(crate) fn finish(mut self, totals: &Tally) -> Vec<Tally> {
        if *totals != self.before {
            self.cut(totals.clone());
        }
        self.rounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_add_up_to_the_totals() {
        let tally = |scans| Tally {
            scans,
            ..Tally::default()
        };
        let mut rounds = Rounds::new(Duration::from_millis(100), ROUNDS);
        for ms in (0..100).step_by(3) {
            rounds.look(Duration::from_millis(ms), || tally(7 * ms));
        }
        let all = rounds.finish(&tally(700));
        assert_eq!(all.iter().map(|round| round.scans).sum::<u64>(), 700);
        assert!((8..=10).contains(&all.len()), "{}", all.len());
        assert!(
            Rounds::new(Duration::ZERO, ROUNDS)
                .finish(&Tally::default())
                .is_empty()
        );
    }
}
