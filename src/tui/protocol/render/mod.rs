//! The Protocol: the model of reader and writer, stepped through.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::ModelView;
use crate::model::address_space::Structure;
use crate::model::aspects::{Afresh, GapCheck, Locking};
use crate::model::case::{FENCE, SITE};
use crate::model::judge::Sight;
use crate::model::machine::{Printed, Step};
use crate::model::narrate::{describe_vma, page};
use crate::model::reader::{Iterator, Noted, Reader};
use crate::model::trace::explain;
use crate::model::verdict::Finding;
use crate::model::vma_diagram::boxes;
use crate::report::model::{Checked, checked_by};
use crate::text::number::grouped;
use crate::tui::app::App;
use crate::tui::frame::{put, wrapped};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{count, cut};

/// Columns of the captions of the strips.
const CAPTION: usize = 10;
/// Rows from which the locks and an explanation are shown.
const ROOMY: u16 = 14;
/// Rows from which there is room around them.
const TALL: u16 = 22;

/// Draws it.
pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme;
    let Some(lab) = app.model.as_deref() else {
        let line = Line::styled("  the model is not loaded", theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let width = usize::from(area.width);
    let (tall, roomy) = (area.height >= TALL, area.height >= ROOMY);
    let mut top = vec![
        case_line(theme, lab),
        reader_line(theme, lab, width),
        verdict_line(theme, lab),
    ];
    top.extend(tall.then(Line::default));
    top.extend(strips(theme, lab, width, roomy));
    if roomy {
        top.extend(locks_lines(theme, lab, width));
    }
    let (step, explanation) = step_line(theme, lab);
    top.push(step);
    if roomy {
        let mut lines = wrapped(&explanation, area.width - 2, theme.style(Role::Dim));
        lines.truncate(3);
        for line in &mut lines {
            line.spans.insert(0, Span::raw(" "));
        }
        if tall {
            lines.resize(3, Line::default());
        }
        top.extend(lines);
    }
    for (y, line) in (0..area.height).zip(&top) {
        put(buffer, area, y, line);
    }
    let used = (top.len() as u16).min(area.height);
    let below = Rect {
        y: area.y + used,
        height: area.height - used,
        ..area
    };
    programs(theme, lab, below, buffer);
}

fn dim(theme: Theme, text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), theme.style(Role::Dim))
}

fn case_line(theme: Theme, lab: &ModelView) -> Line<'static> {
    let case = lab.model().case;
    let (at, of) = lab.number();
    Line::from(vec![
        dim(theme, " case   "),
        Span::styled(case.name.clone(), theme.style(Role::Title)),
        dim(theme, format!(" ({at} of {of})  ")),
        Span::raw(case.operations.join(", then ")),
    ])
}

fn reader_line(theme: Theme, lab: &ModelView, width: usize) -> Line<'static> {
    let protocol = lab.model().protocol;
    let (name, switched) = lab.name();
    let mut spans = vec![
        dim(theme, " reader "),
        Span::styled(name, theme.style(Role::Title)),
    ];
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
            lab.can_cure_h2().then_some(("H", names[2], cures_h2)),
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

fn verdict_line(theme: Theme, lab: &ModelView) -> Line<'static> {
    let verdict = lab.verdict();
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
    let worst = verdict.worst_allowed().map_or(String::new(), Finding::text);
    let fallbacks = match verdict.most_fallbacks {
        None => "fallbacks without limit".to_owned(),
        Some(most) => format!("at most {}", count(most.into(), "fallback")),
    };
    spans.push(dim(
        theme,
        format!(" · {states} states · {fallbacks} · allowed: {worst}"),
    ));
    Line::from(spans)
}

/// What the tree says, what the VMAs say, what the reader has found and
/// printed.
fn strips(theme: Theme, lab: &ModelView, width: usize, roomy: bool) -> Vec<Line<'static>> {
    let model = lab.model();
    let state = lab.state();
    let space = model.space(state);
    let pages = usize::from(model.case.pages);
    let columns = (width.saturating_sub(CAPTION + 3) / pages).clamp(4, 12);
    let is_vma = |structure: &&Structure| structure.attached && structure.start < structure.end;
    let vmas: Vec<_> = space
        .structures
        .iter()
        .filter(is_vma)
        .map(|vma| (vma.start, vma.end, vma.letter))
        .collect();
    let reader = &state.readers[0];
    let found: Vec<_> = model.vma_at(state, reader.pointer).into_iter().collect();
    let so_far = lab.so_far();
    let printed = so_far.picture(&model, 0);
    let hole = printed.as_ref().and_then(|picture| picture.hole);
    let reported = so_far.lines(0);
    let strip = |caption: &str, boxes: String, role| {
        Line::from(vec![
            dim(theme, format!(" {caption:<CAPTION$}")),
            Span::styled(boxes, theme.style(role)),
        ])
    };
    let mut last = strip("reported", boxes(&reported, None, columns), Role::Original);
    if let Some((start, end)) = hole {
        // The hole is drawn apart, in the colour of what must not be.
        let text = boxes(&reported, hole, columns);
        let at = |page: u8| usize::from(page - SITE) * columns;
        let chars: Vec<char> = text.chars().collect();
        let part = |from: usize, to: usize| -> String {
            let to = to.min(chars.len());
            chars[from.min(to)..to].iter().collect()
        };
        last = Line::from(vec![
            dim(theme, format!(" {:<CAPTION$}", "reported")),
            Span::styled(part(0, at(start)), theme.style(Role::Original)),
            Span::styled(
                part(at(start), at(end) + 1),
                theme.style(Role::ViolationBanner),
            ),
            Span::styled(part(at(end) + 1, chars.len()), theme.style(Role::Original)),
        ]);
    }
    let tree = boxes(&space.vmas(), None, columns);
    let mut strips = vec![strip("the tree", tree, Role::Plain)];
    if roomy {
        let vmas = boxes(&vmas, None, columns);
        strips.push(strip("the VMAs", vmas, Role::Modified));
    }
    strips.push(strip("found", boxes(&found, None, columns), Role::Site));
    strips.push(last);
    strips
}

/// The locks, the sequence, what the reader remembers: on two lines where one
/// is too narrow.
fn locks_lines(theme: Theme, lab: &ModelView, width: usize) -> Vec<Line<'static>> {
    let model = lab.model();
    let state = lab.state();
    let space = model.space(state);
    let reader = &state.readers[0];
    let holder = match (space.write_held, reader.holds_mmap_lock) {
        (true, _) => "writer",
        (_, true) => "reader",
        _ => "free",
    };
    let parity = if space.write_held { "odd" } else { "even" };
    let noted = match (model.has_noted(reader), reader.noted) {
        (false, _) => "-",
        (_, Noted { moved: true, .. }) => "moved since",
        (_, Noted { odd: true, .. }) => "odd",
        _ => "even",
    };
    let locked: Vec<String> = space
        .structures
        .iter()
        .filter(|vma| vma.write_locked && !vma.freed)
        .map(|vma| describe_vma((vma.start, vma.end, vma.letter)))
        .collect();
    let locked = match &locked[..] {
        [] => "-".into(),
        names => names.join(", "),
    };
    let held = if reader.holds_vma {
        model.describe_pointer(state, reader.pointer)
    } else {
        "-".into()
    };
    let pairs = |pairs: &[(&str, String)]| -> Vec<Span<'static>> {
        let spans = pairs.iter().flat_map(|(name, value)| {
            let value = Span::styled(value.clone(), theme.style(Role::Title));
            [dim(theme, format!(" {name} ")), value, Span::raw(" ")]
        });
        spans.collect()
    };
    let mut shared = pairs(&[
        ("mmap_lock", holder.into()),
        ("sequence", parity.into()),
        ("noted", noted.into()),
        ("write-locked", locked),
    ]);
    // At the end of the walk it remembers nothing.
    let (position, iterator) = if reader.is_done() {
        ("-".into(), "-".into())
    } else {
        (page(model.from(reader)), iterator(reader))
    };
    let own = pairs(&[
        ("position", position),
        ("iterator", iterator),
        ("reader holds", held),
    ]);
    if width >= 160 {
        shared.extend(own);
        return vec![Line::from(shared)];
    }
    vec![Line::from(shared), Line::from(own)]
}

fn iterator(reader: &Reader) -> String {
    match reader.iterator {
        Iterator::Fresh(at) => format!("fresh at {}", page(at)),
        Iterator::Active(_, last) => format!("behind page {}", page(last)),
        Iterator::Replaced(_, last) => format!("node replaced, behind page {}", page(last)),
        Iterator::Dead(last) => format!("node dead, behind page {}", page(last)),
    }
}

/// The step made last, and why what it printed is what it is.
fn step_line(theme: Theme, lab: &ModelView) -> (Line<'static>, String) {
    let (trace, made) = lab.trace();
    let mut spans = vec![dim(theme, format!(" step {made} of {} ", trace.rows.len()))];
    let Some(row) = made.checked_sub(1).and_then(|at| trace.rows.get(at)) else {
        let text = "r reader, w writer, ← back; n loads the worst that there is";
        spans.push(dim(theme, text));
        return (Line::from(spans), String::new());
    };
    let who = match row.step {
        Step::Reader(_) | Step::NewChunk(_) => "reader",
        Step::Writer | Step::WriterReuses(_) => "writer",
        Step::OtherTakes(_) => "another process",
    };
    spans.push(Span::styled(who, theme.style(Role::Title)));
    let function = row.told.place.function;
    spans.push(dim(theme, format!(" {function}() ")));
    spans.push(Span::raw(row.told.text.clone()));
    let Some(printed) = row.printed else {
        return (Line::from(spans), String::new());
    };
    let (badge, explanation) = sight(theme, lab, &printed);
    spans.push(badge);
    (Line::from(spans), explanation)
}

/// What a line that was printed amounts to; nothing for a fence in order.
fn sight(theme: Theme, lab: &ModelView, printed: &Printed) -> (Span<'static>, String) {
    let sight = printed.sight;
    let is_fence = printed.line.is_none_or(|line| line.2 == FENCE);
    let (glyph, role) = match sight {
        Sight::Violation(_) => ("✗", Role::ViolationBanner),
        Sight::InOrder if is_fence => return (Span::default(), String::new()),
        Sight::InOrder => ("✓", Role::Good),
        _ => ("≈", Role::Duplicate),
    };
    let picture = lab.so_far().picture(&lab.model(), printed.reader);
    let hole = picture.and_then(|picture| picture.hole);
    let badge = format!("  {glyph} {} ", sight.name());
    (
        Span::styled(badge, theme.style(role)),
        explain(printed, hole),
    )
}

/// Both programs side by side, the next step of each marked.
fn programs(theme: Theme, lab: &ModelView, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let model = lab.model();
    let left_width = area.width / 2;
    let left = Rect {
        width: left_width,
        ..area
    };
    let right = Rect {
        x: area.x + left_width,
        width: area.width - left_width,
        ..area
    };
    let state = lab.state();
    let program = model.protocol.program();
    let now = program
        .iter()
        .position(|&point| point == state.readers[0].point);
    let reader: Vec<(String, String)> = program
        .iter()
        .map(|point| {
            let place = point.place(&model.protocol);
            (
                point.code(&model.protocol).to_owned(),
                place.function.to_owned(),
            )
        })
        .collect();
    let writer: Vec<(String, String)> = (0..model.case.steps.len())
        .map(|at| {
            let told = model.case.tell(at as u16);
            (told.text, told.place.function.to_owned())
        })
        .collect();
    let checked = match checked_by(&model.protocol) {
        None => "no kernel has this one".to_owned(),
        Some(Checked { reader, kernels }) => {
            let scenario = &model.case.name;
            format!("check --scenario {scenario} --reader {reader}, on a kernel {kernels}")
        }
    };
    let headed = area.height >= 4;
    column(
        theme,
        (&reader, now),
        (left, headed, "reader", checked),
        buffer,
    );
    let at = usize::from(state.writer);
    let operation = model.case.steps.get(at).map_or(0, |step| step.operation);
    let call = model.case.operations.get(usize::from(operation));
    let call = call.cloned().unwrap_or_default();
    column(
        theme,
        (&writer, Some(at)),
        (right, headed, "writer", call),
        buffer,
    );
}

fn column(
    theme: Theme,
    (rows, now): (&[(String, String)], Option<usize>),
    (area, headed, title, note): (Rect, bool, &str, String),
    buffer: &mut Buffer,
) {
    let mut area = area;
    if headed {
        let heading = Line::from(vec![
            Span::styled(format!(" {title} "), theme.style(Role::Title)),
            dim(theme, cut(&note, usize::from(area.width).saturating_sub(9))),
        ]);
        put(buffer, area, 0, &heading);
        area.y += 1;
        area.height -= 1;
    }
    let height = usize::from(area.height);
    let at = now.unwrap_or(0);
    let first = at
        .saturating_sub(height / 2)
        .min(rows.len().saturating_sub(height));
    let width = usize::from(area.width);
    for (y, (k, (text, function))) in (0..area.height).zip(rows.iter().enumerate().skip(first)) {
        let is_now = now == Some(k);
        let marker = if is_now { "▶" } else { " " };
        let style = theme.style(if is_now { Role::Notice } else { Role::Plain });
        let text = cut(text, width.saturating_sub(3));
        let room = width.saturating_sub(text.chars().count() + 5);
        let mut spans = vec![Span::styled(format!("{marker} {text}"), style)];
        if room >= 12 {
            spans.push(dim(theme, format!("  {}", cut(function, room))));
        }
        put(buffer, area, y, &Line::from(spans));
    }
}
