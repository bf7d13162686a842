//! Diagrams of VMAs: what the tree says, what the VMAs say, what the reader
//! has found and printed.

use ratatui::text::{Line, Span};

use super::dim;
use crate::model::address_space::Structure;
use crate::model::case::SITE;
use crate::model::vma_diagram::draw_vmas as vma_diagram;
use crate::tui::protocol::ProtocolView;
use crate::tui::theme::{Role, Theme};

/// Columns of the captions.
const CAPTION: usize = 10;

pub(crate) fn vma_diagrams(
    theme: Theme,
    view: &ProtocolView,
    width: usize,
    roomy: bool,
) -> Vec<Line<'static>> {
    let model = view.model();
    let state = view.state();
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
    let so_far = view.so_far();
    let printed = so_far.diagram(&model, 0);
    let hole = printed.as_ref().and_then(|picture| picture.hole);
    let reported = so_far.lines(0);
    let row = |caption: &str, diagram: String, role| {
        Line::from(vec![
            dim(theme, format!(" {caption:<CAPTION$}")),
            Span::styled(diagram, theme.style(role)),
        ])
    };
    let mut last = row(
        "reported",
        vma_diagram(&reported, None, columns),
        Role::Original,
    );
    if let Some((start, end)) = hole {
        // The hole in the colour of violations.
        let text = vma_diagram(&reported, hole, columns);
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
    let tree = vma_diagram(&space.vmas(), None, columns);
    let mut rows = vec![row("the tree", tree, Role::Plain)];
    if roomy {
        rows.push(row(
            "the VMAs",
            vma_diagram(&vmas, None, columns),
            Role::Modified,
        ));
    }
    rows.push(row("found", vma_diagram(&found, None, columns), Role::Site));
    rows.push(last);
    rows
}
