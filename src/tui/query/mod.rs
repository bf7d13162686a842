//! The Query: one address, asked for with `PROCMAP_QUERY` over and over.

pub(crate) mod action;
pub(crate) mod latency_histogram;
pub(crate) mod render;
pub(crate) mod strip;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use super::shown::Shown;
use crate::linux::procmap_query::Query;
use crate::sampling::probe::reading::Reading;

#[derive(Clone, Debug, Default)]
pub struct QueryView {
    /// What is asked; none: not chosen yet.
    pub asked: Option<Query>,
    /// The digits of an address that is being typed.
    pub typed: Option<String>,
}

impl QueryView {
    /// What was answered to the question that is asked now.
    pub(crate) fn reading<'a>(&self, shown: &'a Shown) -> Option<&'a Reading> {
        let reading = shown.latest.as_ref()?.probe.as_deref()?;
        (Some(reading.query) == self.asked).then_some(reading)
    }
}
