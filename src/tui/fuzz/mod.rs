//! The Fuzz: a hunt for violations with random sequences of calls, and its finds.

pub(crate) mod clock;
pub(crate) mod options;
pub(crate) mod render;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use std::sync::Arc;
use std::time::Duration;

use crate::fuzz::find::FindKey;
use crate::fuzz::live::{HuntNumber, HuntSnapshot, ListedFind};
use crate::fuzz::request::HuntRequest;
use clock::HuntClock;
use options::OptionsMenu;

/// What runs for the view, beside the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Busy {
    #[default]
    No,
    Hunting,
    MakingAKit,
}

#[derive(Clone, Debug, Default)]
pub struct FuzzView {
    pub(crate) busy: Busy,
    /// What the next hunt is asked for, and where one is in the menu of it.
    pub(crate) request: HuntRequest,
    pub(crate) menu: Option<OptionsMenu>,
    /// The latest hunt, and the command that is the same without a screen.
    pub(crate) number: HuntNumber,
    pub(crate) command: String,
    /// How long it has lasted.
    pub(crate) clock: HuntClock,
    /// What is shown of the latest hunt.
    pub snapshot: Option<Arc<HuntSnapshot>>,
    /// What has come since the display was frozen.
    pub(crate) waiting: Option<Arc<HuntSnapshot>>,
    /// Finds of hunts before it.
    pub(crate) earlier: Vec<Arc<ListedFind>>,
    /// The one that is selected; none: the first.
    pub(crate) selected: Option<FindKey>,
    /// Whether it is open, and the rows scrolled in it.
    pub open: Option<u16>,
}

impl FuzzView {
    /// Whether something runs for it that needs the CPUs.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy != Busy::No
    }

    /// How long the hunt that is shown has lasted.
    pub(crate) fn lasted(&self, is_frozen: bool) -> Duration {
        let told = self
            .snapshot
            .as_ref()
            .map_or(Duration::ZERO, |it| it.elapsed);
        match self.busy == Busy::Hunting && !is_frozen {
            true => told.max(self.clock.ran()),
            false => told,
        }
    }

    /// The finds as they are listed: first those of no known mechanism; of the same
    /// that of the latest hunt.
    pub(crate) fn finds(&self) -> Vec<&Arc<ListedFind>> {
        let latest = self.snapshot.iter().flat_map(|it| &it.finds);
        let mut finds: Vec<&Arc<ListedFind>> = Vec::new();
        for one in latest.chain(&self.earlier) {
            if finds.iter().all(|known| known.find.key != one.find.key) {
                finds.push(one);
            }
        }
        finds.sort_by_key(|one| one.find.key.label.is_some());
        finds
    }

    pub(crate) fn position(&self) -> usize {
        let finds = self.finds();
        let mut finds = finds.iter();
        let selected = self.selected.as_ref();
        selected
            .and_then(|key| finds.position(|one| one.find.key == *key))
            .unwrap_or(0)
    }

    /// The find that is selected.
    pub(crate) fn current(&self) -> Option<&Arc<ListedFind>> {
        self.finds().get(self.position()).copied()
    }
}
