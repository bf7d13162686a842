//! One line with its columns.

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::column_widths::LONG;
use super::painter::{Painter, STATE, mark};
use crate::maps::diff::change::AddressSpaceChangeKind as Kind;
use crate::maps::line::MapsLine;
use crate::session::explorer::recent::{MINUTE, Recent, recent_of};
use crate::session::lines::LineRef;
use crate::text::number::{ago, bytes, grouped, signed_bytes};
use crate::text::sanitise::sanitise;
use crate::tui::space::columns::Column;
use crate::tui::theme::Role;
use crate::tui::widgets::state_text::state_name;
use crate::tui::widgets::text::cut;

impl Painter<'_> {
    pub(crate) fn heading(&self) -> Line<'static> {
        let mut text = format!("    {:<width$} perm", "addresses", width = self.range_width);
        let has_site = self.snapshot.scene.is_some();
        for column in Column::ALL.into_iter().filter(|column| self.has(*column)) {
            let width = self.column_width(column) - usize::from(column != Column::Name);
            let name = match column {
                Column::Size if self.exact => "bytes",
                // It stands in the column of the names.
                Column::Query if has_site => continue,
                Column::Query => "q",
                Column::Change if self.width >= LONG => "in the last minute",
                Column::Change => "last minute",
                Column::Name => break,
                other => other.name(),
            };
            match column {
                Column::Change => text.push_str(&format!("  {name:<w$}", w = width - 1)),
                _ => text.push_str(&format!(" {name:>width$}")),
            }
        }
        if has_site {
            text.push_str(&format!("  {:<width$}", "state", width = STATE));
            if self.has(Column::Query) {
                let name = if self.width < 70 {
                    "query now"
                } else {
                    "PROCMAP_QUERY now"
                };
                text.push_str(&format!(" {name}"));
            }
        } else if self.has(Column::Name) {
            text.push_str("  name");
        }
        Line::styled(cut(&text, self.width), self.style(Role::Dim))
    }

    pub(crate) fn line(&self, index: u32) -> Line<'static> {
        let Some(line) = self.picture.lines.get(index as usize) else {
            return Line::default();
        };
        let text = self.picture.line_text(index);
        let parsed = MapsLine::parse(text).ok();
        let states = self.picture.states_of(index);
        let change = self.flash_at(line.start);
        let (glyph, role) = match (line.duplicate, line.backward, change) {
            (_, true, _) => ("◄", Role::Duplicate),
            (true, ..) => ("≈", Role::Duplicate),
            (_, _, Some(change)) => mark(change.kind),
            _ => (" ", Role::Plain),
        };
        let bar = match (states.is_some(), line.boundary) {
            (true, _) => Span::styled("▌", self.style(Role::Site)),
            (false, true) => Span::styled("┊", self.style(Role::Rule)),
            (false, false) => Span::raw(" "),
        };
        let body = match (line.duplicate, line.boundary, change) {
            (true, ..) => self.style(Role::Duplicate),
            (_, true, _) => self.style(Role::BoundaryLine),
            (_, _, Some(change)) if states.is_none() => self.style(mark(change.kind).1),
            _ => Style::new(),
        };
        let permissions = parsed.map_or_else(String::new, |vma| {
            sanitise(&vma.perms.as_bytes()).into_owned()
        });
        let mut spans = vec![
            Span::styled(format!(" {glyph}"), self.style(role)),
            bar,
            self.range(line.start, line.end, &permissions, body),
        ];
        let size = line.end.saturating_sub(line.start);
        self.fields(&mut spans, size, parsed.as_ref());
        if let Some(states) = states {
            spans.push(Span::raw("  "));
            spans.push(self.state(states));
            if self.has(Column::Query) {
                let used = spans.iter().map(Span::width).sum();
                spans.extend(self.answer(line.start, line.end, used));
            }
            return Line::from(spans);
        }
        let disagrees = self.query(&mut spans, line.start, line.end, &permissions);
        if self.has(Column::Change) {
            spans.push(self.recent(self.recent_of(line)));
        }
        if let Some(answer) = disagrees {
            spans.push(answer);
        } else if self.has(Column::Name) {
            self.name(&mut spans, parsed.map_or(&b""[..], |vma| vma.name));
        }
        Line::from(spans)
    }

    /// Several lines of one file.
    pub(crate) fn group(&self, first: u32, count: u32) -> Line<'static> {
        let lines = self
            .picture
            .lines
            .get(first as usize..(first + count) as usize);
        let Some(lines @ [line, ..]) = lines else {
            return Line::default();
        };
        let end = lines.last().map_or(line.end, |line| line.end);
        let size = lines
            .iter()
            .map(|line| line.end.saturating_sub(line.start))
            .sum();
        let flash = lines.iter().find_map(|line| self.flash_at(line.start));
        let (glyph, role) = flash.map_or((" ", Role::Plain), |change| mark(change.kind));
        let body = flash.map_or(Style::new(), |change| self.style(mark(change.kind).1));
        let mut spans = vec![
            Span::styled(format!(" {glyph}"), self.style(role)),
            Span::styled("⊞", self.style(Role::Key)),
            self.range(line.start, end, &format!("×{count}"), body),
        ];
        self.fields(&mut spans, size, None);
        if self.has(Column::Query) {
            spans.push(Span::raw("  "));
        }
        if self.has(Column::Change) {
            let recent = lines.iter().filter_map(|line| self.recent_of(line));
            spans.push(self.recent(recent.max_by_key(|recent| recent.at)));
        }
        if self.has(Column::Name) {
            let text = self.picture.line_text(first);
            self.name(
                &mut spans,
                crate::session::explorer::kind::name_of_line(text),
            );
        }
        Line::from(spans)
    }

    fn range(&self, start: u64, end: u64, permissions: &str, style: Style) -> Span<'static> {
        let range = format!("{start:08x}-{end:08x}");
        let width = self.range_width;
        Span::styled(format!(" {range:<width$} {permissions:<4}"), style)
    }

    /// Size, offset, device, inode: as many as are wanted.
    fn fields(&self, spans: &mut Vec<Span<'static>>, size: u64, line: Option<&MapsLine<'_>>) {
        for column in Column::ALL.into_iter().filter(|column| self.has(*column)) {
            let text = match column {
                Column::Size if self.exact => grouped(size),
                Column::Size => bytes(size),
                Column::Offset => {
                    line.map_or_else(String::new, |line| format!("{:x}", line.offset))
                }
                Column::Device => line.map_or_else(String::new, |line| line.device.to_string()),
                Column::Inode => line.map_or_else(String::new, |line| line.inode.to_string()),
                // Drawn elsewhere.
                Column::Query | Column::Change | Column::Name => continue,
            };
            let width = self.column_width(column) - 1;
            spans.push(Span::styled(
                format!(" {text:>width$}"),
                self.style(Role::Dim),
            ));
        }
    }

    fn name(&self, spans: &mut Vec<Span<'static>>, name: &[u8]) {
        let used: usize = spans.iter().map(Span::width).sum();
        let name = cut(&self.theme.name(name), self.width.saturating_sub(used + 2));
        spans.push(Span::styled(format!("  {name}"), self.style(Role::Dim)));
    }

    /// The states that have a line of the site.
    fn state(&self, states: u64) -> Span<'static> {
        let count = self
            .snapshot
            .scene
            .as_ref()
            .map_or(0, |scene| scene.info.states.len());
        let (text, role) = state_name(states, count);
        let width = STATE;
        Span::styled(format!("{text:<width$}"), self.style(role))
    }

    fn recent_of(&self, line: &LineRef) -> Option<&Recent> {
        let recent = recent_of(&self.snapshot.explored.recent, &line.range());
        recent.filter(|recent| self.now < recent.at + MINUTE)
    }

    /// What happened to a VMA in the last minute.
    fn recent(&self, recent: Option<&Recent>) -> Span<'static> {
        let width = self.column_width(Column::Change) - 2;
        let Some(recent) = recent else {
            return Span::raw(" ".repeat(width + 2));
        };
        let age = self.now.saturating_sub(recent.at);
        let text = if self.width >= LONG {
            let grown = match recent.grown() {
                0 => String::new(),
                grown => format!(" {}", signed_bytes(grown)),
            };
            format!("{}{grown}, {} ago", recent.kind, ago(age))
        } else {
            format!("{} {}", recent.kind, ago(age))
        };
        let role = match recent.kind {
            _ if age > Duration::from_secs(10) => Role::Dim,
            Kind::Map => Role::New,
            _ => Role::Changed,
        };
        let text = cut(&text, width);
        Span::styled(format!("  {text:<width$}"), self.style(role))
    }
}
