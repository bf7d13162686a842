//! What a click and a paste do.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::App;
use crate::replay::step::TimeStep;
use crate::session::SessionCommand;
use crate::tui::areas::Areas;
use crate::tui::coverage;
use crate::tui::effect::Effect;
use crate::tui::frame::{footer, tabs};
use crate::tui::input::paste::pasted_line;
use crate::tui::keys::action::Action;
use crate::tui::overlay::menu;
use crate::tui::protocol::render::clicked;
use crate::tui::time;
use crate::tui::view::View;
use ratatui::layout::Rect;

impl App {
    /// A tab shows its view, a key of the footer acts, the map and the rows of
    /// lists go to what is there; a row of Coverage runs its scenario, a row of the
    /// Protocol is gone to, and a program makes its next step. An overlay hides all of that.
    pub(super) fn click(&mut self, column: u16, row: u16) -> Vec<Effect> {
        let (columns, rows) = self.shown.size;
        let areas = Areas::of(Rect::new(0, 0, columns, rows));
        self.dirty = true;
        if let Some(menu) = &mut self.menu {
            let area = Rect::new(0, 0, columns, rows);
            let chosen = menu::render::click(menu, area, (column, row).into());
            if chosen.is_some() {
                self.menu = None;
            }
            let scenario = chosen.map(SessionCommand::Scenario);
            return scenario.map(Effect::Session).into_iter().collect();
        }
        if self.view == View::Fuzz && self.fuzz.menu.is_some() {
            let response = self.fuzz.click(column, row, &self.shown);
            return self.respond(response);
        }
        if self.is_typing() {
            return Vec::new();
        }
        if self.help.take().is_some() || self.presented().is_some() {
            return Vec::new();
        }
        if row + 1 == areas.body.y {
            let view = tabs::view_at(self, column);
            return view.map_or_else(Vec::new, |view| self.act(Action::Show(view)));
        }
        let rewound = self.time.timeline().filter(|_| self.view.is_recorded());
        if let Some(rewound) = rewound.filter(|_| row == areas.footer.y) {
            let to = time::strip::time_at(rewound, columns, column);
            return self.act(Action::Time(TimeStep::To(to)));
        }
        if row + 1 == areas.footer.bottom() && self.notice.is_none() {
            let action = footer::action_at(self, column);
            return action.map_or_else(Vec::new, |action| self.act(action));
        }
        if !areas.body.contains((column, row).into()) {
            return Vec::new();
        }
        match self.view {
            View::Space => {
                let notice = self.space.click(column, row, &self.shown);
                if let Some(notice) = notice {
                    self.tell(notice);
                }
            }
            View::Tears => self.tears.click(column, row, &self.shown),
            View::Fuzz => {
                let response = self.fuzz.click(column, row, &self.shown);
                return self.respond(response);
            }
            View::Coverage => {
                if let Some(why) = self.time.refusal() {
                    self.tell_hint(why);
                    return Vec::new();
                }
                let scenario =
                    coverage::render::scenario_at(self.coverage, &self.shown, (column, row).into());
                let command = scenario.map(SessionCommand::Scenario);
                return command.map(Effect::Session).into_iter().collect();
            }
            View::Protocol => {
                let protocol = self.protocol.as_deref();
                let clicked = protocol
                    .and_then(|protocol| clicked(protocol, areas.body, (column, row).into()));
                return clicked.map_or_else(Vec::new, |action| self.act(Action::Protocol(action)));
            }
            _ => {}
        }
        Vec::new()
    }

    /// A paste is typed where text is, and does nothing elsewhere: what was
    /// copied is no key.
    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.dirty = true;
        if self.menu.is_none() && !self.is_typing() {
            self.tell("a paste does nothing here: it is taken where text is typed".into());
            return Vec::new();
        }
        let mut effects = Vec::new();
        for character in pasted_line(text).chars() {
            let key = KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE);
            let typed = self.press_menu(&key).or_else(|| self.press_typing(&key));
            effects.extend(typed.unwrap_or_default());
        }
        effects
    }

    /// Whether text is typed in the view, or something is chosen there.
    pub(crate) fn is_typing(&self) -> bool {
        match self.view {
            View::Space if self.help.is_none() => self.space.prompt.is_some(),
            View::Query => self.query.typed.is_some(),
            View::Fuzz => self.fuzz.menu.is_some(),
            _ => false,
        }
    }
}
