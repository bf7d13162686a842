//! Two timelines: reader and writer side by side, time downward, a row a step. What
//! each holds stands beside it as bars, between them the sequence and the site.

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::selection::mark_selected;
use super::text::{cut, put};
use crate::model::timeline::{Held, Hold, Side, TimelineRow};
use crate::tui::theme::{Role, Theme};

/// Columns of the mark of a row.
const MARK: usize = 2;
/// Columns of the bars of one side.
const BARS: usize = 3;
/// Columns of the sequence.
const SEQUENCE: usize = 4;
/// Columns of a side's text at most.
const MOST: usize = 64;
/// Columns of a side's text that are worth having at least.
const LEAST: usize = 14;

/// What is drawn, and what of it is marked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timelines<'a> {
    /// The beginning and a row a step.
    pub(crate) rows: &'a [TimelineRow],
    /// The row that is selected: what follows has not happened yet.
    pub(crate) now: usize,
    /// The row that matters most.
    pub(crate) matters: Option<usize>,
    /// The rows that printed something that is torn.
    pub(crate) printed: &'a [Printed],
}

/// How a row is drawn in which something was printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printed {
    pub(crate) row: usize,
    pub(crate) glyph: &'static str,
    pub(crate) role: Role,
}

impl Timelines<'_> {
    /// Draws the rows around the selected one under a heading.
    pub(crate) fn render(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        if area.height == 0 {
            return;
        }
        let columns = Columns::of(self.rows, usize::from(area.width));
        put(buffer, area, 0, &columns.heading(theme));
        let first = self.first(area);
        let shown = self.rows.iter().enumerate().skip(first);
        for (y, (at, row)) in (1..area.height).zip(shown) {
            if at == self.now {
                mark_selected(theme, area, y, buffer);
            }
            put(buffer, area, y, &self.line(theme, columns, at, row));
        }
    }

    /// The row at the top.
    fn first(&self, area: Rect) -> usize {
        let height = usize::from(area.height.saturating_sub(1)).max(1);
        let last = self.rows.len().saturating_sub(height);
        // What comes next is to be seen, too.
        self.now.saturating_sub(height * 2 / 3).min(last)
    }

    /// The row that is drawn in a row of the screen.
    pub(crate) fn row_at(&self, area: Rect, y: u16) -> Option<usize> {
        let below = usize::from(y.checked_sub(area.y + 1)?);
        let at = self.first(area) + below;
        (y < area.bottom() && at < self.rows.len()).then_some(at)
    }

    fn line(&self, theme: Theme, columns: Columns, at: usize, row: &TimelineRow) -> Line<'static> {
        let has_happened = at <= self.now;
        let style = |role: Role| match at.cmp(&self.now) {
            Ordering::Less => theme.style(role),
            // The row's own stands out.
            Ordering::Equal => Style::new(),
            Ordering::Greater => theme.style(Role::Dim),
        };
        let mark = match (self.matters == Some(at), at == self.now) {
            (true, _) => Span::styled("◆ ", theme.style(Role::Notice)),
            (_, true) => Span::raw("▸ "),
            _ => Span::raw("  "),
        };
        let printed = self.printed.iter().find(|printed| printed.row == at);
        let role = match (self.matters == Some(at), printed) {
            (true, _) => Role::Notice,
            (_, Some(printed)) => printed.role,
            _ => Role::Plain,
        };
        let text = |side: Side| {
            let text = match (row.side == Some(side), printed) {
                (true, Some(printed)) => format!("{} {}", printed.glyph, row.text),
                (true, None) => row.text.clone(),
                (false, _) => String::new(),
            };
            let width = columns.text[usize::from(side == Side::Writer)];
            let text = cut(&text, width);
            Span::styled(format!("{text:<width$}"), style(role))
        };
        let pages = style(match row.changed {
            true => Role::Modified,
            false => Role::Dim,
        });
        let sequence = row.sequence.map_or(String::new(), |it| it.to_string());
        let [reader, writer] = [(row.reader, Role::Original), (row.writer, Role::Modified)]
            .map(|(held, role)| bars(held, has_happened, style(role)));
        let mut spans = vec![mark, text(Side::Reader), Span::raw(" ")];
        if columns.holds {
            spans.extend(reader);
            let role = match row.sequence.is_some_and(|it| it % 2 == 1) {
                true => Role::Modified,
                false => Role::Dim,
            };
            spans.push(Span::styled(format!("{sequence:>SEQUENCE$}"), style(role)));
        }
        spans.push(Span::styled(
            format!(
                " {:<width$} ",
                cut(&row.pages, columns.pages),
                width = columns.pages
            ),
            pages,
        ));
        if columns.holds {
            spans.extend(writer);
        }
        spans.push(Span::raw(" "));
        spans.push(text(Side::Writer));
        Line::from(spans)
    }
}

/// How wide the columns are.
#[derive(Clone, Copy, Debug)]
struct Columns {
    /// Of what the reader does, and of what the writer does.
    text: [usize; 2],
    pages: usize,
    /// Whether what is held is known, and the sequence; else nothing is held between
    /// two steps.
    holds: bool,
}

impl Columns {
    fn of(rows: &[TimelineRow], width: usize) -> Self {
        let holds = rows.iter().any(|row| row.sequence.is_some());
        let held = if holds { 2 * BARS + SEQUENCE } else { 0 };
        let fixed = MARK + held + 4;
        let widest = rows.iter().map(|row| row.pages.chars().count()).max();
        let room = width.saturating_sub(fixed);
        let pages = widest
            .unwrap_or(0)
            .max(4)
            .min(room.saturating_sub(2 * LEAST));
        let both = room.saturating_sub(pages);
        // Where steps are of a protocol, the writer's take more words, else the reader's.
        let ninths = if holds { 4 } else { 5 };
        let reader = (both * ninths / 9).min(MOST);
        Columns {
            text: [reader, (both - reader).min(MOST)],
            pages,
            holds,
        }
    }

    fn heading(self, theme: Theme) -> Line<'static> {
        let [reader, writer] = match self.holds {
            true => [format!("M V{:>SEQUENCE$}", "seq"), "M V".into()],
            false => [String::new(), String::new()],
        };
        let dim = |text: String| Span::styled(text, theme.style(Role::Dim));
        let title = |text: &str, width: usize| {
            let text = format!("{text:<width$}");
            Span::styled(text, theme.style(Role::Title))
        };
        Line::from(vec![
            Span::raw(" ".repeat(MARK)),
            title("reader", self.text[0]),
            dim(format!(
                " {reader} {:<width$} {writer} ",
                "site",
                width = self.pages
            )),
            title("writer", self.text[1]),
        ])
    }
}

/// The bars of what one side holds.
fn bars(held: Held, has_happened: bool, style: Style) -> [Span<'static>; BARS] {
    let bar = |hold: Hold| match (has_happened, hold) {
        (false, _) | (_, Hold::No) => Span::raw(" "),
        (_, Hold::Yes) => Span::styled("┃", style),
        (_, Hold::Waits) => Span::styled("┆", style),
    };
    [bar(held.mmap_lock), Span::raw(" "), bar(held.vma_lock)]
}
