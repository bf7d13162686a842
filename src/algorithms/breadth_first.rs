//! Breadth-first search: everything that can be reached from a start, nearest
//! first, and the shortest way to each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use foldhash::fast::FixedState;

/// A search whose caller takes the nodes with [`visit`](Self::visit) and says
/// with [`reach`](Self::reach) what each leads to. Nodes are numbered from 0,
/// the start, in the order in which they were first reached; so a lower number
/// is never further away.
#[derive(Clone, Debug)]
pub(crate) struct BreadthFirst<N, S> {
    nodes: Vec<N>,
    /// From which node, by which step, each was first reached; none: the start.
    reached_by: Vec<Option<(u32, S)>>,
    numbers: HashMap<N, u32, FixedState>,
    visited: usize,
}

impl<N: Copy + Eq + Hash, S: Copy> BreadthFirst<N, S> {
    pub(crate) fn from(start: N) -> Self {
        Self::from_any(vec![start])
    }

    /// From whichever of several starts is the nearest; they are different, and
    /// numbered in their order.
    pub(crate) fn from_any(starts: Vec<N>) -> Self {
        BreadthFirst {
            reached_by: vec![None; starts.len()],
            numbers: starts.iter().copied().zip(0..).collect(),
            nodes: starts,
            visited: 0,
        }
    }

    /// The next node to visit, with its number; none when all are visited.
    pub(crate) fn visit(&mut self) -> Option<(u32, N)> {
        let Some(&node) = self.nodes.get(self.visited) else {
            // Nothing is looked up any more: give the memory back.
            self.numbers = HashMap::default();
            return None;
        };
        let number = self.visited as u32;
        self.visited += 1;
        Some((number, node))
    }

    /// A step leads from the node numbered `from` to `node`: that one's number.
    pub(crate) fn reach(&mut self, from: u32, step: S, node: N) -> u32 {
        match self.numbers.entry(node) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let number = self.nodes.len() as u32;
                new.insert(number);
                self.nodes.push(node);
                self.reached_by.push(Some((from, step)));
                number
            }
        }
    }

    /// All that was reached so far, by number.
    pub(crate) fn nodes(&self) -> &[N] {
        &self.nodes
    }

    /// The fewest steps from the start to the node of that number.
    pub(crate) fn steps_to(&self, number: u32) -> Vec<S> {
        self.way_to(number).1
    }

    /// The start that is nearest to the node of that number, and the steps from it.
    pub(crate) fn way_to(&self, mut number: u32) -> (N, Vec<S>) {
        let mut steps = Vec::new();
        while let Some((from, step)) = self.reached_by[number as usize] {
            steps.push(step);
            number = from;
        }
        steps.reverse();
        (self.nodes[number as usize], steps)
    }

    /// The same, and one more step from there.
    pub(crate) fn steps_through(&self, number: u32, last: S) -> Vec<S> {
        let mut steps = self.steps_to(number);
        steps.push(last);
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_shortest_way_to_all_that_can_be_reached() {
        let mut search = BreadthFirst::from(1u32);
        while let Some((number, node)) = search.visit() {
            for (step, next) in [('+', node + 1), ('*', node * 2)] {
                if next <= 20 {
                    search.reach(number, step, next);
                }
            }
        }
        assert_eq!(search.nodes().len(), 20);
        let number = |node| search.nodes().iter().position(|&one| one == node);
        let way = |node| String::from_iter(search.steps_to(number(node).unwrap() as u32));
        assert_eq!(way(1), "");
        assert_eq!(way(10), "+*+*");
        assert_eq!(way(20), "+*+**");
        assert_eq!(search.steps_through(0, '*'), ['*']);
    }

    #[test]
    fn of_several_starts_the_nearest_counts() {
        let mut search = BreadthFirst::from_any(vec![1u32, 7]);
        while let Some((number, node)) = search.visit() {
            if node < 10 {
                search.reach(number, '+', node + 1);
            }
        }
        let number = search.nodes().iter().position(|&one| one == 9).unwrap();
        assert_eq!(search.way_to(number as u32), (7, vec!['+', '+']));
        let number = search.nodes().iter().position(|&one| one == 3).unwrap();
        assert_eq!(search.way_to(number as u32), (1, vec!['+', '+']));
    }
}
