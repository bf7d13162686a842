//! The inversion as the application shows it: a busy thread beside readers that
//! give way to it, and where the threads are while a call takes long.

use super::LiveInversion;
use crate::latency::bench::{Bench, LabError};
use crate::latency::busy::{ALWAYS, Busy};
use crate::latency::inversion::outcome::WriterPlace;
use crate::latency::inversion::silence::{CATCH, Silence};
use crate::latency::load::Load;
use crate::modifier::timed_writer::mailbox::Command;
use crate::text::number::nanoseconds;

/// The inversion, while it is shown.
pub(super) struct Inversion {
    pub(super) shown: LiveInversion,
    silence: Silence,
    /// What is shown is of the last call that took long.
    is_last: bool,
    /// None for as long as readers are started.
    busy: Option<Busy>,
}

impl Inversion {
    /// From now on one is shown there, or none. No reader runs meanwhile.
    pub(super) fn begin(
        bench: &mut Bench,
        place: Option<WriterPlace>,
    ) -> Result<Option<Self>, LabError> {
        bench.options.inverted = place.is_some();
        let command = place.map_or(Command::Work, WriterPlace::command);
        bench.writer().ask(command)?;
        let Some(place) = place else {
            return Ok(None);
        };
        let [writer_cpu, reader_cpu] = bench.shared_cpus().map_err(LabError::NoInversion)?;
        let mut inversion = Inversion {
            shown: LiveInversion {
                place,
                writer_cpu,
                reader_cpu,
                caught: None,
            },
            silence: Silence::since(bench.writer().timed()),
            is_last: false,
            busy: None,
        };
        inversion.keep_busy(bench)?;
        Ok(Some(inversion))
    }

    /// Readers are kept from their CPU.
    pub(super) fn keep_busy(&mut self, bench: &Bench) -> Result<(), LabError> {
        let busy = Busy::start(1, ALWAYS, bench.reader_cpus().as_ref());
        let failed = |source| LabError::Start {
            reader: Load::NONE,
            source,
        };
        self.busy = Some(busy.map_err(failed)?);
        Ok(())
    }

    /// They have it to themselves.
    pub(super) fn rest(&mut self) {
        self.busy = None;
    }

    /// Looks where writer and reader are, once in each call that takes long.
    pub(super) fn look(&mut self, bench: &mut Bench, reader: Option<u32>) {
        let before = self.silence.lasts;
        self.silence.look(bench.writer().timed());
        let lasts = self.silence.lasts;
        if before < CATCH && lasts >= CATCH {
            let caught = bench.catch(reader, lasts);
            self.is_last = caught.is_some();
            self.shown.caught = caught.or(self.shown.caught.take());
        } else if let Some(caught) = &mut self.shown.caught
            && self.is_last
            && before >= CATCH
            && lasts > before
        {
            caught.after_ns = nanoseconds(lasts);
        }
    }
}
