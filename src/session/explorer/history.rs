//! What happened since the session started: texts are compared at a steady
//! rate, whatever is shown meanwhile.

use std::cell::LazyCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::change_log::{ChangeLog, ChangeRates, LoggedChange, RateOfChanges};
use super::filter::{Candidate, LineFilter};
use super::recent::{Recent, Recents, names};
use super::request::RowText;
use crate::maps::diff::change::{AddressSpaceChangeKind as Kind, ChangedVma};
use crate::maps::diff::compare::Diff;
use crate::maps::line::{Device, MapsLine};
use crate::sampling::TakenText;
use crate::sampling::sampler::Sampler;

/// How often texts are compared.
pub(crate) const COMPARE: Duration = Duration::from_millis(100);
/// Changes listed at most.
const LISTED: usize = 400;
/// Changes of one VMA listed at most.
const OF_ONE: usize = 100;

/// What became of one VMA, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    pub changes: Vec<LoggedChange>,
    /// The first of them is when it was mapped: there is nothing before.
    pub from_the_start: bool,
    /// Older changes of any VMA were forgotten.
    pub forgotten: bool,
}

/// Compares texts, and remembers what changed.
#[derive(Debug, Default)]
pub(crate) struct History {
    before: Vec<u8>,
    after: Vec<u8>,
    taken: TakenText,
    due: Duration,
    /// When the first text came.
    since: Option<Duration>,
    diff: Diff,
    log: ChangeLog,
    rates: ChangeRates,
    recents: Recents,
    recent: Arc<Vec<Recent>>,
}

impl History {
    /// Compares the text that a sampler left, if it did, and asks for the next
    /// when it is due; whether something has changed.
    pub(crate) fn update(&mut self, now: Duration, sampler: &Sampler) -> bool {
        let came = sampler.take_text(&mut self.taken);
        if came {
            std::mem::swap(&mut self.after, &mut self.taken.text);
        }
        let changed = came && self.compare(now);
        if now >= self.due {
            self.due = now + COMPARE;
            sampler.request_text();
        }
        changed
    }

    /// Compares the text that came with the one before.
    fn compare(&mut self, now: Duration) -> bool {
        let first = self.since.is_none() || self.before.is_empty();
        self.since.get_or_insert(now);
        let mut news = self.recents.expire(now);
        if !first {
            // A scan may have been read less far.
            self.diff.compare_beginnings(&self.before, &self.after);
            for change in self.diff.drain() {
                self.recents.add(now, &change);
                let by = self
                    .taken
                    .calls
                    .that_made(&change, (&self.before, &self.after));
                self.log.push(now, change, by);
                news = true;
            }
        }
        self.rates.add(now, self.log.counts());
        std::mem::swap(&mut self.before, &mut self.after);
        if news {
            self.recent = Arc::new(self.recents.sorted());
        }
        news
    }

    /// These addresses were a suspected hole; whether that changes the log.
    pub(crate) fn suspect(&mut self, addresses: &Range<u64>, now: Duration) -> bool {
        self.log.suspect(addresses, now)
    }

    /// Another address space is looked at.
    pub(crate) fn restart(&mut self) {
        self.before.clear();
        self.recents.clear();
        self.recent = Arc::default();
    }

    /// What happened to each VMA in the last minute, by address.
    pub(crate) fn recent(&self) -> &Arc<Vec<Recent>> {
        &self.recent
    }

    /// When it began.
    pub(crate) fn since(&self) -> Option<Duration> {
        self.since
    }

    /// How many changes there were.
    pub(crate) fn total(&self) -> u64 {
        self.log.counts().total()
    }

    pub(crate) fn rates(&self) -> RateOfChanges {
        self.rates.per_second()
    }

    /// The changes seen so far.
    pub(crate) fn log(&self) -> &ChangeLog {
        &self.log
    }
}

/// The latest changes of a log that fit a filter, newest first; what their rows say
/// is found.
pub(crate) fn listed(log: &ChangeLog, filter: &LineFilter, row: RowText) -> Vec<LoggedChange> {
    let fits = |logged: &&LoggedChange| fits(filter, logged, row);
    let all = log.iter().rev().filter(fits);
    all.take(LISTED).cloned().collect()
}

/// What became of the VMA that has, or had last, these addresses.
pub(crate) fn past(log: &ChangeLog, range: Range<u64>) -> Past {
    let mut past = Past {
        forgotten: log.forgotten() > 0,
        ..Past::default()
    };
    let mut at = range;
    for logged in log.iter().rev() {
        let change = &logged.change;
        let is_part = |vma: &ChangedVma| vma.start < at.end && at.start < vma.end;
        let came_from = change.after.iter().any(is_part);
        let ended = change.kind == Kind::Unmap && change.before.iter().any(is_part);
        if !came_from && !ended {
            continue;
        }
        if past.changes.len() == OF_ONE {
            past.forgotten = true;
            return past;
        }
        past.changes.push(logged.clone());
        if ended {
            continue;
        }
        // What it was before; of several, all that became part of it.
        let (first, last) = (change.before.first(), change.before.last());
        let (Some(first), Some(last)) = (first, last) else {
            past.from_the_start = true;
            return past;
        };
        at = first.start..last.end;
    }
    past
}

/// Whether one of the VMAs of a change fits.
fn fits(filter: &LineFilter, logged: &LoggedChange, row: RowText) -> bool {
    if filter.is_empty() {
        return true;
    }
    let change = &logged.change;
    let shown = LazyCell::new(|| row.0(logged));
    let mut line = Vec::new();
    change.vmas().any(|vma| {
        line.clear();
        line_of(vma).write_to(&mut line);
        line.pop();
        let candidate = Candidate {
            start: vma.start,
            end: vma.end,
            line: &line,
            changed: names(change.kind),
        };
        filter.accepts_shown(&candidate, &shown)
    })
}

/// The line of a VMA, as the kernel prints it.
fn line_of(vma: &ChangedVma) -> MapsLine<'_> {
    let device: Device = vma.device;
    MapsLine::new(
        vma.start..vma.end,
        vma.permissions,
        vma.offset,
        device,
        vma.inode,
        &vma.name,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    impl History {
        /// What it knows after these texts, one a second.
        pub(crate) fn of(texts: impl IntoIterator<Item = String>) -> Self {
            let mut history = History::default();
            for (second, text) in (1u32..).zip(texts) {
                history.after = text.into();
                history.compare(SECOND * second);
            }
            history
        }
    }

    fn history(states: &[&[(u64, u64, &str)]]) -> History {
        History::of(states.iter().map(|state| {
            let lines = state.iter().map(|(start, end, permissions)| {
                format!("{start:08x}-{end:08x} {permissions} 00000000 00:00 0 \n")
            });
            lines.collect()
        }))
    }

    fn kinds(past: &Past) -> Vec<Kind> {
        past.changes.iter().map(|it| it.change.kind).collect()
    }

    #[test]
    fn the_past_of_a_vma_goes_back_to_where_it_came_from() {
        let history = history(&[
            &[(0x1000, 0x2000, "rw-p"), (0x9000, 0xa000, "rw-p")],
            &[
                (0x1000, 0x2000, "rw-p"),
                (0x4000, 0x6000, "rw-p"),
                (0x9000, 0xa000, "rw-p"),
            ],
            &[
                (0x1000, 0x2000, "rw-p"),
                (0x4000, 0x8000, "rw-p"),
                (0x9000, 0xb000, "rw-p"),
            ],
            &[
                (0x1000, 0x2000, "rw-p"),
                (0x4000, 0x5000, "r--p"),
                (0x5000, 0x8000, "rw-p"),
                (0x9000, 0xb000, "rw-p"),
            ],
        ]);
        let past = super::past(history.log(), 0x5000..0x8000);
        assert_eq!(kinds(&past), [Kind::Split, Kind::Grow, Kind::Map]);
        assert!(past.from_the_start && !past.forgotten);
        let past = super::past(history.log(), 0x9000..0xb000);
        assert_eq!(kinds(&past), [Kind::Grow]);
        assert!(!past.from_the_start);
        assert_eq!(super::past(history.log(), 0x1000..0x2000), Past::default());
        assert_eq!(history.since(), Some(SECOND));
    }

    #[test]
    fn what_is_gone_has_a_past_too() {
        let last = (0x9000, 0xa000, "rw-p");
        let history = history(&[
            &[(0x1000, 0x3000, "rw-p"), last],
            &[(0x1000, 0x3000, "r--p"), last],
            &[last],
        ]);
        assert_eq!(
            kinds(&past(history.log(), 0x1000..0x3000)),
            [Kind::Unmap, Kind::Protect]
        );
    }

    #[test]
    fn the_log_is_filtered_as_lines_are() {
        let history = history(&[
            &[(0x1000, 0x2000, "rw-p")],
            &[(0x1000, 0x3000, "rw-p")],
            &[(0x1000, 0x3000, "r--p")],
        ]);
        let listed = |filter: &str| {
            let row = RowText(|logged| logged.change.kind.name().to_owned());
            listed(history.log(), &LineFilter::parse(filter), row).len()
        };
        assert_eq!(
            [listed(""), listed("~grow"), listed("~gr"), listed("r--p")],
            [2, 1, 1, 1]
        );
        assert_eq!(
            [listed("rw-p"), listed("~split"), listed("0x2fff")],
            [2, 0, 2]
        );
        // What a row says, whatever the word means.
        assert_eq!([listed("grow"), listed("protect 2000")], [1, 0]);
        assert_eq!([listed("protect r--p"), listed("PROTECT")], [1, 0]);
        assert_eq!(history.total(), 2);
    }
}
