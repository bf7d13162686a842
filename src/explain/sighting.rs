//! What an event shows, in pages of its site.

use std::ops::Range;

use super::Unexplained;
use crate::events::event::{Event, QueryEvent, Seen, TextEvent};
use crate::maps::line::parse_range;
use crate::model::case::{FENCE, ModelCase, SITE};
use crate::model::interleaving::{Operations, Sight, Sighting};
use crate::model::judge::HoleCause;
use crate::scenario::protection::Protection;

/// What the event shows.
///
/// # Errors
/// [`Unexplained::Elsewhere`].
pub(super) fn sighting_of(
    event: &Event,
    case: &ModelCase,
    site: &Range<u64>,
) -> Result<Sighting, Unexplained> {
    let pages = Pages::of(case, site).ok_or(Unexplained::Elsewhere)?;
    let mut seen = match &event.seen {
        Seen::Text(text) => pages.text(text).ok_or(Unexplained::Elsewhere)?,
        Seen::Query(query) => pages.query(query).ok_or(Unexplained::Elsewhere)?,
    };
    seen.during = event.window.as_ref().map(|window| Operations {
        finished: window.finished,
        begun: window.begun,
    });
    // A label may name several causes: "H1 or H2".
    let causes = [HoleCause::H1, HoleCause::H2, HoleCause::H3].into_iter();
    if let Some(known) = &event.known {
        seen.causes = causes
            .filter(|cause| known.contains(cause.label()))
            .collect();
    }
    Ok(seen)
}

/// The pages of a site, as the model counts them.
#[derive(Clone, Debug)]
struct Pages<'a> {
    case: &'a ModelCase,
    site: &'a Range<u64>,
    /// Bytes of what the model takes for a page.
    bytes: u64,
}

/// Where a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the fence before the site.
    Before,
    /// It is one of the fences, or in the site: in pages.
    Pages(u8, u8),
    /// Behind all that the model knows.
    Behind,
}

impl<'a> Pages<'a> {
    fn of(case: &'a ModelCase, site: &'a Range<u64>) -> Option<Self> {
        let pages = u64::from(case.pages) - 2;
        let bytes = site.end.checked_sub(site.start)? / pages.max(1);
        let fits = bytes > 0 && site.start + bytes * pages == site.end;
        fits.then_some(Pages { case, site, bytes })
    }

    /// None where it is not made of whole pages.
    fn place(&self, start: u64, end: u64) -> Option<Place> {
        let site = self.site;
        let last = self.case.pages - 1;
        if end <= site.start {
            return Some(if end == site.start {
                Place::Pages(0, SITE)
            } else {
                Place::Before
            });
        }
        if start >= site.end {
            let is_fence = start == site.end && !self.case.last;
            return Some(if is_fence {
                Place::Pages(last, last + 1)
            } else {
                Place::Behind
            });
        }
        Some(Place::Pages(self.page(start)?, self.page(end)?))
    }

    fn page(&self, address: u64) -> Option<u8> {
        let offset = address.checked_sub(self.site.start)?;
        let is_inside = address <= self.site.end && offset % self.bytes == 0;
        let page = u8::try_from(offset / self.bytes).ok()?;
        is_inside.then_some(SITE + page)
    }

    /// The lines of the site and of its fences; none where it is about others.
    fn text(&self, text: &TextEvent) -> Option<Sighting> {
        let mut sights: Vec<(Sight, usize)> = Vec::new();
        let (mut marked, mut ended) = (None, false);
        let mut is_cut = true;
        for line in &text.excerpt.lines {
            let (start, end) = parse_range(line.text.as_bytes())?;
            let sight = match self.place(start, end)? {
                Place::Before if sights.is_empty() => {
                    is_cut = false;
                    continue;
                }
                Place::Before => return None,
                Place::Behind => Sight::End,
                Place::Pages(start, end) => {
                    is_cut &= !(sights.is_empty() && start < SITE);
                    Sight::Line((start, end, self.letter((start, end), &line.text)?))
                }
            };
            let before = sights.last().map(|(_, chunk)| *chunk);
            let chunk = match sight {
                Sight::End => before.unwrap_or(line.chunk),
                _ => line.chunk,
            };
            sights.push((sight, chunk));
            if line.marked {
                marked = Some(sights.len() - 1);
            }
            let is_behind =
                matches!(sight, Sight::Line((start, ..)) if start + 1 == self.case.pages);
            ended |= is_behind || sight == Sight::End;
            if ended && (marked.is_some() || sight == Sight::End) {
                break;
            }
        }
        if marked.is_none() {
            // Nothing is marked where it is about the end of the file.
            if text.excerpt.lines.iter().any(|line| line.marked) {
                return None;
            }
            if sights.last().is_none_or(|(sight, _)| *sight != Sight::End) {
                let before = sights.last().map(|(_, chunk)| *chunk);
                sights.push((Sight::End, before.unwrap_or(text.chunk)));
            }
            marked = Some(sights.len() - 1);
        }
        Some(Sighting {
            sights,
            marked: marked?,
            from: 0,
            is_cut,
            filter: None,
            during: None,
            causes: Vec::new(),
        })
    }

    fn letter(&self, (start, end): (u8, u8), text: &str) -> Option<u8> {
        if end <= SITE || start + 1 == self.case.pages {
            return Some(FENCE);
        }
        let permissions = text.split(' ').nth(1)?;
        Some(Protection::from_permissions(permissions)?.letter() as u8)
    }

    fn query(&self, query: &QueryEvent) -> Option<Sighting> {
        let mut words = query.lookup.split(", ");
        let is_next = words.next() == Some("covering or next");
        let filters: Vec<&str> = words.collect();
        let passes = |protection: &Protection| {
            filters.iter().all(|filter| match *filter {
                "readable" => true,
                "writable" => protection.permissions().contains('w'),
                "executable" => protection.permissions().contains('x'),
                // The model's VMAs are private and anonymous.
                _ => false,
            })
        };
        let letters = Protection::ALL.into_iter().filter(passes);
        let filter = letters.map(|it| it.letter() as u8).collect();
        let from = match query.address.checked_sub(self.site.start) {
            None => Some(0),
            Some(offset) => self.page(query.address - offset % self.bytes),
        };
        let from = from?;
        let sight = match query.answer {
            None if is_next => Some(Sight::End),
            None => Some(Sight::NotCovered(from)),
            Some((start, end)) => match self.place(start, end) {
                Some(Place::Pages(start, end)) => Some(Sight::Answer(start, end)),
                Some(Place::Behind) => Some(Sight::End),
                Some(Place::Before) | None => None,
            },
        };
        Some(Sighting {
            sights: vec![(sight?, 0)],
            marked: 0,
            from,
            is_cut: false,
            filter: (!filters.is_empty()).then_some(filter),
            during: None,
            causes: Vec::new(),
        })
    }
}
