//! Which scan is shown, why, and how near the VMAs are to their limit; or what
//! is typed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::maps::diff::change::AddressSpaceChangeKind as Kind;
use crate::session::explorer::filter::LineFilter;
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;
use crate::session::trigger::{Held, Trigger};
use crate::text::number::{count, grouped};
use crate::tui::shown::Shown;
use crate::tui::space::Space;
use crate::tui::space::prompt::{Prompt, Purpose};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{cut, fitting, put};

/// Percent of the VMAs that a process may have from which there is a warning.
const WARN: u64 = 80;

pub(crate) fn render(
    space: &Space,
    shown: &Shown,
    snapshot: &Snapshot,
    picture: &Picture,
    area: Rect,
    buffer: &mut Buffer,
) {
    let line = match &space.prompt {
        Some(prompt) => typing(space, shown.theme, prompt, picture, area.width),
        None => caption(space, shown, snapshot, picture, area.width),
    };
    put(buffer, area, 0, &line);
}

/// What is typed, and what may be typed.
fn typing(
    space: &Space,
    theme: Theme,
    prompt: &Prompt,
    picture: &Picture,
    width: u16,
) -> Line<'static> {
    let (label, hint) = match prompt.purpose {
        Purpose::Filter if prompt.text.is_empty() => (
            " filter: ",
            "a part of a name, rw-p, 7f12…, >1M, ~grew; Enter keeps, Esc leaves".into(),
        ),
        Purpose::Filter => (
            " filter: ",
            match no_change(&space.line_filter(&prompt.text)) {
                Some(why) => why,
                None => format!("{} fit", grouped(picture.fitting as u64)),
            },
        ),
        Purpose::Address => (
            " go to address: ",
            "hexadecimal; the VMA that covers it, or the next".into(),
        ),
    };
    let mut spans = vec![
        Span::styled(label, theme.style(Role::Title)),
        Span::raw(prompt.text.clone()),
        Span::styled("▏", theme.style(Role::Key)),
    ];
    let used: usize = spans.iter().map(Span::width).sum();
    let hint = cut(&hint, usize::from(width).saturating_sub(used + 3));
    spans.push(Span::styled(format!("  {hint}"), theme.style(Role::Dim)));
    Line::from(spans)
}

/// Why nothing can fit a filter, if it is for a change that there is not.
pub(super) fn no_change(filter: &LineFilter) -> Option<String> {
    let word = filter.no_change()?;
    let kinds: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
    Some(format!(
        "{}: ~ is for what changed in the last minute: {}",
        cut(word, 16),
        kinds.join(", ")
    ))
}

fn caption(
    space: &Space,
    shown: &Shown,
    snapshot: &Snapshot,
    picture: &Picture,
    width: u16,
) -> Line<'static> {
    let theme = shown.theme;
    let number = grouped(snapshot.scan_number());
    let (what, role) = match picture.held {
        Held::Violation => ("breaks a promise ✗", Role::Violation),
        Held::Torn => ("torn ≈", Role::Duplicate),
        Held::No if snapshot.scene.is_none() => ("no duplicate", Role::Dim),
        Held::No => ("coherent: one state", Role::Dim),
    };
    let mut parts = vec![
        Span::styled(format!(" Scan {number}: "), theme.style(Role::Title)),
        Span::styled(what, theme.style(role)),
    ];
    let lines = picture.lines.len() as u64;
    if !space.filter.is_empty() {
        let text = format!(
            "   filter {}: {} of {}",
            cut(&space.filter, 24),
            grouped(picture.fitting as u64),
            count(lines, "line")
        );
        parts.push(Span::styled(text, theme.style(Role::Notice)));
        parts.push(Span::styled(", Esc shows all", theme.style(Role::Dim)));
    } else {
        if picture.held != Held::No
            && snapshot.still != Some(true)
            && shown.trigger != Trigger::Live
        {
            parts.push(Span::styled(", held to be read", theme.style(Role::Dim)));
        }
        let chunks = picture.scan.text.chunks.len() as u64;
        parts.push(Span::styled(
            format!("   {}, {}", count(lines, "line"), count(chunks, "chunk")),
            theme.style(Role::Dim),
        ));
    }
    if snapshot.scan_number() > picture.scan.number {
        let text = format!(", the same text as scan {}", grouped(picture.scan.number));
        parts.push(Span::styled(text, theme.style(Role::Dim)));
    }
    let room = usize::from(width);
    let used = |parts: &[Span<'_>]| parts.iter().map(Span::width).sum::<usize>();
    if let Some((texts, role)) = limit(snapshot, picture) {
        let urgent = role != Role::Dim;
        let text = fitting(texts, room.saturating_sub(used(&parts)));
        // A warning takes the place of less urgent parts.
        while urgent && parts.len() > 2 && used(&parts) + text.chars().count() > room {
            parts.pop();
        }
        if used(&parts) + text.chars().count() <= room {
            parts.push(Span::styled(text, theme.style(role)));
        }
    }
    // Parts that do not fit are left out whole.
    while parts.len() > 2 && used(&parts) > room {
        parts.pop();
    }
    let held = format!("   trigger: {}", shown.trigger.name());
    if used(&parts) + held.len() <= room {
        parts.push(Span::styled(held, theme.style(Role::Dim)));
    }
    Line::from(parts)
}

/// VMAs of those that a process may have, at length and in short; a warning
/// where there are nearly as many.
fn limit(snapshot: &Snapshot, picture: &Picture) -> Option<(Vec<String>, Role)> {
    let most = snapshot.explored.max_map_count.filter(|&most| most > 0)?;
    // A reader that stops early has not seen all VMAs.
    if snapshot
        .scene
        .as_ref()
        .is_some_and(|scene| scene.stops_early)
    {
        return None;
    }
    let vmas = picture.vmas as u64;
    let percent = u64::try_from(u128::from(vmas) * 100 / u128::from(most)).unwrap_or(u64::MAX);
    let of = format!("{} of {} VMAs", grouped(vmas), grouped(most));
    if percent < WARN {
        return Some((vec![format!("   {of} (vm.max_map_count)")], Role::Dim));
    }
    let texts = vec![
        format!("   ⚠ {of}, {percent} %: mmap fails beyond vm.max_map_count"),
        format!("   ⚠ {of} (vm.max_map_count)"),
        format!("  ⚠ {of}"),
    ];
    let role = if vmas >= most {
        Role::Violation
    } else {
        Role::Notice
    };
    Some((texts, role))
}
