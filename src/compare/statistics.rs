//! What two counts can show: exact tests on rates of rare events.
//!
//! `k1` events in `n1` scans and `k2` in `n2`. Were both rates the same, then
//! of the `k1 + k2` events each would be one of the second by the chance
//! `n2 / (n1 + n2)`: a binomial test on `k2`, exact for rare events (the
//! conditional test of two Poisson rates) and too careful, never too bold, for
//! frequent ones.
//!
//! Events that come in bursts are fewer than they seem: reader and writer fall
//! into step and out of it. So both counts and their scans are divided by the
//! dispersion, the variance between the rounds of each run over the one that
//! independent events would have. The test then takes counts that are not
//! whole, which the incomplete beta function does not mind.
//!
//! A few rounds tell the dispersion badly: where all bursts happen to be in one run
//! it seems small. So the chance is that of Student's t where the test has that of a
//! normal distribution, with the degrees of freedom of the rounds.

use std::f64::consts::SQRT_2;

use statrs::function::beta::beta_reg;
use statrs::function::erf::erfc_inv;

/// Events beyond these add nothing: the interval is a few hundredths wide by
/// then, and the series for the beta function stays exact.
const MOST_EVENTS: f64 = 10_000.0;

/// Events, and the scans in which they were seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counted {
    /// How many; not whole once divided by a dispersion.
    pub events: f64,
    /// In how many scans.
    pub scans: f64,
}

impl Counted {
    /// Events a scan.
    pub(crate) fn rate(self) -> f64 {
        self.events / self.scans
    }
}

/// How much more events vary than independent ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dispersion {
    /// The variance over that of independent events, at least 1.
    pub factor: f64,
    /// How many degrees of freedom tell it.
    pub freedom: f64,
}

/// What two counts say about the ratio of their rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Compared {
    /// The chance of counts so unlike, two-sided, were the rates the same.
    pub p: f64,
    /// The second rate over the first; infinite where the first is zero.
    pub ratio: f64,
    /// The ratios that these counts do not contradict, with 95 % confidence.
    pub interval: (f64, f64),
    /// The chance if all these events had been in one of the two: no counts of so many
    /// are more unlike.
    pub least_p: f64,
}

/// Compares the rate of `now` with that of `then`; both have scans, and there
/// is an event in one of them.
pub(crate) fn compare_rates(then: Counted, now: Counted, dispersion: Dispersion) -> Compared {
    let all = (then.events + now.events) / dispersion.factor.max(1.0);
    // Fewer events of the same shares are less sure of themselves.
    let scale = all.min(MOST_EVENTS) / (then.events + now.events);
    let (k1, k2) = (then.events * scale, now.events * scale);
    let share = now.scans / (then.scans + now.scans);
    let two_sided = |k: f64, n: f64| {
        let p = 2.0 * at_least(k, n, share).min(at_most(k, n, share));
        student(p.min(1.0), dispersion.freedom)
    };
    let n = k1 + k2;
    let to_ratio = |share: f64| share / (1.0 - share) * then.scans / now.scans;
    let tail = share_where(|p| student(p, dispersion.freedom) >= 0.05) / 2.0;
    let low = if k2 <= 0.0 {
        0.0
    } else {
        share_where(|share| at_least(k2, k1 + k2, share) >= tail)
    };
    let high = if k1 <= 0.0 {
        1.0
    } else {
        share_where(|share| at_most(k2, k1 + k2, share) <= tail)
    };
    Compared {
        p: two_sided(k2, n),
        least_p: two_sided(0.0, n).min(two_sided(n, n)),
        ratio: now.rate() / then.rate(),
        interval: (
            to_ratio(low),
            if high < 1.0 {
                to_ratio(high)
            } else {
                f64::INFINITY
            },
        ),
    }
}

/// The least share for which `holds`, which holds for all above it.
fn share_where(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The chance of `k` or more of `n` events, each with the chance `share`.
fn at_least(k: f64, n: f64, share: f64) -> f64 {
    if k <= 0.0 {
        return 1.0;
    }
    beta_reg(k, n - k + 1.0, share)
}

/// The chance of `k` or fewer.
fn at_most(k: f64, n: f64, share: f64) -> f64 {
    if n - k <= 0.0 {
        return 1.0;
    }
    beta_reg(n - k, k + 1.0, 1.0 - share)
}

/// What a two-sided chance is worth where the variance is known by so many degrees
/// of freedom: nothing where it is not known at all.
fn student(p: f64, freedom: f64) -> f64 {
    if freedom <= 0.0 || p >= 1.0 {
        return 1.0;
    }
    if freedom.is_infinite() {
        return p;
    }
    // Of the normal distribution; no chance is told that is less.
    let z = SQRT_2 * erfc_inv(p.max(1e-300));
    beta_reg(freedom / 2.0, 0.5, freedom / (freedom + z * z))
}

/// How much more the events of a run vary between its rounds than independent
/// ones would: Pearson's chi-squared over its degrees of freedom, of all runs
/// together, at least 1. Each run is its rounds: events and scans. An operation
/// makes one independent event at most, however many scans see it.
pub(crate) fn dispersion(runs: &[Vec<(u64, u64)>], operations: u64) -> Dispersion {
    let all: u64 = runs.iter().flatten().map(|(events, _)| events).sum();
    let (mut sum, mut freedom) = (0.0, 0.0);
    for rounds in runs {
        let rounds: Vec<_> = rounds.iter().filter(|(_, scans)| *scans > 0).collect();
        let events: u64 = rounds.iter().map(|(events, _)| events).sum();
        let scans: u64 = rounds.iter().map(|(_, scans)| scans).sum();
        if events == 0 || rounds.len() < 2 {
            continue;
        }
        for (seen, in_scans) in &rounds {
            let expected = events as f64 * *in_scans as f64 / scans as f64;
            sum += (*seen as f64 - expected).powi(2) / expected;
        }
        freedom += rounds.len() as f64 - 1.0;
    }
    let by_rounds = if freedom > 0.0 { sum / freedom } else { 1.0 };
    let by_operations = all as f64 / operations.max(1) as f64;
    Dispersion {
        factor: by_rounds.max(by_operations).max(1.0),
        freedom,
    }
}

/// Holm's correction: what each of these chances is worth among so many
/// looks. If all rates are the same, the chance that any of them is at most
/// `x` is at most `x`.
pub(crate) fn holm(chances: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|&a, &b| chances[a].total_cmp(&chances[b]));
    let mut corrected = vec![1.0; chances.len()];
    let mut least = 0.0_f64;
    for (rank, &at) in order.iter().enumerate() {
        let left = (chances.len() - rank) as f64;
        least = least.max(chances[at] * left).min(1.0);
        corrected[at] = least;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The chances of 0, 1, … of `n`, each from the one before.
    fn chances(n: u32, share: f64) -> Vec<f64> {
        let logs = |k: u32| {
            let factors = (1..=k).map(|i| f64::from(n - k + i).ln() - f64::from(i).ln());
            factors.sum::<f64>() + f64::from(k) * share.ln() + f64::from(n - k) * (1.0 - share).ln()
        };
        (0..=n).map(|k| logs(k).exp()).collect()
    }

    fn counted(events: u32, scans: u32) -> Counted {
        Counted {
            events: f64::from(events),
            scans: f64::from(scans),
        }
    }

    fn by(factor: f64) -> Dispersion {
        Dispersion {
            factor,
            freedom: f64::INFINITY,
        }
    }

    const KNOWN: Dispersion = Dispersion {
        factor: 1.0,
        freedom: f64::INFINITY,
    };

    proptest! {
        #[test]
        fn the_test_is_the_sum_of_the_chances(
            k1 in 0u32..150, k2 in 0u32..150, n1 in 1u32..1_000_000, n2 in 1u32..1_000_000,
        ) {
            prop_assume!(k1 + k2 > 0);
            let all = chances(k1 + k2, f64::from(n2) / (f64::from(n1) + f64::from(n2)));
            let (k, n) = (k2 as usize, (k1 + k2) as usize);
            let least: f64 = all[k..].iter().sum();
            let most: f64 = all[..=k].iter().sum();
            let expected = (2.0 * least.min(most)).min(1.0);
            let p = compare_rates(counted(k1, n1), counted(k2, n2), KNOWN).p;
            prop_assert!((p - expected).abs() <= 1e-8 + 1e-6 * expected, "{p} {expected}, {n}");
        }

        #[test]
        fn the_interval_has_the_ratio_and_ends_where_the_test_says(
            k1 in 0u32..80, k2 in 0u32..80, n1 in 100u32..10_000, n2 in 100u32..10_000,
        ) {
            prop_assume!(k1 + k2 > 0);
            let it = compare_rates(counted(k1, n1), counted(k2, n2), KNOWN);
            let (low, high) = it.interval;
            prop_assert!(low <= it.ratio && it.ratio <= high, "{it:?}");
            // At the ends each tail is a fortieth.
            for (end, upper) in [(low, true), (high, false)] {
                if end <= 0.0 || end.is_infinite() {
                    continue;
                }
                let odds = end * f64::from(n2) / f64::from(n1);
                let all = chances(k1 + k2, odds / (1.0 + odds));
                let k = k2 as usize;
                let tail: f64 = if upper {
                    all[k..].iter().sum()
                } else {
                    all[..=k].iter().sum()
                };
                prop_assert!((tail - 0.025).abs() < 1e-4, "{tail} at {end}");
            }
        }

        #[test]
        fn then_and_now_change_places(k1 in 1u32..500, k2 in 1u32..500, n in 1u32..10_000) {
            let forth = compare_rates(counted(k1, n), counted(k2, 2 * n), KNOWN);
            let back = compare_rates(counted(k2, 2 * n), counted(k1, n), KNOWN);
            prop_assert!((forth.p - back.p).abs() < 1e-9);
            prop_assert!((forth.ratio * back.ratio - 1.0).abs() < 1e-9);
        }

        #[test]
        fn dispersion_only_takes_away(
            k1 in 0u32..500, k2 in 1u32..500, dispersion in 1.0f64..50.0,
        ) {
            let bold = compare_rates(counted(k1, 1000), counted(k2, 1000), KNOWN);
            let careful = compare_rates(counted(k1, 1000), counted(k2, 1000), by(dispersion));
            prop_assert!(careful.p >= bold.p - 1e-9, "{careful:?} {bold:?}");
            prop_assert!(careful.interval.0 <= bold.interval.0 + 1e-9);
        }

        #[test]
        fn holm_is_what_its_definition_says(
            chances in proptest::collection::vec(0.0f64..0.1, 1..30),
        ) {
            // Step down through the sorted chances while they are small enough.
            let corrected = holm(&chances);
            for level in [0.01, 0.05, 0.5] {
                let mut sorted = chances.clone();
                sorted.sort_by(f64::total_cmp);
                let count = sorted.len();
                let passed = (0..count)
                    .take_while(|&rank| sorted[rank] * (count - rank) as f64 <= level)
                    .count();
                let seen = corrected.iter().filter(|&&p| p <= level).count();
                prop_assert_eq!(seen, passed);
            }
        }
    }

    /// The tables of Student's t.
    #[test]
    fn few_degrees_of_freedom_make_a_chance_larger() {
        for (z, freedom, expected) in [(2.776_445, 4.0, 0.05), (2.878_44, 18.0, 0.01)] {
            let p = statrs::function::erf::erfc(z / SQRT_2);
            let seen = student(p, freedom);
            assert!((seen - expected).abs() < 1e-5, "{seen} {expected}");
            assert!(p < expected && student(p, f64::INFINITY) == p);
        }
        assert_eq!(student(1e-9, 0.0), 1.0);
    }

    #[test]
    fn large_counts_are_compared_too() {
        // Against the sum of the chances, and beyond what could be summed.
        let all = chances(9_000, 0.5);
        let expected = 2.0 * all[4_700..].iter().sum::<f64>();
        let p = compare_rates(counted(4_300, 1000), counted(4_700, 1000), KNOWN).p;
        assert!((p / expected - 1.0).abs() < 1e-4, "{p} {expected}");
        let huge = compare_rates(
            counted(4_000_000, 10_000_000),
            counted(4_000_000, 10_000_000),
            KNOWN,
        );
        assert!(
            huge.p > 0.9 && huge.interval.0 > 0.9 && huge.interval.1 < 1.1,
            "{huge:?}"
        );
    }

    #[test]
    fn one_event_more_or_less_is_no_verdict() {
        for (k1, k2) in [(0, 1), (1, 0), (3, 4), (0, 4)] {
            assert!(compare_rates(counted(k1, 1000), counted(k2, 1000), KNOWN).p > 0.1);
        }
    }

    #[test]
    fn holm_corrects_the_least_chance_most() {
        let corrected = holm(&[0.03, 0.01, 0.02, 0.9]);
        let expected = [0.06, 0.04, 0.06, 0.9];
        for (is, should) in corrected.iter().zip(expected) {
            assert!((is - should).abs() < 1e-12, "{corrected:?}");
        }
    }

    #[test]
    fn bursts_are_seen_and_even_events_are_not() {
        let even = vec![(5, 100), (4, 100), (6, 100), (5, 100)];
        let bursts = vec![(0, 100), (20, 100), (0, 100), (0, 100)];
        let factor = |runs: &[Vec<(u64, u64)>]| dispersion(runs, 1_000).factor;
        assert!(factor(&[even]) <= 1.0);
        // All in one of four rounds: the chi-squared is 3 · 20, of 3 degrees.
        assert!((factor(&[bursts]) - 20.0).abs() < 1e-9);
        assert!(factor(&[vec![(3, 7)], vec![]]) <= 1.0);
        // Ten operations made no more than ten events of these.
        assert!((dispersion(&[vec![(50, 100), (50, 100)]], 10).factor - 10.0).abs() < 1e-9);
    }
}
