//! The lines around the site's boundary in columns: original, modified, live.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::addresses::{common_prefix, range};
use crate::maps::line::parse_range;
use crate::oracle::verdict::ViolationKind;
use crate::session::picture::Picture;
use crate::session::snapshot::{Scene, Snapshot};
use crate::text::sanitise::sanitise;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::cut;

/// Least columns of a state, where there are more than two.
const COLUMN: usize = 26;

/// One line of a column: its text, its role, whether a rule stands above it.
struct ColumnCell {
    text: String,
    style: Style,
}

/// Original, as many other states as fit, live: `around` lines on each side of the
/// boundary.
pub(crate) fn state_columns(
    theme: Theme,
    snapshot: &Snapshot,
    scene: &Scene,
    width: usize,
    around: usize,
) -> Vec<Line<'static>> {
    let states = &scene.info.states;
    // A column for each state and one for what is live; the layouts below show
    // the states that find no room.
    let columns = (width / COLUMN).clamp(3, states.len().max(2) + 1);
    let column = width / columns;
    let name = |k: usize| match k {
        0 => "original".to_owned(),
        _ if states.len() == 2 => "modified".to_owned(),
        k => format!("state {k} of {}", states.len() - 1),
    };
    let live_rows = snapshot.picture.as_ref().map(|it| around_site(it, around));
    let known = scene.info.boundary.iter().take(columns - 1).map(|view| {
        let lines = &view.lines.lines;
        let first = lines.first().map(|line| line.chunk);
        let border = lines.iter().position(|line| Some(line.chunk) != first);
        let border = border.unwrap_or(lines.len() / 2);
        let shown = border.saturating_sub(around)..(border + around).min(lines.len());
        lines[shown]
            .iter()
            .map(|line| (line.chunk as u32, line.text.clone(), Mark::Plain))
            .collect::<Vec<_>>()
    });
    let mut all: Vec<(String, Role, Vec<ShownLine>)> = (0..)
        .zip(known)
        .map(|(k, rows)| {
            let role = if k == 0 {
                Role::Original
            } else {
                Role::Modified
            };
            (name(k), role, rows)
        })
        .collect();
    all.push(("live".into(), Role::Title, live_rows.unwrap_or_default()));
    let addresses = all
        .iter()
        .flat_map(|(_, _, rows)| rows)
        .filter_map(|(_, text, _)| parse_range(text.as_bytes()))
        .flat_map(|(start, end)| [start, end]);
    // Column, a space at each side, a mark, permissions and a space.
    let elided = if column >= 26 {
        0
    } else {
        common_prefix(addresses)
    };
    let all: Vec<Vec<ColumnCell>> = all
        .into_iter()
        .map(|(title, role, rows)| column_cells(theme, &title, role, &rows, elided, column))
        .collect();
    let rows = all.iter().map(Vec::len).max().unwrap_or(0);
    (0..rows)
        .map(|y| {
            let spans = all.iter().map(|cells| match cells.get(y) {
                Some(cell) => {
                    let text = cut(&cell.text, column.saturating_sub(1));
                    Span::styled(format!("{text:<column$}"), cell.style)
                }
                None => Span::raw(" ".repeat(column)),
            });
            Line::from(spans.collect::<Vec<_>>())
        })
        .collect()
}

/// A line as shown: its chunk, its text, what it is.
type ShownLine = (u32, String, Mark);

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Plain,
    Duplicate,
    /// It is missing.
    Hole,
}

/// The lines of the picture around the site's boundary.
fn around_site(picture: &Picture, around: usize) -> Vec<ShownLine> {
    let Some(first) = picture.site.first().map(|site| site.line as usize) else {
        return Vec::new();
    };
    // The first line of a chunk behind the first of the site, else of the
    // site.
    let near = picture.lines.get(first..).unwrap_or_default();
    let behind = near.iter().take(2 * around).position(|line| {
        picture
            .lines
            .get(first)
            .is_some_and(|it| it.chunk != line.chunk)
    });
    let at = first + behind.unwrap_or(1);
    let mut shown = Vec::new();
    for i in at.saturating_sub(around)..at + around {
        let Some(line) = picture.lines.get(i) else {
            continue;
        };
        for violation in &picture.scan.verdict.violations {
            if let ViolationKind::Hole(hole) = &violation.kind
                && violation
                    .line
                    .is_some_and(|found| found == (line.start, line.end))
            {
                let text = format!("{:x}-{:x} HOLE", hole.start, hole.end);
                shown.push((line.chunk, text, Mark::Hole));
            }
        }
        let text = sanitise(picture.line_text(i as u32)).into_owned();
        let mark = if line.duplicate {
            Mark::Duplicate
        } else {
            Mark::Plain
        };
        shown.push((line.chunk, text, mark));
    }
    shown
}

fn column_cells(
    theme: Theme,
    title: &str,
    role: Role,
    rows: &[ShownLine],
    elided: usize,
    width: usize,
) -> Vec<ColumnCell> {
    let mut cells = vec![ColumnCell {
        text: format!(" {title}"),
        style: theme.style(role),
    }];
    let mut chunk = rows.first().map(|row| row.0);
    for (number, text, mark) in rows {
        if chunk != Some(*number) {
            let rule = format!("─ chunk {number} ");
            let fill = "─".repeat(width.saturating_sub(rule.chars().count() + 1));
            cells.push(ColumnCell {
                text: format!("{rule}{fill}"),
                style: theme.style(Role::Rule),
            });
            chunk = Some(*number);
        }
        let permissions = text.split(' ').nth(1).unwrap_or_default();
        let shown = match parse_range(text.as_bytes()) {
            Some((start, end)) => format!("{} {permissions}", range(start, end, elided)),
            None => text.clone(),
        };
        let (mark, style) = match mark {
            Mark::Duplicate => ("≈", theme.style(Role::Duplicate)),
            Mark::Hole => ("✗", theme.style(Role::ViolationBanner)),
            Mark::Plain => (" ", Style::new()),
        };
        cells.push(ColumnCell {
            text: format!("{mark}{shown}"),
            style,
        });
    }
    cells
}
