//! The state of the probe: what is asked, and the address that is typed.

pub(crate) mod render;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::app::{App, View};
use super::message::Effect;
use crate::linux::procmap_query::{Filter, Lookup, Query};
use crate::sampling::probe::reading::{Answer, Reading};
use crate::session::Command;

/// Most digits of an address.
const DIGITS: usize = 16;

/// What the view of the probe remembers.
#[derive(Clone, Debug, Default)]
pub struct ProbeView {
    /// What is asked; none: not chosen yet.
    pub query: Option<Query>,
    /// The digits of an address that is being typed.
    pub typed: Option<String>,
}

/// What can be changed of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Covering, or the next.
    Next,
    /// Only file-backed VMAs.
    FileBacked,
    /// Only readable ones.
    Readable,
    /// Only writable ones.
    Writable,
    /// Only executable ones.
    Executable,
    /// Only shared ones.
    Shared,
    /// Type an address.
    Type,
    /// The address behind the VMA that was answered.
    Behind,
    /// The last page before it.
    Before,
}

/// What the probe told of the question that is asked.
#[must_use]
pub(crate) fn reading(app: &App) -> Option<&Reading> {
    let reading = app.latest.as_ref()?.probe.as_deref()?;
    (Some(reading.query) == app.probe.query).then_some(reading)
}

/// Where the site is, or else where the first line is.
fn first_address(app: &App) -> u64 {
    let Some(snapshot) = &app.latest else {
        return 0;
    };
    let site = snapshot.scene.as_ref().map(|scene| scene.site.start);
    let first = || {
        let line = snapshot.picture.as_ref()?.lines.first()?;
        Some(line.start)
    };
    site.or_else(first).unwrap_or(0)
}

fn effect(query: Option<Query>) -> Effect {
    Effect::Session(Command::Probe(query))
}

/// What is to be asked for when another view is shown than `before`.
pub(crate) fn follow(app: &mut App, before: View) -> Option<Effect> {
    match (before, app.view) {
        (View::Query, View::Query) => None,
        (_, View::Query) => {
            let address = first_address(app);
            let query = app.probe.query.get_or_insert(Query {
                address,
                ..Query::default()
            });
            Some(effect(Some(*query)))
        }
        (View::Query, _) => {
            app.probe.typed = None;
            Some(effect(None))
        }
        _ => None,
    }
}

/// Changes the question.
pub(crate) fn change(app: &mut App, what: Ask) -> Option<Effect> {
    let page = page_size(app);
    let answer = reading(app).and_then(|reading| match reading.answer {
        Answer::Vma(vma) => Some(vma),
        _ => None,
    });
    let query = app.probe.query.as_mut()?;
    let filter = &mut query.filter;
    match what {
        Ask::Next => {
            query.lookup = match query.lookup {
                Lookup::Covering => Lookup::CoveringOrNext,
                Lookup::CoveringOrNext => Lookup::Covering,
            }
        }
        Ask::FileBacked => filter.file_backed = !filter.file_backed,
        Ask::Readable => filter.readable = !filter.readable,
        Ask::Writable => filter.writable = !filter.writable,
        Ask::Executable => filter.executable = !filter.executable,
        Ask::Shared => filter.shared = !filter.shared,
        Ask::Type => {
            app.probe.typed = Some(String::new());
            return None;
        }
        Ask::Behind => {
            query.address = answer.map_or(query.address.saturating_add(page), |vma| vma.end)
        }
        Ask::Before => {
            let from = answer.map_or(query.address, |vma| vma.start.min(query.address));
            query.address = from.saturating_sub(page);
        }
    }
    Some(effect(Some(*query)))
}

/// Moves the address by so many pages.
#[must_use]
pub(crate) fn scroll(app: &mut App, pages: i64) -> Option<Effect> {
    // To either end: of what would have to be known first.
    if pages.unsigned_abs() >= i32::MAX as u64 {
        return None;
    }
    let page = page_size(app);
    let query = app.probe.query.as_mut()?;
    let by = page.saturating_mul(pages.unsigned_abs());
    query.address = match pages {
        0.. => query.address.saturating_add(by),
        _ => query.address.saturating_sub(by),
    };
    Some(effect(Some(*query)))
}

fn page_size(app: &App) -> u64 {
    let scene = app.latest.as_ref().and_then(|it| it.scene.as_ref());
    scene.map_or_else(crate::linux::process::page_size, |scene| scene.page_size)
}

/// A key while an address is typed; whether it was for that.
pub(crate) fn type_key(app: &mut App, key: &KeyEvent) -> Option<Vec<Effect>> {
    let typed = app.probe.typed.as_mut()?;
    if key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
    {
        return None;
    }
    match key.code {
        KeyCode::Char(digit) if digit.is_ascii_hexdigit() && typed.len() < DIGITS => {
            typed.push(digit.to_ascii_lowercase());
        }
        KeyCode::Backspace => {
            typed.pop();
        }
        KeyCode::Esc => app.probe.typed = None,
        KeyCode::Enter => {
            let address = u64::from_str_radix(typed, 16).ok();
            app.probe.typed = None;
            if let (Some(address), Some(query)) = (address, &mut app.probe.query) {
                query.address = address;
                return Some(vec![effect(Some(*query))]);
            }
        }
        // 0x may be typed in front; nothing else has a meaning here.
        _ => {}
    }
    Some(Vec::new())
}

/// The filter's properties, with the key of each.
#[must_use]
pub(crate) fn flags(filter: &Filter) -> [(char, &'static str, bool); 5] {
    [
        ('R', "read", filter.readable),
        ('W', "write", filter.writable),
        ('X', "exec", filter.executable),
        ('H', "shared", filter.shared),
        ('F', "file", filter.file_backed),
    ]
}
