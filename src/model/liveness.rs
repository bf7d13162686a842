//! Whether readers come to an end.
//!
//! A reader that is given its turn again and again must come to the end of
//! the walk, whatever the writer does, however long it goes on. It may fail to
//! where the graph of states has a cycle with a step of that reader in it. A
//! cycle of the writer's steps alone proves nothing: there the reader is only
//! kept from running.

use crate::algorithms::breadth_first::BreadthFirst;

/// A transition between two states, which are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// Whose step it is: 0 and 1 the readers, else nobody that must end.
    pub(crate) reader: u8,
    /// Whether that reader takes `mmap_lock` because it had to fall back.
    pub(crate) falls_back: bool,
}

/// What was found about progress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Liveness {
    /// The states of a cycle in which a reader steps for ever, if there is
    /// one: each state leads to the next, the last to the first.
    pub endless: Option<Vec<u32>>,
    /// Whether that cycle is made of readers' steps only: then nothing that
    /// the writer does or does not do brings the walk to its end.
    pub alone: bool,
    /// The most often that one walk can fall back to `mmap_lock`; none: there
    /// is no limit.
    pub most_fallbacks: Option<u32>,
}

/// Looks for cycles, and for the way with most fallbacks, of each reader.
/// The edges are in the order of the states they leave.
pub(crate) fn progress(states: usize, edges: &[Edge], readers: u8) -> Liveness {
    let of_reader = |edge: &&Edge| edge.reader < readers;
    let steps_of_readers: Vec<Edge> = edges.iter().filter(of_reader).copied().collect();
    let alone = Graph::new(states, &steps_of_readers).cycle(readers);
    let graph = Graph::new(states, edges);
    let components = graph.components();
    let limited = |edge: &Edge| {
        !edge.falls_back || components[edge.from as usize] != components[edge.to as usize]
    };
    let most = (0..readers).map(|reader| {
        let falls = |edge: &Edge| edge.reader == reader && edge.falls_back;
        graph.longest(&components, falls)
    });
    Liveness {
        alone: alone.is_some(),
        endless: alone.or_else(|| graph.cycle(readers)),
        most_fallbacks: most.max().filter(|_| edges.iter().all(limited)),
    }
}

/// The edges by the state they leave.
struct Graph<'a> {
    first: Vec<u32>,
    edges: &'a [Edge],
}

impl<'a> Graph<'a> {
    fn new(states: usize, edges: &'a [Edge]) -> Self {
        let mut first = vec![0; states + 1];
        for edge in edges {
            first[edge.from as usize + 1] += 1;
        }
        for at in 0..states {
            first[at + 1] += first[at];
        }
        Graph { first, edges }
    }

    fn leaving(&self, state: u32) -> &'a [Edge] {
        let at = state as usize;
        &self.edges[self.first[at] as usize..self.first[at + 1] as usize]
    }

    /// For each state the number of its strongly connected component
    /// (Tarjan's algorithm); an edge never leads to a component of a higher number.
    fn components(&self) -> Vec<u32> {
        const NONE: u32 = u32::MAX;
        let states = self.first.len() - 1;
        let (mut index, mut low) = (vec![NONE; states], vec![0; states]);
        let mut component = vec![NONE; states];
        let (mut stack, mut calls) = (Vec::new(), Vec::new());
        let (mut met, mut count, mut roots) = (0, 0, 0..states as u32);
        loop {
            let Some((state, edge)) = calls.pop() else {
                match roots.find(|&root| index[root as usize] == NONE) {
                    Some(root) => calls.push((root, 0)),
                    None => return component,
                }
                continue;
            };
            let at = state as usize;
            if edge == 0 {
                (index[at], low[at]) = (met, met);
                met += 1;
                stack.push(state);
            }
            let leaving = self.leaving(state);
            if edge > 0 {
                let to = leaving[edge - 1].to as usize;
                low[at] = u32::min(low[at], low[to]);
            }
            let mut goes_down = false;
            for (k, next) in leaving.iter().enumerate().skip(edge) {
                let to = next.to as usize;
                if index[to] == NONE {
                    calls.push((state, k + 1));
                    calls.push((next.to, 0));
                    goes_down = true;
                    break;
                }
                if component[to] == NONE {
                    low[at] = u32::min(low[at], index[to]);
                }
            }
            if goes_down || low[at] != index[at] {
                continue;
            }
            while let Some(member) = stack.pop() {
                component[member as usize] = count;
                low[member as usize] = NONE;
                if member == state {
                    break;
                }
            }
            count += 1;
        }
    }

    /// The cycle with a reader's step in it that begins nearest to the start.
    fn cycle(&self, readers: u8) -> Option<Vec<u32>> {
        let components = self.components();
        let inner = |edge: &&Edge| {
            edge.reader < readers && components[edge.from as usize] == components[edge.to as usize]
        };
        let edge = self.edges.iter().find(inner)?;
        let mut cycle = self.way_within(&components, edge.to, edge.from);
        cycle.rotate_right(1);
        Some(cycle)
    }

    /// A shortest way inside one component: its states, the first and the last
    /// included.
    fn way_within(&self, components: &[u32], from: u32, to: u32) -> Vec<u32> {
        let mut search = BreadthFirst::from(from);
        let mut way = vec![from];
        while let Some((number, state)) = search.visit() {
            if state == to {
                way.extend(search.steps_to(number));
                break;
            }
            for edge in self.leaving(state) {
                if components[edge.to as usize] == components[from as usize] {
                    search.reach(number, edge.to, edge.to);
                }
            }
        }
        way
    }

    /// The most edges of a kind on one way from the start, those inside a
    /// component not counted.
    fn longest(&self, components: &[u32], counts: impl Fn(&Edge) -> bool) -> u32 {
        let count = components.iter().max().map_or(0, |most| *most as usize + 1);
        let mut by_component: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (state, component) in (0..).zip(components) {
            by_component[*component as usize].push(state);
        }
        let mut most = vec![0; count];
        for component in 0..count {
            let leaving = by_component[component]
                .iter()
                .flat_map(|&state| self.leaving(state));
            let behind = leaving.map(|edge| {
                let to = components[edge.to as usize] as usize;
                let counted = u32::from(counts(edge));
                if to == component {
                    0
                } else {
                    most[to] + counted
                }
            });
            most[component] = behind.max().unwrap_or(0);
        }
        most[components[0] as usize]
    }
}
