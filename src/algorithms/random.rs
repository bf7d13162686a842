//! The one random generator: seeded, so that what was drawn can be drawn again;
//! it needs neither memory nor the kernel, so the modifier can use it between
//! two operations.

/// xorshift64* (Vigna 2016).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // A state of 0 would stay 0.
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Any number.
    #[inline]
    pub fn draw(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`; 0 if that is 0.
    #[inline]
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.draw()) * u128::from(limit)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_every_number_below_the_limit_and_no_other() {
        let mut random = Random::new(0);
        let mut drawn = [0; 5];
        for _ in 0..1000 {
            drawn[random.below(5) as usize] += 1;
        }
        assert!(drawn.iter().all(|count| (140..260).contains(count)));
        assert_eq!(random.below(1), 0);
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |seed| Random::new(seed).draw();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
