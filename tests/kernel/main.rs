//! The library with the real modifier, reader and kernel.

#[path = "../churning/mod.rs"]
mod churning;
#[path = "../described/mod.rs"]
mod described;
#[path = "../holes/mod.rs"]
mod holes;
#[path = "../support/mod.rs"]
mod support;

mod explained;
mod hostile_targets;
mod judged_afresh;
mod last_mapped;
mod missing;
mod modifier;
mod sampler_ends;
mod seen_calls;
