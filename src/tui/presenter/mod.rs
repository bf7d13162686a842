//! The site and the verdict for a room full of people: large letters, no statistics.
//!
//! * [`said`]: the word, the sentence, the rows of pages; pure;
//! * [`letters`]: large letters; [`pages`]: large pages; [`render`]: the screen.

pub(crate) mod letters;
pub(crate) mod pages;
pub(crate) mod render;
pub(crate) mod said;
#[cfg(test)]
pub(crate) mod tests;

use super::view::View;

/// How large all of it is, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Size {
    Small,
    #[default]
    Medium,
    Large,
}

impl Size {
    /// The next size; none: there is no larger one.
    pub(crate) fn larger(self) -> Option<Self> {
        match self {
            Size::Small => Some(Size::Medium),
            Size::Medium => Some(Size::Large),
            Size::Large => None,
        }
    }

    pub(crate) fn smaller(self) -> Option<Self> {
        match self {
            Size::Small => None,
            Size::Medium => Some(Size::Small),
            Size::Large => Some(Size::Medium),
        }
    }

    /// Columns and rows of a dot of a letter, the largest first.
    fn dots(self) -> impl Iterator<Item = (u16, u16)> {
        // A cell of the terminal is about twice as high as wide.
        const ALL: [(Size, (u16, u16)); 4] = [
            (Size::Large, (4, 2)),
            (Size::Large, (3, 2)),
            (Size::Medium, (2, 1)),
            (Size::Small, (1, 1)),
        ];
        let all = ALL.into_iter();
        all.filter(move |(size, _)| *size <= self)
            .map(|(_, dot)| dot)
    }

    /// Columns and rows of a page.
    fn page(self) -> (u16, u16) {
        match self {
            Size::Small => (5, 3),
            Size::Medium => (9, 3),
            Size::Large => (17, 7),
        }
    }
}

/// Whether there is such a picture of a view.
pub(crate) fn has(view: View) -> bool {
    matches!(view, View::Space | View::Boundary | View::Manual)
}
