//! The menu of what the next hunt is asked for.

use std::time::Duration;

use clap::ValueEnum;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::fuzz::ingredients::{Family, MapKind};
use crate::fuzz::request::HuntRequest;
use crate::linux::reader::Reader;
use crate::setup::schedule::Schedule;
use crate::tui::scroll::{Scrolled, TO_THE_END, TO_THE_TOP};

/// Most digits of a seed.
const DIGITS: usize = 19;

/// How long a hunt may last, in seconds; none: until it is stopped.
const TIMES: [Option<u64>; 7] = [
    None,
    Some(10),
    Some(30),
    Some(60),
    Some(300),
    Some(1800),
    Some(3600),
];

/// Who may read: first those that do where nobody is named.
const READERS: [Reader; 4] = [
    Reader::Maps,
    Reader::Query,
    Reader::Smaps,
    Reader::QueryWalk,
];

/// A row of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionRow {
    Seed,
    Time,
    Schedule,
    Reader(Reader),
    Kind(MapKind),
    Family(Family),
}

/// Where one is in the menu.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OptionsMenu {
    pub(crate) at: usize,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// The menu stays open.
    Open,
    Closed,
    /// It closes, and the hunt is to begin.
    Start,
    /// It cannot be as the key says; why.
    Refused(&'static str),
    /// The key is not for the menu.
    NotMine,
}

impl OptionRow {
    pub(crate) fn all() -> Vec<OptionRow> {
        let mut rows = vec![OptionRow::Seed, OptionRow::Time, OptionRow::Schedule];
        rows.extend(READERS.map(OptionRow::Reader));
        rows.extend(
            MapKind::value_variants()
                .iter()
                .copied()
                .map(OptionRow::Kind),
        );
        rows.extend(
            Family::value_variants()
                .iter()
                .copied()
                .map(OptionRow::Family),
        );
        rows
    }

    /// Whether it is asked for, where it may be or not.
    pub(crate) fn is_on(self, request: &HuntRequest) -> Option<bool> {
        match self {
            OptionRow::Seed | OptionRow::Time | OptionRow::Schedule => None,
            OptionRow::Reader(one) => Some(request.readers.contains(&one)),
            OptionRow::Kind(one) => Some(request.kinds.contains(&one)),
            OptionRow::Family(one) => Some(request.families.contains(&one)),
        }
    }

    /// Asks for it or not; or by `alone` for it alone, and if it is that already for
    /// all of its kind. Whether something of its kind is left.
    fn choose(self, request: &mut HuntRequest, alone: bool) -> bool {
        match self {
            OptionRow::Seed | OptionRow::Time | OptionRow::Schedule => true,
            OptionRow::Reader(one) => choose(&mut request.readers, &READERS, one, alone, is_any),
            OptionRow::Kind(one) => {
                let all = MapKind::value_variants();
                choose(&mut request.kinds, all, one, alone, is_any)
            }
            OptionRow::Family(one) => {
                let (all, enough) = (Family::value_variants(), Family::make_a_cycle);
                choose(&mut request.families, all, one, alone, enough)
            }
        }
    }
}

fn is_any<T>(of: &[T]) -> bool {
    !of.is_empty()
}

/// In the order of `all`; false: what would be left is not `enough`, and nothing has
/// changed.
fn choose<T: Copy + PartialEq>(
    chosen: &mut Vec<T>,
    all: &[T],
    one: T,
    alone: bool,
    enough: fn(&[T]) -> bool,
) -> bool {
    let is_on = |other: T| match (alone, chosen[..] == [one]) {
        (true, true) => true,
        (true, false) => other == one,
        (false, _) => chosen.contains(&other) != (other == one),
    };
    let next: Vec<T> = all.iter().copied().filter(|&other| is_on(other)).collect();
    if !enough(&next) {
        return false;
    }
    *chosen = next;
    true
}

impl OptionsMenu {
    /// Takes a key; the list has so many rows on the screen.
    pub(crate) fn press(&mut self, key: &KeyEvent, request: &mut HuntRequest, rows: u16) -> Chosen {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return Chosen::NotMine;
        }
        let row = self.row();
        match key.code {
            KeyCode::Esc | KeyCode::Char('o' | 'q') => return Chosen::Closed,
            KeyCode::Char('s') => return Chosen::Start,
            KeyCode::Up | KeyCode::Char('k') => self.scroll(-1, rows),
            KeyCode::Down | KeyCode::Char('j') => self.scroll(1, rows),
            KeyCode::PageUp => self.scroll(-i64::from(rows), rows),
            KeyCode::PageDown => self.scroll(i64::from(rows), rows),
            KeyCode::Home => self.scroll(TO_THE_TOP, rows),
            KeyCode::End => self.scroll(TO_THE_END, rows),
            KeyCode::Char(digit @ '0'..='9') => {
                self.at = 0;
                let typed = format!("{}{digit}", seed_text(request));
                if typed.len() <= DIGITS {
                    request.seed = typed.parse().ok();
                }
            }
            KeyCode::Backspace if row == OptionRow::Seed => {
                let mut text = seed_text(request);
                text.pop();
                request.seed = text.parse().ok();
            }
            KeyCode::Backspace => return Chosen::Closed,
            KeyCode::Right | KeyCode::Char(' ' | 'l') | KeyCode::Enter => {
                return self.change(request, 1);
            }
            KeyCode::Left | KeyCode::Char('h') => return self.change(request, -1),
            KeyCode::Char('a') => {
                row.choose(request, true);
            }
            _ => {}
        }
        Chosen::Open
    }

    /// Changes the row one is at.
    fn change(&mut self, request: &mut HuntRequest, by: isize) -> Chosen {
        match self.row() {
            OptionRow::Seed => request.seed = None,
            OptionRow::Time => {
                let seconds = request.duration.map(|duration| duration.as_secs());
                let next = stepped(&TIMES, seconds, by);
                request.duration = next.map(Duration::from_secs);
            }
            OptionRow::Schedule => {
                let named = Schedule::value_variants().iter().copied().map(Some);
                let all: Vec<_> = std::iter::once(None).chain(named).collect();
                request.schedule = stepped(&all, request.schedule, by);
            }
            row => {
                if !row.choose(request, false) {
                    return Chosen::Refused("another of them must be left: a makes all of them so");
                }
            }
        }
        Chosen::Open
    }

    /// Goes to the row in this line of the list, or changes it where one is there.
    pub(crate) fn click(&mut self, number: usize, request: &mut HuntRequest) -> Chosen {
        if number >= OptionRow::all().len() {
            return Chosen::Open;
        }
        if std::mem::replace(&mut self.at, number) == number {
            return self.change(request, 1);
        }
        Chosen::Open
    }

    pub(crate) fn row(self) -> OptionRow {
        let rows = OptionRow::all();
        rows[self.at.min(rows.len() - 1)]
    }

    pub(crate) fn scroll(&mut self, by: i64, rows: u16) {
        let list = Scrolled {
            at: self.at,
            last: OptionRow::all().len() - 1,
            rows: rows.into(),
        };
        self.at = list.moved(by);
    }
}

/// The digits of the seed; none: another one each time.
fn seed_text(request: &HuntRequest) -> String {
    request
        .seed
        .map_or_else(String::new, |seed| seed.to_string())
}

/// The one after it, or before it; after the last comes the first.
fn stepped<T: Copy + PartialEq>(all: &[T], one: T, by: isize) -> T {
    let at = all.iter().position(|&other| other == one).unwrap_or(0);
    let next = (at as isize + by).rem_euclid(all.len() as isize);
    all[next as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(menu: &mut OptionsMenu, request: &mut HuntRequest, code: KeyCode) -> Chosen {
        menu.press(&KeyEvent::new(code, KeyModifiers::NONE), request, 9)
    }

    #[test]
    fn digits_are_a_seed_wherever_one_is() {
        let (mut menu, mut request) = (OptionsMenu { at: 9 }, HuntRequest::default());
        for digit in "18446744073709551615".chars() {
            press(&mut menu, &mut request, KeyCode::Char(digit));
        }
        // It is a number still.
        assert_eq!(request.seed, Some(1_844_674_407_370_955_161));
        assert_eq!(menu.row(), OptionRow::Seed);
        for _ in 0..17 {
            press(&mut menu, &mut request, KeyCode::Backspace);
        }
        assert_eq!(request.seed, Some(18));
        press(&mut menu, &mut request, KeyCode::Enter);
        assert_eq!(request, HuntRequest::default());
    }

    #[test]
    fn each_is_asked_for_or_not_or_alone_and_one_is_always_left() {
        let mut request = HuntRequest::default();
        let at = |row| OptionRow::all().iter().position(|one| *one == row).unwrap();
        let mut menu = OptionsMenu {
            at: at(OptionRow::Family(Family::Mremap)),
        };
        press(&mut menu, &mut request, KeyCode::Char(' '));
        assert!(!request.families.contains(&Family::Mremap));
        press(&mut menu, &mut request, KeyCode::Char('a'));
        assert_eq!(request.families, [Family::Mremap]);
        let refused = press(&mut menu, &mut request, KeyCode::Char(' '));
        assert!(matches!(refused, Chosen::Refused(_)), "{refused:?}");
        press(&mut menu, &mut request, KeyCode::Char('a'));
        assert_eq!(request, HuntRequest::default());
        menu.at = at(OptionRow::Reader(Reader::QueryWalk));
        press(&mut menu, &mut request, KeyCode::Enter);
        assert_eq!(request.readers, READERS);
    }

    #[test]
    fn time_and_schedule_go_round_both_ways() {
        let (mut menu, mut request) = (OptionsMenu { at: 1 }, HuntRequest::default());
        press(&mut menu, &mut request, KeyCode::Left);
        assert_eq!(request.duration, Some(Duration::from_secs(3600)));
        press(&mut menu, &mut request, KeyCode::Right);
        press(&mut menu, &mut request, KeyCode::Down);
        press(&mut menu, &mut request, KeyCode::Right);
        assert_eq!(request.schedule, Some(Schedule::Apart));
        press(&mut menu, &mut request, KeyCode::Left);
        assert_eq!(request, HuntRequest::default());
    }
}
