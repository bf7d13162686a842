//! What the views have in common: what they show, when, how and how large.

use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Rect;

use super::areas::Areas;
use super::keys::hints::KeyHints;
use super::theme::Theme;
use crate::session::by_hand::ManualShown;
use crate::session::picture::Picture;
use crate::session::snapshot::{Scene, Snapshot};
use crate::session::trigger::Trigger;

/// What a view is drawn from beside its own state.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    pub theme: Theme,
    /// What texts name keys by.
    pub(crate) keys: &'static KeyHints,
    /// Since the start.
    pub now: Duration,
    /// Whether it is of the past: nothing can be asked or driven.
    pub is_past: bool,
    /// The latest snapshot: the header shows it.
    pub latest: Option<Arc<Snapshot>>,
    /// The snapshot that the views show: the latest, unless they are frozen.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Whether the views are frozen, and since when.
    pub frozen: Option<Duration>,
    /// Which scans are held.
    pub trigger: Trigger,
}

impl Shown {
    pub(crate) fn new(size: (u16, u16), theme: Theme, keys: &'static KeyHints) -> Self {
        Shown {
            size,
            theme,
            keys,
            now: Duration::ZERO,
            is_past: false,
            latest: None,
            snapshot: None,
            frozen: None,
            trigger: Trigger::default(),
        }
    }

    /// Where the view is on this screen.
    pub(crate) fn body(&self) -> Rect {
        Areas::of(Rect::new(0, 0, self.size.0, self.size.1)).body
    }

    /// The time that ages are counted to: what is frozen does not age.
    pub(crate) fn time(&self) -> Duration {
        self.frozen.unwrap_or(self.now)
    }

    /// The snapshot that the views show, and its picture.
    pub(crate) fn picture(&self) -> Option<(&Snapshot, &Picture)> {
        let snapshot = self.snapshot.as_deref()?;
        Some((snapshot, snapshot.picture.as_deref()?))
    }

    /// The scenario of the latest snapshot; none: the target is not ours.
    pub(crate) fn latest_scene(&self) -> Option<&Scene> {
        self.latest.as_ref()?.scene.as_deref()
    }

    /// Where reader and modifier are, if manual mode is on.
    pub(crate) fn by_hand(&self) -> Option<&ManualShown> {
        self.latest.as_ref()?.manual.as_deref()
    }

    /// Whether another scenario or target begins with this snapshot.
    pub(crate) fn is_new_scene(&self, snapshot: &Snapshot) -> bool {
        let before = self
            .latest
            .as_ref()
            .and_then(|before| before.scene.as_ref());
        match (before, &snapshot.scene) {
            (Some(before), Some(scene)) => !Arc::ptr_eq(before, scene),
            // Two snapshots of a target that is not ours.
            (None, None) => false,
            _ => true,
        }
    }

    pub(crate) fn thaw(&mut self) {
        self.frozen = None;
        self.snapshot.clone_from(&self.latest);
    }

    /// Takes the frozen picture once the session has arranged it as it was
    /// asked for.
    pub(crate) fn take_rearranged(&mut self, latest: &Snapshot) {
        let (Some(_), Some(shown), Some(still)) =
            (self.frozen, &self.snapshot, &latest.explored.still)
        else {
            return;
        };
        let same = |picture: &Picture| {
            (picture.scan.number, picture.at) == (still.scan.number, still.at)
                && picture.arrangement != still.arrangement
        };
        if shown.picture.as_deref().is_some_and(same) {
            let mut snapshot = (**shown).clone();
            snapshot.picture = Some(still.clone());
            self.snapshot = Some(Arc::new(snapshot));
        }
    }
}
