//! The screen.
//!
//! * [`capture`]: a picture of it, as SVG and as text.

pub mod capture;
