//! The picture of the Fuzz: the figures, what is covered, what is run, what was
//! found.

pub(crate) mod covered;
pub(crate) mod figures;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod options;
pub(crate) mod running;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::{Busy, FuzzView};
use crate::fuzz::request::HuntRequest;
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::{split_columns, split_rows};
use crate::tui::widgets::text::{cut, put, put_rows, wrapped};

/// Columns from which an open find stands beside the rest.
const SIDE_BY_SIDE: u16 = 110;
/// Columns of that rest.
const LEFT: u16 = 62;
/// Columns from which the table and what is run stand side by side.
const TWO: u16 = 78;
/// The least rows of finds, their heading included, and of what is run.
const FINDS: u16 = 3;
const RUNNING: u16 = 2;
/// Rows of what is run where there is room, and of a find that is not open.
const STRIPS: u16 = 14;
const PREVIEW: u16 = 8;

/// The parts of the view; where there is no room for one it has no rows.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    figures: Rect,
    table: Rect,
    kinds: Rect,
    running: Rect,
    finds: Rect,
    /// The find that is selected; the box of one that is open may cover all else.
    find: Rect,
}

/// Where they are; what matters most comes first.
fn parts(view: &FuzzView, area: Rect) -> Parts {
    let is_open = view.open.is_some() && view.current().is_some();
    let has_failed = view.snapshot.as_ref().is_some_and(|it| it.failed.is_some());
    let (figures, rest) = split_rows(area, 1);
    let mut parts = Parts {
        figures,
        ..Parts::default()
    };
    if area.width >= SIDE_BY_SIDE {
        let (left, right) = split_columns(rest, LEFT);
        let (_, right) = split_columns(right, 1);
        let (table, mut below) = split_rows(left, covered::ROWS);
        parts.table = table;
        if below.height >= covered::KIND_ROWS + 2 * FINDS {
            (parts.kinds, below) = split_rows(below, covered::KIND_ROWS);
        }
        parts.finds = below;
        let has_finds = view.current().is_some();
        let running = match (is_open || !view.is_busy() && !has_failed, has_finds) {
            (true, true) => 0,
            (false, true) if right.height >= STRIPS + PREVIEW => STRIPS.max(right.height * 2 / 5),
            _ => right.height,
        };
        (parts.running, parts.find) = split_rows(right, running);
        return parts;
    }
    if is_open {
        return Parts {
            find: area,
            ..Parts::default()
        };
    }
    if area.width >= TWO && rest.height >= covered::ROWS + FINDS {
        let spare = rest.height - covered::ROWS - FINDS;
        let (both, finds) = split_rows(
            rest,
            covered::ROWS + (spare / 2).min(STRIPS - covered::ROWS),
        );
        (parts.table, parts.running) = split_columns(both, covered::NARROW);
        parts.finds = finds;
        return parts;
    }
    let mut rest = rest;
    if rest.height >= covered::ROWS + RUNNING + FINDS {
        (parts.table, rest) = split_rows(rest, covered::ROWS);
    }
    let running = match rest.height {
        _ if !view.is_busy() && !has_failed => 0,
        0..12 => RUNNING,
        height => height / 2,
    };
    (parts.running, parts.finds) = split_rows(rest, running);
    parts
}

/// The open find, else the list.
pub(crate) fn scrolled(view: &FuzzView, shown: &Shown) -> Scrolled {
    let parts = parts(view, shown.body());
    match (view.open, view.current()) {
        (Some(top), Some(listed)) => {
            let area = open::inside(parts.find);
            let rows = open::lines(shown.theme, view, listed, area.width).len();
            Scrolled::in_text(top.into(), rows, area.height)
        }
        _ => Scrolled {
            at: view.position(),
            last: view.finds().len().saturating_sub(1),
            rows: usize::from(parts.finds.height.saturating_sub(1)),
        },
    }
}

/// Where the rows of the finds are.
pub(crate) fn list_area(view: &FuzzView, shown: &Shown) -> Rect {
    split_rows(parts(view, shown.body()).finds, 1).1
}

pub(crate) fn render(view: &FuzzView, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let theme = shown.theme;
    let Some(snapshot) = &view.snapshot else {
        begin(theme, view, area, buffer);
        return;
    };
    let parts = parts(view, area);
    let state = figures::state(shown, view, snapshot, area.width);
    put(buffer, parts.figures, 0, &state);
    let columns = parts.table.width;
    put_all(
        buffer,
        parts.table,
        &covered::table(theme, snapshot, columns),
    );
    put_all(buffer, parts.kinds, &covered::kinds(theme, snapshot));
    let lines = running::lines(theme, view, snapshot, parts.running);
    put_rows(buffer, parts.running, theme, &lines, 0);
    list::render(theme, view, parts.finds, buffer);
    if let Some(listed) = view.current().filter(|_| parts.find.height > 2) {
        let top = view.open.map_or(0, |_| scrolled(view, shown).at);
        open::render(theme, view, listed, top, parts.find, buffer);
    }
}

fn put_all(buffer: &mut Buffer, area: Rect, lines: &[Line<'_>]) {
    for (row, line) in (0..area.height).zip(lines) {
        put(buffer, area, row, line);
    }
}

/// What a part is about, with a rule to the end of the row.
fn heading(theme: Theme, text: &str, width: u16) -> Line<'static> {
    let width = usize::from(width.saturating_sub(1));
    let text = cut(&format!("─ {text} "), width);
    let rule = "─".repeat(width.saturating_sub(text.chars().count()));
    Line::styled(format!("{text}{rule}"), theme.style(Role::Rule))
}

/// What a hunt does, before there is one.
fn begin(theme: Theme, view: &FuzzView, area: Rect, buffer: &mut Buffer) {
    if view.busy == Busy::Hunting {
        let text = " starting a modifier, looking at what readers do …";
        put(buffer, area, 0, &Line::styled(text, theme.style(Role::Dim)));
        return;
    }
    let command = match &view.request {
        usual if *usual == HuntRequest::default() => "vmascope fuzz --for 60s".into(),
        HuntRequest { seed: None, .. } => format!("vmascope fuzz{}", view.request.arguments()),
        HuntRequest {
            seed: Some(seed), ..
        } => view.request.command(*seed),
    };
    let command = format!("The same without a screen: {command} --out DIR");
    let paragraphs = [
        (
            "s starts a hunt for violations by random sequences of calls; s again, or leaving \
             this view, stops it. o chooses with what: seed, time, readers, calls.",
            theme.style(Role::Title),
        ),
        (
            "Random sequences of the calls that change address spaces (mmap, munmap, mremap, \
             mprotect, madvise, mlock, shmat, …) run in a process of their own, while maps, \
             PROCMAP_QUERY and smaps are read and every line is judged. Meanwhile all else \
             stands still: readers and writer need the CPUs.",
            Style::new(),
        ),
        (
            "What is found is listed at once. It is made as short as it can be, each step judged \
             by the same label, and repeated while a thread touches the pages: what has no known \
             mechanism immediately, what has one in the last third of each minute.",
            Style::new(),
        ),
        (&*command, theme.style(Role::Dim)),
    ];
    let width = area.width.saturating_sub(2).min(100);
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (text, style) in paragraphs {
        if !lines.is_empty() && area.height >= 14 {
            lines.push(Line::default());
        }
        lines.extend(wrapped(text, width, style));
    }
    let (_, inner) = split_columns(area, 1);
    put_rows(buffer, inner, theme, &lines, 0);
}
