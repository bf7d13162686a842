//! The way of a key: the menu or the text that is typed is asked first, then
//! the help, then the large letters, then the view, then what is the same in every view.

use crossterm::event::KeyEvent;

use ratatui::layout::Rect;

use super::App;
use crate::session::SessionCommand;
use crate::tui::effect::{Effect, Response};

use crate::tui::keys::action::Action;
use crate::tui::keys::notation::key_of;
use crate::tui::overlay::help;
use crate::tui::overlay::menu::{self, MenuResult};
use crate::tui::view::View;

/// A layer; none: the key is not for it.
type Layer = fn(&mut App, &KeyEvent) -> Option<Vec<Effect>>;

/// From the top down.
const LAYERS: [Layer; 7] = [
    App::press_menu,
    App::press_typing,
    App::press_lesson,
    App::press_help,
    App::press_presenter,
    App::press_view,
    App::press_any_view,
];

impl App {
    pub(crate) fn press(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let taken = LAYERS.iter().find_map(|layer| layer(self, key));
        self.dirty |= taken.is_some();
        taken.unwrap_or_default()
    }

    /// A key does nothing that cannot be seen.
    pub(super) fn press_unseen(&mut self, key: &KeyEvent) -> Vec<Effect> {
        match self.keys.of_every_view(key) {
            Some(action @ (Action::Quit | Action::Suspend)) => self.act(action),
            _ => Vec::new(),
        }
    }

    /// How many scenarios of the menu are on the screen.
    pub(super) fn menu_rows(&self) -> u16 {
        let (columns, rows) = self.shown.size;
        menu::render::list_area(Rect::new(0, 0, columns, rows)).height
    }

    pub(super) fn press_menu(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        let rows = self.menu_rows();
        let effects = match self.menu.as_mut()?.press(key, rows) {
            MenuResult::NotMine => return None,
            MenuResult::Open => return Some(Vec::new()),
            MenuResult::Closed => Vec::new(),
            MenuResult::Scenario(at) => vec![Effect::Session(SessionCommand::Scenario(at))],
        };
        self.menu = None;
        Some(effects)
    }

    /// What is typed in a view, or chosen in a menu of its own.
    pub(super) fn press_typing(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        let response = match self.view {
            View::Space if self.help.is_none() => self.space.press(key, &self.shown),
            View::Query => self.query.press(key),
            View::Fuzz => self.fuzz.press(key, self.shown.size),
            _ => None,
        };
        Some(self.respond(response?))
    }

    /// The help hides the view: no key acts on what is behind it.
    fn press_help(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        let page = self.help?;
        let action = self.keys.of_every_view(key);
        let (columns, rows) = self.shown.size;
        let screen = Rect::new(0, 0, columns, rows);
        let scrolled = help::scrolled(page, self.help_of(), self.help_top, screen);
        if let (Some(scrolled), Some(by)) = (scrolled, action.and_then(Action::rows)) {
            self.help_top = scrolled.moved(by);
            return Some(Vec::new());
        }
        Some(match action {
            Some(Action::Close) => {
                self.help = None;
                Vec::new()
            }
            Some(action) if action.is_of_the_screen() => self.act(action),
            _ => Vec::new(),
        })
    }

    /// In large letters the keys that scan faster and slower make them larger and
    /// smaller, and the key that closes ends them; all others do what they do.
    fn press_presenter(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        let size = self.presented()?;
        let is_of = |action| self.keys.keys(action).contains(&key_of(key));
        let size = match () {
            () if is_of(Action::Faster) => size.larger().or(Some(size)),
            () if is_of(Action::Slower) => size.smaller().or(Some(size)),
            () if is_of(Action::Close) => None,
            () => return None,
        };
        self.presenter = size;
        Some(Vec::new())
    }

    fn press_view(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        let action = self.keys.of_the_view(key, self.view)?;
        Some(self.act(action))
    }

    fn press_any_view(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        let action = self.keys.of_every_view(key)?;
        Some(self.act(action))
    }

    /// Tells what there is to tell, and passes on what is wanted.
    pub(super) fn respond(&mut self, response: Response) -> Vec<Effect> {
        if let Some(text) = response.notice {
            self.tell_hint(&text);
        }
        response.effect.into_iter().collect()
    }
}
