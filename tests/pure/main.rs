//! The judge, the model and the tree of sources: no kernel is asked.

#[path = "../support/simulated/mod.rs"]
mod simulated;
#[path = "../support/mod.rs"]
mod support;

mod dependencies;
mod house;
mod oracle_reference;
mod protocol_model;
mod seed_checks;
mod simulated_kernels;
mod standing_still;
