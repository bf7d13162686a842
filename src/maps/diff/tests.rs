//! Changes of layouts that are written a letter a page.

mod reference;

use proptest::prelude::*;

use super::change::{AddressSpaceChangeKind as Kind, ChangedVma};
use super::compare::Diff;
use super::stream::Changes;
use reference::reference;

const PAGE: u64 = 4096;

/// A VMA of the reference: pages, and a letter for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    from: u64,
    to: u64,
    letter: char,
}

/// `w`, `r`: anonymous; `n`: anonymous with a name; `F`, `G`: files, of which
/// `g` has other permissions; `.`: nothing.
fn line(piece: Piece) -> String {
    let (from, to) = (piece.from * PAGE, piece.to * PAGE);
    let rest = match piece.letter {
        'w' => "rw-p 00000000 00:00 0 ".to_owned(),
        'r' => "r--p 00000000 00:00 0 ".to_owned(),
        'n' => "rw-p 00000000 00:00 0                          [anon:name]".to_owned(),
        'F' => format!("r--p {from:08x} fe:00 7                          /lib/f.so"),
        // A file at another offset.
        'G' => "rw-s 00000000 fe:00 9                          /tmp/g".to_owned(),
        'g' => "r--s 00000000 fe:00 9                          /tmp/g".to_owned(),
        other => panic!("no such letter: {other}"),
    };
    format!("{from:08x}-{to:08x} {rest}\n")
}

/// A letter a page, from page 16; a space ends a VMA; `.` is unmapped.
fn pieces(layout: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let (mut at, mut ended) = (16, true);
    for letter in layout.chars() {
        if letter == ' ' {
            ended = true;
            continue;
        }
        match out.last_mut() {
            _ if letter == '.' => ended = true,
            Some(last) if !ended && last.letter == letter => last.to += 1,
            _ => {
                out.push(Piece {
                    from: at,
                    to: at + 1,
                    letter,
                });
                ended = false;
            }
        }
        at += 1;
    }
    out
}

pub(crate) fn text(layout: &str) -> String {
    pieces(layout).into_iter().map(line).collect()
}

fn kinds(before: &str, after: &str) -> Vec<Kind> {
    let mut diff = Diff::new();
    diff.compare(before.as_bytes(), after.as_bytes());
    diff.changes().iter().map(|change| change.kind).collect()
}

#[test]
fn each_kind_is_recognised() {
    for (before, after, expected) in [
        ("r www.. r", "r www.. r", &[][..]),
        ("r ....r", "r ww..r", &[Kind::Map]),
        ("r ww..r", "r ....r", &[Kind::Unmap]),
        ("r ww..r", "r wwww r", &[Kind::Grow]),
        ("r ..ww", "r .www", &[Kind::Grow]),
        ("r www", "r .ww", &[Kind::Shrink]),
        ("r www.", "r ww..", &[Kind::Shrink]),
        ("wwww", "w.ww", &[Kind::Split]),
        ("www", "w r w", &[Kind::Split]),
        ("www", "ww r", &[Kind::Split]),
        ("www", "r ww", &[Kind::Split]),
        ("w r w", "www", &[Kind::Merge]),
        ("w.w", "www", &[Kind::Merge]),
        ("F www F", "F rrr F", &[Kind::Protect]),
        ("F GGG F", "F ggg F", &[Kind::Protect]),
        ("F www F", "F nnn F", &[Kind::Rename]),
        ("F www F", "F GGG F", &[Kind::Replace]),
        ("r ww......r", "r ....ww..r", &[Kind::Move]),
        ("r GG......r", "r ....GGG.r", &[Kind::Move]),
        // Anonymous memory of another size is another.
        ("r ww......r", "r ....www.r", &[Kind::Unmap, Kind::Map]),
        // Which of the two moved?
        (
            "r ww.ww......r",
            "r .......ww..r",
            &[Kind::Unmap, Kind::Unmap, Kind::Map],
        ),
        // The border between two neighbours moves.
        ("www rrr", "wwww rr", &[Kind::Grow, Kind::Shrink]),
        // Something is mapped over the end of another thing.
        ("FFF", "FF GG", &[Kind::Shrink, Kind::Map]),
        ("www rrr", "ww nn rr", &[Kind::Rearrange]),
        ("www.", ".www", &[Kind::Rearrange]),
    ] {
        assert_eq!(
            kinds(&text(before), &text(after)),
            expected,
            "{before:?} to {after:?}"
        );
    }
}

#[test]
fn a_line_printed_before_and_after_a_change_counts_once() {
    let torn = |layouts: &[&str]| -> String { layouts.iter().map(|one| text(one)).collect() };
    // As scans of `resize` show it: w.. then www.
    for (before, after, expected) in [
        (text("w.. r"), torn(&["w", "www r"]), Kind::Grow),
        (text("www r"), torn(&["w", "www r"]), Kind::Grow),
        (torn(&["w", "www r"]), text("w.. r"), Kind::Shrink),
        // A backward start.
        (text(".ww."), torn(&[".w", "wwww"]), Kind::Grow),
        // A front that went to another VMA; then the tail shows the new start.
        (text("wwww"), torn(&["wwww", "..wwwww"]), Kind::Split),
    ] {
        let mut diff = Diff::new();
        let changes = diff.compare(before.as_bytes(), after.as_bytes());
        if before == text("www r") {
            // What is there at the end was there before.
            assert_eq!(changes, [], "{after}");
            continue;
        }
        let [change] = changes else {
            panic!("{before}{after}{changes:?}")
        };
        assert_eq!(change.kind, expected, "{before}{after}");
        assert!(change.torn);
    }
}

#[test]
fn what_was_not_read_is_not_missing() {
    let (whole, part) = (text("w r ..w.F"), text("w r ..w"));
    let mut diff = Diff::new();
    for (before, after) in [(&whole, &part), (&part, &whole)] {
        let changes = diff.compare_beginnings(before.as_bytes(), after.as_bytes());
        assert_eq!(changes, [], "{before}{after}");
    }
    let grown = text("w r .www");
    let changes = diff.compare_beginnings(whole.as_bytes(), grown.as_bytes());
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].kind, Kind::Grow);
}

/// What each kind is when time runs backwards.
fn reversed(kind: Kind) -> Kind {
    match kind {
        Kind::Map => Kind::Unmap,
        Kind::Unmap => Kind::Map,
        Kind::Grow => Kind::Shrink,
        Kind::Shrink => Kind::Grow,
        Kind::Split => Kind::Merge,
        Kind::Merge => Kind::Split,
        same => same,
    }
}

fn found(diff: &Diff) -> Vec<(Kind, Vec<Piece>, Vec<Piece>)> {
    let piece = |vma: &ChangedVma| Piece {
        from: vma.start / PAGE,
        to: vma.end / PAGE,
        letter: match (&*vma.name, vma.permissions.write) {
            (b"", true) => 'w',
            (b"", false) => 'r',
            (b"[anon:name]", _) => 'n',
            (b"/lib/f.so", _) => 'F',
            (_, true) => 'G',
            (_, false) => 'g',
        },
    };
    let mut out: Vec<_> = diff
        .changes()
        .iter()
        .map(|change| {
            let list = |vmas: &[ChangedVma]| vmas.iter().map(piece).collect::<Vec<_>>();
            (change.kind, list(&change.before), list(&change.after))
        })
        .collect();
    out.sort_by_key(|(kind, olds, news)| (*kind, olds.clone(), news.clone()));
    out
}

fn layout() -> impl Strategy<Value = String> {
    proptest::string::string_regex("([wrnFGg. ]{1,3}){0,14}").expect("a sound expression")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_two_layouts_are_classified_as_by_the_reference(before in layout(), after in layout()) {
        let mut diff = Diff::new();
        diff.compare(text(&before).as_bytes(), text(&after).as_bytes());
        let expected = reference(&pieces(&before), &pieces(&after));
        prop_assert_eq!(found(&diff), expected);
        prop_assert_eq!(diff.counts().total(), diff.changes().len() as u64);
    }

    /// Small edits of a large layout: what one or two system calls do.
    #[test]
    fn edits_are_classified_as_by_the_reference(
        layout in layout(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[wrnFGg. ]{0,3}"), 1..4),
    ) {
        let mut edited = layout.clone();
        for (at, new) in edits {
            let at = at.index(edited.len() + 1);
            let end = (at + new.len()).min(edited.len());
            edited.replace_range(at..end, &new);
        }
        let mut diff = Diff::new();
        diff.compare(text(&layout).as_bytes(), text(&edited).as_bytes());
        prop_assert_eq!(found(&diff), reference(&pieces(&layout), &pieces(&edited)));
    }

    /// Torn ones too: what overlaps starts low, ends only grow.
    #[test]
    fn one_at_a_time_they_are_the_same(
        [before, after] in prop::array::uniform2(prop::collection::vec(
            (1u64..4, 0u64..9, prop::sample::select(vec!['w', 'r', 'F', 'G', 'g', 'n'])), 0..24,
        )),
    ) {
        let of = |lines: &[(u64, u64, char)]| -> String {
            let mut to = 16;
            lines.iter().map(|&(up, size, letter)| {
                to += up + u64::from(size < 5) * size;
                line(Piece { from: to - (size + 1).min(9), to, letter })
            }).collect()
        };
        let (before, after) = (of(&before), of(&after));
        let mut diff = Diff::new();
        let all = diff.compare(before.as_bytes(), after.as_bytes());
        let streamed: Vec<_> = Changes::between(before.as_bytes(), after.as_bytes()).collect();
        prop_assert_eq!(streamed, all, "{}\n{}", before, after);
    }

    #[test]
    fn backwards_is_the_opposite(before in layout(), after in layout()) {
        let (before, after) = (text(&before), text(&after));
        let mut forward = kinds(&before, &after);
        let mut backward: Vec<_> = kinds(&after, &before).into_iter().map(reversed).collect();
        forward.sort();
        backward.sort();
        prop_assert_eq!(forward, backward);
    }

    /// Lines may be repeated, grown and in any disorder: nothing panics, and
    /// what did not change is not reported.
    #[test]
    fn disorder_is_survived(
        lines in prop::collection::vec((0u64..40, 0u64..6, prop::sample::select(vec!['w', 'r', 'F', 'G'])), 0..20),
        more in prop::collection::vec((0u64..40, 0u64..6, prop::sample::select(vec!['w', 'r', 'F', 'G'])), 0..20),
        junk in "(?s).{0,40}",
    ) {
        let of = |lines: &[(u64, u64, char)]| -> String {
            lines.iter().map(|&(from, size, letter)| line(Piece { from, to: from + size, letter })).collect()
        };
        let (a, b) = (of(&lines), of(&more));
        let b = format!("{b}{junk}\n{a}");
        let mut diff = Diff::new();
        diff.compare(a.as_bytes(), b.as_bytes());
        for change in diff.changes() {
            prop_assert!(!change.before.is_empty() || !change.after.is_empty());
            prop_assert!(change.vmas().all(|vma| vma.start < vma.end));
        }
        diff.compare_beginnings(b.as_bytes(), a.as_bytes());
        diff.compare(b.as_bytes(), b.as_bytes());
        prop_assert!(diff.changes().is_empty());
    }

    /// A torn scan, of one state up to some line and of another from where
    /// that line ended, is that other state from there on.
    #[test]
    fn a_torn_scan_shows_no_more_than_both_states(
        before in layout(),
        after in layout(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (olds, news) = (pieces(&before), pieces(&after));
        let cut = cut.index(olds.len() + 1);
        let position = cut.checked_sub(1).map_or(0, |last| olds[last].to);
        let torn: String = olds[..cut]
            .iter()
            .chain(news.iter().filter(|piece| piece.to > position))
            .map(|piece| line(*piece))
            .collect();
        let mut diff = Diff::new();
        diff.compare(text(&before).as_bytes(), torn.as_bytes());
        for change in diff.changes() {
            for vma in &change.before {
                prop_assert!(olds.iter().any(|old| (old.from * PAGE, old.to * PAGE) == (vma.start, vma.end)));
            }
            for vma in &change.after {
                let whole = |piece: &&Piece| (piece.from * PAGE, piece.to * PAGE) == (vma.start, vma.end);
                prop_assert!(change.torn || news.iter().chain(&olds).any(|piece| whole(&piece)));
            }
        }
        // What is mapped in the end is what the torn scan says, once.
        diff.compare(torn.as_bytes(), &[]);
        let mut mapped: Vec<_> = diff.changes().iter().flat_map(|change| &change.before).map(|vma| (vma.start, vma.end)).collect();
        mapped.sort_unstable();
        prop_assert!(mapped.windows(2).all(|two| two[0].1 <= two[1].0));
    }
}
