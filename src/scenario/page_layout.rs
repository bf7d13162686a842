//! A page layout: a few neighbouring pages and the VMAs that cover them, written
//! one letter a page (`r ww .. x`).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::protection::Protection;

/// Most pages a [`PageLayout`] may have.
pub(crate) const MAX_PAGES: u32 = 32;

/// One page of a [`PageLayout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// Nothing is mapped there, written `.`.
    Unmapped,
    /// A VMA of this protection covers it.
    Mapped(Protection),
}

/// One VMA of a [`PageLayout`]; both figures are pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LayoutVma {
    /// The first page, counted from the first page.
    pub first_page: u32,
    /// How many pages; never 0.
    pub pages: u32,
    /// The protection of all of them.
    pub protection: Protection,
}

impl LayoutVma {
    /// The page after the last, counted from the first page.
    pub fn end_page(&self) -> u32 {
        self.first_page + self.pages
    }
}

/// One mapped page as it is drawn, three columns wide: `[r `, ` r `, ` r]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub letter: char,
    /// Whether its VMA begins here.
    pub first: bool,
    /// Whether its VMA ends here.
    pub last: bool,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = if self.first { '[' } else { ' ' };
        let right = if self.last { ']' } else { ' ' };
        write!(f, "{left}{}{right}", self.letter)
    }
}

/// Why a text is no page layout.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PageLayoutError {
    /// A letter that means nothing.
    #[error(
        "`{0}` is no page letter; use r (r--), w (rw-), x (r-x), large where shared, or . (unmapped)"
    )]
    Letter(char),
    /// One VMA with two protections.
    #[error("`{first}{second}` changes protection inside one VMA; put a space between two VMAs")]
    Mixed { first: char, second: char },
    /// Two VMAs that the kernel would keep as one.
    #[error("two `{0}` VMAs touch and the kernel would merge them; write them as one")]
    WouldMerge(char),
    /// No page at all.
    #[error("it has no pages; write one letter a page")]
    Empty,
    /// More than [`MAX_PAGES`].
    #[error("it has {0} pages; use at most {MAX_PAGES}")]
    TooLong(usize),
}

/// A few neighbouring pages and the VMAs that cover them.
///
/// Written one letter a page: `r` is `r--`, `w` is `rw-`, `x` is `r-x`, each large
/// where the mapping is shared, and `.` is unmapped; a space separates VMAs.
/// [`Display`](fmt::Display) writes a space at every border, also around unmapped
/// pages: `w .. rrr`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageLayout {
    pages: Vec<Page>,
    vmas: Vec<LayoutVma>,
}

impl PageLayout {
    /// Every page in address order.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// How many pages, unmapped ones included.
    pub fn page_count(&self) -> u32 {
        // At most MAX_PAGES, so the figure always fits.
        self.pages.len() as u32
    }

    /// The VMAs in address order.
    pub fn vmas(&self) -> &[LayoutVma] {
        &self.vmas
    }

    /// Each page as it is drawn; none where nothing is mapped.
    pub(crate) fn cells(&self) -> Vec<Option<Cell>> {
        let mut cells = vec![None; self.pages.len()];
        for vma in &self.vmas {
            for page in vma.first_page..vma.end_page() {
                cells[page as usize] = Some(Cell {
                    letter: vma.protection.letter(),
                    first: page == vma.first_page,
                    last: page + 1 == vma.end_page(),
                });
            }
        }
        cells
    }

    /// The picture: three columns a page, brackets where VMAs begin and end.
    pub(crate) fn picture(&self) -> String {
        self.cells()
            .into_iter()
            .map(|cell| cell.map_or_else(|| " · ".to_owned(), |cell| cell.to_string()))
            .collect()
    }

    /// The pages that are mapped in every one of `states`, counted from the
    /// layout's start; none for no states.
    pub(crate) fn always_mapped<'a>(states: impl IntoIterator<Item = &'a PageLayout>) -> Vec<u32> {
        let mut states = states.into_iter();
        let Some(first) = states.next() else {
            return Vec::new();
        };
        let mut mapped: Vec<u32> = (0..first.page_count())
            .filter(|&page| first.is_mapped(page))
            .collect();
        for state in states {
            mapped.retain(|&page| state.is_mapped(page));
        }
        mapped
    }

    /// The layout of VMAs in address order, given by their pages, on so many pages;
    /// none where they overlap or reach further.
    pub(crate) fn of_vmas(page_count: u32, vmas: Vec<LayoutVma>) -> Option<Self> {
        let mut pages = vec![Page::Unmapped; page_count as usize];
        let mut end = 0;
        for vma in &vmas {
            if vma.first_page < end || vma.pages == 0 || vma.end_page() > page_count {
                return None;
            }
            end = vma.end_page();
            pages[vma.first_page as usize..end as usize].fill(Page::Mapped(vma.protection));
        }
        Some(Self { pages, vmas })
    }

    /// An error where two VMAs touch that the kernel would merge if both were
    /// plain private anonymous memory.
    pub(crate) fn check_merged(&self) -> Result<(), PageLayoutError> {
        let touch = self.vmas.windows(2).find(|two| {
            two[0].end_page() == two[1].first_page && two[0].protection == two[1].protection
        });
        touch.map_or(Ok(()), |two| {
            Err(PageLayoutError::WouldMerge(two[0].protection.letter()))
        })
    }

    /// Whether a VMA covers `page`; a page beyond the last is not mapped.
    pub(crate) fn is_mapped(&self, page: u32) -> bool {
        matches!(self.pages.get(page as usize), Some(Page::Mapped(_)))
    }
}

impl FromStr for PageLayout {
    type Err = PageLayoutError;

    fn from_str(text: &str) -> Result<Self, PageLayoutError> {
        let mut pages = Vec::new();
        let mut vmas: Vec<LayoutVma> = Vec::new();
        let mut separated = true;
        for letter in text.chars() {
            if letter == ' ' {
                separated = true;
                continue;
            }
            let page = match (letter, Protection::from_letter(letter)) {
                ('.', _) => Page::Unmapped,
                (_, Some(protection)) => Page::Mapped(protection),
                (_, None) => return Err(PageLayoutError::Letter(letter)),
            };
            if let Page::Mapped(protection) = page {
                let touching = match pages.last() {
                    Some(Page::Mapped(before)) => Some(*before),
                    _ => None,
                };
                match (touching, vmas.last_mut()) {
                    (Some(before), _) if !separated && before != protection => {
                        return Err(PageLayoutError::Mixed {
                            first: before.letter(),
                            second: letter,
                        });
                    }
                    (Some(_), Some(vma)) if !separated => vma.pages += 1,
                    _ => vmas.push(LayoutVma {
                        first_page: pages.len() as u32,
                        pages: 1,
                        protection,
                    }),
                }
            }
            pages.push(page);
            separated = false;
        }
        match pages.len() {
            0 => Err(PageLayoutError::Empty),
            count if count > MAX_PAGES as usize => Err(PageLayoutError::TooLong(count)),
            _ => Ok(Self { pages, vmas }),
        }
    }
}

impl fmt::Display for PageLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut at = 0;
        let end = [(self.page_count(), 0, '.')];
        let vmas = self
            .vmas
            .iter()
            .map(|vma| (vma.first_page, vma.pages, vma.protection.letter()));
        for (first, pages, letter) in vmas.chain(end) {
            for (count, letter) in [(first - at, '.'), (pages, letter)] {
                if count > 0 {
                    let space = if at > 0 { " " } else { "" };
                    write!(f, "{space}{}", letter.to_string().repeat(count as usize))?;
                    at += count;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_prints_as_it_was_written() {
        for text in [
            "rrr",
            "x rr",
            "w .. rrr",
            "www ... www",
            "r w r www",
            ".",
            "rr r",
            ". r W",
            "..",
            "R r",
        ] {
            assert_eq!(
                text.parse::<PageLayout>().map(|layout| layout.to_string()),
                Ok(text.into())
            );
        }
        assert_eq!("w.. rrr".parse::<PageLayout>(), "w .. rrr".parse());
    }

    #[test]
    fn the_picture_shows_where_vmas_begin_and_end() {
        let shown = |text: &str| text.parse::<PageLayout>().map(|layout| layout.picture());
        assert_eq!(shown("w .. rrr"), Ok("[w] ·  · [r  r  r]".into()));
        assert_eq!(shown("r w"), Ok("[r][w]".into()));
    }

    #[test]
    fn vmas_end_at_spaces_and_at_unmapped_pages() {
        let layout: PageLayout = "ww.ww r".parse().unwrap();
        let vma = |first_page, pages, protection| LayoutVma {
            first_page,
            pages,
            protection,
        };
        assert_eq!(
            layout.vmas(),
            [
                vma(0, 2, Protection::Write),
                vma(3, 2, Protection::Write),
                vma(5, 1, Protection::Read)
            ]
        );
        assert_eq!(layout.page_count(), 6);
    }

    #[test]
    fn what_the_kernel_would_not_keep_is_refused() {
        let error = |text: &str| text.parse::<PageLayout>().unwrap_err();
        assert_eq!(error("rq"), PageLayoutError::Letter('q'));
        assert_eq!(
            error("rw"),
            PageLayoutError::Mixed {
                first: 'r',
                second: 'w'
            }
        );
        let would_merge = |text: &str| text.parse::<PageLayout>().map(|one| one.check_merged());
        assert_eq!(
            would_merge("rr r"),
            Ok(Err(PageLayoutError::WouldMerge('r')))
        );
        assert_eq!(would_merge("rr . r R"), Ok(Ok(())));
        assert_eq!(error("  "), PageLayoutError::Empty);
        assert_eq!(error(&"r".repeat(33)), PageLayoutError::TooLong(33));
    }

    #[test]
    fn always_mapped_pages_are_those_of_every_state() {
        let states: Vec<PageLayout> = ["www rrr", "w.. rrr"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        assert_eq!(PageLayout::always_mapped(&states), [0, 3, 4, 5]);
        assert!(PageLayout::always_mapped([]).is_empty());
    }
}
