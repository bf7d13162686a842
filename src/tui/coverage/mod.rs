//! The Coverage: how far each scenario has been looked at.

pub(crate) mod render;
