//! Whether `PROCMAP_QUERY` answers what a line says.

use ratatui::text::Span;

use super::painter::Painter;
use crate::maps::permissions::Permissions;
use crate::session::live::PageAnswer;
use crate::tui::space::columns::Column;
use crate::tui::theme::Role;
use crate::tui::widgets::text::fitting;

impl Painter<'_> {
    /// Adds one sign: whether `PROCMAP_QUERY` agrees. Gives what it answers
    /// where it does not.
    pub(super) fn query(
        &self,
        spans: &mut Vec<Span<'static>>,
        start: u64,
        end: u64,
        permissions: &str,
    ) -> Option<Span<'static>> {
        if !self.has(Column::Query) || self.snapshot.scene.is_some() {
            return None;
        }
        let found = self.answer_for(start);
        let same = |(now_start, now_end, now): (u64, u64, Permissions)| {
            (now_start, now_end) == (start, end) && now.to_string() == permissions
        };
        let (sign, role) = match found.map(|found| found.answer) {
            None if self.is_asked => ("…", Role::Dim),
            None => (" ", Role::Dim),
            // The gate VMA is in no process's tree: no query finds it.
            Some(None) if start >> 63 == 1 => ("-", Role::Dim),
            Some(Some(answer)) if same(answer) => ("=", Role::Dim),
            Some(_) => ("≠", Role::Disagree),
        };
        spans.push(Span::styled(format!(" {sign}"), self.style(role)));
        if sign != "≠" {
            return None;
        }
        let text = match found?.answer {
            Some(now) => format!("  now {}", difference((start, end, permissions), now)),
            None => "  now nothing there".into(),
        };
        Some(Span::styled(text, self.style(Role::Disagree)))
    }

    fn answer_for(&self, start: u64) -> Option<&PageAnswer> {
        let site = self.snapshot.answers.beside(self.picture);
        let screen = self.snapshot.explored.answers.beside(self.picture);
        let mut all = site.iter().chain(screen);
        all.find(|answer| answer.address == start)
    }

    /// What the query answers now for the start of a line of the site.
    pub(super) fn answer(&self, start: u64, end: u64, used: usize) -> Vec<Span<'static>> {
        let Some(found) = self.answer_for(start) else {
            let text = if self.is_asked { " …" } else { " -" };
            return vec![Span::styled(text, self.style(Role::Dim))];
        };
        match found.answer {
            Some((now_start, now_end, _)) if (now_start, now_end) == (start, end) => {
                vec![Span::styled(" = the same", self.style(Role::Dim))]
            }
            Some(now) => {
                let (now_start, now_end, permissions) = now;
                let short = difference((start, end, ""), now);
                let texts = vec![
                    format!(" ≠ {now_start:x}-{now_end:x} {permissions}"),
                    format!(" ≠ {short}"),
                ];
                let text = fitting(texts, self.width.saturating_sub(used));
                vec![Span::styled(text, self.style(Role::Disagree))]
            }
            None => vec![Span::styled(" ≠ nothing there", self.style(Role::Disagree))],
        }
    }
}

/// In what an answer differs from a line of these addresses and permissions:
/// what is the same is in the line already.
fn difference(line: (u64, u64, &str), now: (u64, u64, Permissions)) -> String {
    let (start, end, permissions) = now;
    let letters = permissions.to_string();
    let other = if letters == line.2 { "" } else { &*letters };
    match (start == line.0, end == line.1) {
        (true, true) => other.to_owned(),
        (true, false) => format!("to {end:x} {other}"),
        _ => format!("{start:x}-{end:x} {letters}"),
    }
}
