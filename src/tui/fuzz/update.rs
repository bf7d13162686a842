//! What keys do in the Fuzz, and what the hunt says.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use super::clock::HuntClock;
use super::options::{Chosen, OptionsMenu};
use super::render::options::option_at;
use super::render::{self, list_area, scrolled};
use super::{Busy, FuzzView};
use crate::fuzz::live::{HuntNumber, HuntSnapshot};
use crate::tui::effect::{Effect, FuzzEffect, Response};
use crate::tui::save::kit::FOLDER;
use crate::tui::shown::Shown;
use crate::tui::view::View;
use crate::tui::widgets::selection::first_listed;

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FuzzAction {
    StartOrStop,
    Options,
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
            FuzzAction::StartOrStop => self.start(),
            FuzzAction::Options => {
                self.menu = Some(OptionsMenu::default());
                Response::default()
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

    fn start(&mut self) -> Response {
        // What it found stays, whatever the next one finds.
        self.earlier = self.finds().into_iter().cloned().collect();
        (self.snapshot, self.waiting) = (None, None);
        self.busy = Busy::Hunting;
        Effect::Fuzz(FuzzEffect::Start).into()
    }

    /// What a key would do now, in a word for the footer; none: nothing.
    pub(crate) fn offer(&self, action: FuzzAction) -> Option<&'static str> {
        let has_find = self.current().is_some();
        match action {
            FuzzAction::StartOrStop if self.is_busy() => Some("stop"),
            FuzzAction::StartOrStop => Some("start"),
            FuzzAction::Options => Some("options"),
            FuzzAction::Open if self.open.is_some() => Some("close"),
            FuzzAction::Open => has_find.then_some("open"),
            FuzzAction::MakeKit => (has_find && !self.is_busy()).then_some("kit"),
        }
    }

    /// Takes a key while the menu is open; none: it is not for that.
    pub(crate) fn press(&mut self, key: &KeyEvent, size: (u16, u16)) -> Option<Response> {
        let rows = options_area(size).height;
        let chosen = self.menu.as_mut()?.press(key, &mut self.request, rows);
        self.chosen(chosen)
    }

    fn chosen(&mut self, chosen: Chosen) -> Option<Response> {
        match chosen {
            Chosen::NotMine => return None,
            Chosen::Open => {}
            Chosen::Closed => self.menu = None,
            Chosen::Start if self.is_busy() => {
                let text = "something runs still: close this (Esc) and stop it first (s)";
                return Some(Response::of_notice(Some(text.into())));
            }
            Chosen::Start => {
                self.menu = None;
                return Some(self.start());
            }
            Chosen::Refused(why) => return Some(Response::of_notice(Some(why.into()))),
        }
        Some(Response::default())
    }

    fn make_kit(&mut self) -> Response {
        let refusal = match (self.busy, self.current()) {
            (_, None) => "there is no find yet to write a kit of",
            (Busy::Hunting, _) => {
                "stop the hunt first (<fuzz-start>): the kit's program needs the CPUs"
            }
            (Busy::MakingAKit, _) => "a kit is being made; <fuzz-start> stops that",
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
    pub(crate) fn take(
        &mut self,
        mut snapshot: HuntSnapshot,
        is_frozen: bool,
    ) -> Option<FuzzEffect> {
        if self.number != snapshot.number {
            // The last of the hunt before it.
            return None;
        }
        // Its thread does not know when this process was stopped.
        snapshot.elapsed = self.clock.ran();
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

    /// A hunt with this seed is started now; which it is.
    pub(crate) fn has_begun(&mut self, seed: u64, now: Duration) -> HuntNumber {
        self.number += 1;
        self.command = self.request.command(seed);
        self.clock = HuntClock::begun(now);
        self.number
    }

    /// Time goes on; whether that shows.
    pub(crate) fn look(&mut self, shown: &Shown) -> bool {
        let shows = self.clock.look(shown.now);
        shows && self.busy == Busy::Hunting && shown.frozen.is_none()
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
    pub(crate) fn click(&mut self, column: u16, row: u16, shown: &Shown) -> Response {
        let at = Position::new(column, row);
        if let Some(mut menu) = self.menu {
            let (columns, rows) = shown.size;
            let number = option_at(self, Rect::new(0, 0, columns, rows), at);
            let chosen = number.map(|number| menu.click(number, &mut self.request));
            self.menu = Some(menu);
            let response = chosen.and_then(|chosen| self.chosen(chosen));
            return response.unwrap_or_default();
        }
        let area = list_area(self, shown);
        if !area.contains(at) {
            return Response::default();
        }
        let at = first_listed(self.position(), area) + usize::from(row - area.y);
        let Some(key) = self.finds().get(at).map(|one| one.find.key.clone()) else {
            return Response::default();
        };
        if self.selected.replace(key.clone()) == Some(key) {
            self.update(FuzzAction::Open);
        }
        Response::default()
    }

    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        if let Some(menu) = &mut self.menu {
            menu.scroll(by, options_area(shown.size).height);
            return;
        }
        let to = scrolled(self, shown).moved(by);
        match &mut self.open {
            Some(open) => *open = to as u16,
            None => self.selected = self.finds().get(to).map(|one| one.find.key.clone()),
        }
    }
}

/// Where the rows of the menu are on a screen of so many columns and rows.
fn options_area((columns, rows): (u16, u16)) -> Rect {
    render::options::list_area(Rect::new(0, 0, columns, rows))
}
