//! The figures of a hunt: how long, how much, which violations.

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::text::{Line, Span};

use crate::fuzz::live::HuntSnapshot;
use crate::text::number::{grouped, short};
use crate::tui::fuzz::{Busy, FuzzView};
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{cut, whole};

/// What takes the place of the session's figures in the header while the view is shown:
/// that stands still, or is not what is looked at.
pub(crate) fn of_header(theme: Theme, snapshot: &HuntSnapshot, width: u16) -> [Line<'static>; 2] {
    [
        counts(theme, snapshot, width),
        violations(theme, snapshot, width),
    ]
}

/// Whether it hunts, and with which seed.
pub(super) fn state(
    shown: &Shown,
    view: &FuzzView,
    snapshot: &HuntSnapshot,
    width: u16,
) -> Line<'static> {
    let theme = shown.theme;
    if let Some(failed) = &snapshot.failed {
        let text = format!(" ■ after {}: {failed}", clock(snapshot.elapsed));
        let text = cut(&text, usize::from(width));
        return Line::styled(text, theme.style(Role::Notice));
    }
    let dim = theme.style(Role::Dim);
    let (sign, role, hint) = match view.busy {
        Busy::Hunting => (" ▶ hunting", Role::Key, "   <fuzz-start> stops it"),
        Busy::MakingAKit => (" ▶ making a kit", Role::Key, "   <fuzz-start> stops that"),
        Busy::No => (" ■ stopped", Role::Paused, "   <fuzz-start> starts another"),
    };
    let lasted = view.lasted(shown.frozen.is_some());
    let after = match view.busy {
        Busy::Hunting => " for ",
        _ => " after ",
    };
    whole(
        vec![
            Span::styled(sign, theme.style(role)),
            Span::styled(after, dim),
            Span::styled(clock(lasted), theme.style(Role::Title)),
            Span::styled("   seed ", dim),
            Span::styled(snapshot.seed.to_string(), theme.style(Role::Title)),
            Span::styled(shown.keys.hint(hint), dim),
            Span::styled(format!("   without a screen: {}", view.command), dim),
        ],
        width,
        5,
    )
}

/// `1:02:03`, `0:42`.
fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn counts(theme: Theme, snapshot: &HuntSnapshot, width: u16) -> Line<'static> {
    let totals = &snapshot.totals;
    let tally = &totals.tally;
    let torn = match tally.torn {
        0 => Role::Title,
        _ => Role::Duplicate,
    };
    let steps = totals.coverage.len() as u64;
    let seconds = snapshot.elapsed.as_secs_f64();
    let mut figures = vec![
        (grouped(totals.run), "sequences", Role::Title),
        (grouped(steps), "steps", Role::Title),
        (short(tally.scans), "scans", Role::Title),
        (short(tally.torn), "torn", torn),
        (short(totals.operations), "operations", Role::Title),
    ];
    if width >= 110 && seconds > 0.0 {
        let rate = |count: u64| short((count as f64 / seconds) as u64);
        figures.push((rate(tally.scans), "scans/s", Role::Title));
        figures.push((rate(totals.operations), "operations/s", Role::Title));
        figures.push((grouped(totals.drawn), "drawn", Role::Title));
        figures.push((grouped(totals.no_cycle), "were no cycle", Role::Title));
    }
    if totals.restarts > 0 {
        let restarts = grouped(totals.restarts);
        figures.push((restarts, "modifiers died", Role::Notice));
    }
    let parts = figures.into_iter().map(|(number, unit, role)| {
        [
            Span::styled(format!(" {number}"), theme.style(role)),
            Span::styled(format!(" {unit} "), theme.style(Role::Dim)),
        ]
    });
    let parts: Vec<_> = parts.collect();
    // A number without its unit says nothing.
    let mut used = 0;
    let fitting = parts.into_iter().take_while(|[number, unit]| {
        used += number.width() + unit.width();
        used <= usize::from(width)
    });
    Line::from(fitting.flatten().collect::<Vec<_>>())
}

/// The violations by label: how many trials showed them.
fn violations(theme: Theme, snapshot: &HuntSnapshot, width: u16) -> Line<'static> {
    let totals = &snapshot.totals;
    let mut labels: BTreeMap<&str, u64> = BTreeMap::new();
    for ((key, _), count) in &totals.violations {
        if let Some(label) = &key.label {
            *labels.entry(label).or_default() += count;
        }
    }
    let scans = totals.tally.scans;
    let unlabelled = totals.unlabelled();
    let dim = theme.style(Role::Dim);
    let mut spans = match (unlabelled, scans) {
        (0, 0) => vec![Span::styled(" no scan is judged yet", dim)],
        (0, _) if width < 80 => vec![Span::styled(" ✓ unknown 0", theme.style(Role::Good))],
        (0, _) => vec![Span::styled(
            " ✓ no known mechanism: 0",
            theme.style(Role::Good),
        )],
        (count, _) => vec![Span::styled(
            format!(" ✗ NO KNOWN MECHANISM: {} ", grouped(count)),
            theme.style(Role::ViolationBanner),
        )],
    };
    if unlabelled == 0 && scans > 0 && width >= 110 {
        let bound = 3.0 / scans as f64;
        let text = format!(", so < {bound:.1e} a scan (95 %)");
        spans.push(Span::styled(text, dim));
    }
    // Those that leave no doubt first.
    let mut labels: Vec<_> = labels.into_iter().collect();
    labels.sort_by_key(|(label, _)| label.contains(" or "));
    spans.extend(labels.into_iter().map(|(label, count)| {
        let text = format!("  ✗ {label} {}", grouped(count));
        Span::styled(text, theme.style(Role::Violation))
    }));
    whole(spans, width, 2)
}
