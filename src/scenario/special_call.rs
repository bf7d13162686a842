//! The calls of a scenario that the model does not know: of other mappings than
//! private anonymous ones, and of what splits VMAs besides their protection.

use std::fmt;
use std::ops::Range;

use super::advice::Advice;
use super::call_words::{CallError, number, protection, range};
use super::kernel_object::{KernelObject, MAX_SEGMENT_PAGES};
use super::protection::Protection;

/// What a mapping is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Backing {
    /// Nothing: `MAP_ANONYMOUS`.
    #[default]
    Anonymous,
    /// A memfd (tmpfs), from this page of it on.
    Memfd(u32),
    /// A file on a disk, from this page of it on.
    File(u32),
    /// A memfd of huge pages (hugetlb), from this page of it on.
    Hugetlb(u32),
}

impl Backing {
    /// The file, and the first page of it.
    pub(crate) fn object(self) -> Option<(KernelObject, u32)> {
        match self {
            Self::Anonymous => None,
            Self::Memfd(first) => Some((KernelObject::Memfd, first)),
            Self::File(first) => Some((KernelObject::File, first)),
            Self::Hugetlb(first) => Some((KernelObject::Hugetlb, first)),
        }
    }

    /// The same some pages further on.
    #[must_use]
    pub(crate) fn advanced(self, pages: u32) -> Self {
        match self {
            Self::Anonymous => Self::Anonymous,
            Self::Memfd(first) => Self::Memfd(first + pages),
            Self::File(first) => Self::File(first + pages),
            Self::Hugetlb(first) => Self::Hugetlb(first + pages),
        }
    }
}

/// One system call; page numbers count from the start of the site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SpecialCall {
    /// `mmap A..B p [memfd K|file K|hugetlb K] [populate] [grows-down]`, shared where the
    /// letter of the protection is large.
    Map {
        pages: Range<u32>,
        protection: Protection,
        backing: Backing,
        /// `MAP_POPULATE`.
        populate: bool,
        /// `MAP_GROWSDOWN`.
        grows_down: bool,
    },
    /// `mremap A..B onto C leaving nothing [to N]`: `MREMAP_MAYMOVE |
    /// MREMAP_FIXED`, perhaps with another size.
    Transfer {
        from: Range<u32>,
        onto: u32,
        /// How many pages arrive.
        new_pages: u32,
    },
    /// `madvise A..B word`.
    Advise { pages: Range<u32>, advice: Advice },
    /// `mlock A..B`.
    Lock { pages: Range<u32> },
    /// `munlock A..B`.
    Unlock { pages: Range<u32> },
    /// `name A..B`: `PR_SET_VMA_ANON_NAME`.
    Name { pages: Range<u32> },
    /// `unname A..B`.
    Unname { pages: Range<u32> },
    /// `touch A`: the page is written to, by the kernel; a stack grows down to it.
    Touch { page: u32 },
    /// `shmat A..B`: a shared memory segment of that size, `SHM_REMAP`.
    Attach { pages: Range<u32> },
    /// `remap_file_pages A..B from K`.
    RemapFile { pages: Range<u32>, first: u32 },
    /// `uffd-register A..B`: for write protection.
    Register { pages: Range<u32> },
    /// `uffd-unregister A..B`.
    Unregister { pages: Range<u32> },
    /// `fork`: the child ends at once.
    Fork,
    /// `heap A..B`, in `setup` only: the process's heap is there.
    Heap { pages: Range<u32> },
    /// `brk N`: the heap ends at page N.
    Brk { end: u32 },
    /// `mseal A..B`, in `setup` only, as nothing undoes it.
    Seal { pages: Range<u32> },
}

impl SpecialCall {
    /// The pages of the site that the call is about; none: all of the process.
    pub(crate) fn pages(&self) -> Option<Range<u32>> {
        match self {
            Self::Map { pages, .. }
            | Self::Advise { pages, .. }
            | Self::Lock { pages }
            | Self::Unlock { pages }
            | Self::Name { pages }
            | Self::Unname { pages }
            | Self::Attach { pages }
            | Self::RemapFile { pages, .. }
            | Self::Register { pages }
            | Self::Unregister { pages }
            | Self::Heap { pages }
            | Self::Seal { pages } => Some(pages.clone()),
            Self::Transfer {
                onto, new_pages, ..
            } => Some(*onto..onto + new_pages),
            Self::Touch { page } => Some(*page..page + 1),
            Self::Brk { .. } | Self::Fork => None,
        }
    }

    /// Whether it can be in `setup` only.
    pub(crate) fn is_for_setup(&self) -> bool {
        matches!(self, Self::Heap { .. } | Self::Seal { .. })
    }

    /// The site's pages that the call takes from whatever VMAs have them; which those
    /// of `brk` are depends on where the heap ended before.
    pub(crate) fn unmapped_pages(&self) -> Vec<Range<u32>> {
        match self {
            Self::Map { .. } | Self::Attach { .. } | Self::RemapFile { .. } => {
                Vec::from_iter(self.pages())
            }
            Self::Transfer { from, .. } => self.pages().into_iter().chain([from.clone()]).collect(),
            _ => Vec::new(),
        }
    }

    /// The page after the last page of the site that the call names.
    pub(crate) fn site_end_page(&self) -> u32 {
        let more = match self {
            Self::Transfer { from, .. } => from.end,
            Self::Brk { end } => *end,
            _ => 0,
        };
        self.pages().map_or(0, |pages| pages.end).max(more)
    }

    /// What the words of a call say; none where they begin no such call.
    pub(crate) fn parse(words: &[&str]) -> Option<Result<Self, CallError>> {
        Some(match *words {
            ["mmap", pages, letter, ref options @ ..] => map(pages, letter, options),
            [
                "mremap",
                from,
                "onto",
                page,
                "leaving",
                "nothing",
                ref size @ ..,
            ] => transfer(from, page, size),
            ["madvise", pages, word] => range(pages).and_then(|pages| {
                let advice = Advice::from_word(word);
                let advice = advice.ok_or_else(|| CallError::Advice(word.to_owned()))?;
                Ok(Self::Advise { pages, advice })
            }),
            ["mlock", pages] => range(pages).map(|pages| Self::Lock { pages }),
            ["munlock", pages] => range(pages).map(|pages| Self::Unlock { pages }),
            ["name", pages] => range(pages).map(|pages| Self::Name { pages }),
            ["unname", pages] => range(pages).map(|pages| Self::Unname { pages }),
            ["touch", page] => number(page).map(|page| Self::Touch { page }),
            ["shmat", text] => range(text).and_then(|pages| {
                if pages.len() as u32 > MAX_SEGMENT_PAGES {
                    return Err(CallError::Segment(text.to_owned()));
                }
                Ok(Self::Attach { pages })
            }),
            ["remap_file_pages", pages, "from", first] => range(pages).and_then(|pages| {
                Ok(Self::RemapFile {
                    pages,
                    first: number(first)?,
                })
            }),
            ["uffd-register", pages] => range(pages).map(|pages| Self::Register { pages }),
            ["uffd-unregister", pages] => range(pages).map(|pages| Self::Unregister { pages }),
            ["fork"] => Ok(Self::Fork),
            ["heap", pages] => range(pages).map(|pages| Self::Heap { pages }),
            ["brk", end] => number(end).map(|end| Self::Brk { end }),
            ["mseal", pages] => range(pages).map(|pages| Self::Seal { pages }),
            _ => return None,
        })
    }
}

fn map(pages: &str, letter: &str, options: &[&str]) -> Result<SpecialCall, CallError> {
    let (pages, protection) = (range(pages)?, protection(letter)?);
    let (mut backing, mut populate, mut grows_down) = (Backing::Anonymous, false, false);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "populate" => populate = true,
            "grows-down" => grows_down = true,
            "memfd" | "file" | "hugetlb" => {
                let first = number(options.next().copied().unwrap_or_default())?;
                backing = match *option {
                    "memfd" => Backing::Memfd(first),
                    "file" => Backing::File(first),
                    _ => Backing::Hugetlb(first),
                };
            }
            other => return Err(CallError::Option(other.to_owned())),
        }
    }
    Ok(SpecialCall::Map {
        pages,
        protection,
        backing,
        populate,
        grows_down,
    })
}

fn transfer(from: &str, page: &str, size: &[&str]) -> Result<SpecialCall, CallError> {
    let (from, onto) = (range(from)?, number(page)?);
    let new_pages = match size {
        [] => from.len() as u32,
        ["to", count] => match number(count)? {
            0 => return Err(CallError::Number((*count).to_owned())),
            count => count,
        },
        [other, ..] => return Err(CallError::Option((*other).to_owned())),
    };
    Ok(SpecialCall::Transfer {
        from,
        onto,
        new_pages,
    })
}

impl fmt::Display for SpecialCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pages = |pages: &Range<u32>| format!("{}..{}", pages.start, pages.end);
        match self {
            Self::Map {
                pages: mapped,
                protection,
                backing,
                populate,
                grows_down,
            } => {
                write!(f, "mmap {} {}", pages(mapped), protection.letter())?;
                match backing {
                    Backing::Anonymous => {}
                    Backing::Memfd(first) => write!(f, " memfd {first}")?,
                    Backing::File(first) => write!(f, " file {first}")?,
                    Backing::Hugetlb(first) => write!(f, " hugetlb {first}")?,
                }
                for (is, word) in [(populate, " populate"), (grows_down, " grows-down")] {
                    f.write_str(if *is { word } else { "" })?;
                }
                Ok(())
            }
            Self::Transfer {
                from,
                onto,
                new_pages,
            } => {
                write!(f, "mremap {} onto {onto} leaving nothing", pages(from))?;
                if from.len() as u32 != *new_pages {
                    write!(f, " to {new_pages}")?;
                }
                Ok(())
            }
            Self::Advise { pages: of, advice } => {
                write!(f, "madvise {} {}", pages(of), advice.word())
            }
            Self::Lock { pages: of } => write!(f, "mlock {}", pages(of)),
            Self::Unlock { pages: of } => write!(f, "munlock {}", pages(of)),
            Self::Name { pages: of } => write!(f, "name {}", pages(of)),
            Self::Unname { pages: of } => write!(f, "unname {}", pages(of)),
            Self::Touch { page } => write!(f, "touch {page}"),
            Self::Attach { pages: of } => write!(f, "shmat {}", pages(of)),
            Self::RemapFile { pages: of, first } => {
                write!(f, "remap_file_pages {} from {first}", pages(of))
            }
            Self::Register { pages: of } => write!(f, "uffd-register {}", pages(of)),
            Self::Unregister { pages: of } => write!(f, "uffd-unregister {}", pages(of)),
            Self::Fork => f.write_str("fork"),
            Self::Heap { pages: of } => write!(f, "heap {}", pages(of)),
            Self::Brk { end } => write!(f, "brk {end}"),
            Self::Seal { pages: of } => write!(f, "mseal {}", pages(of)),
        }
    }
}
