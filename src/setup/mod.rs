//! A modifier, set up to be watched.
//!
//! A [`ModifierSetup`](modifier_setup::ModifierSetup) lays the modifier out for one scenario so
//! that its site stands where a case wants it relative to the chunks of a
//! reader, steps through all states standing still, and compares what the kernel
//! shows with what the scenario declares. What comes out,
//! [`PreparedScenario`](prepared_scenario::PreparedScenario), is all a judge needs to know.

pub(crate) mod capture;
pub(crate) mod case_setup;
pub(crate) mod chunk_ends;
pub(crate) mod cpus;
pub(crate) mod declared;
pub(crate) mod error;
pub(crate) mod evidence;
pub(crate) mod learn;
pub(crate) mod modifier_setup;
pub(crate) mod place_sites;
pub(crate) mod placement;
pub(crate) mod prepare;
pub(crate) mod prepared_scenario;
pub(crate) mod read_range;
pub(crate) mod schedule;
pub(crate) mod state_info;
pub(crate) mod text_file;
