//! A modifier that is set up for scenarios, one after the other.

use super::cpus::keep_apart_again;
use super::error::SetupError;
use super::prepared_scenario::PreparedScenario;
use super::text_file::open;
use crate::linux::chunk::{ChunkReader, NoClock};
use crate::linux::file::ProcFile;
use crate::linux::memory::huge_page_size;
use crate::linux::reader::Reader;
use crate::maps::scan_text::ScanText;
use crate::modifier::error::ModifierError;
use crate::modifier::handle::Modifier;
use crate::modifier::options::ModifierOptions;
use crate::scenario::definition::Scenario;
use crate::scenario::raw_call::NEEDS_HUGETLB;

/// A modifier and open files of its address space.
#[derive(Debug)]
pub struct ModifierSetup {
    pub(super) modifier: Modifier,
    options: ModifierOptions,
    maps: ChunkReader<ProcFile>,
    text: ScanText,
}

impl ModifierSetup {
    /// Starts a modifier.
    ///
    /// # Errors
    /// When it cannot be started, or its files cannot be opened.
    pub fn new(options: &ModifierOptions) -> Result<Self, SetupError> {
        let mut modifier = Modifier::spawn(options)?;
        let maps = open(modifier.pid(), Reader::Maps);
        let maps = maps.map_err(|error| cause(&mut modifier, error))?;
        Ok(ModifierSetup {
            modifier,
            options: options.clone(),
            maps,
            text: ScanText::default(),
        })
    }

    /// Starts another modifier where this one cannot be laid out for the scenario: where
    /// something of it is sealed, or a letter stands for too little or too much.
    pub(super) fn suit(&mut self, scenario: &Scenario) -> Result<(), SetupError> {
        let (call, needs) = NEEDS_HUGETLB;
        let letter_bytes = match scenario.has_huge_pages() {
            true => Some(huge_page_size().ok_or_else(|| ModifierError::NotHere {
                call,
                needs,
                reason: "/proc/meminfo has no Hugepagesize".to_owned(),
            })?),
            false => None,
        };
        if self.modifier.is_sealed() || self.options.letter_bytes != letter_bytes {
            let options = ModifierOptions {
                letter_bytes,
                ..self.options.clone()
            };
            *self = ModifierSetup::new(&options)?;
            keep_apart_again(self.pid());
        }
        Ok(())
    }

    pub fn modifier(&mut self) -> &mut Modifier {
        &mut self.modifier
    }

    #[must_use]
    pub fn pid(&self) -> u32 {
        self.modifier.pid()
    }

    /// What came of work with the modifier, or why it has died if that is the
    /// reason that it failed.
    pub(super) fn or_its_death<T>(
        &mut self,
        result: Result<T, SetupError>,
    ) -> Result<T, SetupError> {
        result.map_err(|error| cause(&mut self.modifier, error))
    }

    /// One operation at every site; the modifier stands still then.
    ///
    /// # Errors
    /// When an operation fails, or the modifier has died.
    pub(crate) fn step_sites(&mut self, prepared: &PreparedScenario) -> Result<(), SetupError> {
        // A writer makes an operation at each of its sites in turn.
        for site in prepared.states.sites() {
            self.modifier.step_writer(site.clock.writer)?;
        }
        Ok(())
    }

    /// The whole of `maps` as it is now; the modifier must stand still.
    pub(super) fn read_maps(&mut self) -> Result<&[u8], SetupError> {
        self.maps.scan(&NoClock, &mut self.text)?;
        Ok(self.text.text())
    }
}

/// What cannot be read of a modifier mostly cannot because it has died: that is the
/// reason to give.
fn cause(modifier: &mut Modifier, error: SetupError) -> SetupError {
    match error {
        SetupError::Open(_) | SetupError::Scan(_) => match modifier.check_dying() {
            Err(death) => death.into(),
            Ok(()) => error,
        },
        error => error,
    }
}
