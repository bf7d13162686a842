//! What may be done with a mapped page.

use nix::libc;

/// What may be done with a mapped page; all three can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protection {
    /// `r--`, written `r`.
    Read,
    /// `rw-`, written `w`.
    Write,
    /// `r-x`, written `x`.
    Execute,
}

impl Protection {
    /// The protection that `letter` stands for; `None` for any other letter.
    pub(crate) fn from_letter(letter: char) -> Option<Self> {
        match letter {
            'r' => Some(Self::Read),
            'w' => Some(Self::Write),
            'x' => Some(Self::Execute),
            _ => None,
        }
    }

    /// The letter for this protection in page layouts and calls.
    pub fn letter(self) -> char {
        match self {
            Self::Read => 'r',
            Self::Write => 'w',
            Self::Execute => 'x',
        }
    }

    /// The permissions column of `/proc/PID/maps` for a private mapping.
    pub fn permissions(self) -> &'static str {
        match self {
            Self::Read => "r--p",
            Self::Write => "rw-p",
            Self::Execute => "r-xp",
        }
    }

    /// The `prot` argument of mmap(2) and mprotect(2).
    pub(crate) fn bits(self) -> i32 {
        match self {
            Self::Read => libc::PROT_READ,
            Self::Write => libc::PROT_READ | libc::PROT_WRITE,
            Self::Execute => libc::PROT_READ | libc::PROT_EXEC,
        }
    }

    /// [`bits`](Self::bits) as C writes it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Read => "PROT_READ",
            Self::Write => "PROT_READ | PROT_WRITE",
            Self::Execute => "PROT_READ | PROT_EXEC",
        }
    }
}
