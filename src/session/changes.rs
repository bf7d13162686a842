//! Which lines on the screen are not as they were in the picture before.
//!
//! [`Diff`](crate::maps::diff::compare::Diff) says what became of each VMA, and cannot
//! serve here. Of a torn scan it takes the later of two lines that overlap and
//! gives up the earlier one; but both are on the screen, and each is compared
//! with the line that started there before. A VMA whose start has moved is one
//! change to it, at its new address; here it is a line that vanished and a new
//! one, two rows. And of a vanished line the text is needed, as it was printed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::lines::LineRef;

/// Changes kept at once: enough for any screen.
const MOST: usize = 2048;

/// How long a change is shown.
pub(crate) const FADE: Duration = Duration::from_millis(2000);

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// No line started there before.
    New,
    /// A line started there, but was another.
    Changed,
    /// There was a line, and there is none now.
    Vanished,
}

/// One line that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `vm_start` of the line.
    pub start: u64,
    pub kind: ChangeKind,
    /// When it was seen, since the session started.
    pub at: Duration,
    /// A vanished line as it was, without its newline; else empty.
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
                        self.add(is.start, ChangeKind::New, now, &[]);
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
