//! What may be done with a mapped page, and with whom it is shared.

use nix::libc;

/// What may be done with a mapped page, all six can be read, and whether the
/// mapping is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protection {
    /// `r--p`, written `r`.
    Read,
    /// `rw-p`, written `w`.
    Write,
    /// `r-xp`, written `x`.
    Execute,
    /// `r--s`, written `R`.
    ReadShared,
    /// `rw-s`, written `W`.
    WriteShared,
    /// `r-xs`, written `X`.
    ExecuteShared,
}

impl Protection {
    /// All of them: the private ones, then the shared ones in the same order.
    pub(crate) const ALL: [Protection; 6] = [
        Protection::Read,
        Protection::Write,
        Protection::Execute,
        Protection::ReadShared,
        Protection::WriteShared,
        Protection::ExecuteShared,
    ];

    /// The protection that `letter` stands for; `None` for any other letter.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.letter() == letter)
    }

    /// The one that `maps` writes so; none for what has no letter.
    pub(crate) fn from_permissions(permissions: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.permissions() == permissions)
    }

    /// The letter for this protection in page layouts and calls.
    pub fn letter(self) -> char {
        match self {
            Self::Read => 'r',
            Self::Write => 'w',
            Self::Execute => 'x',
            Self::ReadShared => 'R',
            Self::WriteShared => 'W',
            Self::ExecuteShared => 'X',
        }
    }

    /// The permissions column of `/proc/PID/maps`.
    pub fn permissions(self) -> &'static str {
        match self {
            Self::Read => "r--p",
            Self::Write => "rw-p",
            Self::Execute => "r-xp",
            Self::ReadShared => "r--s",
            Self::WriteShared => "rw-s",
            Self::ExecuteShared => "r-xs",
        }
    }

    /// Whether the mapping is `MAP_SHARED`.
    pub fn is_shared(self) -> bool {
        self.letter().is_ascii_uppercase()
    }

    /// The same access, shared or not as `other` is.
    #[must_use]
    pub(crate) fn shared_like(self, other: Protection) -> Self {
        let place = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        let half = Self::ALL.len() / 2;
        Self::ALL[place % half + if other.is_shared() { half } else { 0 }]
    }

    /// The `prot` argument of mmap(2) and mprotect(2).
    pub(crate) fn bits(self) -> i32 {
        match self {
            Self::Read | Self::ReadShared => libc::PROT_READ,
            Self::Write | Self::WriteShared => libc::PROT_READ | libc::PROT_WRITE,
            Self::Execute | Self::ExecuteShared => libc::PROT_READ | libc::PROT_EXEC,
        }
    }

    /// [`bits`](Self::bits) as C writes it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Read | Self::ReadShared => "PROT_READ",
            Self::Write | Self::WriteShared => "PROT_READ | PROT_WRITE",
            Self::Execute | Self::ExecuteShared => "PROT_READ | PROT_EXEC",
        }
    }
}
