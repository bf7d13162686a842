//! One line of `/proc/PID/maps`, taken apart and put together, byte for byte.

pub use crate::maps::line::{Device, MapsLine, ParseLineError, parse_range};
pub use crate::maps::permissions::Permissions;
