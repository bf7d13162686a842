//! How the list looks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::state::{FRAME_ROWS, Picker};
use crate::process::process_list::ProcessEntry;
use crate::text::number::{bytes, grouped};
use crate::tui::theme::Role;
use crate::tui::widgets::text::{cut, in_charset, put};

/// Columns of the fields before the name: with the blanks between them.
const VMAS: usize = 8;
const RESIDENT: usize = 9;
const THREADS: usize = 7;
const PID: usize = 8;
const USER: usize = 8;
const NAME: usize = 16;

/// From so many columns on the user is shown.
const MEDIUM: u16 = 76;
/// From so many columns on the command line is shown.
const WIDE: u16 = 100;

pub(crate) fn render(picker: &Picker, area: Rect, buffer: &mut Buffer) {
    render_parts(picker, area, buffer);
    in_charset(picker.theme.charset, buffer);
}

fn render_parts(picker: &Picker, area: Rect, buffer: &mut Buffer) {
    let style = |role| picker.theme.style(role);
    let mut put = |row: u16, line: &Line<'_>| put(buffer, area, row, line);
    let (all, refused) = picker.counts();
    let mut counts = format!("{} processes", grouped(all as u64));
    if refused > 0 {
        counts.push_str(&format!(", {} may not be read ✗", grouped(refused as u64)));
    }
    if let Some((done, of)) = picker.progress {
        counts.push_str(&format!(", looking … {done} of {of}"));
    }
    put(
        0,
        &Line::from(vec![
            Span::styled(" vmascope attach", style(Role::Title)),
            Span::raw(if area.width < WIDE {
                "  "
            } else {
                "  choose a process to watch   "
            }),
            Span::styled(counts, style(Role::Dim)),
        ]),
    );
    let mut search = vec![Span::styled(" search ", style(Role::Key))];
    if picker.search.is_empty() {
        search.push(Span::styled(
            "type a PID, or a part of a name, user or command",
            style(Role::Dim),
        ));
    } else {
        search.push(Span::styled(
            format!("{}▏", picker.search),
            style(Role::Title),
        ));
        search.push(Span::styled(
            format!("  {} found", grouped(picker.shown().len() as u64)),
            style(Role::Dim),
        ));
    }
    put(1, &Line::from(search));
    let user = user_column("user", area.width);
    let last = if area.width >= WIDE { "command" } else { "" };
    put(
        2,
        &Line::styled(
            format!(
                "  {:>VMAS$} {:>RESIDENT$} {:>THREADS$} {:>PID$}  {user}{:<NAME$} {last}",
                "VMAs ↓", "resident", "threads", "PID", "name"
            ),
            style(Role::Dim),
        ),
    );
    let selected = picker.selected_row();
    let rows = usize::from(area.height.saturating_sub(FRAME_ROWS));
    let entries = picker.shown().enumerate().skip(picker.top).take(rows);
    for (row, (at, entry)) in (3u16..).zip(entries) {
        put(row, &entry_line(picker, entry, at == selected, area.width));
    }
    if picker.shown().len() == 0 {
        let text = match picker.progress {
            Some(_) => "  looking at the processes …",
            None => "  no process fits; Esc clears the search",
        };
        put(3, &Line::styled(text, style(Role::Dim)));
    }
    // Where there are hardly any rows, the search is worth more.
    if area.height < FRAME_ROWS {
        return;
    }
    if let Some(notice) = &picker.notice {
        let text = cut(notice, usize::from(area.width).saturating_sub(2));
        put(
            area.height.saturating_sub(2),
            &Line::styled(format!(" {text}"), style(Role::Notice)),
        );
    }
    let mut keys = Vec::new();
    let leave = if picker.search.is_empty() {
        "quit"
    } else {
        "clear"
    };
    for (key, does) in [
        ("↑↓", "select"),
        ("PgUp PgDn", "page"),
        ("Enter", "watch it"),
        ("Esc", leave),
        ("Ctrl-O", "mouse selects"),
    ]
    .into_iter()
    .filter(|(key, _)| *key != "Ctrl-O" || area.width >= 76)
    {
        keys.push(Span::styled(format!(" {key}"), style(Role::Key)));
        keys.push(Span::raw(format!(" {does} ")));
    }
    put(area.height.saturating_sub(1), &Line::from(keys));
}

fn entry_line(picker: &Picker, entry: &ProcessEntry, selected: bool, width: u16) -> Line<'static> {
    let mark = if selected { "▶" } else { " " };
    let vmas = match &entry.vmas {
        Ok(vmas) => grouped(*vmas),
        Err(_) => "✗".to_owned(),
    };
    let user = entry.user.split(" (").next().unwrap_or_default();
    let user = user_column(user, width);
    let mut text = format!(
        "{mark} {vmas:>VMAS$} {:>RESIDENT$} {:>THREADS$} {:>PID$}  {user}{} ",
        bytes(entry.resident),
        entry.threads,
        entry.pid,
        filled(&picker.theme.charset.text(&entry.name), NAME),
    );
    let room = usize::from(width).saturating_sub(text.width());
    match &entry.vmas {
        Err(why) => text.push_str(&cut(why, room)),
        Ok(_) if width >= WIDE => {
            text.push_str(&cut(&picker.theme.charset.text(&entry.command), room))
        }
        Ok(_) => {}
    }
    let role = match (selected, &entry.vmas) {
        (true, _) => Role::Selected,
        (false, Err(_)) => Role::Dim,
        (false, Ok(_)) => Role::Plain,
    };
    if selected {
        text = filled(&text, usize::from(width));
    }
    Line::styled(text, picker.theme.style(role))
}

/// The user's name, where there is room for it.
fn user_column(user: &str, width: u16) -> String {
    if width < MEDIUM {
        return String::new();
    }
    format!("{} ", filled(user, USER))
}

/// Text in just so many columns.
fn filled(text: &str, columns: usize) -> String {
    let mut text = cut(text, columns);
    let missing = columns.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', missing));
    text
}
