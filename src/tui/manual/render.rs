//! Manual mode: the file so far with the reader as a cursor in it, the site as
//! page layouts, the modifier's next operation, and what is to be said.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{Manual, render_file, render_taken};
use crate::session::by_hand::ManualShown;
use crate::session::snapshot::Scene;
use crate::session::trigger::Held;
use crate::stepping::step::ReadSize;
use crate::text::number::count;
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::page_layout;
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::put;

/// Columns of the file at most: the layouts stand near it.
const FILE: u16 = 76;
/// Columns from which both timelines stand beside the file, and its columns then.
const WIDE: u16 = 112;
const NARROW_FILE: u16 = 46;
/// Rows of the timelines that are worth having at least.
const TIMELINES: u16 = 4;
/// Rows of the body below which there is little room.
const SMALL: u16 = 13;
/// Rows from which timelines leave room for what is told of the last step.
const ROOMY: u16 = 20;
/// Rows of the layouts that are worth having at least.
const LAYOUTS: u16 = 5;
/// Steps named in the caption.
const LAST_STEPS: usize = 6;

/// Where things are in the body.
#[derive(Clone, Copy, Debug)]
struct Parts {
    caption: Rect,
    file: Rect,
    layouts: Rect,
    /// Both timelines, below the layouts, where there is room.
    timelines: Option<Rect>,
    operation: Rect,
    rule: Rect,
    account: Rect,
}

impl Parts {
    fn of(area: Rect, (width, height): (u16, u16), operation: u16, account: u16) -> Self {
        // Where there are few rows for all that is to be said, there is no rule above it.
        let needed = 2 + operation + account + LAYOUTS;
        let small = area.height < SMALL.max(needed);
        let least = if small { 3 } else { LAYOUTS };
        let rule = u16::from(!small);
        let fixed = 1 + operation + rule;
        let account = account
            .min(area.height.saturating_sub(fixed + least))
            .max(1);
        let upper = area.height.saturating_sub(fixed + account);
        let rows = |y: u16, height: u16| Rect {
            y: area.y + y,
            height: height.min(area.height.saturating_sub(y)),
            ..area
        };
        let both = rows(1, upper);
        let has_timelines = area.width >= WIDE && upper > height + TIMELINES;
        let width = width.min(area.width / 2 + 6);
        let most = if has_timelines { NARROW_FILE } else { FILE };
        let file = Rect {
            width: (area.width - width).min(most),
            ..both
        };
        let beside = Rect {
            x: file.right(),
            width: area.width - file.width,
            ..both
        };
        let (layouts, timelines) = match has_timelines {
            // Below a free row.
            true => {
                let (layouts, rest) = split_rows(beside, height + 1);
                (layouts, Some(rest))
            }
            false => (Rect { width, ..beside }, None),
        };
        Parts {
            caption: rows(0, 1),
            file,
            layouts,
            timelines,
            operation: rows(1 + upper, operation),
            rule: rows(1 + upper + operation, rule),
            account: rows(1 + upper + operation + rule, account),
        }
    }
}

/// The file.
pub(crate) fn scrolled(manual: &Manual, shown: &Shown) -> Scrolled {
    let (Some(by_hand), Some(scene)) = (shown.by_hand(), shown.latest_scene()) else {
        return Scrolled::default();
    };
    let (parts, ..) = lay_out(manual, shown.theme, shown.body(), by_hand, scene);
    render_file::scrolled(manual, by_hand, usize::from(parts.file.height))
}

fn lay_out(
    manual: &Manual,
    theme: Theme,
    area: Rect,
    by_hand: &ManualShown,
    scene: &Scene,
) -> (Parts, Vec<Line<'static>>, Vec<Line<'static>>) {
    let width = usize::from(area.width);
    let (mut operation, mut account) = (
        operation(theme, by_hand, width, area.height < SMALL),
        account(theme, by_hand, width),
    );
    // Timelines that are asked for say all of it, where there is little room.
    if manual.shows_timelines() && area.height < ROOMY {
        operation.clear();
        // The caption, their heading and the beginning; a rule.
        let rows = by_hand.taken.len() + 3 + 1 + account.len();
        if rows > usize::from(area.height) {
            account.clear();
        }
    }
    let rows = match by_hand.taken.is_empty() {
        // There are no timelines yet.
        true => area.height,
        false => {
            let room = usize::from(area.height);
            page_layout::rows_by_hand(theme, by_hand, scene, room).len() as u16
        }
    };
    let layouts = (page_layout::width(scene) as u16, rows);
    let parts = Parts::of(area, layouts, operation.len() as u16, account.len() as u16);
    (parts, operation, account)
}

pub(crate) fn render(manual: &Manual, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let theme = shown.theme;
    let (Some(by_hand), Some(scene)) = (shown.by_hand(), shown.latest_scene()) else {
        let ended = shown.latest.as_ref().and_then(|it| it.ended.as_ref());
        let text = match ended {
            _ if shown.is_past => "  nothing was done by hand at this time",
            Some(_) => "  There is no modifier to step; <next-scenario> starts another.",
            None => "  reader and modifier are being made to stand still …",
        };
        let text = shown.keys.hint(text);
        put(buffer, area, 1, &Line::styled(text, theme.style(Role::Dim)));
        return;
    };
    let (parts, operation, account) = lay_out(manual, theme, area, by_hand, scene);
    put(buffer, parts.caption, 0, &caption(theme, by_hand));
    if manual.shows_timelines {
        let upper = Rect {
            width: area.width,
            ..parts.file
        };
        render_taken::render(theme, (by_hand, scene), by_hand.taken.len(), upper, buffer);
    } else {
        render_file::render(manual, theme, by_hand, scene, parts.file, buffer);
        let room = usize::from(parts.layouts.height);
        let layouts = page_layout::rows_by_hand(theme, by_hand, scene, room);
        for (y, line) in (0..parts.layouts.height).zip(&layouts) {
            put(buffer, parts.layouts, y, line);
        }
        if let Some(area) = parts.timelines {
            render_taken::render(theme, (by_hand, scene), by_hand.taken.len(), area, buffer);
        }
    }
    for (y, line) in (0..parts.operation.height).zip(&operation) {
        put(buffer, parts.operation, y, line);
    }
    let rule = Line::styled("─".repeat(usize::from(area.width)), theme.style(Role::Rule));
    put(buffer, parts.rule, 0, &rule);
    let rows = usize::from(parts.account.height);
    let goes_on = account.len() > rows;
    for (y, mut line) in (0..).zip(account.into_iter().take(rows)) {
        if goes_on && y + 1 == parts.account.height {
            line.push_span(Span::styled(" …", theme.style(Role::Key)));
        }
        put(buffer, parts.account, y, &line);
    }
}

fn caption(theme: Theme, by_hand: &ManualShown) -> Line<'static> {
    let dim = |text: String| Span::styled(text, theme.style(Role::Dim));
    let mut spans = vec![Span::styled(" By hand", theme.style(Role::Title))];
    if !by_hand.picture.lines.is_empty() {
        let (verdict, role) = match by_hand.picture.held {
            Held::No => ("coherent so far", Role::Dim),
            Held::Torn => ("torn ≈", Role::Duplicate),
            Held::Violation => ("breaks a promise ✗", Role::Violation),
        };
        spans.push(Span::styled(": ", theme.style(Role::Title)));
        spans.push(Span::styled(verdict, theme.style(role)));
    }
    let size = match by_hand.size {
        ReadSize::Page => "a page",
        ReadSize::Line => "one line",
    };
    spans.push(dim("   read() asks for ".into()));
    spans.push(Span::styled(size, theme.style(Role::Title)));
    if let Some(played) = &by_hand.played {
        spans.push(dim("   to a duplicate: ".into()));
        for (at, step) in played.steps.iter().enumerate() {
            let role = if at < played.taken {
                Role::Dim
            } else {
                Role::Key
            };
            spans.push(Span::styled(format!("{step} "), theme.style(role)));
        }
    } else if !by_hand.steps.is_empty() {
        let from = by_hand.steps.len().saturating_sub(LAST_STEPS);
        let mut keys = crate::stepping::step::keys(&by_hand.steps[from..]);
        if from > 0 {
            keys.insert_str(0, "… ");
        }
        let count = count(by_hand.steps.len() as u64, "step");
        spans.push(dim(format!("   {count}: ")));
        spans.push(Span::raw(keys));
    }
    Line::from(spans)
}

/// The modifier's next operation.
fn operation(theme: Theme, by_hand: &ManualShown, width: usize, small: bool) -> Vec<Line<'static>> {
    let label = if small { " m: " } else { " m will call  " };
    let room = width.saturating_sub(label.len() + 1).max(8);
    let indent = " ".repeat(label.len());
    wrap(&by_hand.operation, room)
        .into_iter()
        .enumerate()
        .map(|(at, text)| {
            let label = if at == 0 { label } else { &indent };
            Line::from(vec![
                Span::styled(label.to_owned(), theme.style(Role::Dim)),
                Span::styled(text, theme.style(Role::Modified)),
            ])
        })
        .collect()
}

/// What happened, and what comes next.
fn account(theme: Theme, by_hand: &ManualShown, width: usize) -> Vec<Line<'static>> {
    let verdict = &by_hand.picture.scan.verdict;
    let role = if by_hand.astray || !verdict.violations.is_empty() {
        Role::Violation
    } else if by_hand.account.happened.starts_with("A duplicate") {
        Role::Duplicate
    } else {
        Role::Title
    };
    let room = width.saturating_sub(2).max(8);
    let mut lines = Vec::new();
    for (text, style) in [
        (&by_hand.account.happened, theme.style(role)),
        (&by_hand.account.next, Style::new()),
    ] {
        let wrapped = wrap(text, room).into_iter();
        lines.extend(wrapped.map(|text| Line::styled(format!(" {text}"), style)));
    }
    lines
}

/// Lines of at most so many columns; an address range is not broken.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let options =
        textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(std::borrow::Cow::into_owned).collect()
}
