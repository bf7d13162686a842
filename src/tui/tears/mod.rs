//! The Tears: what was found.

pub(crate) mod render;
