//! The whole screen: a view, with header and footer around it.

pub(crate) mod footer;
pub(crate) mod header;
pub(crate) mod legend;
pub(crate) mod tabs;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod verdict;
#[cfg(test)]
pub(crate) mod whole_text_tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::app::App;
use super::areas::Areas;
use super::learn;
use super::overlay::help;
use super::overlay::menu;
use super::theme::Role;
use super::view::View;
use super::widgets::split::split_rows;
use super::widgets::text::{in_charset, put_rows, wrapped};
use super::{boundary, coverage, fuzz, latency, manual, presenter, protocol, query, space, tears};

/// Draws the whole screen.
pub fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    render_parts(app, area, buffer);
    in_charset(app.shown.theme.charset, buffer);
}

fn render_parts(app: &App, area: Rect, buffer: &mut Buffer) {
    let shown = &app.shown;
    if app.is_too_small((area.width, area.height)) {
        too_small(app, area, buffer);
        return;
    }
    let all = area;
    let area = match (&app.learn, app.lesson_rows((area.width, area.height))) {
        (Some(learn), Some(rows)) => {
            let (above, below) = split_rows(area, area.height.saturating_sub(rows));
            learn::render::render(learn, app.lesson_drawn(), below, buffer);
            above
        }
        _ => area,
    };
    // Nothing of the view is to be seen; what the words mean is.
    if area.height == 0 {
        if let Some(page) = app.help {
            help::render(page, app.help_of(), app.help_top, all, buffer);
        }
        return;
    }
    match app.presented() {
        Some(size) => presenter::render::render(app, size, area, buffer),
        None => render_view(app, area, buffer),
    }
    if app.view == View::Fuzz {
        fuzz::render::options::render(&app.fuzz, shown.theme, area, buffer);
    }
    if let Some(page) = app.help {
        help::render(page, app.help_of(), app.help_top, area, buffer);
    }
    if let Some(menu) = &app.menu {
        menu::render::render(menu, shown.theme, area, buffer);
    }
}

fn render_view(app: &App, area: Rect, buffer: &mut Buffer) {
    let shown = &app.shown;
    let Areas {
        header,
        body,
        footer,
    } = Areas::of(area);
    header::render(app, header, buffer);
    match app.view {
        View::Space => space::render::render(&app.space, shown, body, buffer),
        View::Boundary => boundary::render::render(app.boundary, shown, body, buffer),
        View::Tears => tears::render::render(&app.tears, shown, body, buffer),
        View::Coverage => coverage::render::render(app.coverage, shown, body, buffer),
        View::Manual => manual::render::render(&app.manual, shown, body, buffer),
        View::Query => query::render::render(&app.query, shown, body, buffer),
        View::Fuzz => fuzz::render::render(&app.fuzz, shown, body, buffer),
        View::Latency if shown.is_past && app.latency.snapshot.is_none() => {
            latency::nothing(shown.theme, body, buffer);
        }
        View::Latency => latency::render::render(&app.latency, shown.theme, body, buffer),
        View::Protocol => {
            let protocol = app.protocol.as_deref();
            protocol::render::render(protocol, shown.theme, body, buffer);
        }
    }
    footer::render(app, footer, buffer);
}

fn too_small(app: &App, area: Rect, buffer: &mut Buffer) {
    let (shown, least) = (&app.shown, app.least());
    let theme = shown.theme;
    let text = format!(
        "vmascope needs {} columns and {} rows to show something; this terminal has {} and {}. \
         Please make it larger ({} quits).",
        least.0,
        least.1,
        area.width,
        area.height,
        shown.keys.hint("<quit>"),
    );
    let lines = wrapped(&text, area.width, theme.style(Role::Notice));
    put_rows(buffer, area, theme, &lines, 0);
}
