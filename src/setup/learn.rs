//! What a scenario does on this kernel, found out rather than declared.

use super::declared::seen;
use super::error::SetupError;
use super::modifier_setup::ModifierSetup;
use crate::scenario::arena::Site;
use crate::scenario::definition::Scenario;
use crate::scenario::page_layout::{LayoutVma, PageLayout};
use crate::scenario::protection::Protection;

/// The slot of the site: as low as its fences allow.
const SLOT: u32 = 1;

/// What came of the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Learned {
    /// They lead back to where they began, and the states are in the scenario.
    Cycle,
    /// They lead elsewhere, or a state looks otherwise the next time: a shared
    /// anonymous mapping is of another inode each time.
    NoCycle,
    /// A VMA has permissions that have no letter, or reaches beyond the site.
    NotOnTheSite,
}

impl ModifierSetup {
    /// Lays a scenario out, makes each of its operations twice, and puts into it the
    /// original state and the state after each as `maps` shows them.
    ///
    /// # Errors
    /// [`SetupError`]; an operation that this kernel refuses is one.
    pub(crate) fn learn(&mut self, scenario: &mut Scenario) -> Result<Learned, SetupError> {
        let learned = self.learnt(scenario);
        self.or_its_death(learned)
    }

    fn learnt(&mut self, scenario: &mut Scenario) -> Result<Learned, SetupError> {
        let sites = if scenario.last {
            self.modifier.layout_last(scenario, &[], false)?
        } else {
            self.modifier.layout_sites(scenario, &[SLOT])?
        };
        let Some(site) = sites.first() else {
            return Ok(Learned::NotOnTheSite);
        };
        let pages = scenario.original.page_count();
        let original = self.read_maps()?.to_vec();
        let Some(layout) = layout_of(site, pages, &original) else {
            return Ok(Learned::NotOnTheSite);
        };
        scenario.original = layout;
        let mut texts = Vec::with_capacity(scenario.operations.len());
        for operation in &mut scenario.operations {
            self.modifier.step_writer(0)?;
            let text = self.read_maps()?;
            let Some(layout) = layout_of(site, pages, text) else {
                return Ok(Learned::NotOnTheSite);
            };
            operation.state = layout;
            texts.push(text.to_vec());
        }
        if texts.last() != Some(&original) {
            return Ok(Learned::NoCycle);
        }
        for text in &texts {
            self.modifier.step_writer(0)?;
            if self.read_maps()? != text {
                return Ok(Learned::NoCycle);
            }
        }
        Ok(Learned::Cycle)
    }
}

/// What a text of `maps` shows on the site.
fn layout_of(site: &Site, pages: u32, text: &[u8]) -> Option<PageLayout> {
    let vma =
        |(range, permissions): (std::ops::Range<u64>, crate::maps::permissions::Permissions)| {
            let page = |address: u64| {
                let offset = address.checked_sub(site.start)?;
                u32::try_from(offset / site.letter_bytes).ok()
            };
            let first_page = page(range.start)?;
            Some(LayoutVma {
                first_page,
                pages: page(range.end)?.checked_sub(first_page)?,
                protection: Protection::from_permissions(&permissions.to_string())?,
            })
        };
    let vmas = seen(site, text).into_iter().map(vma);
    PageLayout::of_vmas(pages, vmas.collect::<Option<Vec<_>>>()?)
}
