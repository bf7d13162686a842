//! The timeline: a strip of all that is recorded, where in it one is, and the keys.

use std::ops::Range;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Rewound;
use crate::replay::step::{Speed, TimeStep};
use crate::replay::timeline::MarkKind;
use crate::text::number::{count, grouped};
use crate::tui::keys::action::Action;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{put, whole};

/// Keys that belong together, and what they do, in a word.
pub(crate) type Keys = (&'static [(char, Action)], &'static str);

const fn time(step: TimeStep) -> Action {
    Action::Time(step)
}

/// The keys of the past, the most important first. The table of keys has them, too.
pub(crate) const KEYS: [Keys; 10] = [
    (
        &[
            (',', time(TimeStep::Scans(-1))),
            ('.', time(TimeStep::Scans(1))),
        ],
        "scan",
    ),
    (
        &[
            ('(', time(TimeStep::Finds(-1))),
            (')', time(TimeStep::Finds(1))),
        ],
        "find",
    ),
    (
        &[
            (';', time(TimeStep::Seconds(-1))),
            ('\'', time(TimeStep::Seconds(1))),
        ],
        "second",
    ),
    (&[('P', time(TimeStep::StopOrPlay))], "play"),
    (&[('L', time(TimeStep::Live))], "live"),
    (
        &[('{', time(TimeStep::Slower)), ('}', time(TimeStep::Faster))],
        "speed",
    ),
    (&[('?', Action::Help)], "help"),
    (&[('|', Action::Timeline)], "hide"),
    (
        &[('^', time(TimeStep::First)), ('$', time(TimeStep::Last))],
        "ends",
    ),
    (&[('q', Action::Quit)], "quit"),
];

/// Those that do something now, and what.
pub(crate) fn keys(rewound: &Rewound) -> impl Iterator<Item = Keys> {
    let (has_live, plays) = (rewound.place.has_live, rewound.place.playing.is_some());
    let does_something =
        move |keys: &Keys| has_live || keys.0.iter().all(|it| it.1 != time(TimeStep::Live));
    KEYS.into_iter()
        .filter(does_something)
        .map(move |(keys, word)| match word {
            "play" if plays => (keys, "stop"),
            _ => (keys, word),
        })
}

/// Draws the strip, and below it where in time one is.
pub(crate) fn render(rewound: &Rewound, theme: Theme, area: Rect, buffer: &mut Buffer) {
    put(buffer, area, 0, &strip(rewound, theme, area.width));
    put(buffer, area, 1, &status(rewound, theme, area.width));
}

/// All that is recorded, in so many columns.
struct Strip {
    first: Duration,
    /// In nanoseconds.
    span: u128,
    columns: u128,
}

impl Strip {
    /// A column is left free at either side.
    fn of(rewound: &Rewound, width: u16) -> Self {
        let timeline = &rewound.timeline;
        Strip {
            first: timeline.first,
            span: timeline.last.saturating_sub(timeline.first).as_nanos(),
            columns: u128::from(width.saturating_sub(2).max(1)),
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
fn sign(kind: MarkKind) -> (&'static str, Role) {
    match kind {
        MarkKind::Violation => ("✗", Role::Violation),
        MarkKind::SuspectedHole => ("?", Role::Violation),
        MarkKind::Tear => ("≈", Role::Duplicate),
        MarkKind::Blink => ("○", Role::Plain),
        MarkKind::Key => ("▲", Role::Key),
        MarkKind::Scene => ("┊", Role::Title),
        MarkKind::Change => ("·", Role::Dim),
    }
}

fn strip(rewound: &Rewound, theme: Theme, width: u16) -> Line<'static> {
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
    let margin = std::iter::once(Span::raw(" "));
    Line::from(margin.chain(columns).collect::<Vec<_>>())
}

/// The time in this column of the strip: of the worst that happened there.
pub(crate) fn time_at(rewound: &Rewound, width: u16, column: u16) -> Duration {
    let strip = Strip::of(rewound, width);
    let column = u128::from(column.saturating_sub(1)).min(strip.columns - 1);
    let worst = rewound.marks.worst(&strip.times(column));
    worst.map_or_else(|| strip.begin(column), |mark| mark.at)
}

/// Where in time one is: at length or in short, as there is room, and what does not
/// fit, from the end on, not at all.
fn status(rewound: &Rewound, theme: Theme, width: u16) -> Line<'static> {
    let fits = |parts: &Vec<Span<'_>>| {
        let used: usize = parts.iter().map(Span::width).sum();
        used <= usize::from(width)
    };
    let long = Some(place(rewound, theme, true)).filter(fits);
    let mut parts = long.unwrap_or_else(|| place(rewound, theme, false));
    parts.extend(asides(rewound, theme));
    whole(parts, width, 2)
}

/// The most important first.
fn place(rewound: &Rewound, theme: Theme, is_long: bool) -> Vec<Span<'static>> {
    let (place, timeline) = (&rewound.place, &rewound.timeline);
    let mut parts = Vec::new();
    let mut part = |text: String, role: Role| parts.push(Span::styled(text, theme.style(role)));
    let name = if place.has_live { "REWOUND" } else { "REPLAY" };
    part(format!(" {name} "), Role::Past);
    let last = seconds(timeline.last, 3);
    let of = match (is_long, timeline.first) {
        (false, _) => String::new(),
        (true, Duration::ZERO) => format!(" of {last}"),
        (true, first) => format!(" of {} to {last}", seconds(first, 3)),
    };
    part(format!("  {}{of}", seconds(place.at, 3)), Role::Title);
    match place.playing {
        Some(speed) => part(format!("  {speed}"), Role::Good),
        None => part("  stopped".into(), Role::Paused),
    }
    if timeline.lost_scans > 0 {
        let scans = grouped(timeline.lost_scans);
        let words = if is_long { "scans lost" } else { "lost" };
        part(format!("  ⚠ {scans} {words}"), Role::Notice);
    }
    if timeline.damaged > 0 {
        let frames = count(timeline.damaged, "frame");
        let words = match is_long {
            true => format!("damaged: {frames} could not be read"),
            false => "damaged".into(),
        };
        part(format!("  ⚠ {words}"), Role::Notice);
    }
    if timeline.is_part {
        let words = match is_long {
            true => "a part: totals are of the whole",
            false => "a part",
        };
        part(format!("  {words}"), Role::Notice);
    }
    part(format!("  scan {}", grouped(rewound.scan)), Role::Plain);
    if let Some(local) = place.local {
        part(format!("  {local}"), Role::Plain);
    }
    parts
}

/// What is good to know where there is room.
fn asides(rewound: &Rewound, theme: Theme) -> Vec<Span<'static>> {
    let place = &rewound.place;
    let mut parts = Vec::new();
    // Its sign in the strip is hidden.
    let end = place.at.saturating_add(Duration::from_nanos(1));
    if let Some(mark) = rewound.marks.worst(&(place.at..end)) {
        let text = format!("  here: {}", name_of(mark.kind));
        parts.push(Span::styled(text, theme.style(sign(mark.kind).1)));
    }
    if place.playing.is_none() && place.speed != Speed::default() {
        let text = format!("  plays at {}", place.speed);
        parts.push(Span::styled(text, theme.style(Role::Dim)));
    }
    parts
}

fn name_of(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Violation => "a violation",
        MarkKind::SuspectedHole => "a suspected hole",
        MarkKind::Tear => "a tear",
        MarkKind::Blink => "a blink",
        MarkKind::Key => "a key",
        MarkKind::Scene => "another scenario",
        MarkKind::Change => "a change",
    }
}

/// A time in seconds, with so many decimals; the rest is cut off.
fn seconds(time: Duration, decimals: usize) -> String {
    let fraction = format!("{:09}", time.subsec_nanos());
    format!("{}.{} s", grouped(time.as_secs()), &fraction[..decimals])
}
