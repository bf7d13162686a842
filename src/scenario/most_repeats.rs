//! The scan of a site that repeats the most pages and yet breaks no promise,
//! worked out from the scenario's states.
//!
//! The rule is that of `maps` since 6.17: each line is the first VMA, of some
//! state, that ends above where the last line ended. All that such a reader
//! may print of the site is a path through the states; this one prints the
//! most pages again.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

use super::definition::Scenario;
use super::page_layout::{LayoutVma, PageLayout};

/// What a reader that locks one VMA at a time prints of a site where it repeats
/// as many pages as it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MostRepeats {
    /// The lines of the site, in the order in which they are printed.
    pub lines: Vec<LayoutVma>,
}

impl MostRepeats {
    /// For these states of one site.
    #[must_use]
    pub(crate) fn of(states: &[&PageLayout]) -> Self {
        MostRepeats {
            lines: most_repeats_from(states, 0, 0, &mut Known::new()).lines,
        }
    }

    /// Pages printed after they had been printed before, each as often as it
    /// was.
    #[must_use]
    pub fn pages_again(&self) -> u32 {
        let mut printed = 0;
        let again = self.lines.iter().map(|vma| {
            let pages = bits(vma);
            let again = (printed & pages).count_ones();
            printed |= pages;
            again
        });
        again.sum()
    }

    /// Whether some line starts below the start of the line before it.
    #[must_use]
    pub fn is_backward(&self) -> bool {
        self.lines
            .windows(2)
            .any(|pair| pair[1].first_page < pair[0].first_page)
    }
}

impl fmt::Display for MostRepeats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let again = self.pages_again();
        if again == 0 {
            return f.write_str("no page twice: each line is of one state or another");
        }
        let (plural, backward) = (
            if again == 1 { "" } else { "s" },
            if self.is_backward() {
                ", a start goes backwards"
            } else {
                ""
            },
        );
        write!(f, "{again} page{plural} printed again{backward}: ")?;
        write_lines(f, &self.lines)
    }
}

/// `w 0-3, r 3-6`: each line's protection and pages.
fn write_lines(f: &mut fmt::Formatter<'_>, lines: &[LayoutVma]) -> fmt::Result {
    for (at, vma) in lines.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let letter = vma.protection.letter();
        write!(f, "{comma}{letter} {}-{}", vma.first_page, vma.end_page())?;
    }
    Ok(())
}

/// The pages of a line, one bit each.
fn bits(vma: &LayoutVma) -> u32 {
    (vma.first_page..vma.end_page()).fold(0, |set, page| set | 1 << page)
}

/// A path from some position to the end of the site.
#[derive(Clone, Default)]
struct Path {
    lines: Vec<LayoutVma>,
    pages_again: u32,
}

/// The paths that are known: by position and by what was printed before.
type Known = HashMap<(u32, u32), Path>;

/// The path from `position` on that repeats most of what was `printed`; among
/// equal ones the one with the fewest lines, then the first in the order of
/// the states.
fn most_repeats_from(
    states: &[&PageLayout],
    position: u32,
    printed: u32,
    known: &mut Known,
) -> Path {
    if let Some(path) = known.get(&(position, printed)) {
        return path.clone();
    }
    let mut best: Option<Path> = None;
    for state in states {
        let next = state.vmas().iter().find(|vma| vma.end_page() > position);
        let path = next.map_or_else(Path::default, |vma| {
            let pages = bits(vma);
            // The position only grows, so this ends.
            let mut path = most_repeats_from(states, vma.end_page(), printed | pages, known);
            path.lines.insert(0, *vma);
            path.pages_again += (printed & pages).count_ones();
            path
        });
        let rank = |path: &Path| (path.pages_again, Reverse(path.lines.len()));
        if best.as_ref().is_none_or(|best| rank(&path) > rank(best)) {
            best = Some(path);
        }
    }
    let best = best.unwrap_or_default();
    known.insert((position, printed), best.clone());
    best
}

impl Scenario {
    /// The most that a reader that locks one VMA at a time may repeat of the
    /// site and break no promise.
    #[must_use]
    pub fn most_repeats(&self) -> MostRepeats {
        MostRepeats::of(&self.states().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most_repeats(states: &[&str]) -> String {
        let states: Vec<PageLayout> = states.iter().map(|text| text.parse().unwrap()).collect();
        MostRepeats::of(&states.iter().collect::<Vec<_>>()).to_string()
    }

    #[test]
    fn the_path_prints_the_most_pages_again() {
        for (states, text) in [
            (&["rrr", "x rr"][..], "1 page printed again: x 0-1, r 0-3"),
            (
                &["www rrr www", "wwwwwwwww"],
                "6 pages printed again, a start goes backwards: w 0-3, r 3-6, w 0-9",
            ),
            (
                &["www rrr xxx", "wwww rr xxx"],
                "4 pages printed again: w 0-3, w 0-4, r 3-6, x 6-9",
            ),
            (
                &["rrr ... www", "rrr wwwwww"],
                "no page twice: each line is of one state or another",
            ),
            // What was passed unprinted is not printed again.
            (
                &["r ... w", "rrrr w", "r ... w"],
                "1 page printed again: r 0-1, r 0-4, w 4-5",
            ),
            (
                &["..ww", "xxx w", "rrrr"],
                "3 pages printed again: x 0-3, r 0-4",
            ),
        ] {
            assert_eq!(most_repeats(states), text, "{states:?}");
        }
    }
}
