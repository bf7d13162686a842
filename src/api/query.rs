//! `PROCMAP_QUERY` (Linux 6.11): one VMA by its address, without text.
//!
//! ```
//! use vmascope::chunks::{ProcFile, ProcFileName};
//! use vmascope::query::{Query, QueryError, VmaQuery};
//!
//! let mut maps = ProcFile::open(std::process::id(), ProcFileName::Maps)?;
//! let here = &maps as *const ProcFile as u64;
//! match maps.query(&Query { address: here, ..Query::default() }) {
//!     Ok(vma) => assert!(vma.is_some_and(|vma| vma.start <= here && here < vma.end)),
//!     Err(QueryError::NotOnThisKernel) => println!("this kernel is older than 6.11"),
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::linux::procmap_query::{
    Filter, Lookup, NameBuffers, QueriedVma, Query, QueryError, VmaQuery,
};
