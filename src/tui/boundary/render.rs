//! The Boundary: the site original, modified and live, as text and as a strip
//! of pages, and how often neighbouring lines had which form.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::maps::line::parse_range;
use crate::oracle::verdict::ViolationKind;
use crate::session::picture::Picture;
use crate::session::snapshot::{PairRow, Scene, Snapshot};
use crate::text::number::grouped;
use crate::text::sanitise::sanitise;
use crate::tui::app::App;
use crate::tui::frame::{body_area, put};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::page_layout;
use crate::tui::widgets::text::{common_prefix, cut, range};

/// Lines on each side of the boundary.
const AROUND: usize = 3;
/// Least columns of a state, where there are more than two.
const COLUMN: usize = 26;
/// Columns from which strips and table stand side by side.
const SIDE_BY_SIDE: u16 = 96;

/// The top row, and the last that it may be.
#[must_use]
pub(crate) fn scroll_range(app: &App) -> (usize, usize) {
    let area = body_area(app);
    let rows = app
        .shown
        .as_ref()
        .map_or(0, |snapshot| lines(app, snapshot, area.width).len());
    let last = rows.saturating_sub(usize::from(area.height));
    (usize::from(app.boundary_top).min(last), last)
}

/// Draws it.
pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some(snapshot) = &app.shown else {
        let line = Line::styled("  nothing is known yet …", app.theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let lines = lines(app, snapshot, area.width);
    let (top, last) = scroll_range(app);
    for (y, line) in (0..area.height).zip(lines.iter().skip(top)) {
        put(buffer, area, y, line);
    }
    if top < last {
        let more = Line::styled(" ↓ more ", app.theme.style(Role::Key));
        let corner = Rect {
            x: area.right().saturating_sub(9),
            width: 9,
            ..area
        };
        put(buffer, corner, area.height.saturating_sub(1), &more);
    }
}

/// All of it, of which a part may fit.
fn lines(app: &App, snapshot: &Snapshot, width: u16) -> Vec<Line<'static>> {
    let theme = app.theme;
    let mut lines = Vec::new();
    if let Some(scene) = &snapshot.scene {
        lines.extend(columns(theme, snapshot, scene, usize::from(width)));
        lines.push(Line::default());
        let strips = page_layout::rows(theme, snapshot, scene);
        let side_by_side = width >= SIDE_BY_SIDE;
        let width = usize::from(width);
        let left = page_layout::width(scene).max(width / 2 - 2);
        let table_width = if side_by_side { width - left } else { width };
        let table = table(theme, &snapshot.pairs, table_width);
        if side_by_side {
            lines.extend(beside(strips, table, left));
        } else {
            lines.extend(strips);
            lines.push(Line::default());
            lines.extend(table);
        }
    } else {
        lines.push(Line::styled(
            " The states of this target are not known: here are the pairs of lines it showed.",
            theme.style(Role::Dim),
        ));
        lines.push(Line::default());
        lines.extend(table(theme, &snapshot.pairs, usize::from(width)));
    }
    lines
}

/// Two blocks side by side.
fn beside(left: Vec<Line<'static>>, right: Vec<Line<'static>>, width: usize) -> Vec<Line<'static>> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..rows)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            let fill = width.saturating_sub(line.width());
            line.spans.push(Span::raw(" ".repeat(fill)));
            line.spans.extend(right.next().unwrap_or_default().spans);
            line
        })
        .collect()
}

/// One line of a column: its text, its role, whether a rule stands above it.
struct Cell {
    text: String,
    style: Style,
}

/// Original, as many other states as fit, live.
fn columns(theme: Theme, snapshot: &Snapshot, scene: &Scene, width: usize) -> Vec<Line<'static>> {
    let states = &scene.info.states;
    // A column for each state and one for what is live; the strips below show
    // the states that find no room.
    let columns = (width / COLUMN).clamp(3, states.len().max(2) + 1);
    let column = width / columns;
    let name = |k: usize| match k {
        0 => "original".to_owned(),
        _ if states.len() == 2 => "modified".to_owned(),
        k => format!("state {k} of {}", states.len() - 1),
    };
    let live_rows = snapshot.picture.as_ref().map(|it| around_site(it));
    let known = scene.info.boundary.iter().take(columns - 1).map(|view| {
        view.lines
            .lines
            .iter()
            .map(|line| (line.chunk as u32, line.text.clone(), Mark::Plain))
            .collect::<Vec<_>>()
    });
    let mut all: Vec<(String, Role, Vec<Shown>)> = (0..)
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
    let all: Vec<Vec<Cell>> = all
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
type Shown = (u32, String, Mark);

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Plain,
    Duplicate,
    /// It is missing.
    Hole,
}

/// The lines of the picture around the site's boundary.
fn around_site(picture: &Picture) -> Vec<Shown> {
    let Some(first) = picture.site.first().map(|site| site.line as usize) else {
        return Vec::new();
    };
    // The first line of a chunk behind the first of the site, else of the
    // site.
    let near = picture.lines.get(first..).unwrap_or_default();
    let behind = near.iter().take(2 * AROUND).position(|line| {
        picture
            .lines
            .get(first)
            .is_some_and(|it| it.chunk != line.chunk)
    });
    let at = first + behind.unwrap_or(1);
    let mut shown = Vec::new();
    for i in at.saturating_sub(AROUND)..at + AROUND {
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
    rows: &[Shown],
    elided: usize,
    width: usize,
) -> Vec<Cell> {
    let mut cells = vec![Cell {
        text: format!(" {title}"),
        style: theme.style(role),
    }];
    let mut chunk = rows.first().map(|row| row.0);
    for (number, text, mark) in rows {
        if chunk != Some(*number) {
            let rule = format!("─ chunk {number} ");
            let fill = "─".repeat(width.saturating_sub(rule.chars().count() + 1));
            cells.push(Cell {
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
        cells.push(Cell {
            text: format!("{mark}{shown}"),
            style,
        });
    }
    cells
}

/// How often neighbouring lines had which form.
fn table(theme: Theme, rows: &[PairRow], width: usize) -> Vec<Line<'static>> {
    let addresses = rows
        .iter()
        .flat_map(|row| [&row.previous, &row.line])
        .filter_map(|text| parse_range(text.as_bytes()))
        .flat_map(|(start, end)| [start, end]);
    let elided = common_prefix(addresses);
    let pair = width.saturating_sub(20);
    let heading = format!(
        "   {:<pair$}{:>7}{:>10}",
        "two lines, one after the other", "between", "seen"
    );
    let mut lines = vec![Line::styled(heading, theme.style(Role::Dim))];
    lines.extend(rows.iter().map(|row| pair_row(theme, row, elided, pair)));
    let forbidden = rows.iter().filter(|row| row.must_never);
    let (text, role) = if forbidden.clone().any(|row| row.count > 0) {
        (" ✗ must never happen, and has", Role::Violation)
    } else {
        (" ✓ must never happen, and has not", Role::Dim)
    };
    if forbidden.count() > 0 {
        lines.push(Line::styled(text, theme.style(role)));
    }
    lines
}

fn pair_row(theme: Theme, row: &PairRow, elided: usize, width: usize) -> Line<'static> {
    let (glyph, role) = match (row.must_never, row.count > 0) {
        (true, true) => ("✗", Role::ViolationBanner),
        (true, false) => ("✓", Role::Good),
        (false, true) if row.form.starts_with("duplicate") => ("≈", Role::Duplicate),
        (false, true) if row.form.starts_with("backward") => ("◄", Role::Duplicate),
        (false, true) => (" ", Role::Plain),
        (false, false) => (" ", Role::Dim),
    };
    let short = |text: &str| match parse_range(text.as_bytes()) {
        Some((start, end)) => {
            // Whether it is private says nothing here.
            let permissions = text.split(' ').nth(1).and_then(|letters| letters.get(..3));
            let permissions = permissions.unwrap_or_default();
            format!("{} {permissions}", range(start, end, elided))
        }
        None => text.to_owned(),
    };
    let pair = match (&*row.previous, &*row.line) {
        ("", "") => row.form.clone(),
        (previous, line) => format!("{:<9} {}, {}", row.form, short(previous), short(line)),
    };
    let between = if row.across_boundary {
        "chunks"
    } else {
        "lines"
    };
    let text = format!(
        " {glyph} {:<width$}{between:>7}{:>10}",
        cut(&pair, width),
        grouped(row.count)
    );
    Line::styled(text, theme.style(role))
}
