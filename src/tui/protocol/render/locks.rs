//! The locks, the sequence, and what the reader remembers.

use ratatui::text::{Line, Span};

use super::dim;
use crate::model::case::SITE;
use crate::model::describe::{describe_vma, page};
use crate::model::reader::{Noted, VmaIterator};
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
        (
            page(model.from(reader)),
            iterator(reader.iterator, model.case.pages),
        )
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

/// Where the reader's iterator stands; the fences are the VMAs around the site.
fn iterator(iterator: VmaIterator, pages: u8) -> String {
    let behind = |last: u8| match last {
        ..SITE => "behind the fence before".into(),
        last if last + 1 >= pages => "behind the fence behind".into(),
        last => format!("behind page {}", page(last)),
    };
    match iterator {
        VmaIterator::Fresh(at) => format!("fresh at {}", page(at)),
        VmaIterator::Active(_, last) => behind(last),
        VmaIterator::Replaced(_, last) => format!("node replaced, {}", behind(last)),
        VmaIterator::Dead(last) => format!("node dead, {}", behind(last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_no_page_of_the_site() {
        let at = |last| iterator(VmaIterator::Dead(last), 5);
        assert_eq!(at(SITE - 1), "node dead, behind the fence before");
        assert_eq!(at(SITE), "node dead, behind page 0");
        assert_eq!(at(3), "node dead, behind page 2");
        assert_eq!(at(4), "node dead, behind the fence behind");
    }
}
