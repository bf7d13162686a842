//! What is known before the first step.

use std::ops::Range;
use std::sync::Arc;

use super::reader_model::ReaderModel;
use crate::linux::features::rule::Rule;
use crate::linux::process::page_size;
use crate::oracle::states::States;
use crate::setup::prepared_scenario::PreparedScenario;

/// What is known of the scenario before the first step.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub states: Arc<States>,
    /// The operations of the cycle, as code at real addresses.
    pub operations: Vec<String>,
    /// The same by the pages of the site: `mmap 0..1 x`.
    pub calls: Vec<String>,
    /// Each state of the site, as the catalogue writes it: `x rr`.
    pub strips: Vec<String>,
    pub site: Range<u64>,
    /// Bytes of a page.
    pub page_size: u64,
}

impl Script {
    /// Of a scenario that is laid out.
    #[must_use]
    pub(crate) fn of(prepared: &PreparedScenario) -> Self {
        let site = &prepared.site;
        let source = site.source.as_ref().map_or(site.end, |source| source.start);
        let operations = prepared.scenario.operations.iter();
        Script {
            states: prepared.states.clone(),
            operations: operations
                .map(|operation| {
                    operation
                        .call
                        .code_at(site.start, source, site.letter_bytes)
                })
                .collect(),
            calls: (prepared.scenario.operations.iter())
                .map(|operation| operation.call.to_string())
                .collect(),
            strips: prepared
                .scenario
                .states()
                .map(ToString::to_string)
                .collect(),
            site: site.start..site.end,
            page_size: page_size(),
        }
    }

    pub(crate) fn model(&self, rule: Rule) -> ReaderModel<'_> {
        ReaderModel {
            states: &self.states,
            rule,
            page_size: self.page_size as usize,
        }
    }
}
