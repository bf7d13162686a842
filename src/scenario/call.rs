//! One memory-mapping system call of a scenario, in pages of the site, and its
//! text: those that the model knows; the others are in
//! [`special_call`](super::special_call). What it is at real addresses, and in C,
//! is in [`raw_call`](super::raw_call).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::advice::Advice;
use super::call_words::{CallError, number, protection, range};
use super::page_layout::PageLayout;
use super::protection::Protection;
use super::special_call::{Backing, SpecialCall};

/// Where a moved mapping comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Pages of the site itself.
    Site,
    /// Pages of the scenario's source VMA, elsewhere in the arena.
    Source,
}

/// Pages that an mremap moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedPages {
    /// Where they arrive in the site.
    pub to: Range<u32>,
    /// Where they leave nothing behind, if they were in the site.
    pub from: Option<Range<u32>>,
    /// What is unmapped of `from` before they move, as fewer arrive: its end.
    pub tail: Option<Range<u32>>,
}

/// One system call; page numbers count from the start of the site, or of the
/// source where that is said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `mmap A..B p`: a new private anonymous mapping over these pages
    /// (`MAP_FIXED`).
    Mmap {
        pages: Range<u32>,
        protection: Protection,
    },
    /// `munmap A..B`.
    Munmap { pages: Range<u32> },
    /// `mprotect A..B p`.
    Mprotect {
        pages: Range<u32>,
        protection: Protection,
    },
    /// `mremap A..B to N`: resize in place, no flags.
    Resize {
        pages: Range<u32>,
        /// How many pages it gets, from the same start.
        new_pages: u32,
    },
    /// `mremap A..B onto C` or `mremap source A..B onto C`:
    /// `MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP`, so what was moved
    /// stays mapped where it was.
    Move {
        /// What `from` counts in.
        origin: Origin,
        from: Range<u32>,
        /// The site's page that the first of them arrives at.
        onto: u32,
    },
    /// One that the model does not know.
    Special(SpecialCall),
}

impl Call {
    /// What an mremap with `MREMAP_FIXED` moves onto pages of the site, made in the
    /// state `before`: each VMA, or part of one, of the site or of the `source`; none
    /// for every other call. While it is under way the kernel has unmapped the
    /// destination of one of them (`remap_move()`, `mremap_to()`, mm/mremap.c).
    pub fn moves(&self, before: &PageLayout, source: Option<&PageLayout>) -> Vec<MovedPages> {
        let (layout, from, onto, leaves) = match self {
            Self::Move { origin, from, onto } => match origin {
                Origin::Site => (Some(before), from, *onto, false),
                Origin::Source => (source, from, *onto, false),
            },
            Self::Special(SpecialCall::Transfer {
                from,
                onto,
                new_pages,
            }) => {
                if from.len() as u32 != *new_pages {
                    // Of another size it is one VMA.
                    let tail = from.start + new_pages..from.end;
                    return vec![MovedPages {
                        to: *onto..onto + new_pages,
                        from: Some(from.clone()),
                        tail: (!tail.is_empty()).then_some(tail),
                    }];
                }
                (Some(before), from, *onto, true)
            }
            _ => return Vec::new(),
        };
        let vmas = layout.map_or(&[][..], PageLayout::vmas).iter();
        vmas.filter_map(|vma| {
            let start = vma.first_page.max(from.start);
            let end = vma.end_page().min(from.end);
            let at = |page: u32| onto + page - from.start;
            (start < end).then(|| MovedPages {
                to: at(start)..at(end),
                from: leaves.then_some(start..end),
                tail: None,
            })
        })
        .collect()
    }

    /// The site's pages that the call takes from whatever VMAs have them, to leave
    /// them unmapped or to put something else there.
    pub fn unmapped_pages(&self) -> Vec<Range<u32>> {
        let pages = match self {
            Self::Mmap { pages, .. } | Self::Munmap { pages } => pages.clone(),
            Self::Resize { pages, new_pages } => pages.start + new_pages..pages.end,
            Self::Move { from, onto, .. } => *onto..*onto + from.len() as u32,
            Self::Mprotect { .. } => 0..0,
            Self::Special(call) => return call.unmapped_pages(),
        };
        Vec::from_iter((!pages.is_empty()).then_some(pages))
    }

    /// The pages that a read faults on after the call although a VMA covers them.
    pub(crate) fn guards(&self) -> Option<Range<u32>> {
        match self {
            Self::Special(SpecialCall::Advise {
                pages,
                advice: Advice::GuardInstall,
            }) => Some(pages.clone()),
            _ => None,
        }
    }

    /// Whether it maps huge pages (hugetlb).
    pub(crate) fn is_of_huge_pages(&self) -> bool {
        let is_huge = |backing| matches!(backing, Backing::Hugetlb(_));
        matches!(self, Self::Special(SpecialCall::Map { backing, .. }) if is_huge(*backing))
    }

    /// The page after the last page of the site that the call names.
    pub(crate) fn site_end_page(&self) -> u32 {
        match self {
            Self::Mmap { pages, .. } | Self::Munmap { pages } | Self::Mprotect { pages, .. } => {
                pages.end
            }
            Self::Resize { pages, new_pages } => pages.end.max(pages.start + new_pages),
            Self::Move { origin, from, onto } => {
                let destination_end = onto + from.len() as u32;
                match origin {
                    Origin::Site => from.end.max(destination_end),
                    Origin::Source => destination_end,
                }
            }
            Self::Special(call) => call.site_end_page(),
        }
    }

    /// The page after the last page of the source that the call names; 0 when
    /// it names none.
    pub(crate) fn source_end_page(&self) -> u32 {
        match self {
            Self::Move {
                origin: Origin::Source,
                from,
                ..
            } => from.end,
            _ => 0,
        }
    }
}

impl FromStr for Call {
    type Err = CallError;

    fn from_str(text: &str) -> Result<Self, CallError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["mmap", pages, letter] if !letter.starts_with(char::is_uppercase) => Ok(Self::Mmap {
                pages: range(pages)?,
                protection: protection(letter)?,
            }),
            ["munmap", pages] => Ok(Self::Munmap {
                pages: range(pages)?,
            }),
            ["mprotect", pages, letter] => Ok(Self::Mprotect {
                pages: range(pages)?,
                protection: protection(letter)?,
            }),
            ["mremap", pages, "to", count] => match number(count)? {
                0 => Err(CallError::Number(count.to_owned())),
                new_pages => Ok(Self::Resize {
                    pages: range(pages)?,
                    new_pages,
                }),
            },
            ["mremap", pages, "onto", page] => Ok(Self::Move {
                origin: Origin::Site,
                from: range(pages)?,
                onto: number(page)?,
            }),
            ["mremap", "source", pages, "onto", page] => Ok(Self::Move {
                origin: Origin::Source,
                from: range(pages)?,
                onto: number(page)?,
            }),
            ref words => match SpecialCall::parse(words) {
                Some(call) => Ok(Self::Special(call?)),
                None => Err(CallError::Grammar(text.to_owned())),
            },
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mmap { pages, protection } => {
                write!(
                    f,
                    "mmap {}..{} {}",
                    pages.start,
                    pages.end,
                    protection.letter()
                )
            }
            Self::Munmap { pages } => write!(f, "munmap {}..{}", pages.start, pages.end),
            Self::Mprotect { pages, protection } => {
                write!(
                    f,
                    "mprotect {}..{} {}",
                    pages.start,
                    pages.end,
                    protection.letter()
                )
            }
            Self::Resize { pages, new_pages } => {
                write!(f, "mremap {}..{} to {new_pages}", pages.start, pages.end)
            }
            Self::Move { origin, from, onto } => {
                let source = match origin {
                    Origin::Site => "",
                    Origin::Source => "source ",
                };
                write!(f, "mremap {source}{}..{} onto {onto}", from.start, from.end)
            }
            Self::Special(call) => call.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Call {
        text.parse().unwrap()
    }

    #[test]
    fn a_call_prints_as_it_was_written() {
        for text in [
            "mmap 0..1 x",
            "munmap 3..6",
            "mprotect 2..3 r",
            "mremap 0..3 to 1",
            "mremap 5..6 onto 1",
            "mremap source 0..2 onto 1",
            "mmap 0..2 W",
            "mmap 0..2 R memfd 3 populate",
            "mmap 0..2 w file 0",
            "mmap 0..2 r hugetlb 2",
            "mmap 3..4 w grows-down",
            "mremap 0..2 onto 3 leaving nothing",
            "mremap 0..2 onto 3 leaving nothing to 1",
            "madvise 0..1 dontfork",
            "mlock 0..1",
            "munlock 0..1",
            "name 0..1",
            "unname 0..1",
            "touch 4",
            "shmat 0..8",
            "remap_file_pages 0..1 from 2",
            "uffd-register 0..1",
            "uffd-unregister 0..1",
            "fork",
            "heap 1..3",
            "brk 4",
            "mseal 0..2",
        ] {
            assert_eq!(call(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_call_is_refused_with_the_word_that_is_wrong() {
        let error = |text: &str| text.parse::<Call>().unwrap_err();
        assert_eq!(error("break 1"), CallError::Grammar("break 1".into()));
        assert_eq!(error("mmap 1..1 r"), CallError::Range("1..1".into()));
        assert_eq!(error("munmap 3"), CallError::Range("3".into()));
        assert_eq!(error("munmap 0..-1"), CallError::Number("-1".into()));
        assert_eq!(error("munmap 0..70000"), CallError::Number("70000".into()));
        assert_eq!(
            error("mprotect 0..1 rw"),
            CallError::Protection("rw".into())
        );
        assert_eq!(error("mremap 0..3 to 0"), CallError::Number("0".into()));
        assert_eq!(error("madvise 0..1 free"), CallError::Advice("free".into()));
        assert_eq!(error("mmap 0..1 w memfd"), CallError::Number("".into()));
        assert_eq!(error("mmap 0..1 w huge"), CallError::Option("huge".into()));
        assert_eq!(error("shmat 0..9"), CallError::Segment("0..9".into()));
    }

    #[test]
    fn a_move_has_a_destination_for_each_vma_that_it_moves() {
        let layout = |text: &str| text.parse::<PageLayout>().unwrap();
        let (before, source) = (layout("ww xxxxxx r"), layout("xx"));
        let moves = |text: &str| call(text).moves(&before, Some(&source));
        let moved = |to, from| MovedPages {
            to,
            from,
            tail: None,
        };
        assert_eq!(moves("mremap source 0..2 onto 1"), [moved(1..3, None)]);
        let both = [moved(1..2, None), moved(2..3, None)];
        assert_eq!(moves("mremap 7..9 onto 1"), both);
        let both = [moved(1..2, Some(7..8)), moved(2..3, Some(8..9))];
        assert_eq!(moves("mremap 7..9 onto 1 leaving nothing"), both);
        let larger = [moved(1..3, Some(8..9))];
        assert_eq!(moves("mremap 8..9 onto 1 leaving nothing to 2"), larger);
        let smaller = MovedPages {
            tail: Some(4..8),
            ..moved(0..2, Some(2..8))
        };
        assert_eq!(moves("mremap 2..8 onto 0 leaving nothing to 2"), [smaller]);
        assert!(moves("mremap 0..2 to 1").is_empty());
        assert!(moves("mmap 0..3 r").is_empty());
    }
}
