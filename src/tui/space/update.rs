//! What keys do in the Space.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::SpaceAction;
use super::columns::Column;
use super::prompt::{Prompt, Purpose, Typed};
use super::search::SearchFor;
use super::{ListMenu, OpenLog, OpenVma, Space};
use crate::report::export::ExportFormat;
use crate::session::SessionCommand;
use crate::session::rows::Row;
use crate::tui::effect::{Effect, Response};
use crate::tui::scroll::moved;
use crate::tui::shown::Shown;

/// The formats to export in: their keys and what they are.
pub(crate) const EXPORT_FORMATS: [(char, ExportFormat, &str); 3] = [
    ('m', ExportFormat::Maps, "plain text, as maps prints it"),
    ('j', ExportFormat::Json, "JSON: a list of objects"),
    ('c', ExportFormat::Csv, "CSV, with a heading"),
];

impl Space {
    pub(crate) fn update(&mut self, action: SpaceAction, shown: &Shown) -> Response {
        let notice = match action {
            SpaceAction::Open if self.log.is_some() => {
                self.open_or_close_change(shown);
                None
            }
            SpaceAction::Open => self.open_or_close(shown),
            SpaceAction::NextChange => self.find(SearchFor::Change, true, shown),
            SpaceAction::PreviousChange => self.find(SearchFor::Change, false, shown),
            SpaceAction::NextTear => self.find(SearchFor::Tear, true, shown),
            SpaceAction::PreviousTear => self.find(SearchFor::Tear, false, shown),
            SpaceAction::Usage => return self.ask_for_usage(shown),
            SpaceAction::Filter => {
                self.prompt = Some(Prompt::new(Purpose::Filter, &self.filter));
                None
            }
            SpaceAction::GoTo => {
                self.prompt = Some(Prompt::new(Purpose::Address, ""));
                None
            }
            SpaceAction::Fold => {
                self.fold = !self.fold;
                self.unfolded.clear();
                None
            }
            SpaceAction::Exact => {
                self.exact = !self.exact;
                None
            }
            SpaceAction::Columns => {
                self.menu = Some(ListMenu::Columns(0));
                None
            }
            SpaceAction::Export => {
                self.menu = Some(ListMenu::Export(0));
                None
            }
            SpaceAction::Log => {
                self.log = match self.log {
                    Some(_) => None,
                    None => Some(OpenLog::default()),
                };
                self.open = None;
                None
            }
            SpaceAction::Follow => {
                self.cursor = None;
                None
            }
        };
        Response::of_notice(notice)
    }

    /// Opens the VMA one is on, or closes it; unfolds a group.
    pub(super) fn open_or_close(&mut self, shown: &Shown) -> Option<String> {
        if self.open.take().is_some() {
            return None;
        }
        let (_, picture) = shown.picture()?;
        let row = self.row(picture).unwrap_or(picture.focus);
        // The row followed may be a violation: its line is below.
        let found = picture
            .rows
            .get(row..)?
            .iter()
            .find(|row| row.line().is_some());
        let Some(found) = found else {
            return Some("there is no VMA here to open".into());
        };
        let range = picture.range_of(*found)?;
        if let Row::Group(..) = found {
            self.unfolded.insert(range.start);
            return None;
        }
        let address = self.cursor.map(|cursor| cursor.address);
        let address = address
            .filter(|address| range.contains(address))
            .unwrap_or(range.start);
        self.log = None;
        self.open = Some(OpenVma { address, top: 0 });
        None
    }

    /// Asks for the `smaps` figures of the VMA that is open, or opens it
    /// first.
    fn ask_for_usage(&mut self, shown: &Shown) -> Response {
        let notice = match self.open {
            Some(_) => None,
            None => self.open_or_close(shown),
        };
        match self.open {
            Some(open) => SessionCommand::Usage(open.address).into(),
            None => Response::of_notice(notice),
        }
    }

    /// Closes what is on top: a VMA, a change, the log, the filter.
    pub(crate) fn close(&mut self) {
        if let Some(log) = self.log.as_mut().filter(|log| log.open.is_some()) {
            log.open = None;
        } else if self.open.take().is_none() && self.log.take().is_none() {
            self.filter.clear();
        }
    }

    /// Takes a key that is typed text or meant for a menu; none: it is neither.
    pub(crate) fn press(&mut self, key: &KeyEvent, shown: &Shown) -> Option<Response> {
        if self.prompt.is_some() {
            return self.press_prompt(key, shown);
        }
        match self.menu? {
            ListMenu::Columns(at) => self.press_columns(key, at, shown),
            ListMenu::Export(at) => self.press_export(key, at),
        }
    }

    fn press_prompt(&mut self, key: &KeyEvent, shown: &Shown) -> Option<Response> {
        let prompt = self.prompt.as_mut()?;
        let typed = prompt.key(key);
        let (purpose, text) = (prompt.purpose, prompt.text.clone());
        match (typed, purpose) {
            (Typed::Other, _) => {
                // Ctrl-C still quits; arrows move in what is shown.
                let control = key.modifiers.contains(KeyModifiers::CONTROL);
                let moves = matches!(key.code, KeyCode::Up | KeyCode::Down);
                return (!control && !moves).then(Response::default);
            }
            (Typed::Edited, Purpose::Filter) => self.filter = text,
            (Typed::Cancelled, Purpose::Filter) => {
                self.filter = prompt.before.clone();
                self.prompt = None;
            }
            (Typed::Cancelled, Purpose::Address) => self.prompt = None,
            (Typed::Edited, Purpose::Address) => {}
            (Typed::Accepted, Purpose::Filter) => {
                self.filter = text;
                self.prompt = None;
            }
            (Typed::Accepted, Purpose::Address) => {
                self.prompt = None;
                return Some(Response::of_notice(self.go_to(&text, shown)));
            }
        }
        Some(Response::default())
    }

    fn press_columns(&mut self, key: &KeyEvent, at: usize, shown: &Shown) -> Option<Response> {
        let last = Column::ALL.len() - 1;
        let to = match key.code {
            KeyCode::Up | KeyCode::Char('k') => at.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => (at + 1).min(last),
            KeyCode::Char(' ') | KeyCode::Enter => {
                if let Some(snapshot) = &shown.snapshot {
                    let mut columns = self.shown_columns(snapshot);
                    columns.toggle(Column::ALL[at.min(last)]);
                    self.columns = Some(columns);
                }
                at
            }
            KeyCode::Esc | KeyCode::Char('v' | 'q') | KeyCode::Backspace => {
                self.menu = None;
                return Some(Response::default());
            }
            _ => return None,
        };
        self.menu = Some(ListMenu::Columns(to));
        Some(Response::default())
    }

    fn press_export(&mut self, key: &KeyEvent, at: usize) -> Option<Response> {
        let last = EXPORT_FORMATS.len() - 1;
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let of_key = EXPORT_FORMATS
            .iter()
            .position(|(of, ..)| key.code == KeyCode::Char(*of) && !control);
        let chosen = of_key.or((key.code == KeyCode::Enter).then_some(at.min(last)));
        if let Some(chosen) = chosen {
            self.menu = None;
            return Some(Effect::Export(EXPORT_FORMATS[chosen].1).into());
        }
        match key.code {
            KeyCode::Up => self.menu = Some(ListMenu::Export(moved(at, -1, last))),
            KeyCode::Down => self.menu = Some(ListMenu::Export(moved(at, 1, last))),
            KeyCode::Esc | KeyCode::Char('x' | 'q') | KeyCode::Backspace => self.menu = None,
            _ => return None,
        }
        Some(Response::default())
    }
}
