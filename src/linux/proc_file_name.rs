//! The files of `/proc/PID` that show an address space.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A file of `/proc/PID` that shows its address space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProcFileName {
    /// `maps`: one line a VMA.
    Maps,
    /// `smaps`: the same lines, with what each VMA uses.
    Smaps,
    /// `numa_maps`: where the pages lie; no end addresses.
    NumaMaps,
    /// `smaps_rollup`: the sums of `smaps`.
    SmapsRollup,
}

impl ProcFileName {
    /// The file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Maps => "maps",
            Self::Smaps => "smaps",
            Self::NumaMaps => "numa_maps",
            Self::SmapsRollup => "smaps_rollup",
        }
    }

    /// The configuration of a kernel that has it.
    #[must_use]
    pub(crate) const fn needs(self) -> &'static str {
        match self {
            Self::Maps => "CONFIG_PROC_FS and CONFIG_MMU",
            Self::Smaps | Self::SmapsRollup => "CONFIG_PROC_PAGE_MONITOR",
            Self::NumaMaps => "CONFIG_NUMA",
        }
    }
}

impl fmt::Display for ProcFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
