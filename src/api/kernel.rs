//! What this kernel's readers lock, where they resume, and which holes they are
//! known to have.

pub use crate::linux::features::release::{ParseReleaseError, Release};
pub use crate::linux::features::rule::{Granularity, Position, Reader, Rule, UnknownName};
pub use crate::linux::features::{Evidence, KernelFacts, ReaderRule};
pub use crate::linux::known_holes::{KnownHole, KnownHoles};
