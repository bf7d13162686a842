//! Random small worlds, scans that obey a rule, and what is made of them.

use proptest::collection::vec;
use proptest::prelude::*;
use vmascope::internals::linux::{Granularity, Position, Rule};
use vmascope::internals::maps::Permissions;
use vmascope::internals::maps::{ScanText, Window};
use vmascope::internals::oracle::{OperationInfo, SiteClock, SiteStates, States};

use super::reference::{Chunk, Line, Scan, Vma, World, next};

pub(crate) const PAGE: u64 = 4096;
const GATE: &str =
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

pub(crate) fn windows() -> impl Strategy<Value = Window> {
    dice().prop_map(|mut dice| dice.window())
}

/// Choices, drawn one after the other: shrinks as its numbers do.
#[derive(Clone, Debug)]
pub(crate) struct Dice(Vec<u16>, usize);

pub(crate) fn dice() -> impl Strategy<Value = Dice> {
    vec(any::<u16>(), 8..120).prop_map(|numbers| Dice(numbers, 0))
}

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let number = self.0[self.1 % self.0.len()];
        self.1 += 1;
        usize::from(number) % limit.max(1)
    }

    pub(crate) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Mostly a narrow window, sometimes a wide one, or the one of a writer of
    /// which nothing is known.
    fn window(&mut self) -> Window {
        let finished = self.below(9) as u64;
        let late = match self.below(12) {
            0 => return Window::ANY,
            1 => self.below(6),
            _ => self.below(3),
        };
        Window::of_one(finished, finished + late as u64)
    }
}

/// A scan that a reader which keeps to `rule` may make of `world`; none where
/// it would not come to an end.
pub(crate) fn obeying(world: &World, rule: Rule, dice: &mut Dice) -> Option<Scan> {
    let mut scan = Scan {
        chunks: Vec::new(),
        eof: Window::default(),
    };
    let (mut cursor, mut ended) = (0, false);
    for _ in 0..40 {
        let window = dice.window();
        let allowed = world.allowed(window);
        let held = allowed[dice.below(allowed.len())];
        let mut lines = Vec::new();
        let find = |cursor, dice: &mut Dice| match rule.granularity {
            Granularity::Line => next(allowed[dice.below(allowed.len())], cursor),
            Granularity::Chunk => next(held, cursor),
        };
        let mut found = if ended { None } else { find(cursor, dice) };
        let room = 1 + dice.below(4);
        while let Some(vma) = found.filter(|_| lines.len() < room) {
            lines.push(Line::Vma(vma));
            cursor = vma.end;
            found = find(cursor, dice);
        }
        ended = found.is_none();
        if let (Some(vma), Position::NextStart) = (found, rule.position) {
            cursor = vma.start;
        }
        let finish = ended && lines.len() < room;
        if finish && world.gate {
            lines.push(Line::Gate);
        }
        if lines.is_empty() {
            scan.eof = window;
            return Some(scan);
        }
        scan.chunks.push(Chunk { lines, window });
        if finish {
            scan.eof = dice.window();
            return Some(scan);
        }
    }
    None
}

/// Damages a scan in one of the ways in which a broken kernel might.
pub(crate) fn mutate(world: &World, scan: &mut Scan, dice: &mut Dice) {
    if scan.chunks.is_empty() {
        return;
    }
    let count = scan.chunks.len();
    let c = dice.below(count);
    let l = dice.below(scan.chunks[c].lines.len());
    match dice.below(12) {
        9.. => {
            let printed = l.checked_sub(1).map(|at| scan.chunks[c].lines[at]);
            let cursor = match printed {
                Some(Line::Vma(vma)) => vma.end,
                _ => 0,
            };
            let found = match dice.below(3) {
                0 => world
                    .in_a_move(dice)
                    .map(|space| next(&space, cursor).map_or(Line::Gate, Line::Vma)),
                1 => {
                    // What was ahead in one state, and what is behind that in another.
                    let ahead = next(
                        dice.of::<Vec<Vma>>(&world.states),
                        cursor.saturating_sub(PAGE),
                    );
                    let end = ahead.map_or(cursor, |vma| vma.end);
                    let found = next(dice.of::<Vec<Vma>>(&world.states), end);
                    Some(found.map_or(Line::Gate, Line::Vma))
                }
                _ => {
                    let across = |state: &&Vec<Vma>| {
                        next(state, cursor).is_some_and(|vma| vma.start < cursor)
                    };
                    let merged: Vec<_> = world.states.iter().filter(across).collect();
                    let state = match merged.is_empty() {
                        true => dice.of(&world.states),
                        false => dice.of(&merged),
                    };
                    let holder = next(state, cursor.saturating_sub(1));
                    let behind = holder.map_or(cursor, |holder| holder.end);
                    Some(next(state, behind).map_or(Line::Gate, Line::Vma))
                }
            };
            if let Some(found) = found {
                scan.chunks[c].lines[l] = found;
            }
            if let Some(Line::Gate) = found {
                scan.chunks[c].lines.truncate(l + usize::from(world.gate));
                scan.chunks.truncate(c + 1);
            }
        }
        0 => {
            scan.chunks[c].lines.remove(l);
        }
        1 => {
            let line = scan.chunks[c].lines[l];
            scan.chunks[c].lines.insert(l, line);
        }
        2 => {
            let state = dice.of(&world.states);
            if let Some(vma) = state.get(dice.below(state.len())) {
                scan.chunks[c].lines[l] = Line::Vma(*vma);
            }
        }
        3 => {
            let before = scan.lines();
            let at: usize = scan.chunks[..c].iter().map(|c| c.lines.len()).sum();
            let cursor = match (at + l).checked_sub(1).map(|at| before[at]) {
                Some(Line::Vma(vma)) => vma.end,
                _ => 0,
            };
            scan.chunks[c].lines[l] = match next(dice.of::<Vec<Vma>>(&world.states), cursor) {
                Some(vma) => Line::Vma(vma),
                None => Line::Gate,
            };
        }
        4 => {
            let lines = scan.chunks[c].lines.split_off(l);
            let window = scan.chunks[c].window;
            scan.chunks.insert(c + 1, Chunk { lines, window });
        }
        5 if c + 1 < count => {
            let moved = scan.chunks[c + 1].lines.remove(0);
            scan.chunks[c].lines.push(moved);
        }
        6 if c + 1 < count => {
            let behind = scan.chunks.remove(c + 1);
            scan.chunks[c].lines.extend(behind.lines);
        }
        7 => {
            scan.chunks[c].lines.truncate(l);
            scan.chunks.truncate(c + 1);
        }
        _ => {
            scan.chunks[c].window = dice.window();
            scan.eof = dice.window();
        }
    }
    scan.chunks.retain(|chunk| !chunk.lines.is_empty());
}

pub(crate) fn permissions(letter: u8) -> Permissions {
    Permissions {
        read: letter != b'-',
        write: letter == b'w',
        execute: letter == b'x',
        shared: false,
    }
}

pub(crate) fn text(line: &Line) -> String {
    match line {
        Line::Gate => GATE.to_owned(),
        Line::Vma(vma) => {
            let (start, end) = (vma.start, vma.end);
            let perms = permissions(vma.letter);
            format!("{start:08x}-{end:08x} {perms} 00000000 00:00 0 \n")
        }
    }
}

pub(crate) fn scan_text(scan: &Scan) -> ScanText {
    let texts: Vec<(String, Window)> = scan
        .chunks
        .iter()
        .map(|chunk| (chunk.lines.iter().map(text).collect(), chunk.window))
        .collect();
    let chunks = texts
        .iter()
        .map(|(text, window)| (text.as_bytes(), *window));
    ScanText::from_chunks(chunks, scan.eof)
}

/// What the judge is given for `world`.
pub(crate) fn states(world: &World) -> States {
    let captures: Vec<Vec<u8>> = world
        .states
        .iter()
        .map(|vmas| {
            let lines = vmas.iter().copied().map(Line::Vma);
            let gate = world.gate.then_some(Line::Gate);
            let text: String = lines.chain(gate).map(|line| text(&line)).collect();
            text.into_bytes()
        })
        .collect();
    let operations = world.moves.iter().zip(&world.unmapped);
    let operations = operations.map(|(moves, unmapped)| OperationInfo {
        text: String::new(),
        moves: moves.clone(),
        unmaps: unmapped.clone(),
    });
    let site = SiteStates {
        range: world.site.clone(),
        operations: operations.collect(),
        clock: SiteClock::default(),
    };
    States::of_site(site, &captures).expect("nothing but the site changes")
}
