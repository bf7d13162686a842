//! The Boundary: the site original, modified and live.

pub(crate) mod render;
