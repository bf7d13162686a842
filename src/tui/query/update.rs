//! What keys do in the Query.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::QueryView;
use super::action::QueryAction;
use crate::linux::process::page_size;
use crate::linux::procmap_query::{Lookup, Query};
use crate::sampling::probe::reading::ProbeAnswer;
use crate::session::SessionCommand;
use crate::tui::effect::Response;
use crate::tui::shown::Shown;
use crate::tui::view::View;

/// Most digits of an address.
const DIGITS: usize = 16;

impl QueryView {
    /// What is to be asked for when another view is shown than `before`.
    pub(crate) fn follow(
        &mut self,
        before: View,
        view: View,
        shown: &Shown,
    ) -> Option<SessionCommand> {
        match (before, view) {
            (View::Query, View::Query) => None,
            (_, View::Query) => {
                let query = self.asked.get_or_insert_with(|| Query {
                    address: first_address(shown),
                    ..Query::default()
                });
                Some(SessionCommand::Probe(Some(*query)))
            }
            (View::Query, _) => {
                self.typed = None;
                Some(SessionCommand::Probe(None))
            }
            _ => None,
        }
    }

    pub(crate) fn update(&mut self, action: QueryAction, shown: &Shown) -> Option<SessionCommand> {
        let page = page_size_of(shown);
        let answer = self
            .reading(shown)
            .and_then(|reading| match reading.answer {
                ProbeAnswer::Vma(vma) => Some(vma),
                _ => None,
            });
        let query = self.asked.as_mut()?;
        let filter = &mut query.filter;
        match action {
            QueryAction::Next => {
                query.lookup = match query.lookup {
                    Lookup::Covering => Lookup::CoveringOrNext,
                    Lookup::CoveringOrNext => Lookup::Covering,
                }
            }
            QueryAction::FileBacked => filter.file_backed = !filter.file_backed,
            QueryAction::Readable => filter.readable = !filter.readable,
            QueryAction::Writable => filter.writable = !filter.writable,
            QueryAction::Executable => filter.executable = !filter.executable,
            QueryAction::Shared => filter.shared = !filter.shared,
            QueryAction::Type => {
                self.typed = Some(String::new());
                return None;
            }
            QueryAction::Behind => {
                query.address = answer.map_or(query.address.saturating_add(page), |vma| vma.end)
            }
            QueryAction::Before => {
                let from = answer.map_or(query.address, |vma| vma.start.min(query.address));
                query.address = from.saturating_sub(page);
            }
        }
        Some(SessionCommand::Probe(Some(*query)))
    }

    /// Moves the address by so many pages.
    pub(crate) fn scroll(&mut self, pages: i64, shown: &Shown) -> Option<SessionCommand> {
        // Home and End: an address has no end to go to.
        if pages.unsigned_abs() >= i32::MAX as u64 {
            return None;
        }
        let query = self.asked.as_mut()?;
        let by = page_size_of(shown).saturating_mul(pages.unsigned_abs());
        query.address = match pages {
            0.. => query.address.saturating_add(by),
            _ => query.address.saturating_sub(by),
        };
        Some(SessionCommand::Probe(Some(*query)))
    }

    /// Takes a key while an address is typed; none: it is not for that.
    pub(crate) fn press(&mut self, key: &KeyEvent) -> Option<Response> {
        let typed = self.typed.as_mut()?;
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
            KeyCode::Esc => self.typed = None,
            KeyCode::Enter => {
                let address = u64::from_str_radix(typed, 16).ok();
                self.typed = None;
                if let (Some(address), Some(query)) = (address, &mut self.asked) {
                    query.address = address;
                    return Some(SessionCommand::Probe(Some(*query)).into());
                }
            }
            // 0x may be typed in front; nothing else has a meaning here.
            _ => {}
        }
        Some(Response::default())
    }
}

/// Where the site is, or else where the first line is.
fn first_address(shown: &Shown) -> u64 {
    let site = shown.latest_scene().map(|scene| scene.site.start);
    let first = || {
        let picture = shown.latest.as_ref()?.picture.as_ref()?;
        picture.lines.first().map(|line| line.start)
    };
    site.or_else(first).unwrap_or(0)
}

fn page_size_of(shown: &Shown) -> u64 {
    shown
        .latest_scene()
        .map_or_else(page_size, |scene| scene.letter_bytes)
}
