//! The advice of madvise(2) that a scenario may give.

use nix::libc;

/// `MADV_GUARD_INSTALL` and `MADV_GUARD_REMOVE` (6.13,
/// include/uapi/asm-generic/mman-common.h).
const GUARD_INSTALL: i32 = 102;
const GUARD_REMOVE: i32 = 103;

/// What madvise(2) is told. Most of it is a flag of the VMA, so that a part of it
/// is split off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the kernel's own words, as in madvise(2)")]
pub enum Advice {
    Dontfork,
    Dofork,
    Wipeonfork,
    Keeponfork,
    Dontdump,
    Dodump,
    Sequential,
    Random,
    Normal,
    Hugepage,
    Nohugepage,
    Mergeable,
    Unmergeable,
    Dontneed,
    PopulateRead,
    PopulateWrite,
    GuardInstall,
    GuardRemove,
}

/// Each with its word in a scenario and its value.
const TABLE: [(Advice, &str, i32); 18] = [
    (Advice::Dontfork, "dontfork", libc::MADV_DONTFORK),
    (Advice::Dofork, "dofork", libc::MADV_DOFORK),
    (Advice::Wipeonfork, "wipeonfork", libc::MADV_WIPEONFORK),
    (Advice::Keeponfork, "keeponfork", libc::MADV_KEEPONFORK),
    (Advice::Dontdump, "dontdump", libc::MADV_DONTDUMP),
    (Advice::Dodump, "dodump", libc::MADV_DODUMP),
    (Advice::Sequential, "sequential", libc::MADV_SEQUENTIAL),
    (Advice::Random, "random", libc::MADV_RANDOM),
    (Advice::Normal, "normal", libc::MADV_NORMAL),
    (Advice::Hugepage, "hugepage", libc::MADV_HUGEPAGE),
    (Advice::Nohugepage, "nohugepage", libc::MADV_NOHUGEPAGE),
    (Advice::Mergeable, "mergeable", libc::MADV_MERGEABLE),
    (Advice::Unmergeable, "unmergeable", libc::MADV_UNMERGEABLE),
    (Advice::Dontneed, "dontneed", libc::MADV_DONTNEED),
    (
        Advice::PopulateRead,
        "populate-read",
        libc::MADV_POPULATE_READ,
    ),
    (
        Advice::PopulateWrite,
        "populate-write",
        libc::MADV_POPULATE_WRITE,
    ),
    (Advice::GuardInstall, "guard-install", GUARD_INSTALL),
    (Advice::GuardRemove, "guard-remove", GUARD_REMOVE),
];

impl Advice {
    /// The one of that word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        let found = TABLE.iter().find(|(_, known, _)| *known == word);
        found.map(|(advice, ..)| *advice)
    }

    fn row(self) -> (&'static str, i32) {
        let found = TABLE.iter().find(|(advice, ..)| *advice == self);
        found.map_or(("normal", libc::MADV_NORMAL), |(_, word, value)| {
            (word, *value)
        })
    }

    /// The word in a scenario: the kernel's in small letters.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// The argument of madvise(2).
    pub(crate) fn value(self) -> i32 {
        self.row().1
    }

    /// The same as C writes it.
    pub(crate) fn code(self) -> String {
        let name = self.word().to_ascii_uppercase().replace('-', "_");
        format!("MADV_{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_known_again() {
        for (advice, word, value) in TABLE {
            assert_eq!(Advice::from_word(word), Some(advice));
            assert_eq!(advice.value(), value);
        }
        assert_eq!(Advice::GuardInstall.code(), "MADV_GUARD_INSTALL");
        assert_eq!(Advice::from_word("free"), None);
    }
}
