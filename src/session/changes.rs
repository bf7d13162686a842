//! Which lines on the screen are not as they were in the picture before.
//!
//! [`Diff`](crate::maps::diff::compare::Diff) says what became of each VMA, and cannot
//! serve here. Of a torn scan it takes the later of two lines that overlap and
//! gives up the earlier one; but both are on the screen. And of a vanished line
//! the text is needed, as it was printed. Both agree in what is new and what is
//! gone: a line that has addresses of a line before is that VMA, changed, also
//! where its start has moved.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::lines::LineRef;
use crate::text::bytes_as_text;

/// Changes kept at once: enough for any screen.
const MOST: usize = 2048;

/// How long a change is shown.
pub(crate) const FADE: Duration = Duration::from_millis(2000);

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeKind {
    /// No line had any of its addresses before.
    New,
    /// A line had some of its addresses, but was another.
    Changed,
    /// A line started there, and none does now.
    Vanished,
}

/// One line that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `vm_start` of the line.
    pub start: u64,
    pub kind: ChangeKind,
    /// When it was seen, since the session started.
    pub at: Duration,
    /// A vanished line as it was, without its newline; else empty.
    #[serde(with = "bytes_as_text")]
    pub was: Vec<u8>,
}

/// Collects changes and forgets the old ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    list: BTreeMap<u64, Change>,
}

impl Changes {
    /// Forgets what is no longer shown.
    pub(crate) fn expire(&mut self, now: Duration) {
        self.list.retain(|_, change| now < change.at + FADE);
    }

    /// Compares two scans line by line.
    pub(crate) fn compare(
        &mut self,
        now: Duration,
        old: (&[u8], &[LineRef]),
        new: (&[u8], &[LineRef]),
    ) {
        self.expire(now);
        if old.0 == new.0 {
            return;
        }
        // A scan that was read less far says nothing of what lies behind.
        let last = |lines: &[LineRef]| lines.last().map_or(0, |line| line.start);
        let known = last(old.1).min(last(new.1));
        let (mut i, mut j) = (0, 0);
        while i < old.1.len() || j < new.1.len() {
            let (was, is) = (old.1.get(i), new.1.get(j));
            match (was, is) {
                (Some(was), Some(is)) if was.start == is.start => {
                    if was.text(old.0) != is.text(new.0) {
                        self.add(is.start, ChangeKind::Changed, now, &[]);
                    }
                    (i, j) = (i + 1, j + 1);
                }
                (Some(was), is) if is.is_none_or(|is| was.start < is.start) => {
                    if was.start <= known {
                        self.add(was.start, ChangeKind::Vanished, now, was.text(old.0));
                    }
                    i += 1;
                }
                (_, Some(is)) => {
                    if is.start <= known {
                        let beside = &old.1[i.saturating_sub(1)..old.1.len().min(i + 1)];
                        let was_there = beside.iter().any(|was| is.overlaps(&was.range()));
                        let kind = if was_there {
                            ChangeKind::Changed
                        } else {
                            ChangeKind::New
                        };
                        self.add(is.start, kind, now, &[]);
                    }
                    j += 1;
                }
                _ => return,
            }
        }
    }

    fn add(&mut self, start: u64, kind: ChangeKind, at: Duration, was: &[u8]) {
        if self.list.len() < MOST || self.list.contains_key(&start) {
            let was = was.to_vec();
            let change = Change {
                start,
                kind,
                at,
                was,
            };
            self.list.insert(start, change);
        }
    }

    #[must_use]
    pub(crate) fn sorted(&self) -> Vec<Change> {
        self.list.values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::scan_text::{ScanText, Window};
    use crate::session::picture::{Context, Picture};
    use crate::session::rows::Row;

    const SECOND: Duration = Duration::from_secs(1);

    /// Shows one text after the other, of the last the marks of its lines and
    /// the rows of those that vanished.
    fn shown(texts: &[&[(u64, u64)]]) -> (Vec<(u64, ChangeKind)>, Vec<u64>) {
        let mut changes = Changes::default();
        let mut picture = Picture::default();
        for vmas in texts {
            let lines = vmas
                .iter()
                .map(|(start, end)| format!("{start:08x}-{end:08x} rw-p 00000000 00:00 0 \n"));
            let text: String = lines.collect();
            let mut next = Picture::default();
            let chunk = (text.as_bytes(), Window::ANY);
            next.scan.text = ScanText::from_chunks([chunk], Window::ANY);
            next.index(Context::default());
            let old = (picture.scan.text.text(), &picture.lines[..]);
            changes.compare(SECOND, old, (next.scan.text.text(), &next.lines[..]));
            next.lay_out(changes.sorted());
            picture = next;
        }
        let marks = picture
            .lines
            .iter()
            .filter_map(|line| Some((line.start, picture.change_at(line.start)?.kind)))
            .collect();
        let gone = picture.rows.iter().filter_map(|row| match row {
            Row::Vanished(at) => Some(picture.changes[*at as usize].start),
            _ => None,
        });
        (marks, gone.collect())
    }

    #[test]
    fn a_vma_whose_start_moves_is_changed_and_leaves_no_row() {
        use ChangeKind::{Changed, New};
        let last = (0x90_000, 0x91_000);
        let first = [last];
        type Scan = [(u64, u64)];
        type Case<'a> = (&'a [&'a Scan], &'a [(u64, ChangeKind)], &'a [u64]);
        let cases: [Case<'_>; 6] = [
            // A heap that grows down.
            (
                &[
                    &[(0x5000, 0x9000), last],
                    &[(0x4000, 0x9000), last],
                    &[(0x3000, 0x9000), last],
                ],
                &[(0x3000, Changed)],
                &[],
            ),
            // The head is unmapped, twice.
            (
                &[
                    &[(0x5000, 0x9000), last],
                    &[(0x6000, 0x9000), last],
                    &[(0x7000, 0x9000), last],
                ],
                &[(0x7000, Changed)],
                &[],
            ),
            // Split, and merged.
            (
                &[
                    &[(0x1000, 0x9000), last],
                    &[(0x1000, 0x4000), (0x5000, 0x9000), last],
                ],
                &[(0x1000, Changed), (0x5000, Changed)],
                &[],
            ),
            (
                &[
                    &[(0x1000, 0x4000), (0x5000, 0x9000), last],
                    &[(0x1000, 0x9000), last],
                ],
                &[(0x1000, Changed)],
                &[],
            ),
            // Another VMA beside it.
            (
                &[
                    &[(0x5000, 0x9000), last],
                    &[(0x4000, 0x5000), (0x5000, 0x9000), last],
                ],
                &[(0x4000, New)],
                &[],
            ),
            // Really gone.
            (&[&[(0x5000, 0x9000), last], &first], &[], &[0x5000]),
        ];
        for (texts, marks, gone) in cases {
            let (is_marked, is_gone) = shown(texts);
            let is_marked: Vec<_> = is_marked
                .into_iter()
                .filter(|(start, _)| *start != last.0)
                .collect();
            assert_eq!((&is_marked[..], &is_gone[..]), (marks, gone), "{texts:x?}");
        }
    }
}
