//! The answers over time: the latest ones, one by one, and for each answer a row
//! whose bars are its shares of all that was answered in a slice of time.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::answer_text::answer_text;
use crate::sampling::probe::reading::{ProbeAnswer, Reading};
use crate::sampling::probe::slices::SLICE;
use crate::text::number::{count, time};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::cut;
use crate::tui::widgets::time_axis::time_axis;

/// Columns of an answer in words.
const ANSWER: usize = 27;
/// Columns of its count, where there is room for it.
const COUNT: usize = 15;
/// Columns of its share of all.
const SHARE: usize = 8;
/// Columns from which there is.
const WIDE: usize = 76;
/// Columns of a strip at least, beside the words.
const LEAST: usize = 8;
/// Seconds from one label of the time axis to the next.
const TICK: usize = 2;
/// A share, by height.
const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Those that there is room for: each answer has its strip below its words, or
/// beside them where there are few rows.
pub(super) fn lines(theme: Theme, reading: &Reading, area: Rect) -> Vec<Line<'static>> {
    let width = usize::from(area.width);
    let rows = usize::from(area.height);
    let (dim, answers) = (theme.style(Role::Dim), reading.seen.len());
    let others = usize::from(reading.others > 0);
    // The latest answers, the axis, and how long answers took.
    let beside = rows < 2 * answers + others + 5;
    let times = if width < WIDE { 0 } else { COUNT };
    let left = if beside {
        4 + ANSWER + times + SHARE
    } else {
        4
    };
    let columns = width.saturating_sub(left + 1);
    let mut lines = Vec::new();
    if rows > answers + 4 {
        lines.extend(latest(theme, reading, width));
    }
    for (place, seen) in reading.seen.iter().enumerate() {
        let (text, _) = answer_text(&seen.answer);
        let (glyph, role) = glyph(place, &seen.answer);
        let is_now = seen.answer == reading.answer;
        let mut words = words(&text, seen.count, reading.asked, times);
        let style = if is_now {
            theme.style(Role::Title)
        } else {
            Style::new()
        };
        let mark = Span::styled(
            format!("{} {glyph} ", if is_now { "▸" } else { " " }),
            theme.style(role),
        );
        let strip = strip(&seen.shares, columns);
        if !beside {
            lines.push(Line::from(vec![mark, Span::styled(words, style)]));
            lines.push(Line::styled(format!("    {strip}"), theme.style(role)));
            continue;
        }
        let mut spans = vec![mark];
        if columns < LEAST {
            words.truncate(words.trim_end().len());
        }
        spans.push(Span::styled(words, style));
        if columns >= LEAST {
            spans.push(Span::styled(strip, theme.style(role)));
        }
        lines.push(Line::from(spans));
    }
    if reading.others > 0 {
        let words = words("other answers", reading.others, reading.asked, times);
        lines.push(Line::styled(format!("  ? {words}"), dim));
    }
    if columns >= LEAST && lines.len() + 2 < rows {
        let used = columns.min(longest(reading));
        let each = TICK * 1000 / SLICE.as_millis() as usize;
        let axis = time_axis(left + columns - used, used, each, TICK);
        lines.extend(axis.map(|text| Line::styled(text, dim)));
    }
    lines
}

/// How many slices there are.
fn longest(reading: &Reading) -> usize {
    let shares = reading.seen.iter().map(|seen| seen.shares.len());
    shares.max().unwrap_or(0)
}

/// An answer, how often it came in so many columns, and of all answers how many that
/// were.
fn words(text: &str, number: u64, asked: u64, columns: usize) -> String {
    let part = 100.0 * number as f64 / asked.max(1) as f64;
    let text = cut(text, ANSWER - 1);
    let times = match columns {
        0 => String::new(),
        _ => count(number, "time"),
    };
    format!("{text:<ANSWER$}{times:<columns$}{part:>5.1} % ")
}

/// The newest slice is at the right.
fn strip(shares: &[u8], columns: usize) -> String {
    let shown = &shares[shares.len().saturating_sub(columns)..];
    let height = |share: &u8| HEIGHTS[usize::from(*share).min(HEIGHTS.len() - 1)];
    let bars: String = shown.iter().map(height).collect();
    format!("{bars:>columns$}")
}

/// What stands for an answer: each VMA has a sign of its own.
fn glyph(place: usize, answer: &ProbeAnswer) -> (char, Role) {
    const VMAS: [(char, Role); 6] = [
        ('■', Role::Original),
        ('□', Role::Modified),
        ('◆', Role::New),
        ('▲', Role::Good),
        ('▼', Role::Title),
        ('▸', Role::Key),
    ];
    match answer {
        // There are hardly ever more.
        ProbeAnswer::Vma(_) => VMAS.get(place).copied().unwrap_or(('•', Role::Plain)),
        ProbeAnswer::Nothing => ('○', Role::Changed),
        ProbeAnswer::Failed(_) => ('✗', Role::Violation),
    }
}

/// The latest answers, one by one.
fn latest(theme: Theme, reading: &Reading, width: usize) -> Vec<Line<'static>> {
    let shown = &reading.latest[reading.latest.len().saturating_sub(width.saturating_sub(5))..];
    if shown.is_empty() {
        return Vec::new();
    }
    let each = reading.elapsed.as_nanos() as u64 / reading.asked.max(1);
    let text = format!(
        " the latest answers one by one, each about {}; bars: shares of {} ms",
        time(each as f64),
        SLICE.as_millis()
    );
    let mut spans = vec![Span::raw("    ")];
    for run in shown.chunk_by(|one, next| one == next) {
        let seen = reading.seen.get(usize::from(run[0]));
        let (glyph, role) = match seen {
            Some(seen) => glyph(usize::from(run[0]), &seen.answer),
            None => ('?', Role::Dim),
        };
        let text = glyph.to_string().repeat(run.len());
        spans.push(Span::styled(text, theme.style(role)));
    }
    vec![
        Line::styled(text, theme.style(Role::Dim)),
        Line::from(spans),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixture::query::{reading, site_query};

    fn rows(width: u16, height: u16) -> Vec<String> {
        let lines = lines(
            Theme::default(),
            &reading(site_query()),
            Rect::new(0, 0, width, height),
        );
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_newest_is_at_the_right_and_each_answer_has_its_sign() {
        let shown = rows(80, 12);
        // One of the latest 128 was no VMA: 37 from the end.
        let latest: Vec<char> = shown[1].trim().chars().collect();
        assert_eq!(latest[latest.len() - 38], '○');
        assert_eq!(latest.last(), Some(&'■'));
        assert!(shown[2].contains("■ 10126000-10129000 rw-p"), "{shown:?}");
        assert!(
            shown[6].contains("1 time ") && shown[6].contains("0.3 %"),
            "{shown:?}"
        );
        // It was in one slice, 29 from the end.
        let strip: Vec<char> = shown[7].chars().collect();
        assert_eq!(strip[strip.len() - 30], '▁');
        assert_eq!(strip.iter().filter(|it| **it != ' ').count(), 1);
        assert!(
            shown.last().is_some_and(|it| it.ends_with("now")),
            "{shown:?}"
        );
    }

    #[test]
    fn a_strip_is_there_in_few_rows_and_columns() {
        let shown = rows(60, 5);
        assert_eq!(shown.len(), 3);
        assert!(
            shown.iter().take(2).all(|row| row.contains('▄')),
            "{shown:?}"
        );
        assert!(
            shown.iter().all(|row| row.chars().count() <= 60),
            "{shown:?}"
        );
    }
}
