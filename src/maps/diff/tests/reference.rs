//! What [`Diff`](super::Diff) must find, worked out the simple way.

use super::{Kind, Piece};

/// A simple classification: every pair of VMAs, groups by repeated joining.
pub(super) fn reference(before: &[Piece], after: &[Piece]) -> Vec<(Kind, Vec<Piece>, Vec<Piece>)> {
    let same_mapping = |a: char, b: char| {
        let of = |letter: char| match letter {
            'w' | 'r' | 'n' => 0,
            'F' => 1,
            // At offset 0 always: the same only from the same start.
            _ => 2,
        };
        of(a) == of(b)
    };
    let continues = |a: &Piece, b: &Piece| {
        a.from < b.to
            && b.from < a.to
            && same_mapping(a.letter, b.letter)
            && (!"Gg".contains(a.letter) || a.from == b.from)
    };
    let strong = |a: &Piece, b: &Piece| continues(a, b) && a.letter == b.letter;
    let old_is_strong = |a: &Piece| after.iter().any(|b| strong(a, b));
    let new_is_strong = |b: &Piece| before.iter().any(|a| strong(a, b));
    let joined = |a: &Piece, b: &Piece| {
        strong(a, b) || continues(a, b) && !(old_is_strong(a) && new_is_strong(b))
    };
    let mut groups: Vec<(Vec<Piece>, Vec<Piece>)> = Vec::new();
    for a in before {
        groups.push((vec![*a], Vec::new()));
    }
    for b in after {
        let (with, without): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|(olds, _)| olds.iter().any(|a| joined(a, b)));
        let mut group = (Vec::new(), vec![*b]);
        for (olds, news) in with {
            group.0.extend(olds);
            group.1.extend(news);
        }
        groups = without;
        groups.push(group);
    }
    // Only one of each that are alike: moved. Then the same addresses:
    // replaced.
    for pass in 0..3 {
        let alike = |a: &Piece, b: &Piece| {
            let sizes = (a.to - a.from, b.to - b.from);
            match pass {
                // Of this file the offset says where in it.
                0 => a.letter == b.letter && a.letter != 'F' && sizes.0 == sizes.1,
                1 => a.letter == b.letter && "Gg".contains(a.letter),
                _ => (a.from, a.to) == (b.from, b.to),
            }
        };
        let singles = groups.clone();
        let olds: Vec<_> = singles
            .iter()
            .filter(|g| g.1.is_empty())
            .map(|g| g.0[0])
            .collect();
        let news: Vec<_> = singles
            .iter()
            .filter(|g| g.0.is_empty())
            .map(|g| g.1[0])
            .collect();
        for a in &olds {
            let counterparts: Vec<_> = news.iter().filter(|b| alike(a, b)).collect();
            let [b] = counterparts[..] else { continue };
            if olds.iter().filter(|a| alike(a, b)).count() != 1 {
                continue;
            }
            groups.retain(|g| *g != (vec![*a], Vec::new()) && *g != (Vec::new(), vec![*b]));
            groups.push((vec![*a], vec![*b]));
        }
    }
    let mut out = Vec::new();
    for (mut olds, mut news) in groups {
        olds.sort();
        news.sort();
        let kind = match (&olds[..], &news[..]) {
            ([], _) => Kind::Map,
            (_, []) => Kind::Unmap,
            ([a], [b]) if a == b => continue,
            ([a], [b]) if a.to <= b.from || b.to <= a.from => Kind::Move,
            ([a], [b]) if !continues(a, b) && (a.from, a.to) == (b.from, b.to) => Kind::Replace,
            // Moved to addresses that overlap the old ones.
            ([a], [b]) if !continues(a, b) => Kind::Move,
            ([a], [b]) if (a.from, a.to) == (b.from, b.to) => {
                let named = |piece: &Piece| piece.letter == 'n';
                if named(a) != named(b) && a.letter != 'r' && b.letter != 'r' {
                    Kind::Rename
                } else {
                    Kind::Protect
                }
            }
            ([a], [b]) if b.from <= a.from && a.to <= b.to => Kind::Grow,
            ([a], [b]) if a.from <= b.from && b.to <= a.to => Kind::Shrink,
            ([_], [_]) => Kind::Rearrange,
            ([_], _) => Kind::Split,
            (_, [_]) => Kind::Merge,
            _ => Kind::Rearrange,
        };
        out.push((kind, olds, news));
    }
    out.sort_by_key(|(kind, olds, news)| (*kind, olds.clone(), news.clone()));
    out
}
