//! What a site shows, compared with what the scenario declares.
//!
//! Where they differ there are two possibilities, which the text alone cannot
//! tell apart: this kernel does something else than the scenario declares, or
//! it does not show what is there. A touch tells: a page that can be read is
//! mapped, whatever a text says.

use std::ops::Range;

use crate::maps::line::{Device, MapsLine, parse_range};
use crate::maps::permissions::Permissions;
use crate::maps::scan_text::Lines;
use crate::scenario::arena::Site;
use crate::scenario::page_layout::PageLayout;

/// Where a VMA is, and what may be done with it.
pub(crate) type Vma = (Range<u64>, Permissions);

/// The result of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The site is as declared.
    AsDeclared,
    /// It is not, and no page that is mapped is missing.
    Otherwise,
    /// These can be read, and no line shows them.
    Hidden(Vec<Vma>),
}

/// The VMAs that `strip` puts on the site.
pub(crate) fn declared(site: &Site, strip: &PageLayout) -> Vec<Vma> {
    let vmas = site.vmas(strip);
    vmas.map(|(range, protection)| {
        let has = |letter| protection.permissions().contains(letter);
        let permissions = Permissions {
            read: has('r'),
            write: has('w'),
            execute: has('x'),
            shared: protection.is_shared(),
        };
        (range, permissions)
    })
    .collect()
}

/// The VMAs that a text of `maps` shows on the site, as far as they reach.
pub(crate) fn seen(site: &Site, text: &[u8]) -> Vec<Vma> {
    Lines::of(text)
        .filter_map(|line| MapsLine::parse(line).ok())
        .filter(|vma| vma.end > site.start && vma.start < site.end)
        .map(|vma| (vma.start..vma.end, vma.perms))
        .collect()
}

/// Compares them; `can_be_read` touches pages.
pub(crate) fn compare<E>(
    declared: &[Vma],
    seen: &[Vma],
    mut can_be_read: impl FnMut(Range<u64>) -> Result<bool, E>,
) -> Result<Shown, E> {
    if declared == seen {
        return Ok(Shown::AsDeclared);
    }
    let mut hidden = Vec::new();
    for piece in missing(declared, seen) {
        if can_be_read(piece.0.clone())? {
            hidden.push(piece);
        }
    }
    Ok(if hidden.is_empty() {
        Shown::Otherwise
    } else {
        Shown::Hidden(hidden)
    })
}

/// The parts of declared VMAs that no VMA in the text covers.
fn missing(declared: &[Vma], seen: &[Vma]) -> Vec<Vma> {
    let mut missing = Vec::new();
    for (range, permissions) in declared {
        let mut at = range.start;
        for (covered, _) in seen.iter().chain([&(range.end..range.end, *permissions)]) {
            let gap = at..covered.start.min(range.end);
            if !gap.is_empty() {
                missing.push((gap, *permissions));
            }
            at = at.max(covered.end);
        }
    }
    missing
}

/// The text with a line for each of these at its place, as the kernel prints
/// private anonymous memory.
pub(crate) fn filled_in(text: &[u8], hidden: &[Vma]) -> Vec<u8> {
    let mut filled = Vec::with_capacity(text.len() + 64 * hidden.len());
    let mut hidden = hidden.iter().peekable();
    // Behind the last line, too: not every machine has a gate VMA.
    for line in Lines::of(text).chain([&b""[..]]) {
        let start = parse_range(line).map_or(u64::MAX, |(start, _)| start);
        while let Some((range, permissions)) = hidden.next_if(|(range, _)| range.start < start) {
            let vma = MapsLine::new(range.clone(), *permissions, 0, Device::default(), 0, b"");
            vma.write_to(&mut filled);
        }
        filled.extend_from_slice(line);
    }
    filled
}

/// The one of two texts that has all the lines of the other and some more, and
/// the addresses of those; none where each has a line that the other lacks.
pub(crate) fn fuller<'a>(a: &'a [u8], b: &'a [u8]) -> Option<(&'a [u8], Vec<Range<u64>>)> {
    let more = |more: &'a [u8], less: &[u8]| {
        let mut less = Lines::of(less).peekable();
        let only_here = Lines::of(more).filter(|line| less.next_if_eq(line).is_none());
        let only_here: Option<Vec<Range<u64>>> = only_here
            .map(|line| parse_range(line).map(|(start, end)| start..end))
            .collect();
        let all_found = less.next().is_none();
        only_here.filter(|_| all_found).map(|lines| (more, lines))
    };
    more(a, b).or_else(|| more(b, a))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn vmas(text: &str) -> Vec<Vma> {
        let line = |line: &str| {
            let line = format!("{line}p 00000000 00:00 0 ");
            let vma = MapsLine::parse(line.as_bytes()).unwrap();
            (vma.start..vma.end, vma.perms)
        };
        text.split(", ")
            .filter(|it| !it.is_empty())
            .map(line)
            .collect()
    }

    /// The result where the pages from `mapped` can be read, and what was
    /// touched.
    fn shown(declared: &str, seen: &str, mapped: Range<u64>) -> (Shown, Vec<Range<u64>>) {
        let mut touched = Vec::new();
        let compared = compare(&vmas(declared), &vmas(seen), |pages| {
            touched.push(pages.clone());
            Ok::<_, Infallible>(mapped.start <= pages.start && pages.end <= mapped.end)
        });
        let Ok(shown) = compared;
        (shown, touched)
    }

    const SPLIT: &str = "00010000-00011000 r-x, 00011000-00013000 r--";
    const ALL: Range<u64> = 0..u64::MAX;
    const NONE: Range<u64> = 0..0;

    #[test]
    fn a_site_as_declared_is_not_touched() {
        assert_eq!(shown(SPLIT, SPLIT, NONE), (Shown::AsDeclared, vec![]));
    }

    #[test]
    fn a_merge_that_did_not_happen_or_other_permissions_are_no_hidden_pages() {
        let merged = "00010000-00013000 r--";
        let not_merged = "00010000-00011000 r--, 00011000-00013000 r--";
        assert_eq!(shown(merged, not_merged, ALL), (Shown::Otherwise, vec![]));
        assert_eq!(shown(SPLIT, merged, ALL), (Shown::Otherwise, vec![]));
        // More than is declared is not hidden.
        assert_eq!(shown("", merged, ALL), (Shown::Otherwise, vec![]));
    }

    #[test]
    fn what_is_missing_is_hidden_if_it_can_be_read() {
        let tail = "00011000-00013000 r--";
        let head = 0x10000..0x11000;
        let (found, touched) = shown(SPLIT, tail, ALL);
        assert_eq!(found, Shown::Hidden(vmas("00010000-00011000 r-x")));
        assert_eq!(touched, std::slice::from_ref(&head));
        // Not there, so that nothing should show it.
        assert_eq!(shown(SPLIT, tail, NONE), (Shown::Otherwise, vec![head]));
        let nothing = shown(SPLIT, "", ALL).0;
        assert_eq!(nothing, Shown::Hidden(vmas(SPLIT)));
    }

    #[test]
    fn a_part_of_a_vma_can_be_hidden() {
        let (found, _) = shown("00010000-00014000 r--", "00011000-00012000 r--", ALL);
        let both = vmas("00010000-00011000 r--, 00012000-00014000 r--");
        assert_eq!(found, Shown::Hidden(both));
        let (found, _) = shown(
            "00010000-00014000 r--",
            "00011000-00012000 r--",
            0x12000..0x14000,
        );
        assert_eq!(found, Shown::Hidden(vmas("00012000-00014000 r--")));
    }

    fn text(lines: &str) -> Vec<u8> {
        vmas(lines)
            .into_iter()
            .fold(Vec::new(), |mut text, (range, permissions)| {
                let line = MapsLine::new(range, permissions, 0, Device::default(), 0, b"");
                line.write_to(&mut text);
                text
            })
    }

    #[test]
    fn hidden_pages_are_filled_in_as_the_kernel_would_print_them() {
        let around = "0000f000-00010000 ---, 00013000-00014000 ---";
        let whole = "0000f000-00010000 ---, 00010000-00011000 r-x, 00011000-00013000 r--, \
                     00013000-00014000 ---";
        let filled = filled_in(&text(around), &vmas(SPLIT));
        assert_eq!(filled, text(whole));
        let line = "00010000-00011000 r-xp 00000000 00:00 0 \n";
        assert!(String::from_utf8(filled).unwrap().contains(line));
    }

    #[test]
    fn the_fuller_of_two_texts_has_all_that_the_other_has() {
        let (full, less) = (text(SPLIT), text("00010000-00011000 r-x"));
        for (a, b) in [(&full, &less), (&less, &full)] {
            let (found, missing) = fuller(a, b).unwrap();
            assert_eq!((found, missing.len()), (&full[..], 1));
            assert_eq!(missing[0], 0x11000..0x13000);
        }
        assert_eq!(fuller(&full, &text("00010000-00013000 r--")), None);
    }
}
