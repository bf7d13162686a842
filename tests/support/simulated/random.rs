//! Numbers that interleavings are drawn with.

use vmascope::internals::algorithms::Random;

/// A number below `limit`, which is not 0. It is drawn in this way, not with
/// `Random::below`, because the seeds in the tests were chosen for it.
pub(crate) fn below(random: &mut Random, limit: u64) -> u64 {
    (random.draw() >> 33) % limit
}
