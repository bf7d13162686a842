//! What the screen shows: a function of the [`App`] and nothing else.

pub(crate) mod boundary;
pub(crate) mod coverage;
pub(crate) mod digits;
pub(crate) mod footer;
pub(crate) mod header;
pub(crate) mod help;
pub(crate) mod latency;
pub(crate) mod manual;
pub(crate) mod menu;
pub(crate) mod probe;
pub(crate) mod protocol;
pub(crate) mod space;
pub(crate) mod strip;
pub(crate) mod tears;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::app::{App, LEAST, View};
use super::theme::Role;

/// Rows of the header, the tabs included.
const HEADER: u16 = 5;
/// Rows of the legend and the footer.
const FOOTER: u16 = 3;

/// Where things are on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Areas {
    header: Rect,
    body: Rect,
    footer: Rect,
}

fn areas(area: Rect) -> Areas {
    let body = area.height.saturating_sub(HEADER + FOOTER);
    let rows = |y: u16, height: u16| Rect {
        y: area.y + y,
        height,
        ..area
    };
    Areas {
        header: rows(0, HEADER.min(area.height)),
        body: rows(HEADER.min(area.height), body),
        footer: rows(
            (HEADER + body).min(area.height),
            FOOTER.min(area.height.saturating_sub(HEADER + body)),
        ),
    }
}

/// Rows of the body on this screen.
#[must_use]
pub(crate) fn body_rows(app: &App) -> u16 {
    body_area(app).height
}

fn body_area(app: &App) -> Rect {
    areas(Rect::new(0, 0, app.size.0, app.size.1)).body
}

/// Draws the whole screen.
pub fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(app, area, buffer);
        return;
    }
    let areas = areas(area);
    header::render(app, areas.header, buffer);
    match app.view {
        View::Space => space::render(app, areas.body, buffer),
        View::Boundary => boundary::render(app, areas.body, buffer),
        View::Tears => tears::render(app, areas.body, buffer),
        View::Coverage => coverage::render(app, areas.body, buffer),
        View::Manual => manual::render(app, areas.body, buffer),
        View::Query => probe::render(app, areas.body, buffer),
        View::Latency => latency::render(app, areas.body, buffer),
        View::Protocol => protocol::render(app, areas.body, buffer),
    }
    footer::render(app, areas.footer, buffer);
    if app.help {
        help::render(app, area, buffer);
    }
    if let Some(menu) = &app.menu {
        menu::render(app, menu, area, buffer);
    }
}

fn too_small(app: &App, area: Rect, buffer: &mut Buffer) {
    let text = format!(
        "vmascope needs {} columns and {} rows to show something; this terminal has {} and {}. \
         Please make it larger (q quits).",
        LEAST.0, LEAST.1, area.width, area.height
    );
    Paragraph::new(Line::styled(text, app.theme.style(Role::Notice)))
        .wrap(Wrap { trim: true })
        .render(area, buffer);
}

/// One line of text at a row of `area`, cut at its right end.
fn put(buffer: &mut Buffer, area: Rect, row: u16, line: &Line<'_>) {
    if row < area.height {
        buffer.set_line(area.x, area.y + row, line, area.width);
    }
}

/// Text wrapped to a width, a style for all.
fn wrapped(text: &str, width: u16, style: ratatui::style::Style) -> Vec<Line<'static>> {
    textwrap::wrap(text, usize::from(width.max(8)))
        .into_iter()
        .map(|line| Line::styled(line.into_owned(), style))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
