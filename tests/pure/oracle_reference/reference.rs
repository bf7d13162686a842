//! The rule, transcribed literally: every choice of states is tried. It knows
//! nothing of how the judge works.

use std::fmt;
use std::ops::Range;

use vmascope::internals::linux::{Filter, Lookup, Query};
use vmascope::internals::linux::{Granularity, Position, Rule};
use vmascope::internals::maps::Window;
use vmascope::internals::oracle::MovedVma;

/// One VMA; addresses in bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vma {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Its protection: `r`, `w`, `x`, or `-` for none.
    pub(crate) letter: u8,
}

/// On one line, so that a failing case can be read.
impl fmt::Debug for Vma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:x}-{:x}",
            char::from(self.letter),
            self.start,
            self.end
        )
    }
}

/// One line of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Vma(Vma),
    Gate,
}

/// The address space in each of its states.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// All VMAs of each state.
    pub(crate) states: Vec<Vec<Vma>>,
    pub(crate) site: Range<u64>,
    /// Whether text readers print a gate line.
    pub(crate) gate: bool,
    /// For the operation that leads away from each state: what it moves, VMA by VMA.
    pub(crate) moves: Vec<Vec<MovedVma>>,
    /// The same: which pages it takes from the VMAs that have them.
    pub(crate) unmapped: Vec<Vec<Range<u64>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub(crate) lines: Vec<Line>,
    pub(crate) window: Window,
}

#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) eof: Window,
}

impl Scan {
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.chunks
            .iter()
            .flat_map(|chunk| chunk.lines.clone())
            .collect()
    }
}

/// The first VMA of a state that ends above `cursor`.
pub(crate) fn next(state: &[Vma], cursor: u64) -> Option<Vma> {
    state.iter().copied().find(|vma| vma.end > cursor)
}

/// Where generating stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// It goes on from this address.
    Cursor(u64),
    /// Nothing was left: only the gate line and the end follow.
    NothingLeft,
    /// The gate line has been printed.
    BehindGate,
}

impl World {
    /// The states that `window` allows.
    pub(crate) fn allowed(&self, window: Window) -> Vec<&[Vma]> {
        let count = self.states.len() as u64;
        let (finished, begun) = (window.finished[0], window.begun[0]);
        let last = begun.min(finished + count);
        let mut allowed: Vec<&[Vma]> = Vec::new();
        for k in finished..=last {
            allowed.push(&self.states[(k % count) as usize]);
        }
        allowed
    }

    /// Whether the whole scan obeys `rule`.
    pub(crate) fn allows(&self, rule: Rule, scan: &Scan) -> bool {
        let mut places = vec![At::Cursor(0)];
        for chunk in &scan.chunks {
            let allowed = self.allowed(chunk.window);
            let mut after = Vec::new();
            for &place in &places {
                match rule.granularity {
                    Granularity::Line => {
                        self.generate(&allowed, place, chunk, rule.position, &mut after);
                    }
                    Granularity::Chunk => {
                        for &state in &allowed {
                            self.generate(&[state], place, chunk, rule.position, &mut after);
                        }
                    }
                }
            }
            places = after;
        }
        places.into_iter().any(|place| match place {
            At::BehindGate => true,
            At::NothingLeft => !self.gate,
            At::Cursor(cursor) => {
                let mut allowed = self.allowed(scan.eof).into_iter();
                !self.gate && allowed.any(|state| next(state, cursor).is_none())
            }
        })
    }

    /// Adds to `after` where the next chunk may start if this one was
    /// generated from `place`, each line in any of `states`.
    fn generate(
        &self,
        states: &[&[Vma]],
        place: At,
        chunk: &Chunk,
        position: Position,
        after: &mut Vec<At>,
    ) {
        let mut place = place;
        for line in &chunk.lines {
            let has = |cursor, wanted| states.iter().any(|state| next(state, cursor) == wanted);
            place = match (place, line) {
                (At::Cursor(cursor), Line::Vma(vma)) if has(cursor, Some(*vma)) => {
                    At::Cursor(vma.end)
                }
                (At::Cursor(cursor), Line::Gate) if self.gate && has(cursor, None) => {
                    At::BehindGate
                }
                (At::NothingLeft, Line::Gate) if self.gate => At::BehindGate,
                _ => return,
            };
        }
        let At::Cursor(end) = place else {
            after.push(place);
            return;
        };
        for state in states {
            match (next(state, end), position) {
                (None, Position::NextStart) => after.push(At::NothingLeft),
                (None, Position::LastEnd) => after.extend([At::NothingLeft, place]),
                (Some(_), Position::LastEnd) => after.push(place),
                (Some(vma), Position::NextStart) => after.push(At::Cursor(vma.start)),
            }
        }
    }

    /// Whether the answer to `query`, none or one VMA, obeys the rule.
    pub(crate) fn allows_answer(
        &self,
        granularity: Granularity,
        window: Window,
        query: &Query,
        answer: Option<Vma>,
    ) -> bool {
        let allowed = self.allowed(window);
        match granularity {
            Granularity::Line => reaches(&allowed, query, query.address, answer),
            Granularity::Chunk => allowed
                .iter()
                .any(|state| reaches(&[state], query, query.address, answer)),
        }
    }

    /// Whether every allowed state maps all of `range`.
    pub(crate) fn always_mapped(&self, window: Window, range: &Range<u64>) -> bool {
        let covers = |state: &[Vma], page: u64| {
            let mut vmas = state.iter();
            vmas.any(|vma| vma.start <= page && page < vma.end)
        };
        let mut pages = range.clone().step_by(4096);
        let allowed = self.allowed(window);
        pages.all(|page| allowed.iter().all(|state| covers(state, page)))
    }
}

fn reaches(states: &[&[Vma]], query: &Query, cursor: u64, answer: Option<Vma>) -> bool {
    states.iter().any(|state| match next(state, cursor) {
        None => answer.is_none(),
        Some(vma) => {
            let passes = passes(&query.filter, vma.letter);
            match query.lookup {
                Lookup::Covering if passes && vma.start <= cursor => answer == Some(vma),
                Lookup::Covering => answer.is_none(),
                Lookup::CoveringOrNext if passes => answer == Some(vma),
                Lookup::CoveringOrNext => reaches(states, query, vma.end, answer),
            }
        }
    })
}

pub(crate) fn passes(filter: &Filter, letter: u8) -> bool {
    (!filter.readable || letter != b'-')
        && (!filter.writable || letter == b'w')
        && (!filter.executable || letter == b'x')
        && !filter.shared
        && !filter.file_backed
}
