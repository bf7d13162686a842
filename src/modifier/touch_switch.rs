//! The touch thread as the parent sees it: told which pages to read, switched on
//! and off, and what has come of it.

use std::sync::atomic::Ordering;

use super::error::ModifierError;
use super::handle::Modifier;
use super::mailbox::{TOUCH_THREAD, TouchCommand};
use super::options::TouchCounts;
use crate::scenario::arena::Site;
use crate::scenario::definition::Scenario;

impl Modifier {
    /// Switches the touch thread on or off, which reads every page that all
    /// states map, round and round, and would fault if one were unmapped for a
    /// moment. It stays on over layouts.
    pub fn set_touching(&mut self, on: bool) -> Result<(), ModifierError> {
        if on && !self.has_touch_thread {
            let problem = "it was started without the proof thread; ask for that in its options";
            return Err(ModifierError::NoTouchThread { problem });
        }
        if on && self.touch_counts().pages == 0 {
            let problem = "no page is mapped in every state; lay out another scenario";
            return Err(ModifierError::NoTouchThread { problem });
        }
        self.is_touching = on;
        self.switch_touch_thread(on)
    }

    /// What the touch thread has done since the layout.
    pub fn touch_counts(&self) -> TouchCounts {
        let cells = &self.channel.mailbox().touch_thread;
        TouchCounts {
            rounds: cells.rounds.load(Ordering::Relaxed),
            pages: cells.page_count.load(Ordering::Relaxed),
            fault: self.fault().map(|(address, _)| address),
        }
    }

    /// Has the thread, if there is one, read or stand still.
    pub(super) fn switch_touch_thread(&mut self, on: bool) -> Result<(), ModifierError> {
        if !self.has_touch_thread {
            return Ok(());
        }
        let command = match on {
            true => TouchCommand::Read,
            false => TouchCommand::StandStill,
        };
        let asked = self.channel.ask(TOUCH_THREAD, command);
        asked.map_err(|error| self.explain_death(error))
    }

    /// The address at which a read of the thread faulted, and the signal.
    pub(super) fn fault(&self) -> Option<(u64, i32)> {
        let cells = &self.channel.mailbox().touch_thread;
        match cells.fault_signal.load(Ordering::Acquire) {
            0 => None,
            signal => Some((
                cells.fault_address.load(Ordering::Relaxed),
                signal.cast_signed(),
            )),
        }
    }

    /// The pages that every state maps, for the thread, which stands still; how
    /// many there are.
    pub(super) fn hand_over_pages(&self, scenario: Option<&Scenario>, sites: &[Site]) -> u32 {
        let always = scenario.map(Scenario::always_readable).unwrap_or_default();
        let pages = sites
            .iter()
            .flat_map(|site| always.iter().map(|page| site.page_address(*page)));
        let cells = &self.channel.mailbox().touch_thread;
        let mut count = 0;
        for (cell, page) in cells.pages.iter().zip(pages) {
            cell.store(page, Ordering::Relaxed);
            count += 1;
        }
        cells.page_count.store(count, Ordering::Relaxed);
        cells.rounds.store(0, Ordering::Relaxed);
        count
    }
}
