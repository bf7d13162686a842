//! Has the modifier's process build its arena with the sites of a scenario, and
//! hands over the operations.

use std::sync::atomic::Ordering;

use super::error::ModifierError;
use super::handle::Modifier;
use super::mailbox::Command;
use crate::scenario::arena::Site;
use crate::scenario::arena_plan::{ArenaPlan, LastSite};
use crate::scenario::definition::Scenario;
use crate::scenario::raw_call::RawCall;

impl Modifier {
    /// Builds the arena from scratch with the scenario's site at a slot, in its
    /// original state; all counters start from 0. It stands still then. Where
    /// the site has no room ([`ModifierError::Layout`]) nothing has changed.
    pub fn layout(&mut self, scenario: &Scenario, site_slot: u32) -> Result<Site, ModifierError> {
        let sites = self.layout_sites(scenario, &[site_slot])?;
        sites.into_iter().next().ok_or(ModifierError::NoScenario)
    }

    /// The same with a site at each of several slots, in address order.
    ///
    /// Site `i` is worked on by writer `i % writers`. A writer makes an
    /// operation at each of its sites, in address order, then the next
    /// operation at each: so its sites go through their states side by side.
    pub fn layout_sites(
        &mut self,
        scenario: &Scenario,
        slots: &[u32],
    ) -> Result<Vec<Site>, ModifierError> {
        self.layout_plan(scenario, slots, None)
    }

    /// The same with one more site that is the last thing mapped, but for the
    /// gate VMA; `slots_are_filled` says whether the arena's slots are there,
    /// or are one mapping, so that scans are short. It is
    /// [`ModifierError::EndIsTaken`] where something else is mapped there.
    pub fn layout_last(
        &mut self,
        scenario: &Scenario,
        slots: &[u32],
        slots_are_filled: bool,
    ) -> Result<Vec<Site>, ModifierError> {
        let cells = self.channel.mailbox();
        let mut end = cells.address_space_end.load(Ordering::Relaxed);
        if scenario.has_huge_pages() {
            // Where a huge page can end.
            end -= end % self.arena.letter_bytes;
        }
        let last = LastSite {
            end,
            slots_are_filled,
        };
        self.layout_plan(scenario, slots, Some(last))
    }

    fn layout_plan(
        &mut self,
        scenario: &Scenario,
        slots: &[u32],
        last: Option<LastSite>,
    ) -> Result<Vec<Site>, ModifierError> {
        let plan = ArenaPlan::with_sites(self.arena, slots, last, scenario)?;
        let sites = plan.sites.clone();
        self.build(plan, Some(scenario))?;
        Ok(sites)
    }

    /// Builds the arena from scratch without a site; it stands still then.
    pub fn plain_layout(&mut self) -> Result<(), ModifierError> {
        self.build(ArenaPlan::plain(self.arena), None)
    }

    fn build(
        &mut self,
        mut plan: ArenaPlan,
        scenario: Option<&Scenario>,
    ) -> Result<(), ModifierError> {
        if let Some(before) = self.mapped_last.take() {
            let bytes = before.end - before.start;
            plan.calls.insert(0, RawCall::munmap(before.start, bytes));
        }
        let arena = self.arena.range();
        let outside = |site: &&Site| !arena.contains(&site.start);
        let last = plan.sites.last().filter(outside);
        let last = last.map(|site| site.start - site.letter_bytes..site.end);
        // The touch thread would fault while the arena is rebuilt, and a free
        // run must end before its operations are overwritten.
        self.switch_touch_thread(false)?;
        for writer in 0..self.writers {
            self.ask_writer(writer, Command::Pause)?;
        }
        self.scenario = None;
        self.is_sealed |= scenario.is_some_and(Scenario::is_sealed);
        self.hand_over_layout(&plan);
        let pages = self.hand_over_pages(scenario, &plan.sites);
        for writer in 0..self.writers {
            let sites = plan.sites.iter().skip(writer).step_by(self.writers);
            let sites: Vec<&Site> = sites.collect();
            self.hand_over_operations(writer, scenario, &sites);
        }
        self.setup = plan.calls;
        let laid_out = self.ask(Command::Layout);
        if !matches!(laid_out, Err(ModifierError::EndIsTaken { .. })) {
            // What was there before the layout is not ours to unmap.
            self.mapped_last = last;
        }
        laid_out?;
        self.scenario = scenario.cloned();
        self.switch_touch_thread(self.is_touching && pages > 0)
    }

    fn hand_over_layout(&self, plan: &ArenaPlan) {
        let cells = &self.channel.mailbox().layout;
        cells
            .setup_count
            .store(plan.calls.len() as u32, Ordering::Relaxed);
        cells
            .setup
            .iter()
            .zip(&plan.calls)
            .for_each(|(cell, call)| cell.set(call));
        cells
            .fill_count
            .store(plan.fills.len() as u32, Ordering::Relaxed);
        for ([first, count], fill) in cells.fills.iter().zip(&plan.fills) {
            first.store(fill.first, Ordering::Relaxed);
            count.store(fill.count, Ordering::Relaxed);
        }
    }

    /// A round: each operation at each of the writer's sites.
    fn hand_over_operations(&self, writer: usize, scenario: Option<&Scenario>, sites: &[&Site]) {
        let cells = &self.channel.mailbox().writers[writer];
        let operations = scenario.map_or(&[][..], |scenario| &scenario.operations);
        let round = operations
            .iter()
            .flat_map(|operation| sites.iter().map(move |site| (operation, site)));
        let mut count = 0;
        for (cell, (operation, site)) in cells.operations.iter().zip(round) {
            let source = site.source.as_ref().map_or(site.end, |source| source.start);
            let mut call = operation.call.raw(site.start, source, site.letter_bytes);
            if self.populates {
                call.populate();
            }
            cell.set(&call);
            count += 1;
        }
        cells.operation_count.store(count, Ordering::Relaxed);
        cells
            .site_count
            .store(sites.len() as u32, Ordering::Relaxed);
    }
}
