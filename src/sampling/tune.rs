//! Finds the pause before a read that tears most scans.
//!
//! Reader and writer fall into step with each other, and what breaks the step
//! best depends on how long an operation and a read take on this machine. So
//! pauses are tried for a moment each, in turns, first far apart, then close
//! to the best; the best is kept. Scans made on the way count like all others.

use std::time::Duration;

use crate::linux::dwell::DwellTime;

/// How long a pause is tried before it is the next one's turn.
const SLICE: Duration = Duration::from_micros(1_500);

/// Scans that a slice has at least, however long they take.
const LEAST_SCANS: u64 = 3;

/// How often each pause gets its turn.
const TURNS: usize = 3;

/// The most time it may take, whatever has been found by then.
const MOST: Duration = Duration::from_millis(400);

/// The pauses tried first, in nanoseconds.
const FIRST: [u64; 9] = [0, 250, 500, 1_000, 1_500, 2_500, 4_000, 8_000, 16_000];

/// What is tried around the best of those, in hundredths of it.
const AROUND: [u64; 6] = [60, 75, 88, 112, 130, 160];

/// One pause, and what it has found so far.
#[derive(Clone, Debug)]
struct Candidate {
    pause: DwellTime,
    spent: Duration,
    torn: u64,
}

impl Candidate {
    fn new(pause: DwellTime) -> Self {
        Candidate {
            pause,
            spent: Duration::ZERO,
            torn: 0,
        }
    }

    /// Torn scans a second.
    fn rate(&self) -> f64 {
        self.torn as f64 / self.spent.as_secs_f64().max(1e-9)
    }
}

/// Tries pauses and settles on one.
#[derive(Clone, Debug)]
pub(crate) struct Tuner {
    candidates: Vec<Candidate>,
    at: usize,
    turn: usize,
    refined: bool,
    slice: Duration,
    scans: u64,
    total: Duration,
    settled: Option<DwellTime>,
}

impl Tuner {
    /// Tries what there is to try.
    pub(crate) fn new() -> Self {
        let exact = FIRST.map(|ns| DwellTime::Exactly(Duration::from_nanos(ns)));
        let random = [DwellTime::USUAL, DwellTime::UpTo(Duration::from_micros(16))];
        let candidates = exact.into_iter().chain(random).map(Candidate::new);
        Tuner {
            candidates: candidates.collect(),
            at: 0,
            turn: 0,
            refined: false,
            slice: Duration::ZERO,
            scans: 0,
            total: Duration::ZERO,
            settled: None,
        }
    }

    /// The pause to take now.
    pub(crate) fn pause(&self) -> DwellTime {
        self.settled.unwrap_or(self.candidates[self.at].pause)
    }

    /// The pause it has settled on.
    pub(crate) fn settled(&self) -> Option<DwellTime> {
        self.settled
    }

    /// Takes note of a scan that took so long. Returns whether the pause to
    /// take has changed.
    pub(crate) fn note(&mut self, took: Duration, torn: bool) -> bool {
        if self.settled.is_some() {
            return false;
        }
        let candidate = &mut self.candidates[self.at];
        candidate.spent += took;
        candidate.torn += u64::from(torn);
        self.slice += took;
        self.scans += 1;
        self.total += took;
        if self.slice < SLICE || self.scans < LEAST_SCANS {
            return false;
        }
        (self.slice, self.scans) = (Duration::ZERO, 0);
        self.at += 1;
        if self.at == self.candidates.len() {
            self.at = 0;
            self.turn += 1;
        }
        if self.turn == TURNS || self.total >= MOST {
            self.conclude();
        }
        true
    }

    fn conclude(&mut self) {
        let best = self
            .candidates
            .iter()
            .max_by(|a, b| a.rate().total_cmp(&b.rate()))
            .filter(|best| best.torn > 0)
            .cloned();
        let Some(best) = best else {
            self.settled = Some(DwellTime::USUAL);
            return;
        };
        if self.refined || self.total >= MOST || best.pause.longest().is_zero() {
            self.settled = Some(best.pause);
            return;
        }
        self.refined = true;
        (self.at, self.turn) = (0, 0);
        let near = AROUND.map(|percent| {
            let time = best.pause.longest() * percent as u32 / 100;
            match best.pause {
                DwellTime::Exactly(_) => DwellTime::Exactly(time),
                DwellTime::UpTo(_) => DwellTime::UpTo(time),
            }
        });
        self.candidates = near.into_iter().map(Candidate::new).collect();
        self.candidates.push(Candidate::new(best.pause));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine on which a scan takes 10 µs and its pause, and tears the more
    /// often the closer the pause is to the best.
    fn settle(best_ns: Option<f64>) -> (DwellTime, Duration) {
        let mut tuner = Tuner::new();
        let (mut total, mut owed) = (Duration::ZERO, 0.0);
        while tuner.settled().is_none() {
            let pause = tuner.pause();
            let took = Duration::from_micros(10) + pause.longest();
            total += took;
            let exact = matches!(pause, DwellTime::Exactly(_));
            owed += best_ns.filter(|_| exact).map_or(0.0, |best| {
                let off = pause.longest().as_nanos() as f64 / best;
                (-(off - 1.0).powi(2) * 20.0).exp()
            });
            let torn = owed >= 1.0;
            owed -= f64::from(u8::from(torn));
            tuner.note(took, torn);
            assert!(total < 2 * MOST, "it never settles");
        }
        (tuner.settled().unwrap_or(DwellTime::NONE), total)
    }

    #[test]
    fn a_narrow_optimum_is_found() {
        for best in [600.0, 1_200.0, 2_300.0, 5_000.0] {
            let (pause, _) = settle(Some(best));
            let found = pause.longest().as_nanos() as f64;
            assert!((found / best - 1.0).abs() < 0.3, "{found} for {best}");
        }
    }

    #[test]
    fn where_nothing_tears_the_usual_pause_is_kept() {
        let (pause, took) = settle(None);
        assert_eq!(pause, DwellTime::USUAL);
        assert!(took < MOST);
    }

    #[test]
    fn it_ends_however_long_a_scan_takes() {
        let mut tuner = Tuner::new();
        let mut scans = 0;
        while tuner.settled().is_none() {
            tuner.note(Duration::from_millis(30), scans % 5 == 0);
            scans += 1;
        }
        // 400 ms, to the end of the slice.
        assert!(scans <= 15, "{scans}");
    }
}
