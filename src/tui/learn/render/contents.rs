//! The list of all lessons, with how far one has come.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::lesson::catalogue::lessons;
use crate::lesson::definition::Lesson;
use crate::lesson::progress::Progress;
use crate::tui::learn::Learn;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::cut;

/// What is known of a lesson, in a word or two.
pub(super) fn state(lesson: &Lesson, progress: &Progress) -> (&'static str, String, Role) {
    match progress.of(&lesson.name) {
        Some(known) if known.done => ("✓", "done".into(), Role::Good),
        Some(known) if known.page > 0 => ("▶", format!("page {}", known.page + 1), Role::Modified),
        _ => ("·", format!("{} minutes", lesson.minutes), Role::Dim),
    }
}

pub(super) fn text(learn: &Learn, chosen: usize, theme: Theme, width: u16) -> Vec<Line<'static>> {
    let mut lines = vec![
        Line::styled(
            "Ten lessons on this kernel: predict, do, see, explain.",
            theme.style(Role::Plain),
        ),
        Line::default(),
    ];
    let titles = lessons().iter().map(|lesson| lesson.title.width());
    let titles = titles.max().unwrap_or(0);
    for (at, lesson) in lessons().iter().enumerate() {
        let (sign, word, role) = state(lesson, &learn.progress);
        let base = match at == chosen {
            true => theme.style(Role::Selected),
            false => theme.style(Role::Plain),
        };
        let mark = if at == chosen { "▶" } else { " " };
        let title = &lesson.title;
        let mut line = Line::from(vec![
            Span::styled(format!("{mark} {:>2}  {title:<titles$}  ", at + 1), base),
            Span::styled(format!("{sign} {word}"), theme.style(role)),
        ]);
        let room = usize::from(width).saturating_sub(titles + 7 + 14);
        if room >= 40 {
            let pad = (titles + 7 + 14).saturating_sub(line.width());
            line.push_span(Span::styled(
                " ".repeat(pad) + &cut(&lesson.about, room),
                theme.style(Role::Dim),
            ));
        }
        lines.push(line);
    }
    lines.push(Line::default());
    lines.push(Line::styled(
        cut(&lessons()[chosen].about, usize::from(width)),
        theme.style(Role::Plain),
    ));
    lines
}
