//! What several tests need: of the integration tests, and of those in the
//! source.

#![allow(dead_code, reason = "each test program needs a part of it")]

mod resting;
mod skipped;

#[allow(unused_imports, reason = "each test program needs a part of it")]
pub(crate) use {resting::Resting, skipped::skip};
