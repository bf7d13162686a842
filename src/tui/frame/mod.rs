//! What the screen shows: a function of the [`App`] and nothing else.

pub(crate) mod footer;
pub(crate) mod header;
#[cfg(test)]
pub(crate) mod tests;

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
pub(crate) struct Areas {
    header: Rect,
    body: Rect,
    footer: Rect,
}

pub(crate) fn areas(area: Rect) -> Areas {
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

pub(crate) fn body_area(app: &App) -> Rect {
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
        View::Space => super::space::render::render(app, areas.body, buffer),
        View::Boundary => super::boundary::render::render(app, areas.body, buffer),
        View::Tears => super::tears::render::render(app, areas.body, buffer),
        View::Coverage => super::coverage::render::render(app, areas.body, buffer),
        View::Manual => super::manual::render::render(app, areas.body, buffer),
        View::Query => super::query::render::render(app, areas.body, buffer),
        View::Latency => super::latency::render::render(app, areas.body, buffer),
        View::Protocol => super::protocol::render::render(app, areas.body, buffer),
    }
    footer::render(app, areas.footer, buffer);
    if app.help {
        super::overlay::help::render(app, area, buffer);
    }
    if let Some(menu) = &app.menu {
        super::overlay::menu::render::render(app, menu, area, buffer);
    }
}

pub(crate) fn too_small(app: &App, area: Rect, buffer: &mut Buffer) {
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
pub(crate) fn put(buffer: &mut Buffer, area: Rect, row: u16, line: &Line<'_>) {
    if row < area.height {
        buffer.set_line(area.x, area.y + row, line, area.width);
    }
}

/// Text wrapped to a width, a style for all.
pub(crate) fn wrapped(text: &str, width: u16, style: ratatui::style::Style) -> Vec<Line<'static>> {
    textwrap::wrap(text, usize::from(width.max(8)))
        .into_iter()
        .map(|line| Line::styled(line.into_owned(), style))
        .collect()
}
