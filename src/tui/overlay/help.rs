//! The help: the table of keys, those of this view and those of time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::tui::keys::Binding;
use crate::tui::keys::bound::{BoundRow, KeyTable};
use crate::tui::theme::{Role, Theme};
use crate::tui::time::Time;
use crate::tui::view::View;
use crate::tui::widgets::border::popup;
use crate::tui::widgets::text::put;

/// The least columns of the keys.
const KEYS: usize = 10;

/// What the help shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HelpPage {
    /// The keys of the view.
    View,
    /// Those that go back and on in time.
    Time,
}

impl HelpPage {
    /// The page behind this one, in a view: in the past those of time come first.
    pub(crate) fn after(page: Option<Self>, view: View, is_past: bool) -> Option<Self> {
        let pages: &[HelpPage] = match (view.is_recorded(), is_past) {
            (false, _) => &[HelpPage::View],
            (true, false) => &[HelpPage::View, HelpPage::Time],
            (true, true) => &[HelpPage::Time, HelpPage::View],
        };
        let at = page.and_then(|page| pages.iter().position(|it| *it == page));
        let next = at.map_or(0, |at| at + 1);
        pages.get(next).copied()
    }

    fn name(self, view: View) -> &'static str {
        match self {
            HelpPage::View => view.name(),
            HelpPage::Time => "time",
        }
    }

    fn title(self, view: View, is_past: bool, keys: &KeyTable) -> String {
        let name = self.name(view);
        match HelpPage::after(Some(self), view, is_past) {
            Some(next) => format!(
                " Keys of {name}, {} those of {}, {} closes ",
                keys.hint("<help>"),
                next.name(view),
                keys.hint("<close>"),
            ),
            None => format!(" Keys of {name}, {} closes ", keys.hint("<close>")),
        }
    }
}

/// What is shown: some keys need a modifier, others what is live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HelpOf<'a> {
    pub(crate) view: View,
    pub(crate) has_modifier: bool,
    pub(crate) time: &'a Time,
    pub(crate) theme: Theme,
    pub(crate) keys: &'a KeyTable,
}

/// Draws it for what is shown, in as many columns as it takes: the keys that do
/// something now.
pub(crate) fn render(page: HelpPage, of: HelpOf<'_>, area: Rect, buffer: &mut Buffer) {
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
    let title = page.title(view, of.time.rewound.is_some(), of.keys);
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
