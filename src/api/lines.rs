//! One line of `/proc/PID/maps`, taken apart without copying and put together
//! again, byte for byte.
//!
//! ```
//! use vmascope::lines::MapsLine;
//!
//! let text = b"7f2c8ac00000-7f2c8ac02000 r--p 00001000 fe:01 4711                       /a b\n";
//! let line = MapsLine::parse(text)?;
//! assert_eq!((line.end - line.start, line.offset), (8192, 4096));
//! assert_eq!(line.name, b"/a b");
//! let mut printed = Vec::new();
//! line.write_to(&mut printed);
//! assert_eq!(printed, text);
//!
//! let error = MapsLine::parse(b"7f2c8ac00000-7f2c8ac02000 r-qp\n").unwrap_err();
//! assert!(error.to_string().contains("permissions"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::maps::line::{Device, MapsLine, ParseLineError, parse_range};
pub use crate::maps::permissions::Permissions;
