//! The help: the table of keys, those of this view and those of time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::tui::keys;
use crate::tui::keys::Binding;
use crate::tui::theme::{Role, Theme};
use crate::tui::view::View;
use crate::tui::widgets::border::popup;
use crate::tui::widgets::text::put;

/// Columns of the keys.
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
    /// The page behind this one, in a view.
    pub(crate) fn after(page: Option<Self>, view: View) -> Option<Self> {
        match page {
            None => Some(HelpPage::View),
            Some(HelpPage::View) => view.is_recorded().then_some(HelpPage::Time),
            Some(HelpPage::Time) => None,
        }
    }

    fn title(self, view: View) -> String {
        let name = view.name();
        match self {
            HelpPage::View if view.is_recorded() => {
                format!(" Keys of {name}, ? those of time, Esc closes ")
            }
            HelpPage::View => format!(" Keys of {name}, Esc closes "),
            HelpPage::Time => " Keys of time, Esc closes ".into(),
        }
    }
}

/// Draws it for a view, in as many columns as it takes. Some keys need a modifier.
pub(crate) fn render(
    page: HelpPage,
    (view, has_modifier, theme): (View, bool, Theme),
    area: Rect,
    buffer: &mut Buffer,
) {
    let bindings: Vec<&Binding> = keys::useful(view, has_modifier)
        .filter(|binding| !binding.help.is_empty())
        .filter(|binding| binding.action.is_of_time() == (page == HelpPage::Time))
        .collect();
    let count = bindings.len() as u16;
    let most = (area.height.saturating_sub(2)).max(1);
    let columns = count.div_ceil(most).max(1);
    let longest = |text: fn(&Binding) -> &'static str| {
        let longest = bindings.iter().map(|binding| text(binding).width()).max();
        (longest.unwrap_or(0) + KEYS + 1) as u16
    };
    let column = longest(|binding| binding.help);
    let wide = columns * column + 2 <= area.width;
    let column = if wide {
        column
    } else {
        longest(|binding| binding.brief)
    };
    let rows = count.div_ceil(columns);
    let title = page.title(view);
    let size = (columns * column + 2, rows + 2);
    let inner = popup(theme, &title, size, area, buffer);
    for (i, binding) in (0u16..).zip(&bindings) {
        let x = inner.x + (i / rows) * column;
        let cell = Rect {
            x,
            width: column.min(inner.right().saturating_sub(x)),
            ..inner
        };
        let help = if wide { binding.help } else { binding.brief };
        let line = Line::from(vec![
            Span::styled(format!(" {:<KEYS$}", binding.shown), theme.style(Role::Key)),
            Span::raw(help),
        ]);
        put(buffer, cell, i % rows, &line);
    }
}
