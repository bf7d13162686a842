//! The strip: all that is recorded, from its first moment to its last.

use std::ops::Range;
use std::time::Duration;

use ratatui::text::{Line, Span};

use super::Rewound;
use crate::replay::timeline::MarkKind;
use crate::text::number::grouped;
use crate::tui::theme::{Role, Theme};

/// From so much on, tenths of a second say enough of its ends.
const LONG: Duration = Duration::from_secs(10);

/// All that is recorded, in so many columns.
struct Strip {
    /// When it begins and ends, left and right of it.
    ends: [String; 2],
    first: Duration,
    /// In nanoseconds.
    span: u128,
    columns: u128,
}

impl Strip {
    fn of(rewound: &Rewound, width: u16) -> Self {
        let timeline = &rewound.timeline;
        let span = timeline.last.saturating_sub(timeline.first);
        let decimals = if span < LONG { 3 } else { 1 };
        let end = |at| format!(" {} ", seconds(at, decimals));
        let mut ends = [end(timeline.first), end(timeline.last)];
        let used = |ends: &[String; 2]| ends.iter().map(String::len).sum::<usize>();
        if used(&ends) > usize::from(width / 2) {
            ends = [" ".into(), " ".into()];
        }
        let columns = usize::from(width).saturating_sub(used(&ends)).max(1);
        Strip {
            first: timeline.first,
            span: span.as_nanos(),
            columns: columns as u128,
            ends,
        }
    }

    fn column_of(&self, at: Duration) -> u128 {
        let since = at.saturating_sub(self.first).as_nanos();
        let column = (since * self.columns).checked_div(self.span);
        column.unwrap_or(0).min(self.columns - 1)
    }

    /// The time at which a column begins.
    fn begin(&self, column: u128) -> Duration {
        let nanoseconds = (self.span * column).div_ceil(self.columns);
        let nanoseconds = u64::try_from(nanoseconds).unwrap_or(u64::MAX);
        self.first.saturating_add(Duration::from_nanos(nanoseconds))
    }

    fn times(&self, column: u128) -> Range<Duration> {
        let is_last = column + 1 == self.columns;
        // The last moment belongs to the last column.
        let more = Duration::from_nanos(u64::from(is_last));
        self.begin(column)..self.begin(column + 1).saturating_add(more)
    }
}

/// The sign of what happened, and its role.
pub(super) fn sign(kind: MarkKind) -> (&'static str, Role) {
    match kind {
        MarkKind::Violation => ("✗", Role::Violation),
        MarkKind::SuspectedHole => ("?", Role::Violation),
        MarkKind::Tear => ("≈", Role::Duplicate),
        MarkKind::Missing => ("⚠", Role::Notice),
        MarkKind::Blink => ("○", Role::Plain),
        MarkKind::Key => ("▲", Role::Key),
        MarkKind::Scene => ("┊", Role::Title),
        MarkKind::Change => ("·", Role::Dim),
    }
}

pub(super) fn strip(rewound: &Rewound, theme: Theme, width: u16) -> Line<'static> {
    let strip = Strip::of(rewound, width);
    let place = strip.column_of(rewound.place.at);
    let columns = (0..strip.columns).map(|column| {
        let (sign, role) = match rewound.marks.worst(&strip.times(column)) {
            _ if column == place => ("▼", Role::Past),
            Some(mark) => sign(mark.kind),
            None => ("─", Role::Dim),
        };
        Span::styled(sign, theme.style(role))
    });
    let columns: Vec<Span<'_>> = columns.collect();
    let [first, last] = &strip.ends;
    let end = |text: &str| Span::styled(text.to_owned(), theme.style(Role::Dim));
    let parts = std::iter::once(end(first)).chain(columns);
    Line::from(parts.chain([end(last)]).collect::<Vec<_>>())
}

/// The time in this column of the strip: of the worst that happened there.
pub(crate) fn time_at(rewound: &Rewound, width: u16, column: u16) -> Duration {
    let strip = Strip::of(rewound, width);
    let column = usize::from(column).saturating_sub(strip.ends[0].len());
    let column = (column as u128).min(strip.columns - 1);
    let worst = rewound.marks.worst(&strip.times(column));
    worst.map_or_else(|| strip.begin(column), |mark| mark.at)
}

/// A time in seconds, with so many decimals; the rest is cut off.
pub(super) fn seconds(time: Duration, decimals: usize) -> String {
    let fraction = format!("{:09}", time.subsec_nanos());
    format!("{}.{} s", grouped(time.as_secs()), &fraction[..decimals])
}
