//! What the header leaves out: who is watched, by which readers, and how fast.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::session::snapshot::{ScanLocks, Snapshot};
use crate::text::number::{few, grouped, short};
use crate::tui::theme::{Role, Theme};

/// Columns of a name or a number with its unit.
const NAME: usize = 24;

/// A row a fact; each number with its unit and what it counts.
pub(crate) fn lines(snapshot: &Snapshot, theme: Theme) -> Vec<Line<'static>> {
    let row = |name: String, role: Role, meaning: String| {
        Line::from(vec![
            Span::styled(format!(" {name:<NAME$}"), theme.style(role)),
            Span::styled(meaning, Style::new()),
        ])
    };
    let target = &snapshot.target;
    let (name, kernel) = (theme.charset.text(&target.name), &target.kernel);
    let mut lines = vec![row(
        "watched".into(),
        Role::Title,
        format!("{name}, {kernel}"),
    )];
    lines.extend(target.readers.iter().map(|(name, words)| {
        let name = match &**name {
            "query" => "PROCMAP_QUERY",
            name => name,
        };
        row(name.to_owned(), Role::Title, words.clone())
    }));
    lines.push(Line::default());
    let rates = snapshot.rates;
    // What stands still has no rate.
    let mut rate = |of: Option<u64>, unit: &str, meaning: &str| {
        let number = of.map_or_else(|| "-".into(), short);
        lines.push(row(
            format!("{number:>6} {unit}"),
            Role::Title,
            meaning.into(),
        ));
    };
    rate(
        rates.map(|it| it.scans),
        "scans/s",
        "the file read from its beginning, a second",
    );
    rate(rates.map(|it| it.lines), "lines/s", "a line is one VMA");
    if snapshot.still.is_some() {
        rate(
            rates.map(|it| it.operations),
            "operations/s",
            "calls of the modifier that change VMAs",
        );
    }
    rate(
        rates.map(|it| it.torn),
        "torn scans/s",
        "scans that mix several moments",
    );
    if let Some(ScanLocks {
        per_scan,
        fallbacks,
    }) = snapshot.locks
    {
        let (unit, meaning) = match fallbacks {
            true => (
                "fallbacks/scan",
                "mmap_lock taken for reading, as a VMA was locked",
            ),
            false => ("mmap_lock/scan", "mmap_lock taken for reading"),
        };
        let name = format!("{:>6} {unit}", few(per_scan));
        lines.push(row(name, Role::Title, meaning.into()));
    }
    let role = match snapshot.dropped {
        0 => Role::Title,
        _ => Role::Notice,
    };
    let name = format!("{:>6} dropped", grouped(snapshot.dropped));
    lines.push(row(name, role, "finds for which there was no room".into()));
    lines
}
