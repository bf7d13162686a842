//! In which order reader and writer make their steps.

use super::random::below;
use vmascope::internals::algorithms::{PriorityOrder, Random};

/// How often the writer overtakes, one of these many points: a writer that is
/// about all the time, one that comes now and then, and one that comes rarely,
/// so that the windows of the judge are narrow.
const PACES: [u64; 4] = [16, 40, 160, 640];

/// How the order is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ordering {
    /// The writer overtakes at any point, mostly not at all, sometimes by a few
    /// steps, now and then by whole cycles.
    Uniform,
    /// By priorities (PCT), for races of this depth; a new order each time so
    /// many steps are made.
    Priorities { depth: u32, steps: u64 },
}

/// Reader and writer, as threads of a [`PriorityOrder`].
const READER: usize = 0;
const WRITER: usize = 1;

/// The order as it is drawn, all from one seed.
#[derive(Debug)]
pub(crate) struct Order {
    ordering: Ordering,
    random: Random,
    /// One of [`PACES`].
    pace: u64,
    /// The order by priorities, and how many steps are left of it.
    drawn: Option<(PriorityOrder, u64)>,
}

impl Order {
    pub(crate) fn new(seed: u64) -> Self {
        Order {
            ordering: Ordering::Uniform,
            random: Random::new(seed),
            pace: PACES[0],
            drawn: None,
        }
    }

    pub(crate) fn drawn_as(&mut self, ordering: Ordering) {
        self.ordering = ordering;
    }

    /// Called where a chunk or a query begins.
    pub(crate) fn start(&mut self) {
        if self.ordering == Ordering::Uniform && below(&mut self.random, 128) == 0 {
            self.pace = PACES[below(&mut self.random, PACES.len() as u64) as usize];
        }
    }

    /// The steps of the writer before the reader's next; by priorities they are
    /// drawn one by one.
    pub(crate) fn uniform_steps(&mut self) -> Option<u64> {
        if self.ordering != Ordering::Uniform {
            return None;
        }
        Some(match below(&mut self.random, self.pace) {
            0 => below(&mut self.random, 40),
            1 => below(&mut self.random, 8),
            2..=4 => 1,
            _ => 0,
        })
    }

    /// Whether the next step is the writer's, where not both are blocked.
    pub(crate) fn is_writers(&mut self, reader_blocked: bool, writer_blocked: bool) -> bool {
        let Ordering::Priorities { depth, steps } = self.ordering else {
            return reader_blocked;
        };
        let drawn = self.drawn.take().filter(|(_, left)| *left > 0);
        let mut draw = || PriorityOrder::draw(&mut self.random, 2, steps, depth);
        let (mut order, left) = drawn.unwrap_or_else(|| (draw(), steps));
        let mut blocked = [false; 2];
        (blocked[READER], blocked[WRITER]) = (reader_blocked, writer_blocked);
        let next = order.next(|thread| !blocked[thread]);
        self.drawn = Some((order, left - 1));
        next.expect("one of them can step") == WRITER
    }
}
