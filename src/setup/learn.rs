//! What a scenario does on this kernel, found out rather than declared.

use std::collections::HashMap;

use super::declared::seen;
use super::error::SetupError;
use super::modifier_setup::ModifierSetup;
use crate::maps::scan_text::Lines;
use crate::oracle::engine::but_name;
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
    /// anonymous mapping is of another inode each time. Or a VMA changes its name alone,
    /// as what becomes a part of the heap does: when, no lock of a VMA says.
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
        self.suit(scenario)?;
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
        if texts.last() != Some(&original) || !has_one_name_each(&texts) {
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

/// Whether lines that are of the same VMA in several texts have the same name in all.
fn has_one_name_each(texts: &[Vec<u8>]) -> bool {
    let mut names = HashMap::new();
    let mut lines = texts.iter().flat_map(|text| Lines::of(text));
    lines.all(|line| *names.entry(but_name(line)).or_insert(line) == line)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_its_name_alone_is_no_cycle() {
        let line =
            |end: u32, name: &str| format!("10000000-{end:x} rw-p 00000000 00:00 0 {name}\n");
        let texts = |lines: [String; 3]| lines.map(String::into_bytes);
        let (short, long) = (0x1000_1000, 0x1000_2000);
        let steady = [
            line(short, "[heap]"),
            line(long, "[heap]"),
            line(short, "[heap]"),
        ];
        assert!(has_one_name_each(&texts(steady)));
        let other = [line(short, "[heap]"), line(long, ""), line(short, "")];
        assert!(!has_one_name_each(&texts(other)));
    }
}
