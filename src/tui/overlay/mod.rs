//! What lies over a view: the help, and the menu of scenarios.

pub(crate) mod help;
pub(crate) mod menu;
