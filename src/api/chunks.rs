//! Reading `/proc/PID/maps` one `read()` at a time: what was generated together
//! stays together.

pub use crate::linux::chunk::{ChunkReader, NoClock, ReadClock, ScanError, Step};
pub use crate::linux::file::ProcFile;
pub use crate::linux::maps_file::MapsFile;
pub use crate::linux::open_error::OpenError;
pub use crate::linux::proc_file_name::ProcFileName;
pub use crate::linux::process::mm_is_alive;
pub use crate::maps::scan_text::{Chunk, Counts, Lines, Records, ScanText, Window};
