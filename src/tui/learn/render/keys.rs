//! The row of keys.

use ratatui::text::{Line, Span};

use super::Drawn;
use crate::lesson::catalogue::lessons;
use crate::tui::learn::page::Page;
use crate::tui::learn::{Done, Help, Learn};
use crate::tui::theme::Role;

pub(super) fn keys(learn: &Learn, drawn: Drawn<'_>) -> Line<'static> {
    let on = match learn.page() {
        _ if learn.contents.is_some() => "begin",
        Page::Ask(_) => "that is my prediction",
        Page::Do(..) if learn.done == Done::No => "skip",
        Page::End if learn.at + 1 == lessons().len() => "all lessons",
        Page::End => "next lesson",
        _ => "go on",
    };
    let mut shown: Vec<(&str, &str)> = Vec::new();
    if learn.contents.is_some() || matches!(learn.page(), Page::Ask(_)) {
        shown.push(("<up> <down>", "choose"));
    }
    shown.push((
        match learn.is_doing() {
            true => "<lesson-on>",
            false => "Enter",
        },
        on,
    ));
    if learn.contents.is_none() {
        shown.push(("<lesson-back>", "back"));
    }
    if learn.is_doing() && learn.done == Done::No {
        shown.push(match learn.help {
            Help::None => ("<lesson-hint>", "hint"),
            Help::Wanted => ("<lesson-hint>", "as soon as the target is open"),
            Help::Hint | Help::Done => ("<lesson-hint>", "do it for me"),
        });
    }
    shown.push(match learn.contents {
        Some(_) => ("<lesson-contents>", "back to the lesson"),
        None => ("<lesson-contents>", "lessons"),
    });
    if learn.is_doing() {
        shown.push(("<lesson-again>", "begin again"));
    }
    shown.push(("<quit>", "quit"));
    let mut line = Line::from(" ");
    for (key, word) in shown {
        line.push_span(Span::styled(
            format!(" {}", drawn.keys.hint(key)),
            drawn.theme.style(Role::Key),
        ));
        line.push_span(Span::styled(
            format!(" {word}  "),
            drawn.theme.style(Role::Dim),
        ));
    }
    line
}
