//! The four permission letters of a VMA, `rw-p`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a VMA allows, as the second field of its line shows it.
///
/// The kernel prints `VM_READ`, `VM_WRITE`, `VM_EXEC`, and for the last letter
/// `s` where `VM_MAYSHARE` is set, else `p` (`show_vma_header_prefix()`,
/// fs/proc/task_mmu.c). `PROCMAP_QUERY` reports the same four.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub struct Permissions {
    /// `r`: may be read.
    pub read: bool,
    /// `w`: may be written.
    pub write: bool,
    /// `x`: may be executed.
    pub execute: bool,
    /// `s`: a shared mapping; otherwise `p`, private.
    pub shared: bool,
}

impl Permissions {
    /// Reads the four letters; `None` where one of them is not the kernel's.
    #[inline]
    #[must_use]
    pub const fn from_bytes(letters: [u8; 4]) -> Option<Self> {
        const fn flag(letter: u8, set: u8, clear: u8) -> Option<bool> {
            if letter == set {
                Some(true)
            } else if letter == clear {
                Some(false)
            } else {
                None
            }
        }
        match (
            flag(letters[0], b'r', b'-'),
            flag(letters[1], b'w', b'-'),
            flag(letters[2], b'x', b'-'),
            flag(letters[3], b's', b'p'),
        ) {
            (Some(read), Some(write), Some(execute), Some(shared)) => Some(Self {
                read,
                write,
                execute,
                shared,
            }),
            _ => None,
        }
    }

    /// The four letters as the kernel prints them.
    #[must_use]
    pub const fn as_bytes(self) -> [u8; 4] {
        [
            if self.read { b'r' } else { b'-' },
            if self.write { b'w' } else { b'-' },
            if self.execute { b'x' } else { b'-' },
            if self.shared { b's' } else { b'p' },
        ]
    }
}

impl From<Permissions> for String {
    fn from(permissions: Permissions) -> Self {
        permissions.to_string()
    }
}

impl TryFrom<String> for Permissions {
    type Error = &'static str;

    fn try_from(letters: String) -> Result<Self, Self::Error> {
        let letters = letters.as_bytes().try_into().ok();
        letters
            .and_then(Self::from_bytes)
            .ok_or("permissions are four letters, as rw-p")
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.as_bytes() {
            fmt::Write::write_char(f, char::from(letter))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sixteen_print_back() {
        let mut seen = std::collections::HashSet::new();
        for bits in 0..16u8 {
            let permissions = Permissions {
                read: bits & 1 != 0,
                write: bits & 2 != 0,
                execute: bits & 4 != 0,
                shared: bits & 8 != 0,
            };
            let letters = permissions.as_bytes();
            assert_eq!(Permissions::from_bytes(letters), Some(permissions));
            assert_eq!(permissions.to_string().as_bytes(), letters);
            assert!(seen.insert(letters));
        }
        assert_eq!(
            Permissions::from_bytes(*b"rw-p").unwrap().to_string(),
            "rw-p"
        );
    }

    #[test]
    fn other_letters_are_refused() {
        for letters in [b"wr-p", b"rw--", b"RW-P", b"rwx ", b"rwxx"] {
            assert_eq!(Permissions::from_bytes(*letters), None);
        }
    }
}
