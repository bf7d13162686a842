//! Whether anything forbidden has happened, in a line.

use ratatui::text::{Line, Span};

use crate::linux::known_holes::KnownHoles;
use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;
use crate::sampling::scanned_calls::CallsSeen;
use crate::session::snapshot::Snapshot;
use crate::text::number::{count, grouped};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::fitting;

/// Whether anything forbidden has happened.
pub(crate) fn verdict(theme: Theme, snapshot: &Snapshot, width: usize) -> Line<'static> {
    let overall = &snapshot.overall;
    let mut here = snapshot.tally.clone();
    here.merge(&snapshot.query_tally);
    if let Some(missing) = snapshot.missing {
        unknown(theme, missing, snapshot, width)
    } else if here.violation_count() > 0 {
        let text = format!(" ✗ {} ", violations(&here, width.saturating_sub(4)));
        Line::styled(
            format!("{text:<width$}"),
            theme.style(Role::ViolationBanner),
        )
    } else if here.scans == 0 && overall.violation_count() == 0 {
        Line::styled(" no scan is judged yet", theme.style(Role::Dim))
    } else if overall.violation_count() > 0 {
        Line::from(vec![
            match here.scans {
                0 => Span::styled(" no scan of it is judged yet", theme.style(Role::Dim)),
                _ => Span::styled(" ✓ 0 holes in this scenario", theme.style(Role::Good)),
            },
            Span::styled(
                format!(
                    "   earlier: ✗ {}",
                    violations(overall, width.saturating_sub(42))
                ),
                theme.style(Role::Violation),
            ),
        ])
    } else {
        Line::from(vec![
            Span::styled(" ✓ 0 holes", theme.style(Role::Good)),
            Span::styled(
                format!(
                    ": nothing forbidden seen in {}",
                    count(overall.scans, "scan")
                ),
                theme.style(Role::Dim),
            ),
        ])
    }
}

/// What can be said of a target whose states nobody knows.
fn unknown(
    theme: Theme,
    missing: MissingCounts,
    snapshot: &Snapshot,
    width: usize,
) -> Line<'static> {
    let tally = &snapshot.overall;
    if tally.scans == 0 {
        return Line::styled(" no scan is judged yet", theme.style(Role::Dim));
    }
    let duplicates = tally.duplicates();
    let suspected = match missing.suspected {
        0 => String::new(),
        holes => format!(" ✗ {} ", count(holes, "suspected hole")),
    };
    let certain = format!(" ≈ {}", count(duplicates, "duplicate"));
    let normal = format!(
        ", {}, {} remapped in {}",
        count(missing.blinks, "blink"),
        grouped(missing.remapped),
        count(tally.scans, "scan")
    );
    let room = width.saturating_sub((suspected.chars().count()) + certain.chars().count());
    let are = match snapshot.ended {
        None => "are",
        Some(_) => "were",
    };
    let known = match &snapshot.calls {
        CallsSeen::Yes { losses: 0, .. } => format!("; its calls {are} seen"),
        CallsSeen::Yes { losses, .. } => format!("; its calls {are} seen, lost {losses} times"),
        CallsSeen::No | CallsSeen::Refused(_) => format!("; its calls {are} not seen"),
    };
    let normal = fitting(vec![format!("{normal}{known}"), normal], room);
    let role = if duplicates > 0 {
        Role::Duplicate
    } else {
        Role::Dim
    };
    Line::from(vec![
        Span::styled(suspected, theme.style(Role::ViolationBanner)),
        Span::styled(certain, theme.style(role)),
        Span::styled(normal, theme.style(Role::Dim)),
    ])
}

/// `HOLES: 2,863 H1, the empty tree. A promise is broken.`, or as much of it as
/// there is room for.
fn violations(tally: &Tally, room: usize) -> String {
    let mut labels: Vec<(u64, &str, String)> = KnownHoles::sets()
        .map(|known| {
            let mut one = known.iter();
            let words = match (one.next(), one.next()) {
                (Some(hole), None) => format!(", {}", hole.name()),
                _ => String::new(),
            };
            let label = known.label().unwrap_or("not known");
            (tally.labelled(known), label, words)
        })
        .filter(|(count, ..)| *count > 0)
        .collect();
    if tally.labelled(KnownHoles::NONE) > 0 {
        // Labelled holes first, unlabelled ones last.
        labels.rotate_left(1);
    }
    let list = |with_words: bool| {
        let each = labels.iter().map(|(count, label, words)| {
            let words = if with_words { words } else { "" };
            format!("{} {label}{words}", grouped(*count))
        });
        each.collect::<Vec<_>>().join(" · ")
    };
    let holes: u64 = tally.violations[0].iter().sum();
    let what = if holes == tally.violation_count() {
        "HOLES"
    } else {
        "VIOLATIONS"
    };
    let texts = vec![
        format!("{what}: {}. A promise is broken.", list(true)),
        format!("{what}: {}. A promise is broken.", list(false)),
        format!("{what}: {}", list(false)),
        format!("{what}: {}", grouped(tally.violation_count())),
    ];
    fitting(texts, room)
}
