//! What this kernel's readers lock and where they resume: the rule by which
//! their scans are judged; and the holes that released kernels are known to have.
//!
//! ```
//! use vmascope::kernel::{Granularity, KernelFacts, Reader, Rule};
//!
//! let facts = KernelFacts::detect()?;
//! let maps = facts.rule_for(Reader::Maps);
//! println!("maps: {} because {}", maps.rule, maps.why);
//!
//! // What another kernel does, by its version and configuration.
//! let release = "6.12.0".parse()?;
//! let older = KernelFacts::new(release, Some((true, "its config".into())), true);
//! assert_eq!(older.rule_for(Reader::Maps).rule, Rule::CHUNK_START);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::linux::features::release::{ParseReleaseError, Release};
pub use crate::linux::features::rule::{Granularity, Position, Rule, UnknownName};
pub use crate::linux::features::{Evidence, KernelFacts, ReaderRule};
pub use crate::linux::known_holes::{KnownHole, KnownHoles};
pub use crate::linux::reader::Reader;
