//! What a modifier can do: pure data, worked out before any process is there.
//!
//! * [`page_layout`]: a few pages and the VMAs that cover them, one letter a
//!   page; [`protection`]: that letter;
//! * [`call`]: one memory-mapping system call, in pages; [`special_call`]: those that
//!   the model does not know, with the [`advice`] and the [`kernel_object`] that they
//!   need; [`call_words`]: what both are written in; [`raw_call`] and
//!   [`raw_special_call`]: the same for the kernel, and as C;
//! * [`definition`]: a scenario, its operations and declared states;
//!   [`scenario_file`]: read from TOML; [`catalogue`]: the built-in ones
//!   (`scenarios.toml`), and what other files add;
//! * [`most_repeats`]: the most that a scan may repeat of a scenario's site;
//! * [`arena`]: where the modifier's VMAs lie: its slots and sites;
//!   [`arena_plan`]: the calls that build it.

pub(crate) mod advice;
pub(crate) mod arena;
pub(crate) mod arena_plan;
pub(crate) mod call;
pub(crate) mod call_words;
pub(crate) mod catalogue;
pub(crate) mod definition;
pub(crate) mod kernel_object;
pub(crate) mod most_repeats;
pub(crate) mod page_layout;
pub(crate) mod protection;
pub(crate) mod raw_call;
pub(crate) mod raw_special_call;
pub(crate) mod scenario_file;
pub(crate) mod special_call;
