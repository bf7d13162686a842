//! Where in time one is, and what of it is not there.

use std::time::Duration;

use ratatui::text::Span;

use super::Rewound;
use super::strip::{seconds, sign};
use crate::replay::step::Speed;
use crate::replay::timeline::MarkKind;
use crate::text::number::{count, grouped};
use crate::tui::theme::{Role, Theme};

/// Something that is said where there is room for it.
struct Part {
    text: String,
    /// The same where there is little.
    short: Option<String>,
    role: Role,
    /// Where there is no room for all, those of the highest rank are left out.
    rank: usize,
}

impl Part {
    fn new(rank: usize, role: Role, text: impl Into<String>) -> Self {
        Part {
            text: text.into(),
            short: None,
            role,
            rank,
        }
    }

    fn or(self, short: impl Into<String>) -> Self {
        Part {
            short: Some(short.into()),
            ..self
        }
    }
}

/// What there is to say in so many columns.
pub(super) fn status(rewound: &Rewound, theme: Theme, width: u16) -> Vec<Span<'static>> {
    let mut parts = badge(rewound);
    parts.extend(missing(rewound));
    if rewound.timeline.is_part {
        let text = "  a part: totals are of the whole";
        parts.push(Part::new(5, Role::Notice, text).or("  a part"));
    }
    parts.extend(details(rewound));
    fitting(parts, theme, width)
}

/// The least that says that this is the past, and when, if there is room for that.
pub(crate) fn least(rewound: &Rewound, theme: Theme, has_room: bool) -> Vec<Span<'static>> {
    let mut parts = badge(rewound);
    if !has_room {
        parts.truncate(1);
    }
    fitting(parts, theme, u16::MAX)
}

fn fitting(mut parts: Vec<Part>, theme: Theme, width: u16) -> Vec<Span<'static>> {
    let fits = |parts: &[Part]| {
        let used = parts.iter().map(|it| Span::raw(&it.text).width());
        used.sum::<usize>() <= usize::from(width)
    };
    if !fits(&parts) {
        for part in &mut parts {
            if let Some(short) = part.short.take() {
                part.text = short;
            }
        }
    }
    while parts.len() > 1 && !fits(&parts) {
        let ranks = parts.iter().enumerate();
        let least = ranks.max_by_key(|(_, part)| part.rank).map(|(at, _)| at);
        parts.remove(least.unwrap_or(0));
    }
    let span = |part: Part| Span::styled(part.text, theme.style(part.role));
    parts.into_iter().map(span).collect()
}

fn badge(rewound: &Rewound) -> Vec<Part> {
    let place = &rewound.place;
    let name = if place.has_live { "REWOUND" } else { "REPLAY" };
    let goes = match place.playing {
        Some(speed) => Part::new(2, Role::Good, format!("  {speed}")),
        None => Part::new(2, Role::Paused, "  stopped"),
    };
    let at = format!("  {}", seconds(place.at, 3));
    vec![
        Part::new(0, Role::Past, format!(" {name} ")),
        Part::new(1, Role::Title, at),
        goes,
    ]
}

/// What was not kept, and what is damaged.
fn missing(rewound: &Rewound) -> Vec<Part> {
    let (place, timeline) = (&rewound.place, &rewound.timeline);
    let mut parts = Vec::new();
    if place.is_damaged {
        let text = "  ⚠ damaged here: nothing to show";
        parts.push(Part::new(3, Role::Notice, text).or("  ⚠ damaged here"));
    }
    if timeline.damaged > 0 {
        let frames = count(timeline.damaged, "frame");
        let text = format!("  ⚠ damaged: {frames} could not be read");
        parts.push(Part::new(4, Role::Notice, text).or("  ⚠ damage"));
    }
    let lost = [
        (timeline.lost_scans, "scan"),
        (timeline.lost_moments, "moment"),
    ];
    for (lost, word) in lost.into_iter().filter(|(lost, _)| *lost > 0) {
        let text = format!("  ⚠ {} lost", count(lost, word));
        parts.push(Part::new(5, Role::Notice, text).or(format!("  ⚠ {} lost", grouped(lost))));
    }
    parts
}

fn details(rewound: &Rewound) -> Vec<Part> {
    let place = &rewound.place;
    let scan = format!("  scan {}", grouped(rewound.scan));
    let mut parts = vec![Part::new(6, Role::Plain, scan)];
    if let Some(local) = place.local {
        let short = format!("  {}", local.of_day());
        parts.push(Part::new(7, Role::Plain, format!("  {local}")).or(short));
    }
    // Its sign in the strip is hidden.
    let end = place.at.saturating_add(Duration::from_nanos(1));
    if let Some(mark) = rewound.marks.worst(&(place.at..end)) {
        let text = format!("  here: {}", name_of(mark.kind));
        parts.push(Part::new(8, sign(mark.kind).1, text));
    }
    if place.playing.is_none() && place.speed != Speed::default() {
        let text = format!("  plays at {}", place.speed);
        parts.push(Part::new(9, Role::Dim, text));
    }
    parts
}

fn name_of(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Violation => "a violation",
        MarkKind::SuspectedHole => "a suspected hole",
        MarkKind::Tear => "a tear",
        MarkKind::Missing => "something is missing",
        MarkKind::Blink => "a blink",
        MarkKind::Key => "a key",
        MarkKind::Scene => "another scenario",
        MarkKind::Change => "a change",
    }
}
