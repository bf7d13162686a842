//! All talk with Linux about an address space.
//!
//! Everything above this room reads through [`MapsFile`] and
//! [`VmaQuery`](procmap_query::VmaQuery), so that a simulated kernel can stand
//! in for the real one.
//!
//! * [`mod@line`]: one line of `maps`, byte for byte;
//! * [`chunk`]: a scan of `maps`, and which lines were generated together;
//! * [`dwell`]: pauses that keep reader and writer out of step;
//! * [`procmap_query`]: one VMA by its address;
//! * [`file`](mod@file) and [`process`]: the real ones;
//! * [`reading`]: every way to read one, and the locks it takes;
//! * [`known_holes`]: what released kernels get wrong;
//! * [`life`]: whether a process runs, and how its address space ended;
//! * [`limits`]: what this system allows;
//! * [`locks`]: how often a thread has taken mmap_lock;
//! * [`features`]: what this kernel's readers lock and where they resume;
//! * [`rights`]: what this process may do;
//! * [`sanitise`](mod@sanitise): a target's text, fit to be shown.

pub(crate) mod chunk;
pub(crate) mod dwell;
pub(crate) mod features;
pub(crate) mod file;
pub(crate) mod kernel_text;
pub(crate) mod known_holes;
pub(crate) mod limits;
pub(crate) mod locks;
pub(crate) mod maps_file;
pub(crate) mod open_error;
pub(crate) mod pid_handle;
pub(crate) mod proc_file_name;
pub(crate) mod process;
pub(crate) mod procfs_error;
pub(crate) mod procmap_query;
#[cfg(test)]
pub(crate) mod real_border_tests;
#[cfg(test)]
pub(crate) mod real_tests;
pub(crate) mod rights;
pub(crate) mod scanner;
#[cfg(test)]
pub(crate) mod seq_file_model;
pub(crate) mod stat;
pub(crate) mod status;
pub(crate) mod survey;
