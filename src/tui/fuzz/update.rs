//! What keys do in the Fuzz, and what the hunt says.

use std::sync::Arc;

use ratatui::layout::Position;

use super::render::{list_area, scrolled};
use super::{Busy, FuzzView};
use crate::fuzz::live::HuntSnapshot;
use crate::tui::effect::{Effect, FuzzEffect, Response};
use crate::tui::save::kit::FOLDER;
use crate::tui::shown::Shown;
use crate::tui::view::View;
use crate::tui::widgets::selection::first_listed;

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FuzzAction {
    StartOrStop,
    Open,
    MakeKit,
}

impl FuzzView {
    pub(crate) fn update(&mut self, action: FuzzAction) -> Response {
        match action {
            FuzzAction::StartOrStop if self.is_busy() => {
                self.has_ended();
                Effect::Fuzz(FuzzEffect::Stop).into()
            }
            FuzzAction::StartOrStop => {
                // What it found stays, whatever the next one finds.
                self.earlier = self.finds().into_iter().cloned().collect();
                self.snapshot = None;
                self.busy = Busy::Hunting;
                Effect::Fuzz(FuzzEffect::Start).into()
            }
            FuzzAction::Open => {
                self.open = match self.open {
                    Some(_) => None,
                    // What is open stays selected when others come.
                    None => self.current().cloned().map(|listed| {
                        self.selected = Some(listed.find.key.clone());
                        0
                    }),
                };
                Response::default()
            }
            FuzzAction::MakeKit => self.make_kit(),
        }
    }

    fn make_kit(&mut self) -> Response {
        let refusal = match (self.busy, self.current()) {
            (_, None) => "there is no find yet to write a kit of",
            (Busy::Hunting, _) => "stop the hunt first (s): the kit's program needs the CPUs",
            (Busy::MakingAKit, _) => "a kit is being made; s stops that",
            (Busy::No, Some(_)) => {
                self.busy = Busy::MakingAKit;
                let text = "compiling the kit's program and running it, for a minute at most …";
                return Response {
                    notice: Some(text.into()),
                    effect: Some(Effect::Fuzz(FuzzEffect::MakeKit)),
                };
            }
        };
        Response::of_notice(Some(refusal.into()))
    }

    /// What to say of a kit that was made, or was not.
    pub(crate) fn kit_notice(made: Result<String, String>) -> String {
        made.unwrap_or_else(|why| format!("no kit in {FOLDER}: {why}"))
    }

    pub(crate) fn kit_is_made(&mut self) -> FuzzEffect {
        if self.busy == Busy::MakingAKit {
            self.busy = Busy::No;
        }
        FuzzEffect::KitIsMade
    }

    /// Takes what the hunt says; what is to be done if that was the last of it.
    pub(crate) fn take(&mut self, snapshot: HuntSnapshot, is_frozen: bool) -> Option<FuzzEffect> {
        if self.seed != Some(snapshot.seed) {
            // The last of the hunt before it.
            return None;
        }
        let ended = snapshot.ended && self.busy == Busy::Hunting;
        let slot = if is_frozen {
            &mut self.waiting
        } else {
            &mut self.snapshot
        };
        *slot = Some(Arc::new(snapshot));
        ended.then(|| {
            self.has_ended();
            FuzzEffect::Stop
        })
    }

    /// A hunt with this seed was started.
    pub(crate) fn has_begun(&mut self, seed: u64) {
        self.seed = Some(seed);
    }

    /// Nothing runs for it any more.
    pub(crate) fn has_ended(&mut self) {
        self.busy = Busy::No;
    }

    pub(crate) fn thaw(&mut self) {
        self.snapshot = self.waiting.take().or(self.snapshot.take());
    }

    /// A hunt runs only while its view is shown.
    pub(crate) fn follow(&mut self, view: View) -> Option<FuzzEffect> {
        let is_left = view != View::Fuzz && self.busy == Busy::Hunting;
        is_left.then(|| {
            self.has_ended();
            FuzzEffect::Stop
        })
    }

    /// Selects the find in a row of the screen; opens the one that is.
    pub(crate) fn click(&mut self, column: u16, row: u16, shown: &Shown) {
        let at = Position::new(column, row);
        let area = list_area(self, shown);
        if !area.contains(at) {
            return;
        }
        let at = first_listed(self.position(), area) + usize::from(row - area.y);
        let Some(key) = self.finds().get(at).map(|one| one.find.key.clone()) else {
            return;
        };
        if self.selected.replace(key.clone()) == Some(key) {
            self.update(FuzzAction::Open);
        }
    }

    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        let to = scrolled(self, shown).moved(by);
        match &mut self.open {
            Some(open) => *open = to as u16,
            None => self.selected = self.finds().get(to).map(|one| one.find.key.clone()),
        }
    }
}
