//! Walks that a seed draws, to step through.

use super::ProtocolView;
use super::shown_case::ShownCase;
use crate::model::protocols::{PROTOCOLS, Protocol};
use crate::model::walk::{DEPTH, Walks};
use crate::scenario::definition::Scenario;
use crate::text::number::grouped;

/// Walks that are drawn at a key, at most: no more than take a moment.
const WALKS: u64 = 10_000;

/// How the view begins where the command line says so.
#[derive(Clone, Debug)]
pub(crate) struct ModelStart {
    pub case: String,
    pub protocol: Protocol,
    /// The seed and the depth of a walk.
    pub walk: Option<(u64, u32)>,
}

impl ModelStart {
    /// At its beginning.
    ///
    /// # Errors
    /// When there is no such protocol.
    pub(crate) fn named(case: &str, protocol: &str) -> anyhow::Result<Self> {
        Ok(ModelStart {
            case: case.to_owned(),
            protocol: Protocol::find(protocol).map_err(anyhow::Error::from)?,
            walk: None,
        })
    }
}

/// The walk whose steps are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DrawnWalk {
    pub(super) seed: u64,
    pub(super) depth: u32,
}

impl ProtocolView {
    /// The view as was asked for, and a line for the user where the walk breaks nothing.
    ///
    /// # Errors
    /// Why there is no such case, in one line.
    pub(crate) fn starting(
        start: &ModelStart,
        scenarios: &[Scenario],
    ) -> Result<(Self, Option<String>), String> {
        let case = ShownCase::named(&start.case, scenarios).map_err(|error| error.to_string())?;
        let base = PROTOCOLS.iter().position(|one| *one == start.protocol);
        let mut view = Self::of(case, base.unwrap_or(0), start.protocol);
        let notice = start
            .walk
            .and_then(|(seed, depth)| view.load_walk(seed, depth));
        Ok((view, notice))
    }

    /// Loads the walk of a seed; a line for the user where it breaks nothing.
    fn load_walk(&mut self, seed: u64, depth: u32) -> Option<String> {
        let (steps, broken) = Walks::new(self.model(), depth).draw(seed);
        self.load(&steps);
        self.loaded = None;
        self.drawn = Some(DrawnWalk { seed, depth });
        self.next_seed = seed.wrapping_add(1);
        let nothing = "this walk breaks no promise, which proves nothing";
        broken.is_none().then(|| nothing.to_owned())
    }

    /// Draws walks until one breaks a promise, and loads that; else a line for
    /// the user.
    pub(super) fn draw_walks(&mut self) -> Option<String> {
        let verdict = Walks::new(self.model(), DEPTH).to_first(self.next_seed, WALKS);
        if let Some((seed, _)) = verdict.found {
            return self.load_walk(seed, DEPTH);
        }
        self.next_seed = self.next_seed.wrapping_add(WALKS);
        let last = self.next_seed.wrapping_sub(1);
        Some(format!(
            "no walk up to seed {} breaks a promise, which proves nothing; d goes on",
            grouped(last)
        ))
    }
}

impl DrawnWalk {
    /// What draws it again.
    pub(super) fn text(self) -> String {
        match self.depth {
            DEPTH => format!("seed {}", self.seed),
            depth => format!("seed {}, depth {depth}", self.seed),
        }
    }
}
