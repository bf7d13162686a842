//! What became of the VMA that is open, and what `smaps` counts.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{LABEL, Panel};
use crate::report::changes::change_line;
use crate::session::explorer::recent::{Recent, recent_of};
use crate::text::number::{ago, count, signed_bytes};
use crate::tui::theme::Role;

/// Columns of a figure of `smaps`.
const FIGURE: usize = 28;

impl Panel<'_> {
    /// What became of it.
    pub(crate) fn history(&self, lines: &mut Vec<Line<'static>>) {
        let explored = &self.latest.explored;
        let past = &explored.past;
        let found = self.found.iter();
        let grown = found
            .filter_map(|(_, line)| recent_of(&explored.recent, &line.range()))
            .map(Recent::grown)
            .find(|grown| *grown != 0);
        let mut label = "history";
        if let Some(grown) = grown {
            let text = format!("in the last minute: {}", signed_bytes(grown));
            self.row(lines, label, &text, self.theme.style(Role::Changed));
            label = "";
        }
        for logged in &past.changes {
            let age = ago(self.now.saturating_sub(logged.at));
            let change = change_line(&logged.change);
            let (kind, rest) = change.split_once(' ').unwrap_or((&change, ""));
            let text = format!("{age} ago: {kind} {}", rest.trim_start());
            self.plain(lines, label, &text);
            label = "";
        }
        let seen = match (past.from_the_start, past.forgotten, explored.since) {
            (true, ..) => "that is when it came; nothing of it before".to_owned(),
            (_, true, _) => "older changes are forgotten".to_owned(),
            (_, _, Some(since)) if past.changes.is_empty() => format!(
                "seen since the first scan, {} ago, and no change",
                ago(self.now.saturating_sub(since))
            ),
            (_, _, Some(since)) => format!(
                "seen since the first scan, {} ago",
                ago(self.now.saturating_sub(since))
            ),
            (_, _, None) => "no scan was compared yet".to_owned(),
        };
        self.row(lines, label, &seen, self.theme.style(Role::Dim));
    }

    /// What `smaps` counts, and what reading it costs.
    pub(crate) fn usage(&self, lines: &mut Vec<Line<'static>>) {
        let explored = &self.latest.explored;
        let dim = self.theme.style(Role::Dim);
        let locks = &explored.smaps_locks;
        let Some(usage) = self.usage else {
            let text = format!(
                "u reads it: from the start to here, counting the pages of every VMA on the way. \
                 On this kernel that {locks}: whoever writes may have to wait."
            );
            return self.row(lines, "smaps", &text, dim);
        };
        if let Some(error) = &usage.error {
            return self.row(lines, "smaps", error, self.theme.style(Role::Notice));
        }
        let text = format!(
            "read {} ago in {:.1} ms, past {}; reading {locks}",
            ago(self.now.saturating_sub(usage.at)),
            usage.took.as_secs_f64() * 1e3,
            count(usage.passed, "VMA"),
        );
        self.row(lines, "smaps", &text, dim);
        if usage.figures.is_empty() {
            return self.plain(lines, "", "no VMA held this address then");
        }
        let (long, short): (Vec<_>, Vec<_>) = usage
            .figures
            .iter()
            .partition(|(name, value)| name.len() + value.len() + 3 > FIGURE);
        let room = usize::from(self.width).saturating_sub(LABEL + 2);
        for figures in short.chunks((room / FIGURE).max(1)) {
            let mut spans = vec![Span::raw(" ".repeat(LABEL + 1))];
            for (name, value) in figures {
                let width = FIGURE - 3 - name.len();
                spans.push(Span::styled(format!("{name} "), dim));
                // Zeroes are dim.
                let style = if value.starts_with("0 ") {
                    dim
                } else {
                    Style::new()
                };
                spans.push(Span::styled(format!("{value:>width$}  "), style));
            }
            lines.push(Line::from(spans));
        }
        for (name, value) in long {
            self.plain(lines, &format!("  {name}"), value);
        }
    }
}
