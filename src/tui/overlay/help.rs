//! The help: the table of keys, those of this view and those of time; then what the
//! header leaves out, and what the words mean.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::{details, glossary};
use crate::session::snapshot::Snapshot;
use crate::tui::keys::Binding;
use crate::tui::keys::bound::{BoundRow, KeyTable};
use crate::tui::scroll::Scrolled;
use crate::tui::theme::{Role, Theme};
use crate::tui::time::Time;
use crate::tui::view::View;
use crate::tui::widgets::border::popup;
use crate::tui::widgets::text::{put, put_rows};

/// The least columns of the keys.
const KEYS: usize = 10;

/// What the help shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HelpPage {
    /// The keys of the view.
    View,
    /// Those that go back and on in time.
    Time,
    /// What the header leaves out.
    Details,
    /// What the words mean.
    Glossary,
}

impl HelpPage {
    /// The page behind this one, in a view: in the past those of time come first, and in a
    /// lesson what the words mean.
    pub(crate) fn after(
        page: Option<Self>,
        view: View,
        is_past: bool,
        teaches: bool,
    ) -> Option<Self> {
        let pages: &[HelpPage] = match (view.is_recorded(), is_past) {
            (false, _) => &[HelpPage::View, HelpPage::Details, HelpPage::Glossary],
            (true, false) => &[
                HelpPage::View,
                HelpPage::Time,
                HelpPage::Details,
                HelpPage::Glossary,
            ],
            (true, true) => &[
                HelpPage::Time,
                HelpPage::View,
                HelpPage::Details,
                HelpPage::Glossary,
            ],
        };
        let mut pages = pages.to_vec();
        if teaches {
            pages.rotate_right(1);
        }
        let at = page.and_then(|page| pages.iter().position(|it| *it == page));
        let next = at.map_or(0, |at| at + 1);
        pages.get(next).copied()
    }

    fn name(self, view: View) -> String {
        match self {
            HelpPage::View => format!("keys of {}", view.name()),
            HelpPage::Time => "keys of time".into(),
            HelpPage::Details => "details".into(),
            HelpPage::Glossary => "what the words mean".into(),
        }
    }

    fn title(self, of: HelpOf<'_>) -> String {
        let name = self.name(of.view);
        let is_past = of.time.rewound.is_some();
        match HelpPage::after(Some(self), of.view, is_past, of.teaches) {
            Some(next) => format!(
                " {name}   {} {}   {} closes ",
                of.keys.hint("<help>"),
                next.name(of.view),
                of.keys.hint("<close>"),
            ),
            None => format!(" {name}   {} closes ", of.keys.hint("<close>")),
        }
    }
}

/// What is shown: some keys need a modifier, others what is live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HelpOf<'a> {
    pub(crate) view: View,
    pub(crate) has_modifier: bool,
    /// Whether there is a lesson.
    pub(crate) teaches: bool,
    pub(crate) time: &'a Time,
    pub(crate) theme: Theme,
    pub(crate) snapshot: Option<&'a Snapshot>,
    pub(crate) keys: &'a KeyTable,
}

/// Where a page of text is scrolled to on a screen of this area; none is a table of keys.
pub(crate) fn scrolled(page: HelpPage, of: HelpOf<'_>, top: usize, area: Rect) -> Option<Scrolled> {
    Some(scrolled_in(&text(page, of, area)?, top, area))
}

fn scrolled_in(lines: &[Line<'_>], top: usize, area: Rect) -> Scrolled {
    Scrolled::in_text(top, lines.len(), area.height.saturating_sub(2))
}

/// Draws it, from row `top` on.
pub(crate) fn render(page: HelpPage, of: HelpOf<'_>, top: usize, area: Rect, buffer: &mut Buffer) {
    let Some(lines) = text(page, of, area) else {
        return keys_of(page, of, area, buffer);
    };
    let title = page.title(of);
    let width = lines.iter().map(Line::width).max().unwrap_or(0);
    let width = width.max(title.width()) as u16 + 3;
    let size = (width, lines.len() as u16 + 2);
    let inner = popup(of.theme, &title, size, area, buffer);
    let top = scrolled_in(&lines, top, area).at;
    put_rows(buffer, inner, of.theme, &lines, top);
}

/// A page of text; none of a table of keys.
fn text(page: HelpPage, of: HelpOf<'_>, area: Rect) -> Option<Vec<Line<'static>>> {
    match page {
        HelpPage::View | HelpPage::Time => None,
        HelpPage::Details => Some(
            of.snapshot
                .map_or_else(Vec::new, |snapshot| details::lines(snapshot, of.theme)),
        ),
        HelpPage::Glossary => Some(glossary::lines(
            of.theme,
            of.has_modifier,
            area.width.min(110) - 2,
        )),
    }
}

/// Draws a table of keys for what is shown, in as many columns as it takes: the keys that do
/// something now.
fn keys_of(page: HelpPage, of: HelpOf<'_>, area: Rect, buffer: &mut Buffer) {
    let HelpOf { view, theme, .. } = of;
    let rows: Vec<&BoundRow> = (of.keys.useful(view, of.has_modifier))
        .filter(|row| !row.binding.help.is_empty())
        .filter(|row| of.time.offers(row.binding.action, view))
        .filter(|row| row.binding.action.is_of_time() == (page == HelpPage::Time))
        .collect();
    let keys = rows.iter().map(|row| row.shown.width()).max();
    let keys = keys.unwrap_or(0).max(KEYS);
    let count = rows.len() as u16;
    let most = (area.height.saturating_sub(2)).max(1);
    let columns = count.div_ceil(most).max(1);
    let longest = |text: fn(&Binding) -> &'static str| {
        let longest = rows.iter().map(|row| text(row.binding).width()).max();
        (longest.unwrap_or(0) + keys + 1) as u16
    };
    let column = longest(|binding| binding.help);
    let wide = columns * column + 2 <= area.width;
    let column = if wide {
        column
    } else {
        longest(|binding| binding.brief)
    };
    let per_column = count.div_ceil(columns);
    let title = page.title(of);
    let size = (columns * column + 2, per_column + 2);
    let inner = popup(theme, &title, size, area, buffer);
    for (i, row) in (0u16..).zip(&rows) {
        let x = inner.x + (i / per_column) * column;
        let cell = Rect {
            x,
            width: column.min(inner.right().saturating_sub(x)),
            ..inner
        };
        let help = if wide {
            row.binding.help
        } else {
            row.binding.brief
        };
        let line = Line::from(vec![
            Span::styled(format!(" {:<keys$}", row.shown), theme.style(Role::Key)),
            Span::raw(help),
        ]);
        put(buffer, cell, i % per_column, &line);
    }
}
