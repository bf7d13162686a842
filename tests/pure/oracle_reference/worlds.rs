//! Random small worlds.

use proptest::collection::vec;
use proptest::prelude::*;
use vmascope::internals::oracle::MovedVma;

use super::generate::PAGE;
use super::reference::{Vma, World};

const BASE: u64 = 0x1000_0000;

/// An operation as it is drawn: what becomes of its pages, whether something is
/// moved there, and whether they are taken from the VMAs that have them.
type Operation = (usize, usize, u8, bool, bool);

/// The states of a site, one letter a page: each comes of the one before by an
/// operation, some from nowhere.
fn strips() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<Operation>)> {
    let letter = || proptest::sample::select(b"rrwwx.".to_vec());
    (1..7usize)
        .prop_flat_map(move |pages| {
            let operation = (0..pages, 1..=pages, letter(), any::<bool>(), any::<bool>());
            let anew = proptest::option::weighted(0.2, vec(letter(), pages));
            (vec(letter(), pages), vec((operation, anew), 1..5))
        })
        .prop_map(|(first, steps)| {
            let mut strips = vec![first];
            for ((start, count, letter, ..), anew) in &steps[1..] {
                let mut strip = strips[strips.len() - 1].clone();
                let end = (start + count).min(strip.len());
                strip[*start..end].fill(*letter);
                strips.push(anew.clone().unwrap_or(strip));
            }
            // The first of them leads to the second state, the last back.
            let mut operations: Vec<Operation> = steps.into_iter().map(|step| step.0).collect();
            operations.rotate_left(1);
            (strips, operations)
        })
}

/// A few VMAs with a site among them; each state of the site is one letter a
/// page. There may be nothing before the site or behind it, gaps around it,
/// and no page of it mapped.
pub(crate) fn worlds() -> impl Strategy<Value = World> {
    (
        (0..3u64, 0..3u64, any::<[bool; 2]>(), any::<bool>()),
        strips(),
    )
        .prop_map(|((before, after, gaps, gate), (strips, operations))| {
            let pages = strips[0].len() as u64;
            let site = BASE + (2 * before + u64::from(gaps[0])) * PAGE;
            let end = site + pages * PAGE;
            let fixed = |at, k: u64| Vma {
                start: at + 2 * k * PAGE,
                end: at + 2 * (k + 1) * PAGE,
                letter: if k.is_multiple_of(2) { b'-' } else { b'w' },
            };
            let state = |strip: &Vec<u8>| {
                let mut vmas: Vec<Vma> = (0..before).map(|k| fixed(BASE, k)).collect();
                let mut start = site;
                for run in strip.chunk_by(|a, b| a == b) {
                    let end = start + run.len() as u64 * PAGE;
                    if run[0] != b'.' {
                        let letter = run[0];
                        vmas.push(Vma { start, end, letter });
                    }
                    start = end;
                }
                let behind = end + u64::from(gaps[1]) * PAGE;
                vmas.extend((0..after).map(|k| fixed(behind, k)));
                vmas
            };
            let pages = |&(first, count, ..): &Operation| {
                let start = site + first as u64 * PAGE;
                start..(start + count as u64 * PAGE).min(end)
            };
            // Of what gets smaller on its way: before it, behind it, or a page further.
            let tail = |it: &Operation| {
                let to = pages(it);
                let start = match it.2 {
                    b'w' => to.start - PAGE,
                    b'x' => to.end,
                    b'.' => to.end + PAGE,
                    _ => return None,
                };
                let tail = start..start + PAGE;
                (site <= tail.start && tail.end <= end).then_some(tail)
            };
            // In two, where it has more than one page and takes them from others; then
            // the first perhaps leaves the page behind the second unmapped, or the one
            // before itself.
            let moves = |it: &Operation| {
                let to = pages(it);
                let (border, behind) = (to.start + PAGE, to.end..to.end + PAGE);
                let before = to.start - PAGE..to.start;
                let from = match it.1 % 3 {
                    0 => (behind.end <= end).then_some(behind),
                    1 => (site <= before.start).then_some(before),
                    _ => None,
                };
                let moved = |to, from| MovedVma {
                    to,
                    from,
                    tail: None,
                };
                match it.3 {
                    true if it.4 && border < to.end => {
                        vec![moved(to.start..border, from), moved(border..to.end, None)]
                    }
                    true => vec![MovedVma {
                        tail: tail(it),
                        ..moved(to, None)
                    }],
                    false => Vec::new(),
                }
            };
            let unmapped = |it: &Operation| -> Vec<_> {
                let taken = (it.3 || it.4).then(|| pages(it)).into_iter();
                let moves = moves(it).into_iter();
                taken.chain(moves.filter_map(|moved| moved.tail)).collect()
            };
            World {
                moves: operations.iter().map(moves).collect(),
                unmapped: operations.iter().map(unmapped).collect(),
                states: strips.iter().map(state).collect(),
                site: site..end,
                gate,
            }
        })
}
