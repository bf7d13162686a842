//! What several views draw with.
//!
//! * [`page_layout`]: the pages of a site as a strip;
//! * [`state_text`]: what is said of states and violations;
//! * [`text`]: text in just so many columns.

pub(crate) mod page_layout;
pub(crate) mod state_text;
pub(crate) mod text;
