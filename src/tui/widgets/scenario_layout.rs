//! A scenario as page layouts: each state, and the call that leads to the next.

use ratatui::text::{Line, Span};

use super::page_layout::{cells, state_label};
use crate::scenario::definition::Scenario;
use crate::tui::theme::{Role, Theme};

/// Columns before the first page, where the rows have labels; and where there is
/// room for the numbers of the states only.
pub(crate) const LABELS: usize = 16;
pub(crate) const NUMBERS: usize = 2;

/// Its rows; the first has the numbers of the pages.
pub(crate) fn rows(theme: Theme, scenario: &Scenario, columns: usize) -> Vec<Line<'static>> {
    let is_labelled = columns >= LABELS;
    let labelled = |long: &str, short: String, role: Role, spans: Vec<Span<'static>>| {
        let label = if is_labelled { long.to_owned() } else { short };
        let label = Span::styled(format!(" {label:<columns$}"), theme.style(role));
        Line::from([vec![label], spans].concat())
    };
    let dim = |text: String| vec![Span::styled(text, theme.style(Role::Dim))];
    let pages: String = (0..scenario.original.page_count())
        .map(|page| format!("{page:^3}"))
        .collect();
    let mut lines = vec![labelled(
        "page of the site",
        String::new(),
        Role::Dim,
        dim(pages),
    )];
    if let Some(source) = &scenario.source {
        let spans = cells(theme, &source.cells(), &[]);
        lines.push(labelled("source", "s".into(), Role::Dim, spans));
    }
    for call in scenario.setup.iter().filter(|_| is_labelled) {
        let text = dim(call.to_string());
        lines.push(labelled("made by", String::new(), Role::Dim, text));
    }
    let count = scenario.operations.len();
    for (k, state) in scenario.states().enumerate() {
        let (label, role) = state_label(k, count);
        let spans = cells(theme, &state.cells(), &[]);
        lines.push(labelled(&label, k.to_string(), role, spans));
        let back = if k + 1 == count { ", and back" } else { "" };
        let call = format!("▼ {}{back}", scenario.operations[k].call);
        lines.push(labelled("", String::new(), Role::Dim, dim(call)));
    }
    lines
}
