//! What the text of `/proc/PID/maps` says: lines, chunks, and two texts compared.
//! Pure: no system call, no clock, no I/O.

pub(crate) mod diff;
pub(crate) mod excerpt;
pub(crate) mod hex;
pub(crate) mod intervals;
pub(crate) mod line;
pub(crate) mod line_counts;
pub(crate) mod permissions;
pub(crate) mod saved_text;
pub(crate) mod scan_text;
pub(crate) mod text_lines;
