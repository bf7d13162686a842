//! Prepares a scenario: lays it out, captures its states, finds what to read.

use std::time::{Duration, Instant};

use super::case_setup::CaseSetup;
use super::chunk_ends::{last_extent, low_extent};
use super::error::SetupError;
use super::modifier_setup::ModifierSetup;
use super::placement::Placement;
use super::prepared_scenario::PreparedScenario;
use super::text_file::TextFile;
use crate::linux::chunk::NoClock;
use crate::linux::reader::Reader;
use crate::scenario::definition::Scenario;

/// Scans that are timed: the shortest was not interrupted.
const SCANS_TIMED: u32 = 5;

impl ModifierSetup {
    /// Lays `scenario` out at `placement` for `reader` and captures its
    /// states. The modifier then stands still in the original state.
    ///
    /// # Errors
    /// [`SetupError`]; those that are a reason to skip the case say so.
    pub fn set(
        &mut self,
        scenario: &Scenario,
        reader: Reader,
        placement: Placement,
    ) -> Result<PreparedScenario, SetupError> {
        self.set_up(scenario, &CaseSetup::new(reader, placement))
    }

    /// The same with all there is to choose.
    ///
    /// # Errors
    /// [`SetupError`]; those that are a reason to skip the case say so.
    pub fn set_up(
        &mut self,
        scenario: &Scenario,
        setting: &CaseSetup,
    ) -> Result<PreparedScenario, SetupError> {
        let prepared = self.prepared(scenario, &setting.for_scenario(scenario));
        self.or_its_death(prepared)
    }

    fn prepared(
        &mut self,
        scenario: &Scenario,
        setting: &CaseSetup,
    ) -> Result<PreparedScenario, SetupError> {
        self.suit(scenario)?;
        let mut file = TextFile::open(self.pid(), setting.reader)?;
        if let Some(size) = setting.read_size {
            file.file.set_read_size(size);
        }
        let sites = self.place(scenario, &mut file, setting)?;
        let mut prepared = self.capture(scenario, sites, setting.placement, &mut file)?;
        prepared.extent.read_size = setting.read_size;
        match setting.placement {
            Placement::Low => prepared.extent = low_extent(&mut file, &prepared, setting)?,
            Placement::Last => prepared.extent = last_extent(&mut file, &prepared, setting)?,
            _ => {}
        }
        prepared.extent.ask_every = Some(prepared.site.letter_bytes);
        prepared.scan_time = Duration::MAX;
        for _ in 0..SCANS_TIMED {
            let start = Instant::now();
            match prepared.extent.until {
                None => file.file.scan(&NoClock, &mut file.raw)?,
                Some(address) => {
                    file.file.scan_until(&NoClock, &mut file.raw, address)?;
                }
            }
            prepared.scan_time = prepared.scan_time.min(start.elapsed());
        }
        Ok(prepared)
    }
}
