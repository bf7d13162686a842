//! The picture of the Query: the question, the answer, which answers there were over
//! time, and how long the kernel took for them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::QueryView;
use super::action::flags;
use super::answer_text::answer_text;
use super::latency_histogram::{histogram, summary};
use super::strip;
use crate::linux::procmap_query::{Lookup, Query};
use crate::sampling::probe::reading::{ProbeAnswer, Reading};
use crate::text::number::{bytes, count, grouped, short, time};
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{put, put_rows, whole, wrapped};

/// Rows from which the parts stand apart.
const ROOMY: u16 = 14;

pub(crate) fn render(view: &QueryView, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let theme = shown.theme;
    let Some(query) = &view.asked else {
        let text = match shown.is_past {
            true => "  nothing was asked then: it is while this view is shown",
            false => "  nothing is asked yet; <query-address> types an address",
        };
        let line = Line::styled(shown.keys.hint(text), theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let question = question(shown, query, view.typed.as_deref(), area.width);
    let roomy = u16::from(area.height >= ROOMY);
    let mut rest = block(theme, &question, area, roomy, buffer);
    let Some(reading) = view.reading(shown) else {
        put(
            buffer,
            rest,
            0,
            &Line::styled(" asking …", theme.style(Role::Dim)),
        );
        return;
    };
    let answer = answer(theme, reading, area.width);
    rest = block(theme, &answer, rest, roomy, buffer);
    if reading.seen.is_empty() {
        return;
    }
    let strip = strip::lines(theme, reading, rest);
    rest = block(theme, &strip, rest, 0, buffer);
    let summary = [summary(theme, &reading.latency)];
    rest = block(theme, &summary, rest, 0, buffer);
    let histogram = histogram(theme, &reading.latency);
    // All of it or none.
    if histogram.len() <= usize::from(rest.height) {
        block(theme, &histogram, rest, 0, buffer);
    }
}

/// As many lines as there is room for, and what is left below them and a gap.
fn block(theme: Theme, lines: &[Line<'_>], area: Rect, gap: u16, buffer: &mut Buffer) -> Rect {
    let (block, rest) = split_rows(area, lines.len() as u16);
    put_rows(buffer, block, theme, lines, 0);
    split_rows(rest, gap).1
}

fn question(shown: &Shown, query: &Query, typed: Option<&str>, width: u16) -> Vec<Line<'static>> {
    let theme = shown.theme;
    let key = |text: String| Span::styled(text, theme.style(Role::Key));
    let mut first = vec![Span::styled(" PROCMAP_QUERY ", theme.style(Role::Title))];
    match typed {
        Some(typed) => {
            first.push(Span::styled(
                format!("0x{typed}▏"),
                theme.style(Role::Selected),
            ));
            first.push(Span::styled(
                "  hexadecimal; Enter asks, Esc keeps the old one",
                theme.style(Role::Dim),
            ));
        }
        None => {
            first.push(Span::styled(
                format!("{:#x}", query.address),
                theme.style(Role::Title),
            ));
            let words = match (query.lookup, width < 80) {
                (Lookup::Covering, true) => "covering",
                (Lookup::CoveringOrNext, true) => "covering or next",
                (Lookup::Covering, false) => "the VMA that covers it",
                (Lookup::CoveringOrNext, false) => "the VMA that covers it, or the next",
            };
            first.push(Span::raw(format!("  {words}  ")));
            first.push(key("N".into()));
            first.push(Span::styled(" changes", theme.style(Role::Dim)));
        }
    }
    let mut second = vec![Span::styled(" only ", theme.style(Role::Dim))];
    for (letter, word, on) in flags(&query.filter) {
        let mark = if on { "x" } else { " " };
        let space = if width >= 84 { " " } else { "" };
        second.push(key(format!("{letter}{space}")));
        let role = if on { Role::Title } else { Role::Dim };
        let text = format!("[{mark}]{space}{word} {space}");
        second.push(Span::styled(text, theme.style(role)));
    }
    vec![whole(first, width, 2), Line::from(second)]
}

/// What is answered now, and how often that has changed.
fn answer(theme: Theme, reading: &Reading, width: u16) -> Vec<Line<'static>> {
    let dim = |text: String| Span::styled(text, theme.style(Role::Dim));
    let (text, role) = answer_text(&reading.answer);
    let mut first = vec![
        dim(" answer ".into()),
        Span::styled(text, theme.style(role)),
    ];
    let mut second = Vec::new();
    match &reading.answer {
        ProbeAnswer::Vma(vma) => {
            first.push(dim(format!(
                "  {}",
                bytes(vma.end.saturating_sub(vma.start))
            )));
            if vma.start > reading.query.address {
                let gap = vma.start - reading.query.address;
                first.push(dim(format!(", {} above it", bytes(gap))));
            }
            let name = match &*reading.name {
                "" => "no name",
                name => name,
            };
            second.push(Span::raw(format!(" {}", theme.charset.text(name))));
            second.push(dim(format!("   pages of {}", bytes(vma.page_size))));
            if vma.inode != 0 {
                second.push(dim(format!(
                    "   offset {:#x}, inode {}, device {}",
                    vma.offset, vma.inode, vma.device
                )));
            }
        }
        ProbeAnswer::Nothing => {
            second.push(dim(" nothing that is asked for is mapped there".into()))
        }
        ProbeAnswer::Failed(_) => {}
    }
    let second = match &reading.answer {
        ProbeAnswer::Failed(error) => {
            let style = theme.style(Role::Notice);
            let mut lines = wrapped(&error.to_string(), width.saturating_sub(2), style);
            for line in &mut lines {
                line.spans.insert(0, Span::raw(" "));
            }
            lines
        }
        _ => vec![whole(second, width, 1)],
    };
    let per_second = |count: u64| (count as f64 / reading.elapsed.as_secs_f64().max(0.001)) as u64;
    // What is asked no more has no rate.
    let rate = match reading.answer {
        ProbeAnswer::Failed(_) => String::new(),
        _ => format!(" ({}/s)", short(per_second(reading.asked))),
    };
    let mut third = vec![
        dim(" asked ".into()),
        Span::styled(grouped(reading.asked), theme.style(Role::Title)),
        dim(rate),
        dim(format!("   changed {}", count(reading.changes, "time"))),
    ];
    if let Some(ago) = reading.last_change {
        third.push(dim(match ago.as_nanos() {
            0 => ", last just now".into(),
            nanoseconds => format!(", last {} ago", time(nanoseconds as f64)),
        }));
    }
    let mut lines = vec![whole(first, width, 2)];
    lines.extend(second);
    lines.push(whole(third, width, 2));
    lines
}
