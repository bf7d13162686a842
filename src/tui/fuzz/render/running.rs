//! The sequence that is run: who reads it and how, its states and calls.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::heading;
use crate::fuzz::find::{Find, FindKey};
use crate::fuzz::live::{HuntSnapshot, Running};
use crate::fuzz::news::Purpose;
use crate::fuzz::trial::Meeting;
use crate::scenario::definition::Scenario;
use crate::tui::fuzz::{Busy, FuzzView};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::scenario_layout;
use crate::tui::widgets::text::{cut, fitted, wrapped};

/// Rows from which there is room for the states.
const STATES: u16 = 7;
/// Columns from which the states have labels.
const LABELS: u16 = 55;

pub(super) fn lines(
    theme: Theme,
    view: &FuzzView,
    snapshot: &HuntSnapshot,
    area: Rect,
) -> Vec<Line<'static>> {
    let running = snapshot.running.as_ref();
    let Some(running) = running.filter(|_| view.busy == Busy::Hunting) else {
        if let (Busy::No, None, Some(listed)) = (view.busy, &snapshot.failed, view.current()) {
            return shortest(theme, &listed.find, area.width);
        }
        let (title, text) = nothing_runs(view, snapshot);
        let mut lines = vec![heading(theme, title, area.width)];
        let room = area.width.saturating_sub(2);
        for mut line in wrapped(&text, room, theme.style(Role::Dim)) {
            line.spans.insert(0, Span::raw(" "));
            lines.push(line);
        }
        return lines;
    };
    if area.height < STATES {
        return brief(theme, running, area.width);
    }
    let mut lines = vec![heading(theme, &purpose(&running.purpose), area.width)];
    lines.extend(states(
        theme,
        &running.scenario,
        &running.meeting,
        area.width,
    ));
    lines
}

/// Why nothing is shown there.
fn nothing_runs(view: &FuzzView, snapshot: &HuntSnapshot) -> (&'static str, String) {
    let (title, text) = match (view.busy, &snapshot.failed) {
        (Busy::Hunting, _) => ("running", "looking at what the readers of this kernel do …"),
        (Busy::MakingAKit, _) => (
            "nothing runs",
            "the kit's program is compiled and run; s stops that",
        ),
        (Busy::No, Some(failed)) => ("it could not go on", &**failed),
        (Busy::No, None) => ("nothing runs", "s starts a hunt with another seed"),
    };
    (title, text.to_owned())
}

/// Who reads it and how; its states and calls.
fn states(theme: Theme, scenario: &Scenario, meeting: &Meeting, width: u16) -> Vec<Line<'static>> {
    let columns = match width {
        LABELS.. => scenario_layout::LABELS,
        _ => scenario_layout::NUMBERS,
    };
    let mut lines = vec![who_and_how(theme, meeting)];
    lines.extend(scenario_layout::rows(theme, scenario, columns));
    lines
}

/// While nothing runs: what shows the find that is selected.
fn shortest(theme: Theme, find: &Find, width: u16) -> Vec<Line<'static>> {
    let mut lines = vec![heading(
        theme,
        &format!("shows {}", brief_key(&find.key)),
        width,
    )];
    lines.extend(states(theme, &find.shortest, &find.meeting, width));
    lines
}

/// What it is, where there is little room.
fn brief_key(key: &FindKey) -> String {
    let label = key.label.as_deref().unwrap_or("unknown");
    format!("{label}, {}", key.title)
}

/// What it is run for.
fn purpose(purpose: &Purpose) -> String {
    match purpose {
        Purpose::Search => "running".into(),
        Purpose::Shrink(key) => format!("making smaller: {}", brief_key(key)),
        Purpose::Repeat(key) => format!("repeating: {}", brief_key(key)),
    }
}

fn who_and_how(theme: Theme, meeting: &Meeting) -> Line<'static> {
    let how = format!(
        ", {}, {}",
        meeting.schedule,
        meeting.setting.placement.description()
    );
    Line::from(vec![
        Span::styled(format!(" {}", meeting.reader), theme.style(Role::Title)),
        Span::styled(how, theme.style(Role::Dim)),
    ])
}

/// All of it in two rows.
fn brief(theme: Theme, running: &Running, width: u16) -> Vec<Line<'static>> {
    let mut first = who_and_how(theme, &running.meeting);
    let what = match &running.purpose {
        Purpose::Search => " ▶",
        Purpose::Shrink(_) => " ▶ smaller:",
        Purpose::Repeat(_) => " ▶ again:",
    };
    first
        .spans
        .insert(0, Span::styled(what, theme.style(Role::Key)));
    let first = fitted(&first, usize::from(width));
    let calls = running.scenario.operations.iter();
    let calls: Vec<String> = calls.map(|one| one.call.to_string()).collect();
    let calls = cut(&format!("   {}", calls.join("; ")), usize::from(width));
    vec![first, Line::styled(calls, Style::new())]
}
