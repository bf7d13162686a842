//! The text of a lesson: below the view, or in its place where there is no room for both.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::page::Page;
use super::{Help, Learn, contents};
use crate::lesson::catalogue::lessons;
use crate::tui::areas;
use crate::tui::keys::hints::KeyHints;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{put, put_rows, wrapped};

/// Most columns of text: longer lines are hard to read.
const WIDEST: u16 = 100;
/// Columns left free at both sides.
const MARGIN: u16 = 2;
/// The rule with the title, and the row of keys.
const AROUND: u16 = 2;

/// How the text is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn<'a> {
    pub(crate) theme: Theme,
    pub(crate) keys: &'a KeyHints,
}

/// How many rows at the bottom of the screen the lesson takes; all of them where the rest
/// would be too few for the view.
pub(crate) fn rows(learn: &Learn, drawn: Drawn<'_>, (columns, rows): (u16, u16)) -> u16 {
    let wanted = match learn.is_doing() {
        // As many on every page, so that the view does not jump.
        true => rows_of_steps(learn, drawn, columns),
        false => text(learn, drawn, columns).len() as u16,
    };
    let wanted = wanted.saturating_add(AROUND);
    match rows.checked_sub(wanted) {
        Some(rest) if rest >= areas::LEAST.1 => wanted,
        _ if learn.is_doing() => rows.saturating_sub(areas::LEAST.1),
        _ => rows,
    }
}

/// Draws it into the rows that it has.
pub(crate) fn render(learn: &Learn, drawn: Drawn<'_>, area: Rect, buffer: &mut Buffer) {
    put(buffer, area, 0, &title(learn, drawn.theme, area.width));
    let inner = Rect {
        x: area.x + MARGIN,
        y: area.y + 1,
        width: area.width.saturating_sub(2 * MARGIN),
        height: area.height.saturating_sub(AROUND),
    };
    put_rows(
        buffer,
        inner,
        drawn.theme,
        &text(learn, drawn, area.width),
        0,
    );
    put(
        buffer,
        area,
        area.height.saturating_sub(1),
        &keys(learn, drawn),
    );
}

fn title(learn: &Learn, theme: Theme, width: u16) -> Line<'static> {
    let style = theme.style(Role::Rule);
    let (name, place) = match learn.contents {
        Some(_) => ("Lessons".to_owned(), String::new()),
        None => (
            format!("{} {}", learn.at + 1, learn.lesson().title),
            format!(
                " {} · page {} of {} ",
                learn.page().word(learn.is_met),
                learn.page + 1,
                learn.pages.len()
            ),
        ),
    };
    let mut line = Line::from(vec![
        Span::styled("── ", style),
        Span::styled(name, theme.style(Role::Title)),
        Span::styled(" ", style),
    ]);
    let place = Span::styled(place, theme.style(Role::Dim));
    let rest = usize::from(width).saturating_sub(line.width() + place.width() + 2);
    line.push_span(Span::styled("─".repeat(rest), style));
    line.push_span(place);
    line.push_span(Span::styled("──", style));
    line
}

fn keys(learn: &Learn, drawn: Drawn<'_>) -> Line<'static> {
    let on = match learn.page() {
        _ if learn.contents.is_some() => "begin",
        Page::Ask(_) => "that is my prediction",
        Page::Do(..) if !learn.is_met => "skip",
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
    if learn.is_doing() && !learn.is_met {
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

/// The rows of the longest page on which something is done.
fn rows_of_steps(learn: &Learn, drawn: Drawn<'_>, columns: u16) -> u16 {
    let steps = learn.pages.iter().enumerate();
    let steps = steps.filter(|(_, page)| matches!(page, Page::Do(..)));
    let most = steps.flat_map(|(page, _)| {
        [(false, Help::Hint), (true, Help::None)].map(|(is_met, help)| {
            let learn = Learn {
                page,
                is_met,
                help,
                contents: None,
                ..learn.clone()
            };
            text(&learn, drawn, columns).len()
        })
    });
    most.max().unwrap_or(0) as u16
}

/// The text of what is shown, in rows.
pub(super) fn text(learn: &Learn, drawn: Drawn<'_>, columns: u16) -> Vec<Line<'static>> {
    let width = columns.saturating_sub(2 * MARGIN).min(WIDEST);
    if let Some(chosen) = learn.contents {
        return contents::text(learn, chosen, drawn.theme, width);
    }
    let mut text = Text {
        drawn,
        width,
        file: &learn.own.file,
        lines: Vec::new(),
    };
    match learn.page() {
        Page::Ask(round) => ask(learn, round, &mut text),
        Page::Do(..) => what_to_do(learn, &mut text),
        Page::Explain(round) => explain(learn, round, &mut text),
        Page::End => end(learn, &mut text),
    }
    text.lines
}

/// Text that is being made.
struct Text<'a> {
    drawn: Drawn<'a>,
    width: u16,
    file: &'a str,
    lines: Vec<Line<'static>>,
}

impl Text<'_> {
    /// Text: each line of it is wrapped; one that begins with spaces is a
    /// drawing, and stays as it is.
    fn put(&mut self, text: &str, role: Role) {
        let style = self.drawn.theme.style(role);
        let text = self
            .drawn
            .keys
            .hint(text.trim_end())
            .replace("{file}", self.file);
        for line in text.split('\n') {
            match line.starts_with(' ') || line.is_empty() {
                true => self.lines.push(Line::styled(line.to_owned(), style)),
                false => self.lines.extend(wrapped(line, self.width, style)),
            }
        }
    }

    /// The same behind a sign.
    fn put_behind(&mut self, sign: &str, text: &str, role: Role) {
        let style = self.drawn.theme.style(role);
        let indent = " ".repeat(sign.chars().count() + 1);
        let text = self.drawn.keys.hint(text.trim_end());
        let rows = wrapped(&text, self.width.saturating_sub(indent.len() as u16), style);
        for (at, row) in rows.into_iter().enumerate() {
            let before = match at {
                0 => format!("{sign} "),
                _ => indent.clone(),
            };
            let mut line = Line::from(Span::styled(before, style));
            line.spans
                .extend(row.spans.into_iter().map(|span| span.style(style)));
            self.lines.push(line);
        }
    }

    fn blank(&mut self) {
        self.lines.push(Line::default());
    }
}

fn ask(learn: &Learn, round: usize, text: &mut Text<'_>) {
    let of = learn.round(round);
    text.put(&of.tell, Role::Plain);
    text.blank();
    text.put(&of.ask, Role::Title);
    for (at, answer) in of.answers.iter().enumerate() {
        let is_chosen = at == learn.choice;
        let (mark, role) = match is_chosen {
            true => ("▶", Role::Selected),
            false => (" ", Role::Plain),
        };
        text.put_behind(&format!("{mark} {}", letter(at)), &answer.text, role);
    }
}

fn letter(at: usize) -> char {
    char::from(b'a' + at as u8)
}

fn what_to_do(learn: &Learn, text: &mut Text<'_>) {
    let Some(step) = learn.step() else { return };
    if learn.is_met {
        text.put_behind("✓", &step.see, Role::Good);
        return;
    }
    text.put(&step.text, Role::Plain);
    if learn.help != Help::None {
        text.put(&format!("Hint: {}", step.hint), Role::Notice);
    }
}

fn explain(learn: &Learn, round: usize, text: &mut Text<'_>) {
    let of = learn.round(round);
    let (right, said) = (learn.right(round), learn.answer(round));
    if let Some(said) = said.filter(|said| *said != right) {
        let answer = &of.answers[said];
        text.put_behind(
            "✗",
            &format!("You said {}: {} {}", letter(said), answer.text, answer.why),
            Role::Duplicate,
        );
        text.blank();
    }
    let answer = &of.answers[right];
    let begin = match said == Some(right) {
        true => "You said",
        false => "It is",
    };
    text.put_behind(
        "✓",
        &format!("{begin} {}: {} {}", letter(right), answer.text, answer.why),
        Role::Good,
    );
    text.blank();
    text.put(&of.explain, Role::Plain);
}

fn end(learn: &Learn, text: &mut Text<'_>) {
    let rounds = learn.lesson().rounds.len();
    let right = (0..rounds).filter(|round| learn.answer(*round) == Some(learn.right(*round)));
    text.put(
        &format!(
            "That was \"{}\". Of {rounds} predictions {} came true.",
            learn.lesson().title,
            right.count()
        ),
        Role::Title,
    );
    text.blank();
    match lessons().get(learn.at + 1) {
        Some(next) => {
            let minutes = next.minutes;
            text.put(
                &format!("Next: {}. {} ({minutes} minutes)", next.title, next.about),
                Role::Plain,
            );
        }
        None => text.put(
            "That was the last one. What now? `vmascope check` judges a kernel, `vmascope fuzz` \
             hunts, `vmascope attach` shows a process of yours.",
            Role::Plain,
        ),
    }
}
