//! The VMA that is open: its line, what `PROCMAP_QUERY` says of it, whether
//! the two agree, what became of it, and what `smaps` counts.

pub(crate) mod past;
pub(crate) mod query;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use crate::session::explorer::inspection::Inspection;
use crate::session::explorer::usage::Usage;
use crate::session::lines::LineRef;
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;
use crate::session::trigger::Trigger;
use crate::text::number::{ago, bytes, grouped};
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::space::OpenVma;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::border::boxed;
use crate::tui::widgets::text::{put_rows, wrapped};

/// Columns of the labels.
const LABEL: usize = 13;
/// Lines in which one address is at most in a scan: more would say nothing.
const MOST_LINES: usize = 4;

pub(crate) fn scrolled(open: OpenVma, shown: &Shown, area: Rect) -> Scrolled {
    let Some((snapshot, picture)) = shown.picture() else {
        return Scrolled::default();
    };
    let inner = Block::bordered().inner(area);
    let lines = Panel::new(open, shown, snapshot, picture, inner.width).lines();
    Scrolled::in_text(open.top.into(), lines.len(), inner.height)
}

pub(crate) fn render(
    open: OpenVma,
    shown: &Shown,
    snapshot: &Snapshot,
    picture: &Picture,
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = shown.theme;
    Clear.render(area, buffer);
    let width = Block::bordered().inner(area).width;
    let panel = Panel::new(open, shown, snapshot, picture, width);
    let title = Line::styled(panel.title(), theme.style(Role::Title));
    let hint = " <up><down> another VMA  <page-down>  <space-smaps> smaps  <close> closes ";
    let inner = boxed(theme, title, &shown.keys.hint(hint), area, buffer);
    let lines = panel.lines();
    let last = lines.len().saturating_sub(usize::from(inner.height));
    put_rows(
        buffer,
        inner,
        theme,
        &lines,
        usize::from(open.top).min(last),
    );
}

struct Panel<'a> {
    theme: Theme,
    now: Duration,
    width: u16,
    open: OpenVma,
    /// The picture is not the latest.
    is_held: bool,
    picture: &'a Picture,
    /// The number of its scan.
    number: u64,
    /// The lines that hold the address.
    found: Vec<(u32, &'a LineRef)>,
    inspection: Option<&'a Inspection>,
    usage: Option<&'a Usage>,
    latest: &'a Snapshot,
}

impl<'a> Panel<'a> {
    fn new(
        open: OpenVma,
        shown: &'a Shown,
        snapshot: &'a Snapshot,
        picture: &'a Picture,
        width: u16,
    ) -> Self {
        // Where an address is in two lines, they are near each other.
        let near = picture.line_at(open.address).unwrap_or(0).saturating_sub(8);
        let found = (near..)
            .zip(picture.lines.get(near as usize..).unwrap_or_default())
            .take(32)
            .filter(|(_, line)| (line.start..line.end).contains(&open.address))
            .take(MOST_LINES)
            .collect();
        // What is asked is asked now, even while the display is frozen.
        let latest = shown.latest.as_deref().unwrap_or(snapshot);
        let asked_for = |address: u64| address == open.address;
        Panel {
            theme: shown.theme,
            now: shown.now,
            width,
            open,
            is_held: shown.frozen.is_some() || shown.trigger != Trigger::Live,
            picture,
            number: snapshot.scan_number(),
            found,
            inspection: latest
                .explored
                .inspection
                .as_deref()
                // What stands beside a line was asked after it was read.
                .filter(|it| asked_for(it.address) && it.at >= picture.at),
            usage: latest
                .explored
                .usage
                .as_deref()
                .filter(|it| asked_for(it.address)),
            latest,
        }
    }

    fn title(&self) -> String {
        match self.found.last() {
            Some((_, line)) => format!(
                " {:x}-{:x}, {} ",
                line.start,
                line.end,
                bytes(line.end.saturating_sub(line.start))
            ),
            None => format!(" {:x}: no line in this scan ", self.open.address),
        }
    }

    fn lines(&self) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        self.maps(&mut lines);
        lines.push(Line::default());
        self.query(&mut lines);
        self.agreement(&mut lines);
        lines.push(Line::default());
        self.history(&mut lines);
        lines.push(Line::default());
        self.usage(&mut lines);
        lines
    }

    /// A label and a text, which may take several rows.
    fn row(&self, lines: &mut Vec<Line<'static>>, label: &str, text: &str, style: Style) {
        let room = self.width.saturating_sub(LABEL as u16 + 2);
        for (i, line) in wrapped(text, room, style).into_iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            let mut spans = vec![Span::styled(
                format!(" {label:<LABEL$}"),
                self.theme.style(Role::Dim),
            )];
            spans.extend(line.spans);
            lines.push(Line::from(spans));
        }
    }

    fn plain(&self, lines: &mut Vec<Line<'static>>, label: &str, text: &str) {
        self.row(lines, label, text, Style::new());
    }

    /// The line as it is printed.
    fn maps(&self, lines: &mut Vec<Line<'static>>) {
        let number = grouped(self.number);
        let held = self
            .is_held
            .then(|| ago(self.now.saturating_sub(self.picture.at)));
        let age = held.map_or(String::new(), |age| format!(", {age} ago"));
        for (at, (index, line)) in self.found.iter().enumerate() {
            let text = self.theme.name(self.picture.line_text(*index));
            let label = if at == 0 { "line in maps" } else { "and again" };
            let style = if line.duplicate {
                self.theme.style(Role::Duplicate)
            } else {
                Style::new()
            };
            // Without the blanks that align the names.
            let words: Vec<&str> = text.split_whitespace().collect();
            self.row(lines, label, &words.join(" "), style);
        }
        let text = match self.found.len() {
            0 => format!("none: no line of scan {number}{age} holds this address"),
            1 => format!("of scan {number}{age}"),
            _ => format!("of scan {number}{age}: it changed while it was read"),
        };
        let label = if self.found.is_empty() {
            "line in maps"
        } else {
            ""
        };
        self.row(lines, label, &text, self.theme.style(Role::Dim));
    }
}
