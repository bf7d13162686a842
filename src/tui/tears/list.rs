//! The list of what was found.

use std::collections::VecDeque;
use std::time::Duration;

use crate::events::event::EventKind;
use crate::session::snapshot::FoundEvent;

/// Tears kept in the list.
const TEARS: usize = 400;
/// Violations kept in the list.
const VIOLATIONS: usize = 100;
/// Of one name, one more is listed each so often: oftener could not be read.
const LIST_EVERY: Duration = Duration::from_millis(500);
/// Violations of one name that are listed however fast they come.
const AT_ONCE: u64 = 5;

/// What the list of tears has of one find.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its number, from 1: newer ones have higher numbers.
    pub number: u64,
    pub found: FoundEvent,
}

/// Tears and violations, a sample of them.
#[derive(Clone, Debug, Default)]
pub struct TearList {
    /// Violations, newest first.
    pub violations: VecDeque<Listed>,
    /// Tears, newest first.
    pub tears: VecDeque<Listed>,
    /// The one that is selected; none: the first.
    pub selected: Option<u64>,
    /// Whether it is open, and the rows scrolled in it.
    pub open: Option<u16>,
    listed: u64,
    /// For each name and label: how many were seen, when the last was listed.
    names: Vec<(String, Option<String>, u64, Duration)>,
}

impl TearList {
    /// Lists a find, unless there were too many like it just now.
    pub(crate) fn add(&mut self, found: FoundEvent) {
        let event = &found.event;
        let known = self
            .names
            .iter_mut()
            .find(|(name, label, ..)| *name == event.name && *label == event.known);
        let (count, last) = match known {
            Some((_, _, count, last)) => (count, last),
            None => {
                let name = (event.name.clone(), event.known.clone(), 0, Duration::ZERO);
                self.names.push(name);
                let Some((_, _, count, last)) = self.names.last_mut() else {
                    return;
                };
                (count, last)
            }
        };
        *count += 1;
        let violation = event.kind == EventKind::Violation;
        let at_once = if violation { AT_ONCE } else { 1 };
        if *count > at_once && found.at < *last + LIST_EVERY {
            return;
        }
        *last = found.at;
        self.listed += 1;
        let (list, most) = if violation {
            (&mut self.violations, VIOLATIONS)
        } else {
            (&mut self.tears, TEARS)
        };
        list.push_front(Listed {
            number: self.listed,
            found,
        });
        list.truncate(most);
    }

    /// The same with nothing in it: what is selected in it stays so.
    pub(crate) fn emptied(&self) -> TearList {
        TearList {
            selected: self.selected,
            open: self.open,
            ..TearList::default()
        }
    }

    /// Of a find that is not in the list nothing is open.
    pub(crate) fn close_what_is_not_listed(&mut self) {
        let is_listed = |number| self.iter().any(|listed| listed.number == number);
        if !self.selected.is_some_and(is_listed) {
            self.open = None;
        }
    }

    /// The list as shown: violations first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Listed> {
        self.violations.iter().chain(&self.tears)
    }

    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.violations.len() + self.tears.len()
    }

    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[must_use]
    pub(crate) fn position(&self) -> usize {
        let found = |number| self.iter().position(|listed| listed.number == number);
        self.selected.and_then(found).unwrap_or(0)
    }

    #[must_use]
    pub(crate) fn current(&self) -> Option<&Listed> {
        self.iter().nth(self.position())
    }
}
