//! What keys do in the Space.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::columns::Column;
use super::cursor::{Wanted, find, go_to};
use super::prompt::{Prompt, Purpose, Typed};
use super::{Menu, OpenVma};
use crate::report::export::ExportFormat;
use crate::session::Command;
use crate::session::rows::Row;
use crate::tui::app::{App, View};
use crate::tui::keys::Action;
use crate::tui::message::Effect;

/// What there is to tell, and what is wanted.
pub(crate) type Did = (Option<String>, Option<Effect>);

/// What an action does here.
pub(crate) fn act(app: &mut App, action: Action) -> Did {
    let told = match action {
        Action::Filter => {
            let text = app.explorer.filter.clone();
            app.explorer.prompt = Some(Prompt::new(Purpose::Filter, &text));
            None
        }
        Action::GoTo => {
            app.explorer.prompt = Some(Prompt::new(Purpose::Address, ""));
            None
        }
        Action::NextChange => find(app, Wanted::Change, true),
        Action::PreviousChange => find(app, Wanted::Change, false),
        Action::NextTear => find(app, Wanted::Tear, true),
        Action::PreviousTear => find(app, Wanted::Tear, false),
        Action::Fold => {
            app.explorer.fold = !app.explorer.fold;
            app.explorer.unfolded.clear();
            None
        }
        Action::Exact => {
            app.explorer.exact = !app.explorer.exact;
            None
        }
        Action::Columns => {
            app.explorer.menu = Some(Menu::Columns(0));
            None
        }
        Action::Export => {
            app.explorer.menu = Some(Menu::Export);
            None
        }
        Action::Log => {
            app.explorer.log = match app.explorer.log {
                Some(_) => None,
                None => Some(0),
            };
            app.explorer.open = None;
            None
        }
        Action::Open => return (open(app), None),
        Action::Usage => return usage(app),
        Action::Follow => {
            app.explorer.spot = None;
            None
        }
        Action::Close => {
            close(app);
            None
        }
        _ => None,
    };
    (told, None)
}

/// Opens the VMA one is on, or closes it; unfolds a group.
fn open(app: &mut App) -> Option<String> {
    if app.explorer.open.take().is_some() {
        return None;
    }
    let picture = app.shown.as_ref()?.picture.clone()?;
    let row = app.explorer.row(&picture).unwrap_or(picture.focus);
    // What is followed may be a violation: its line is below.
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
        app.explorer.unfolded.insert(range.start);
        return None;
    }
    let spot = app.explorer.spot.map(|spot| spot.address);
    let address = spot
        .filter(|address| range.contains(address))
        .unwrap_or(range.start);
    app.explorer.log = None;
    app.explorer.open = Some(OpenVma { address, top: 0 });
    None
}

/// Asks for the `smaps` figures of the VMA that is open, or opens it first.
fn usage(app: &mut App) -> Did {
    if app.explorer.open.is_none()
        && let Some(told) = open(app)
    {
        return (Some(told), None);
    }
    let Some(open) = app.explorer.open else {
        return (None, None);
    };
    let command = Command::Usage(open.address);
    (None, Some(Effect::Session(command)))
}

/// Closes what is on top: a VMA, the log, the filter.
fn close(app: &mut App) {
    let explorer = &mut app.explorer;
    if explorer.open.take().is_some() || explorer.log.take().is_some() {
        return;
    }
    explorer.filter.clear();
}

/// Takes a key that is typed text or meant for a menu; none: it is neither.
pub(crate) fn typed(app: &mut App, key: &KeyEvent) -> Option<Did> {
    if app.view != View::Space || app.help {
        return None;
    }
    if app.explorer.prompt.is_some() {
        return prompt_key(app, key).map(|told| (told, None));
    }
    match app.explorer.menu? {
        Menu::Columns(at) => columns_key(app, key, at).then_some((None, None)),
        Menu::Export => export_key(app, key).map(|effect| (None, effect)),
    }
}

#[allow(
    clippy::option_option,
    reason = "taken or not, and what there is to tell"
)]
fn prompt_key(app: &mut App, key: &KeyEvent) -> Option<Option<String>> {
    let prompt = app.explorer.prompt.as_mut()?;
    let did = prompt.key(key);
    let (purpose, text) = (prompt.purpose, prompt.text.clone());
    match (did, purpose) {
        (Typed::Other, _) => {
            // Ctrl-C still quits; arrows move in what is shown.
            let control = key.modifiers.contains(KeyModifiers::CONTROL);
            let moves = matches!(key.code, KeyCode::Up | KeyCode::Down);
            return (!control && !moves).then_some(None);
        }
        (Typed::Edited, Purpose::Filter) => app.explorer.filter = text,
        (Typed::Cancelled, Purpose::Filter) => {
            app.explorer.filter = prompt.before.clone();
            app.explorer.prompt = None;
        }
        (Typed::Cancelled, Purpose::Address) => app.explorer.prompt = None,
        (Typed::Edited, Purpose::Address) => {}
        (Typed::Accepted, Purpose::Filter) => {
            app.explorer.filter = text;
            app.explorer.prompt = None;
        }
        (Typed::Accepted, Purpose::Address) => {
            app.explorer.prompt = None;
            return Some(go_to(app, &text));
        }
    }
    Some(None)
}

fn columns_key(app: &mut App, key: &KeyEvent, at: usize) -> bool {
    let last = Column::ALL.len() - 1;
    let to = match key.code {
        KeyCode::Up | KeyCode::Char('k') => at.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => (at + 1).min(last),
        KeyCode::Char(' ') | KeyCode::Enter => {
            if let Some(shown) = &app.shown {
                let mut columns = app.explorer.shown_columns(shown);
                columns.toggle(Column::ALL[at.min(last)]);
                app.explorer.columns = Some(columns);
            }
            at
        }
        KeyCode::Esc | KeyCode::Char('v' | 'q') | KeyCode::Backspace => {
            app.explorer.menu = None;
            return true;
        }
        _ => return false,
    };
    app.explorer.menu = Some(Menu::Columns(to));
    true
}

#[allow(clippy::option_option, reason = "taken or not, and what is wanted")]
fn export_key(app: &mut App, key: &KeyEvent) -> Option<Option<Effect>> {
    let format = match key.code {
        KeyCode::Char('j') => ExportFormat::Json,
        KeyCode::Char('c') if !key.modifiers.contains(KeyModifiers::CONTROL) => ExportFormat::Csv,
        KeyCode::Char('m') | KeyCode::Enter => ExportFormat::Maps,
        KeyCode::Esc | KeyCode::Char('x' | 'q') | KeyCode::Backspace => {
            app.explorer.menu = None;
            return Some(None);
        }
        _ => return None,
    };
    app.explorer.menu = None;
    Some(Some(Effect::Export(format)))
}
