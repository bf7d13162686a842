//! Lays scenarios out for the modifier of a session, one after the other.

use std::sync::Arc;

use super::modifier_target::ModifierTarget;
use super::new_setup::{first_placement, new_setup, target_name};
use super::running::{Plan, Running};
use super::snapshot::ShownTarget;
use super::state::SessionState;
use crate::linux::reader::Reader;
use crate::setup::error::SetupError;
use crate::setup::placement::Placement;

impl ModifierTarget {
    /// Lays out the scenario at hand, or the next that works here, and runs
    /// it.
    pub(crate) fn begin(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        self.finish(state);
        let mut tried = 0;
        let prepared = loop {
            let scenario = &self.scenarios[self.at];
            match self.setup.set(scenario, Reader::Maps, self.placement) {
                Ok(prepared) => break prepared,
                Err(SetupError::NoPlace { .. }) if self.placement != Placement::Boundary => {
                    self.placement = Placement::Boundary;
                }
                Err(error) if error.is_skip() && tried < self.scenarios.len() => {
                    state.notice(format!("skipped {}: {error}", scenario.name));
                    let skipped = (scenario.name.clone(), error.to_string());
                    self.skipped.extend([skipped]);
                    self.at = (self.at + 1) % self.scenarios.len();
                    tried += 1;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let plan = Plan {
            scenario: &self.scenarios[self.at],
            number: (self.at + 1, self.scenarios.len()),
            rules: &self.rules,
            has_query: self.facts.procmap_query,
        };
        let mut running = Running::start(&mut self.setup, prepared, &plan, state)?;
        running.view.arrange(&state.queries.request().arrangement);
        for info in running.infos() {
            state.totals.case_started(info);
        }
        self.running = Some(running);
        self.began = state.now();
        state.meter.restart();
        state.news = true;
        if self.manual {
            self.take_in_hand()?;
        }
        Ok(())
    }

    /// Ends the scenario that runs and keeps its results.
    fn finish(&mut self, state: &mut SessionState) {
        self.by_hand = None;
        let Some(mut running) = self.running.take() else {
            return;
        };
        let now = state.now();
        // Why it ended by itself was told when it did.
        let published = running
            .view
            .sampler
            .stop()
            .unwrap_or_else(|_| running.view.sampler.published());
        while let Some(event) = running.next_find() {
            state.find(now, event);
        }
        state.dropped += published.dropped;
        for totals in running.results(now, &published) {
            state.totals.add(totals);
        }
        self.before = state.totals.total();
    }

    /// Another modifier in place of one that is gone.
    pub(crate) fn renew(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        self.finish(state);
        self.setup = new_setup(&self.options)?;
        self.info = Arc::new(ShownTarget {
            name: target_name(&self.setup),
            ..(*self.info).clone()
        });
        state.queries.turn_to(self.setup.pid());
        state.ended = None;
        state.probing.go_on_with(self.setup.pid());
        Ok(())
    }

    /// Goes on to the scenario that many positions on.
    pub(crate) fn change(&mut self, state: &mut SessionState, by: usize) -> anyhow::Result<()> {
        self.at = (self.at + by) % self.scenarios.len();
        self.placement = if self.manual {
            Placement::Boundary
        } else {
            first_placement(&self.scenarios[self.at])
        };
        self.begin(state)
    }
}
