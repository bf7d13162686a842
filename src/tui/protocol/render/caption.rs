//! The case, the reader and its switches, and what the checker found.

use ratatui::text::{Line, Span};

use super::dim;
use crate::model::protocol_options::{Afresh, GapCheck, Locking};
use crate::model::verdict::Finding;
use crate::text::number::{count, grouped};
use crate::tui::protocol::ProtocolView;
use crate::tui::protocol::explain::Explained;
use crate::tui::theme::{Role, Theme};

pub(crate) fn case_line(theme: Theme, view: &ProtocolView) -> Line<'static> {
    let case = view.model().case;
    let number = match view.number() {
        Some((at, of)) => format!(" ({at} of {of})  "),
        None => "  ".into(),
    };
    Line::from(vec![
        dim(theme, " case   "),
        Span::styled(case.name.clone(), theme.style(Role::Title)),
        dim(theme, number),
        Span::raw(case.operations.join(", then ")),
    ])
}

/// The reader and its switches; where there is no room for a line of the case, with
/// that one's name.
pub(crate) fn reader_line(
    theme: Theme,
    view: &ProtocolView,
    width: usize,
    with_case: bool,
) -> Line<'static> {
    let protocol = view.model().protocol;
    let (name, switched) = view.name();
    let mut spans = vec![match with_case {
        true => dim(theme, format!(" {}, ", view.model().case.name)),
        false => dim(theme, " reader "),
    }];
    spans.push(Span::styled(name, theme.style(Role::Title)));
    if switched {
        spans.push(dim(theme, ", switched"));
    }
    if protocol.locking == Locking::PerVma {
        let names = match width {
            0..100 => ["gap", "H1", "H2", "H3"],
            _ => ["gap check", "cure of H1", "cure of H2", "cure of H3"],
        };
        let cures_h1 = protocol.gap_check == GapCheck::FallBackIfMoved;
        let cures_h2 = protocol.afresh == Afresh::Searches;
        let switches = [
            Some(("x", names[0], protocol.gap_check != GapCheck::None)),
            Some(("h", names[1], cures_h1)),
            view.can_cure_h2().then_some(("H", names[2], cures_h2)),
            Some(("t", names[3], protocol.checks_end)),
        ];
        for (k, (key, what, on)) in switches.into_iter().flatten().enumerate() {
            if width < 100 && k == 1 {
                spans.push(dim(theme, "  cures:"));
            }
            let glyph = if on { "■" } else { "□" };
            let role = if on { Role::Good } else { Role::Dim };
            spans.push(Span::raw("  "));
            spans.push(Span::styled(key, theme.style(Role::Key)));
            spans.push(Span::styled(format!(" {glyph} {what}"), theme.style(role)));
        }
    } else {
        spans.push(dim(theme, format!("  {}", protocol.summary)));
    }
    Line::from(spans)
}

/// The find that is explained.
pub(crate) fn explained_line(theme: Theme, explained: &Explained, width: usize) -> Line<'static> {
    let (glyph, role) = match explained.is_violation {
        true => ("✗", Role::Violation),
        false => ("≈", Role::Duplicate),
    };
    Line::from(vec![
        Span::styled(format!(" {glyph} {}", explained.find), theme.style(role)),
        dim(
            theme,
            match (explained.same_label, width < 100) {
                (true, true) => "  may have come about so",
                (true, false) => "  may have come about so, in the fewest steps",
                (false, true) => "  the model: not with this label",
                (false, false) => {
                    "  the model knows no way with this label, but this one to its lines"
                }
            },
        ),
    ])
}

pub(crate) fn verdict_line(theme: Theme, view: &ProtocolView) -> Line<'static> {
    let verdict = view.verdict();
    let states = grouped(verdict.states as u64);
    let mut spans = vec![Span::raw(" ")];
    if verdict.holds() {
        let text = "✓ holds in every interleaving";
        spans.push(Span::styled(text, theme.style(Role::Good)));
    } else {
        let shortest = verdict.violations().map(|it| it.steps.len()).min();
        let steps = shortest.map_or(String::new(), |steps| format!(", in {steps} steps"));
        let text = format!("✗ {}{steps}", verdict.words());
        spans.push(Span::styled(text, theme.style(Role::Violation)));
    }
    let allowed = verdict.worst_allowed().map_or(String::new(), Finding::text);
    let fallbacks = match verdict.most_fallbacks {
        None => "fallbacks without limit".to_owned(),
        Some(most) => format!("at most {}", count(most.into(), "fallback")),
    };
    spans.push(dim(
        theme,
        format!(" · {states} states · {fallbacks} · allowed: {allowed}"),
    ));
    Line::from(spans)
}
