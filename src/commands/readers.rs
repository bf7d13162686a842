//! The readers of one kind that run at once.

use anyhow::Result;

use crate::observation::{CaseKey, Observation, Placement};
use crate::sampler::{Moment, Published, Sampler, SamplerError, SamplerOptions};
use crate::scan::{States, Tally};

/// Running samplers.
#[derive(Debug)]
pub(super) struct Readers(Vec<Sampler>);

/// Where what they find is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) case: &'a CaseKey,
    pub(super) placement: Placement,
    pub(super) states: &'a States,
}

impl Readers {
    pub(super) fn start(options: &SamplerOptions, count: u16) -> Result<Self, SamplerError> {
        let samplers = (0..count).map(|_| Sampler::start(options));
        Ok(Readers(samplers.collect::<Result<_, _>>()?))
    }

    /// Whether one has ended by itself.
    pub(super) fn has_ended(&self) -> bool {
        self.0.iter().any(Sampler::has_ended)
    }

    /// What all have published together.
    pub(super) fn total(&self) -> Tally {
        let mut tally = Tally::default();
        for sampler in &self.0 {
            tally.merge(&sampler.published().tally);
        }
        tally
    }

    /// Tells what was found since the last time.
    pub(super) fn tell_found(
        &mut self,
        scene: Scene<'_>,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<()> {
        for (reader_index, sampler) in self.0.iter_mut().enumerate() {
            let moment = Moment {
                case: scene.case,
                placement: scene.placement,
                reader_index,
                states: scene.states,
            };
            while let Some(found) = sampler.next_found() {
                tell(Observation::Event(Box::new(moment.describe(found))))?;
            }
        }
        Ok(())
    }

    /// Stops all, each after a whole scan at least, and adds what they have
    /// read to `sum`, also of one that has ended by itself, which is an error.
    pub(super) fn stop(&mut self, sum: &mut Published) -> Result<(), SamplerError> {
        let mut ended = Ok(());
        for sampler in &mut self.0 {
            let published = sampler.stop().unwrap_or_else(|error| {
                // One that lost its target is like the next.
                ended = Err(error);
                sampler.published()
            });
            sum.tally.merge(&published.tally);
            sum.not_described += published.not_described + published.dropped;
            sum.found_pause = sum.found_pause.or(published.found_pause);
        }
        ended
    }
}
