//! The readers of one kind that run at once.

use anyhow::Result;

use crate::events::Observation;
use crate::events::case::CaseKey;
use crate::linux::thread_schedule::Policy;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::recording::recorder::Recorder;
use crate::sampling::Published;
use crate::sampling::describe::FindContext;
use crate::sampling::options::{SamplerError, SamplerOptions};
use crate::sampling::recorded::RecordedScans;
use crate::sampling::sampler::Sampler;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

#[derive(Debug)]
pub(crate) struct Readers(Vec<Sampler>);

/// The case whose tears and violations they find.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FoundIn<'a> {
    pub(crate) case: &'a CaseKey,
    pub(crate) placement: Placement,
    /// None: the modifier stands still.
    pub(crate) schedule: Option<Schedule>,
    pub(crate) states: &'a States,
}

impl<'a> FoundIn<'a> {
    fn by_reader(self, reader_index: usize) -> FindContext<'a> {
        FindContext {
            case: self.case,
            placement: self.placement,
            schedule: self.schedule,
            reader_index,
            states: self.states,
        }
    }
}

impl Readers {
    /// Starts so many; what they read is recorded, if there is a recorder.
    pub(crate) fn start(
        options: &SamplerOptions,
        count: u16,
        found_in: FoundIn<'_>,
        recorder: Option<&Recorder>,
    ) -> Result<Self, SamplerError> {
        let samplers = (0..count).map(|reader| {
            let mut options = options.clone();
            if reader > 0 {
                // Interrupts are the whole CPU's, and take many files.
                options.schedule.storm = None;
            }
            let context = found_in.by_reader(reader.into());
            let recorded =
                recorder.map(|recorder| RecordedScans::new(recorder, &options, &context));
            Sampler::start_recorded(&options, recorded)
        });
        Ok(Readers(samplers.collect::<Result<_, _>>()?))
    }

    /// Whether one has ended by itself.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.iter().any(Sampler::has_ended)
    }

    /// What all have published together.
    pub(crate) fn total(&self) -> Tally {
        let mut tally = Tally::default();
        for sampler in &self.0 {
            tally.merge(&sampler.published().tally);
        }
        tally
    }

    /// Gives those that still run another policy; where that is not allowed they keep
    /// the one they have.
    pub(crate) fn give_policy(&self, policy: Policy) {
        let running = self.0.iter().filter(|sampler| !sampler.has_ended());
        for thread in running.filter_map(Sampler::thread_id) {
            let _ = policy.give_to(thread);
        }
    }

    /// Tells what was found since the last time.
    pub(crate) fn tell_found(
        &mut self,
        found_in: FoundIn<'_>,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<()> {
        for (reader_index, sampler) in self.0.iter_mut().enumerate() {
            let moment = found_in.by_reader(reader_index);
            while let Some(found) = sampler.next_found() {
                tell(Observation::Event(Box::new(moment.describe(found))))?;
            }
        }
        Ok(())
    }

    /// Stops all, each after a whole scan at least, and adds what they have
    /// read to `sum`, also of one that has ended by itself, which is an error.
    pub(crate) fn stop(&mut self, sum: &mut Published) -> Result<(), SamplerError> {
        let mut ended = Ok(());
        // All at once: those that go on keep the CPU from those that are to end.
        self.0.iter().for_each(Sampler::tell_to_stop);
        for sampler in &mut self.0 {
            let published = sampler.stop().unwrap_or_else(|error| {
                // One that lost its target is like the next.
                ended = Err(error);
                sampler.published()
            });
            sum.tally.merge(&published.tally);
            sum.not_described += published.not_described + published.dropped;
            sum.found_dwell = sum.found_dwell.or(published.found_dwell);
        }
        ended
    }
}
