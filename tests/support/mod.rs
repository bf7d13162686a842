//! What several tests need: of the integration tests, and of those in the
//! source.

#![allow(dead_code, reason = "each test program needs a part of it")]

mod processes;
mod resting;
mod skipped;
mod waiting;

#[allow(unused_imports, reason = "each test program needs a part of it")]
pub(crate) use {
    processes::{child_called, children, has_one_cpu},
    resting::Resting,
    skipped::skip,
    waiting::wait_for,
};
