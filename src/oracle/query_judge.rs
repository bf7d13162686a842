//! The judge of one `PROCMAP_QUERY` answer.

use super::engine::{Sets, each_next, mapped_in_all};
use super::signature::each_believed;
use super::states::States;
use super::verdict::ViolationKind;
use crate::linux::features::rule::Granularity;
use crate::linux::known_holes::KnownHoles;
use crate::linux::procmap_query::{Filter, Lookup, QueriedVma, Query};
use crate::maps::scan_text::Window;

/// A `PROCMAP_QUERY` answer that no correct kernel gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryFinding {
    /// Which rule it breaks.
    pub kind: ViolationKind,
    /// The known holes whose signatures it bears.
    pub known: KnownHoles,
}

/// Judges `PROCMAP_QUERY` answers; keeps its buffers between them.
#[derive(Debug)]
pub struct QueryJudge {
    granularity: Granularity,
    allowed: Sets,
    frontier: Vec<u64>,
    /// The states that explain every answer of the pass so far, each site
    /// looked at alone; empty outside of a pass.
    whole: Sets,
    scratch: Sets,
}

impl QueryJudge {
    /// A judge for a kernel that holds still one VMA (line) or everything
    /// (chunk) during a query.
    #[must_use]
    pub fn new(granularity: Granularity) -> Self {
        QueryJudge {
            granularity,
            allowed: Sets::default(),
            frontier: Vec::new(),
            whole: Sets::default(),
            scratch: Sets::default(),
        }
    }

    /// Begins a pass: answers that are looked at together.
    pub fn begin_pass(&mut self, states: &States) {
        self.whole.set_all(states);
    }

    /// Whether no one state of some site explains all the answers about it in
    /// this pass. Each answer by itself may well be right: nothing is promised
    /// between two queries.
    #[must_use]
    pub fn pass_is_mixed(&self) -> bool {
        self.whole.0.contains(&0)
    }

    /// Keeps the states of the site asked about that explain the answer.
    fn narrow_pass(&mut self, states: &States, query: &Query, answer: Option<&QueriedVma>) {
        let asked = |site: &super::site::SiteStates| site.range.contains(&query.address);
        let Some(site) = states.sites().iter().position(asked) else {
            return;
        };
        let Some(left) = self.whole.0.get(site).copied() else {
            return;
        };
        self.scratch.set_all(states);
        for state in (0..64).filter(|state| left >> state & 1 == 1) {
            self.scratch.0[site] = 1 << state;
            let walk = Walk {
                states,
                allowed: &self.scratch,
                query,
                answer,
            };
            if !walk.reaches(&self.scratch, &mut self.frontier) {
                self.whole.0[site] &= !(1 << state);
            }
        }
    }

    /// Judges the answer to `query`, given during `window`.
    ///
    /// The answer must be reachable by `next(s, c)` from the queried address,
    /// past the VMAs that the filter rejects: with line granularity in any
    /// allowed state at each step, under `mmap_lock` in one state for the
    /// whole query. No answer (`ENOENT`) must be reachable too.
    pub fn judge(
        &mut self,
        states: &States,
        window: Window,
        query: &Query,
        answer: Option<&QueriedVma>,
    ) -> Option<QueryFinding> {
        self.narrow_pass(states, query, answer);
        self.allowed.set_allowed(states, window);
        let walk = Walk {
            states,
            allowed: &self.allowed,
            query,
            answer,
        };
        let frontier = &mut self.frontier;
        let reachable = match self.granularity {
            Granularity::Chunk if combinations(&self.allowed) <= MOST_COMBINATIONS => {
                each_combination(&self.allowed, |one| walk.reaches(one, frontier))
            }
            // Of more, what no walk through all of them reaches is wrong all the same.
            Granularity::Line | Granularity::Chunk => walk.reaches(&self.allowed, frontier),
        };
        (!reachable).then(|| QueryFinding {
            kind: walk.name(),
            known: match self.granularity {
                Granularity::Line => walk.signatures(window),
                // The known holes are of readers that lock one VMA at a time.
                Granularity::Chunk => KnownHoles::NONE,
            },
        })
    }
}

struct Walk<'a> {
    states: &'a States,
    allowed: &'a Sets,
    query: &'a Query,
    answer: Option<&'a QueriedVma>,
}

impl Walk<'_> {
    /// Whether the answer can be reached from the queried address, with any
    /// state of `sets` at each step. `frontier` holds the cursors yet to look
    /// from: there are never more than states.
    fn reaches(&self, sets: &Sets, frontier: &mut Vec<u64>) -> bool {
        frontier.clear();
        frontier.push(self.query.address);
        while let Some(lowest) = (0..frontier.len()).min_by_key(|&i| frontier[i]) {
            let cursor = frontier.swap_remove(lowest);
            let mut found = false;
            each_next(self.states, sets, cursor, |next| match next {
                None => found |= self.answer.is_none(),
                Some(line) => match self.step(line, cursor) {
                    Step::Answer => {
                        found |= self.answer.is_some_and(|answer| self.equals(line, answer));
                    }
                    Step::NotFound => found |= self.answer.is_none(),
                    Step::SkipTo(end) if frontier.contains(&end) => {}
                    Step::SkipTo(end) => frontier.push(end),
                },
            });
            if found {
                return true;
            }
        }
        false
    }

    /// What the kernel does with the VMA it found (`query_matching_vma()`).
    fn step(&self, line: usize, cursor: u64) -> Step {
        let (vma, attributes) = (&self.states.lines[line], &self.states.attributes[line]);
        let or_next = self.query.lookup == Lookup::CoveringOrNext;
        if self
            .query
            .filter
            .accepts(attributes.permissions, attributes.file_backed)
            && (or_next || vma.start <= cursor)
        {
            Step::Answer
        } else if or_next {
            Step::SkipTo(vma.end)
        } else {
            Step::NotFound
        }
    }

    fn equals(&self, line: usize, answer: &QueriedVma) -> bool {
        let (vma, attributes) = (&self.states.lines[line], &self.states.attributes[line]);
        (vma.start, vma.end) == (answer.start, answer.end)
            && attributes.permissions == answer.permissions
            && attributes.offset == answer.offset
            && attributes.inode == answer.inode
            && attributes.device == answer.device
    }

    fn name(&self) -> ViolationKind {
        let address = self.query.address;
        let covering = self.query.lookup == Lookup::Covering;
        let unfiltered = self.query.filter == Filter::default();
        let hole = match self.answer {
            Some(answer) if unfiltered && answer.start > address => {
                mapped_in_all(self.states, self.allowed, address..answer.start)
            }
            None if covering => Some(address..self.mapped_around(address)),
            _ => None,
        };
        match (hole, self.answer) {
            (Some(hole), _) => ViolationKind::Hole(hole),
            (None, Some(answer)) if answer.end <= address => ViolationKind::StaleLine,
            (None, Some(answer)) if !self.is_in_some_state(answer) => ViolationKind::ForeignLine,
            (None, Some(_)) => ViolationKind::SkippedLine,
            (None, None) => ViolationKind::LostTail(address..address),
        }
    }

    /// The known holes that lead to the answer: at some step the search found
    /// what there is while the destination of a move is unmapped. H2 is not
    /// among them: every step of a query searches afresh.
    fn signatures(&self, window: Window) -> KnownHoles {
        let mut known = KnownHoles::NONE;
        let mut frontier = vec![(self.query.address, KnownHoles::NONE)];
        let mut at = 0;
        while let Some(&(cursor, so_far)) = frontier.get(at) {
            at += 1;
            let mut see = |next: Option<usize>, holes: KnownHoles| {
                let leads_to_it = match next.map(|line| (line, self.step(line, cursor))) {
                    None | Some((_, Step::NotFound)) => self.answer.is_none(),
                    Some((line, Step::Answer)) => {
                        self.answer.is_some_and(|answer| self.equals(line, answer))
                    }
                    Some((_, Step::SkipTo(end))) => {
                        if !frontier.contains(&(end, holes)) {
                            frontier.push((end, holes));
                        }
                        false
                    }
                };
                if leads_to_it {
                    known = known.union(holes);
                }
            };
            each_next(self.states, self.allowed, cursor, |next| see(next, so_far));
            each_believed(self.states, self.allowed, window, cursor, |next, hole| {
                see(next, so_far.and(hole));
            });
        }
        known
    }

    /// The end of what is one VMA from `address` on in every allowed state.
    fn mapped_around(&self, address: u64) -> u64 {
        let mut end = u64::MAX;
        each_next(self.states, self.allowed, address, |next| {
            end = end.min(next.map_or(address, |line| self.states.lines[line].end));
        });
        end
    }

    fn is_in_some_state(&self, answer: &QueriedVma) -> bool {
        let mut found = false;
        each_next(self.states, self.allowed, answer.start, |next| {
            found |= next.is_some_and(|line| self.equals(line, answer));
        });
        found
    }
}

enum Step {
    Answer,
    NotFound,
    SkipTo(u64),
}

/// Combinations of states that are looked at one by one. There are more only where a
/// query took so long that several sites went through all their states.
const MOST_COMBINATIONS: u64 = 1 << 12;

/// How many there are of one state of every site.
fn combinations(sets: &Sets) -> u64 {
    let counts = sets.0.iter().map(|set| u64::from(set.count_ones()));
    counts.fold(1, u64::saturating_mul)
}

/// Whether `holds` for some one state of every site.
fn each_combination(sets: &Sets, mut holds: impl FnMut(&Sets) -> bool) -> bool {
    fn choose(sets: &Sets, chosen: &mut Sets, holds: &mut impl FnMut(&Sets) -> bool) -> bool {
        let site = chosen.0.len();
        let Some(&set) = sets.0.get(site) else {
            return holds(chosen);
        };
        (0..64).filter(|k| set >> k & 1 == 1).any(|k| {
            chosen.0.push(1 << k);
            let found = choose(sets, chosen, holds);
            chosen.0.pop();
            found
        })
    }
    choose(sets, &mut Sets::default(), &mut holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::site::tests::site;
    use crate::oracle::states::parts::StatesParts;

    /// Sixteen sites that may all be in any of their sixteen states make 2⁶⁴
    /// combinations.
    #[test]
    fn many_sites_in_many_states_are_judged_at_once() {
        let line = |start: u64, pages: u64| {
            let end = start + pages * 0x1000;
            format!("{start:08x}-{end:08x} rw-p 00000000 00:00 0 \n").into_bytes()
        };
        let starts = (1..=16u64).map(|number| number << 20);
        let texts: Vec<Vec<Vec<u8>>> = starts
            .clone()
            .map(|start| (1..=16).map(|pages| line(start, pages)).collect())
            .collect();
        let sites = starts.zip(&texts).map(|(start, texts)| {
            let site = crate::oracle::site::SiteStates {
                range: start..start + 0x10000,
                ..site(16)
            };
            (site, texts.iter().map(|text| &text[..]).collect())
        });
        let states = States::of_parts(&StatesParts {
            sites: sites.collect(),
            outside: vec![&[]; 17],
            gate: None,
        });
        let states = states.expect("states");
        let query = Query {
            address: 1 << 20,
            ..Query::default()
        };
        let answer = |end| QueriedVma {
            start: query.address,
            end,
            permissions: crate::maps::permissions::Permissions {
                read: true,
                write: true,
                ..Default::default()
            },
            ..QueriedVma::default()
        };
        let mut judge = QueryJudge::new(Granularity::Chunk);
        let mut judged = |answer| {
            let finding = judge.judge(&states, Window::ANY, &query, Some(&answer));
            finding.map(|finding| finding.kind)
        };
        assert_eq!(judged(answer((1 << 20) + 0x3000)), None);
        let foreign = answer((1 << 20) + 0x11000);
        assert_eq!(judged(foreign), Some(ViolationKind::ForeignLine));
    }
}
