//! Reading while nothing moves: what is missing then, no race explains.

use std::sync::atomic::Ordering;

use anyhow::Result;

use super::placement_run::PlacementRun;
use crate::events::Observation;
use crate::linux::dwell::DwellTime;
use crate::sampling::Published;
use crate::sampling::options::SamplerOptions;
use crate::setup::modifier_setup::ModifierSetup;

impl PlacementRun<'_> {
    /// Has the modifier stand still in each state of its cycle in turn, all
    /// sites in the same, and every reader scan at least once in each; adds
    /// what they read to `sum`. The modifier is in the original state then.
    pub(crate) fn stand_still(
        &self,
        setup: &mut ModifierSetup,
        sampling: &SamplerOptions,
        sum: &mut Published,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<()> {
        let sampling = SamplerOptions {
            // A pause is for meeting a writer.
            schedule: DwellTime::NONE.into(),
            ..sampling.clone()
        };
        for _ in 0..self.prepared.scenario.operations.len() {
            if self.interrupted.load(Ordering::Relaxed) {
                break;
            }
            let mut readers = self.start_readers(&sampling, self.found_in(None))?;
            // Each makes a scan before it stops.
            let stopped = readers.stop(sum);
            readers.tell_found(self.found_in(None), tell)?;
            stopped?;
            setup.step_sites(self.prepared)?;
        }
        setup.modifier().pause_at_original()?;
        Ok(())
    }
}
