//! Priorities that order the steps of several threads so that a race is found
//! with a probability that is known: PCT, of Burckhardt, Kothari, Musuvathi and
//! Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding
//! Bugs" (ASPLOS 2010).
//!
//! Each thread has a priority, drawn at random, and the one of the highest that
//! is not blocked makes the next step. At d − 1 of the k steps, drawn too, the
//! thread that is about to step falls below all that have not fallen. A bug of
//! depth d (it shows when d pairs of steps come in a certain order) is met in
//! one run with a probability of at least 1/(n·kᵈ⁻¹), n being the threads.

use super::random::Random;

/// The order of the steps of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityOrder {
    /// By thread; no two are the same.
    priorities: Vec<u64>,
    /// The steps before which a thread falls: at the one at index i to priority
    /// i, as drawn, not by time.
    falls: Vec<u64>,
    made: u64,
}

impl PriorityOrder {
    /// Draws an order for so many threads, for bugs of a depth of `depth` (from
    /// 1) that show within so many steps.
    #[must_use]
    pub fn draw(random: &mut Random, threads: usize, steps: u64, depth: u32) -> Self {
        let falls = u64::from(depth.saturating_sub(1));
        let mut priorities: Vec<u64> = (falls..).take(threads).collect();
        for last in (1..threads).rev() {
            priorities.swap(last, random.below(last as u64 + 1) as usize);
        }
        PriorityOrder {
            priorities,
            falls: (0..falls).map(|_| random.below(steps)).collect(),
            made: 0,
        }
    }

    /// Whose step is next; none where all are blocked.
    pub fn next(&mut self, is_runnable: impl Fn(usize) -> bool) -> Option<usize> {
        let mut first = self.highest(&is_runnable)?;
        for to in 0..self.falls.len() {
            if self.falls[to] == self.made {
                self.priorities[first] = to as u64;
                first = self.highest(&is_runnable)?;
            }
        }
        self.made += 1;
        Some(first)
    }

    fn highest(&self, is_runnable: impl Fn(usize) -> bool) -> Option<usize> {
        let runnable = (0..self.priorities.len()).filter(|&thread| is_runnable(thread));
        runnable.max_by_key(|&thread| self.priorities[thread])
    }
}

/// The runs in which a bug of that depth is met once, on average, at the most:
/// n·kᵈ⁻¹.
#[must_use]
pub(crate) fn most_runs(threads: usize, steps: u64, depth: u32) -> u64 {
    let others = steps.saturating_pow(depth.saturating_sub(1));
    others.saturating_mul(threads as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STEPS: u64 = 24;

    fn order(seed: u64, threads: usize, depth: u32) -> PriorityOrder {
        PriorityOrder::draw(&mut Random::new(seed), threads, STEPS, depth)
    }

    /// The threads that step, where a bit for each that is runnable is given.
    fn steps(mut order: PriorityOrder, runnable: &[u8]) -> Vec<Option<usize>> {
        let step = |bits: &u8| order.next(|thread| bits & 1 << thread != 0);
        runnable.iter().map(step).collect()
    }

    proptest! {
        #[test]
        fn a_seed_draws_one_order_in_which_nobody_steps_who_is_blocked(
            seed: u64, threads in 1..6_usize, depth in 1..5_u32,
            runnable in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let made = steps(order(seed, threads, depth), &runnable);
            prop_assert_eq!(&made, &steps(order(seed, threads, depth), &runnable));
            for (bits, made) in runnable.iter().zip(made) {
                let bits = bits & ((1 << threads) - 1);
                prop_assert_eq!(made.is_none(), bits == 0);
                prop_assert!(made.is_none_or(|thread| bits & 1 << thread != 0));
            }
        }

        #[test]
        fn at_depth_1_nobody_is_preempted(seed: u64, threads in 1..6_usize) {
            let made = steps(order(seed, threads, 1), &[u8::MAX; STEPS as usize]);
            prop_assert!(made.iter().all(|thread| *thread == made[0]));
        }

        #[test]
        fn who_falls_steps_only_where_none_that_has_not_fallen_can(
            seed: u64, threads in 2..6_usize, depth in 2..5_u32,
            runnable in proptest::collection::vec(any::<u8>(), STEPS as usize),
        ) {
            let mut order = order(seed, threads, depth);
            let mut fallen: Vec<usize> = Vec::new();
            for bits in runnable {
                let (at, before) = (order.made, order.priorities.clone());
                let made = order.next(|thread| bits & 1 << thread != 0);
                for (thread, before) in before.iter().enumerate() {
                    if order.priorities[thread] != *before {
                        prop_assert!(order.falls.contains(&at));
                        fallen.push(thread);
                    }
                }
                let others = (0..threads).filter(|it| !fallen.contains(it));
                let can = others.filter(|it| bits & 1 << it != 0).count() > 0;
                prop_assert!(made.is_none_or(|it| !(can && fallen.contains(&it))));
                let mut distinct = order.priorities.clone();
                distinct.sort_unstable();
                distinct.dedup();
                prop_assert_eq!(distinct.len(), threads);
            }
        }
    }

    /// Two threads of `each` steps; the bug shows where so many pairs of steps come
    /// in one order: the second of one, the second of the other, the third of the
    /// one, and so on.
    fn meets(seed: u64, each: u64, depth: u32) -> bool {
        let mut order = PriorityOrder::draw(&mut Random::new(seed), 2, 2 * each, depth);
        let (mut made, mut turn) = ([0; 2], 0);
        let turns = u64::from(depth) + 1;
        while let Some(thread) = order.next(|thread| made[thread] < each) {
            let wanted = turn % 2 == thread as u64 && made[thread] == 1 + turn / 2;
            turn += u64::from(wanted);
            made[thread] += 1;
        }
        turn == turns
    }

    #[test]
    fn a_bug_of_a_depth_is_met_in_at_least_the_promised_part_of_the_runs() {
        for (depth, each) in [(1, 20), (2, 20), (3, 8), (4, 4)] {
            let runs = 40_000;
            let met = (1..=runs).filter(|&seed| meets(seed, each, depth)).count();
            let promised = runs as f64 / most_runs(2, 2 * each, depth) as f64;
            // Four standard deviations.
            let least = (promised - 4.0 * promised.sqrt()).max(1.0);
            assert!(met as f64 >= least, "{depth}: {met} of {promised}");
        }
    }
}
