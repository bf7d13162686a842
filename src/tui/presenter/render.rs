//! The screen: what is watched, the word, the pages, the sentence.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::said::Said;
use super::{Size, letters, pages};
use crate::tui::app::App;
use crate::tui::theme::Role;
use crate::tui::time::TimeBar;
use crate::tui::widgets::text::{cut, put, put_rows, wrapped};

/// Columns of the labels of rows, and what is left free at both sides.
const LABEL: u16 = 15;
const MARGIN: u16 = 2;

/// The least rows of a page, and those of the caption at most.
const LEAST_PAGE: u16 = 1;
const CAPTION: usize = 3;

pub(crate) fn render(app: &App, size: Size, area: Rect, buffer: &mut Buffer) {
    let shown = &app.shown;
    let theme = shown.theme;
    let said = Said::of(shown, app.view);
    put(buffer, area, 0, &title(app, area.width));
    let inner = Rect {
        x: area.x + MARGIN,
        width: area.width.saturating_sub(2 * MARGIN),
        ..area
    };
    let caption = wrapped(&said.caption, inner.width, theme.style(Role::Title));
    let caption_rows = caption.len().min(CAPTION) as u16;
    // Title, the keys, and a free row before the word, the pages and the caption.
    let room = area.height.saturating_sub(2 + 3 + caption_rows);
    let count = said.rows.len() as u16;
    let dot = dot(
        &said,
        size,
        (inner.width, room.saturating_sub(count * LEAST_PAGE)),
    );
    let word = letters::size(&said.word, dot);
    let word_rows = if said.word.is_empty() { 0 } else { word.1 };
    let at = |y: u16, height: u16| Rect {
        y: area.y + y,
        height: height.min(area.bottom().saturating_sub(area.y + y)),
        ..inner
    };
    let style = theme.style(said.role.unwrap_or(Role::Dim));
    letters::draw(&said.word, dot, style, at(2, word_rows), buffer);
    let (width, height) = page_size(&said, size, inner.width, room.saturating_sub(word_rows));
    let mut y = 2 + word_rows + u16::from(word_rows > 0);
    for row in said.rows.iter().skip(usize::from(
        count - rows_that_fit(count, room - word_rows.min(room)),
    )) {
        let place = at(y, height);
        let label = cut(&row.label, usize::from(LABEL - 1));
        put(
            buffer,
            place,
            height / 2,
            &Line::styled(label, theme.style(row.role)),
        );
        let cells = Rect {
            x: place.x + LABEL,
            width: place.width.saturating_sub(LABEL),
            ..place
        };
        pages::draw(row, theme, width, cells, buffer);
        y += height;
    }
    let below = at(y + 1, caption_rows);
    put_rows(buffer, below, theme, &caption, 0);
    let last = Rect {
        y: area.bottom().saturating_sub(1),
        height: 1,
        ..area
    };
    put(buffer, last, 0, &keys(app, area.width));
}

/// The largest dot, up to that of `size`, with which the word fits.
fn dot(said: &Said, size: Size, room: (u16, u16)) -> (u16, u16) {
    let fits = |dot: &(u16, u16)| {
        let word = letters::size(&said.word, *dot);
        word.0 <= room.0 && word.1 <= room.1
    };
    size.dots().find(fits).unwrap_or((1, 1))
}

fn rows_that_fit(count: u16, room: u16) -> u16 {
    count.min(room / LEAST_PAGE)
}

/// Columns and rows of a page: as many as there are for all of them.
fn page_size(said: &Said, size: Size, width: u16, room: u16) -> (u16, u16) {
    let (most_width, most_height) = size.page();
    let pages = said.rows.iter().map(|row| row.cells.len()).max();
    let pages = pages.unwrap_or(0).max(1) as u16;
    let columns = (width.saturating_sub(LABEL) / pages).clamp(3, most_width);
    let rows = room / (said.rows.len() as u16).max(1);
    let rows = match rows.clamp(LEAST_PAGE, most_height) {
        // A box has three rows, or none at all.
        2 => 1,
        4 => 3,
        rows => rows,
    };
    (columns, rows)
}

/// What is watched, and when.
fn title(app: &App, width: u16) -> Line<'static> {
    let theme = app.shown.theme;
    let mut spans = vec![Span::raw("  ")];
    let rewound = app.time.rewound.as_ref();
    // A picture of the screen as it was live does not say that it is past.
    let is_picture = app.time.bar == TimeBar::Nothing;
    if let Some(rewound) = rewound.filter(|_| !is_picture) {
        let seconds = rewound.place.at.as_secs_f64();
        spans.push(Span::styled(
            format!(" PAST {seconds:.3} s "),
            theme.style(Role::Past),
        ));
        spans.push(Span::raw("  "));
    } else if rewound.is_none() && (app.shown.frozen.is_some() || app.still) {
        spans.push(Span::styled(" STANDS STILL ", theme.style(Role::Paused)));
        spans.push(Span::raw("  "));
    }
    if let Some(latest) = &app.shown.latest {
        let what = match &latest.scene {
            Some(scene) => format!("scenario {}", scene.info.case.scenario),
            None => theme.charset.text(&latest.target.name).into_owned(),
        };
        spans.push(Span::styled(what, theme.style(Role::Title)));
    }
    let line = Line::from(spans);
    match line.width() > usize::from(width) {
        true => Line::from(cut(&line.to_string(), width.into())),
        false => line,
    }
}

/// The keys that change it, or what there is to tell.
fn keys(app: &App, width: u16) -> Line<'static> {
    let theme = app.shown.theme;
    if let Some(notice) = app.silence.as_ref().or(app.notice.as_ref()) {
        let text = cut(&format!("  {}", notice.text), width.into());
        return Line::styled(text, theme.style(Role::Notice));
    }
    let hint =
        "  <present> size  <scan-faster> <scan-slower> larger, smaller  <close> leave  <help> keys";
    Line::styled(
        cut(&app.shown.keys.hint(hint), width.into()),
        theme.style(Role::Dim),
    )
}
