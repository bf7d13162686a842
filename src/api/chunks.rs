//! Reads `/proc/PID/maps` (or `smaps`) from offset 0 to its end, and keeps
//! together what one `read()` generated.
//!
//! ```
//! use vmascope::chunks::{ChunkReader, NoClock, ProcFile, ProcFileName, ScanText};
//!
//! let maps = ProcFile::open(std::process::id(), ProcFileName::Maps)?;
//! let mut reader = ChunkReader::new(maps, 4096);
//! let mut scan = ScanText::default();
//! reader.scan(&NoClock, &mut scan)?;
//! for (number, chunk) in scan.chunks.iter().enumerate() {
//!     println!("chunk {number}: {} lines", scan.lines(chunk).count());
//! }
//! assert!(scan.text().ends_with(b"\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::linux::chunk::{ChunkReader, NoClock, ReadClock, ScanError, Step};
pub use crate::linux::file::ProcFile;
pub use crate::linux::maps_file::MapsFile;
pub use crate::linux::open_error::OpenError;
pub use crate::linux::proc_file_name::ProcFileName;
pub use crate::linux::process::mm_is_alive;
pub use crate::maps::scan_text::{Chunk, Counts, Lines, Records, ScanText, Window};
