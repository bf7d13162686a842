//! What the list is made from, and what changes it.

use std::collections::{BTreeMap, BTreeSet};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::process::process_list::ProcessEntry;
use crate::tui::input::event::Input;
use crate::tui::input::paste::pasted_line;
use crate::tui::keys::quit::QuitKeys;
use crate::tui::scroll::{Scrolled, TO_THE_END, TO_THE_TOP};
use crate::tui::theme::Theme;

#[derive(Clone, Debug)]
pub(crate) enum PickerMessage {
    Input(Input),
    Resize((u16, u16)),
    Found(Found),
}

/// What the thread says.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// A round over so many processes begins.
    Begin(usize),
    /// A process, by its PID; none if it is not one to choose, or gone.
    Process(u32, Option<Box<ProcessEntry>>),
    /// The round is over: who was not found in it is gone.
    End,
    /// The processes cannot be listed; why.
    Failed(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PickerEffect {
    Choose(Box<ProcessEntry>),
    Quit,
    Suspend,
    Redraw,
    /// Clicks for us, or for the terminal.
    Mouse,
}

/// Rows above the list: title, search, heading.
const HEAD_ROWS: u16 = 3;

/// Rows that are not the list: title, search, heading; notice, keys.
pub(crate) const FRAME_ROWS: u16 = 5;

#[derive(Clone, Debug)]
pub(crate) struct Picker {
    pub(crate) size: (u16, u16),
    pub(crate) theme: Theme,
    pub(crate) search: String,
    /// One line for the user.
    pub(crate) notice: Option<String>,
    /// How many of the first round have been looked at, and of how many; none
    /// once it is over.
    pub(crate) progress: Option<(usize, usize)>,
    /// The first row that is shown.
    pub(crate) top: usize,
    pub(crate) dirty: bool,
    /// Processes came or went since they were sorted.
    unsorted: bool,
    all: BTreeMap<u32, ProcessEntry>,
    seen: BTreeSet<u32>,
    /// The PIDs that fit the search, as they are shown.
    order: Vec<u32>,
    /// The selected process, once the user has moved; before that it is the
    /// first one, whichever that is.
    selected: Option<u32>,
}

impl Picker {
    pub(crate) fn new(size: (u16, u16), theme: Theme) -> Self {
        Picker {
            size,
            theme,
            search: String::new(),
            notice: None,
            progress: Some((0, 0)),
            top: 0,
            dirty: true,
            unsorted: false,
            all: BTreeMap::new(),
            seen: BTreeSet::new(),
            order: Vec::new(),
            selected: None,
        }
    }

    /// How many processes there are, and how many of them may not be read.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let refused = |entry: &&ProcessEntry| entry.vmas.is_err();
        (self.all.len(), self.all.values().filter(refused).count())
    }

    /// Those that fit the search, in order.
    pub(crate) fn shown(&self) -> impl ExactSizeIterator<Item = &ProcessEntry> {
        let known = |pid: &u32| self.all.contains_key(pid);
        debug_assert!(self.order.iter().all(known), "settle() comes first");
        self.order.iter().map(|pid| &self.all[pid])
    }

    pub(crate) fn selected_row(&self) -> usize {
        let selected = self.selected;
        let at = selected.and_then(|pid| self.order.iter().position(|other| *other == pid));
        at.unwrap_or(0)
    }

    /// Rows of the list on this screen.
    pub(crate) fn rows(&self) -> usize {
        usize::from(self.size.1.saturating_sub(FRAME_ROWS)).max(1)
    }

    /// The keys that would leave the list now.
    pub(crate) fn quit_keys(&self) -> QuitKeys {
        match self.search.is_empty() {
            true => QuitKeys::ControlCOrEscape,
            false => QuitKeys::ControlC,
        }
    }

    pub(crate) fn update(&mut self, message: PickerMessage) -> Option<PickerEffect> {
        self.dirty = true;
        if !matches!(message, PickerMessage::Found(_)) {
            self.settle();
        }
        let effect = match message {
            PickerMessage::Input(Input::Key(key)) => self.key(key),
            PickerMessage::Input(Input::Wheel(steps)) => {
                self.go(steps.into());
                None
            }
            PickerMessage::Input(Input::Background(background)) => {
                self.theme.background = background;
                None
            }
            PickerMessage::Input(Input::Click(_, row)) => self.click(row),
            PickerMessage::Input(Input::Paste(text)) => {
                let search = std::mem::take(&mut self.search);
                self.search_for(search + &pasted_line(&text));
                None
            }
            PickerMessage::Resize(size) => {
                self.size = size;
                None
            }
            PickerMessage::Found(found) => {
                self.found(found);
                return None;
            }
        };
        self.scroll();
        effect
    }

    /// Puts what was found since the last time in order: once a frame, not once
    /// a process.
    pub(crate) fn settle(&mut self) {
        if std::mem::take(&mut self.unsorted) {
            self.sort();
            self.scroll();
        }
    }

    fn found(&mut self, found: Found) {
        match found {
            Found::Begin(count) => {
                self.seen.clear();
                if let Some(progress) = &mut self.progress {
                    *progress = (0, count);
                }
            }
            Found::Process(pid, entry) => {
                if let Some((done, _)) = &mut self.progress {
                    *done += 1;
                }
                match entry {
                    Some(entry) => {
                        self.seen.insert(pid);
                        self.all.insert(pid, *entry);
                    }
                    None => {
                        self.all.remove(&pid);
                    }
                }
                self.unsorted = true;
            }
            Found::End => {
                self.progress = None;
                let seen = &self.seen;
                self.all.retain(|pid, _| seen.contains(pid));
                self.unsorted = true;
            }
            Found::Failed(why) => {
                self.notice = Some(format!("cannot list the processes: {why}"));
            }
        }
    }

    fn key(&mut self, key: KeyEvent) -> Option<PickerEffect> {
        self.notice = None;
        let page = self.rows() as i64;
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c') => return Some(PickerEffect::Quit),
                KeyCode::Char('z') => return Some(PickerEffect::Suspend),
                KeyCode::Char('l') => return Some(PickerEffect::Redraw),
                KeyCode::Char('o') => return Some(PickerEffect::Mouse),
                KeyCode::Char('u') => self.search_for(String::new()),
                KeyCode::Char('n') => self.go(1),
                KeyCode::Char('p') => self.go(-1),
                _ => {}
            }
            return None;
        }
        match key.code {
            KeyCode::Enter => return self.choose(),
            KeyCode::Esc if self.search.is_empty() => return Some(PickerEffect::Quit),
            KeyCode::Esc => self.search_for(String::new()),
            KeyCode::Up => self.go(-1),
            KeyCode::Down => self.go(1),
            KeyCode::PageUp => self.go(-page),
            KeyCode::PageDown => self.go(page),
            KeyCode::Home => self.go(TO_THE_TOP),
            KeyCode::End => self.go(TO_THE_END),
            KeyCode::Backspace => {
                let mut search = std::mem::take(&mut self.search);
                search.pop();
                self.search_for(search);
            }
            KeyCode::Char(character) => {
                let mut search = std::mem::take(&mut self.search);
                search.push(character);
                self.search_for(search);
            }
            _ => {}
        }
        None
    }

    /// Selects the process in a row of the screen; chooses the one that is.
    fn click(&mut self, row: u16) -> Option<PickerEffect> {
        let row = usize::from(row.checked_sub(HEAD_ROWS)?);
        let at = self.top + row;
        if row >= self.rows() || at >= self.order.len() {
            return None;
        }
        let pid = self.order.get(at).copied();
        if self.selected == pid {
            return self.choose();
        }
        self.selected = pid;
        None
    }

    fn choose(&mut self) -> Option<PickerEffect> {
        let entry = self
            .order
            .get(self.selected_row())
            .map(|pid| &self.all[pid])?;
        match &entry.vmas {
            Ok(_) => Some(PickerEffect::Choose(Box::new(entry.clone()))),
            Err(why) => {
                self.notice = Some(format!(
                    "process {} ({}) may not be read: {why}; run as root or with CAP_SYS_PTRACE",
                    entry.pid, entry.name
                ));
                None
            }
        }
    }

    /// Another search begins at the top of its list.
    fn search_for(&mut self, search: String) {
        self.search = search;
        self.selected = None;
        self.sort();
    }

    fn go(&mut self, by: i64) {
        let list = Scrolled {
            at: self.selected_row(),
            last: self.order.len().saturating_sub(1),
            rows: self.rows(),
        };
        self.selected = self.order.get(list.moved(by)).copied();
    }

    /// That of the very name that is typed first, then most VMAs first; those that may
    /// not be read come last.
    fn sort(&mut self) {
        let wanted = self.search.to_lowercase();
        let fits = |entry: &ProcessEntry| {
            let has = |text: &str| text.to_lowercase().contains(&wanted);
            entry.pid.to_string().starts_with(&wanted)
                || has(&entry.name)
                || has(&entry.user)
                || has(&entry.command)
        };
        self.order.clear();
        let fitting = self.all.values().filter(|entry| fits(entry));
        self.order.extend(fitting.map(|entry| entry.pid));
        let all = &self.all;
        self.order.sort_by_key(|pid| {
            let entry = &all[pid];
            let vmas = entry.vmas.as_ref().map_or(0, |vmas| *vmas);
            (
                entry.name.to_lowercase() != wanted,
                entry.vmas.is_err(),
                std::cmp::Reverse((vmas, entry.resident)),
                *pid,
            )
        });
    }

    /// Keeps the selected row on the screen.
    fn scroll(&mut self) {
        let (row, rows) = (self.selected_row(), self.rows());
        let last_top = self.order.len().saturating_sub(rows);
        self.top = self
            .top
            .clamp((row + 1).saturating_sub(rows), row)
            .min(last_top);
    }
}
