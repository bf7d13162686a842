//! A find: what was read, the shortest that shows it, how to have it again.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Block;

use super::list::{mark, progress, times};
use crate::fuzz::live::ListedFind;
use crate::report::fuzz::find_text::{met_text, proof_text};
use crate::report::fuzz::live::scenario_text;
use crate::text::number::count;
use crate::tui::fuzz::{Busy, FuzzView};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::border::boxed;
use crate::tui::widgets::found_event::{fact, open_lines};
use crate::tui::widgets::scenario_layout;
use crate::tui::widgets::text::put_rows;

/// Columns from which states have labels.
const LABELS: u16 = 55;

/// The inside of its box.
pub(super) fn inside(area: Rect) -> Rect {
    Block::bordered().inner(area)
}

/// Draws it from row `top` on.
pub(super) fn render(
    theme: Theme,
    view: &FuzzView,
    listed: &ListedFind,
    top: usize,
    area: Rect,
    buffer: &mut Buffer,
) {
    let (glyph, role) = mark(&listed.find.key);
    let title = format!(" {glyph} {} ", listed.find.key.text());
    let title = Line::styled(title, theme.style(role));
    let hint = match view.open {
        Some(_) if view.is_busy() => " Esc closes ",
        None if view.is_busy() => " Enter opens ",
        Some(_) => " Esc closes, w writes its kit ",
        None => " Enter opens, w writes its kit ",
    };
    let inner = boxed(theme, title, hint, area, buffer);
    let lines = lines(theme, view, listed, inner.width);
    put_rows(buffer, inner, theme, &lines, top);
}

/// Everything that is known of a find.
pub(super) fn lines(
    theme: Theme,
    view: &FuzzView,
    listed: &ListedFind,
    width: u16,
) -> Vec<Line<'static>> {
    let find = &listed.find;
    let fact = |name: &str, text: &str| fact(theme, name, text, width);
    let mut lines = open_lines(theme, &find.event, width);
    lines.push(Line::default());
    let columns = match width {
        LABELS.. => scenario_layout::LABELS,
        _ => scenario_layout::NUMBERS,
    };
    let title = match listed.is_worked_on {
        true => " The shortest that was seen to show it:",
        false => " As it was seen, not made smaller:",
    };
    lines.push(Line::styled(title, theme.style(Role::Title)));
    lines.extend(scenario_layout::rows(theme, &find.shortest, columns));
    lines.push(Line::default());
    let times = view.snapshot.as_deref().map_or(0, |it| times(it, listed));
    let mut first = format!(
        "first after {:.1} s, by {}",
        find.after.as_secs_f64(),
        find.meeting.reader
    );
    if times > 0 {
        first.push_str(&format!("; in {} so far", count(times, "trial")));
    }
    lines.extend(fact("found", &first));
    lines.extend(fact("found in", &scenario_text(&find.scenario)));
    lines.extend(fact("read", &met_text(find)));
    let proof = match listed.is_worked_on {
        true => proof_text(find),
        false => outlook(view, listed).into(),
    };
    lines.extend(fact(progress(listed).0, &proof));
    let when = match view.is_busy() {
        true => " once nothing runs (s stops)",
        false => "",
    };
    lines.extend(fact(
        "its kit",
        &format!(
            "w writes it{when}: the scenario for check --scenario-file, a C program, a mail. Without a \
             screen: {} --out DIR",
            listed.command
        ),
    ));
    lines
}

/// What will become of a find that was only seen.
fn outlook(view: &FuzzView, listed: &ListedFind) -> &'static str {
    let goes_on = view.busy == Busy::Hunting && view.number == listed.number;
    match (goes_on, &listed.find.key.label) {
        (false, _) => "the hunt ended before it was made smaller and repeated",
        (true, None) => "it is being made smaller, and then repeated",
        (true, Some(_)) => {
            "it is made smaller and repeated in the last third of a minute, as what has a known \
             mechanism is"
        }
    }
}
