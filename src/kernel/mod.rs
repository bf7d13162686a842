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

pub mod chunk;
pub mod dwell;
pub mod features;
pub mod file;
mod hex;
pub mod kernel_text;
mod maps_file;
pub use maps_file::MapsFile;
pub mod known_holes;
pub mod life;
pub mod limits;
pub mod line;
pub mod locks;
mod open_error;
mod permissions;
pub mod process;
pub mod procmap_query;
pub mod reading;
#[cfg(test)]
mod real_border_tests;
#[cfg(test)]
mod real_tests;
pub mod rights;
pub mod sanitise;
mod scan_text;
#[cfg(test)]
mod seq_file_model;
mod stat;
pub mod survey;
