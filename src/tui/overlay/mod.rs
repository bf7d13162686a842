//! What lies over a view: the help, and the menu of scenarios.

pub(crate) mod details;
pub(crate) mod glossary;
pub(crate) mod help;
pub(crate) mod menu;
