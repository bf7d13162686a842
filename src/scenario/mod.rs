//! What a modifier can do: page layouts, calls, the catalogue and its declared
//! states. Pure.

pub(crate) mod arena;
pub(crate) mod call;
pub(crate) mod catalogue;
pub(crate) mod definition;
pub(crate) mod layout;
pub(crate) mod page_layout;
pub(crate) mod raw_call;
pub(crate) mod scenario_file;
pub(crate) mod worst_tear;
