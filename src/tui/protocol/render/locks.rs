//! The locks, the sequence, and what the reader remembers.

use ratatui::text::{Line, Span};

use super::dim;
use crate::model::describe::{describe_vma, page};
use crate::model::reader::{ModelReader, Noted, VmaIterator};
use crate::tui::protocol::ProtocolView;
use crate::tui::theme::{Role, Theme};

/// On two lines where one is too narrow.
pub(crate) fn locks_lines(theme: Theme, view: &ProtocolView, width: usize) -> Vec<Line<'static>> {
    let model = view.model();
    let state = view.state();
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

fn iterator(reader: &ModelReader) -> String {
    match reader.iterator {
        VmaIterator::Fresh(at) => format!("fresh at {}", page(at)),
        VmaIterator::Active(_, last) => format!("behind page {}", page(last)),
        VmaIterator::Replaced(_, last) => format!("node replaced, behind page {}", page(last)),
        VmaIterator::Dead(last) => format!("node dead, behind page {}", page(last)),
    }
}
