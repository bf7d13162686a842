//! Which scan is shown, and for how long: the trigger of the oscilloscope.
//!
//! Scans come thousands a second and few of them are torn. Shown as they come
//! they would be a flicker in which nobody sees anything; so a torn scan is
//! held still long enough to be read, and a violation longer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::oracle::verdict::Verdict;
use crate::sampling::ScanWanted;

/// How long a torn scan is held.
const HOLD_TORN: Duration = Duration::from_millis(2500);
/// How long one with a violation is held.
const HOLD_VIOLATION: Duration = Duration::from_millis(5000);
/// How often a coherent scan is shown while a torn one is waited for.
const BETWEEN: Duration = Duration::from_millis(250);

/// What the display waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trigger {
    /// Holds each torn scan for a moment; until there is one, shows what
    /// comes.
    #[default]
    Torn,
    /// Holds scans with a violation, and shows nothing else once there is one.
    Violation,
    /// Shows what comes, as it comes.
    Live,
}

impl Trigger {
    /// The next one; after the last, the first.
    #[must_use]
    pub(crate) fn next(self) -> Self {
        match self {
            Trigger::Torn => Trigger::Violation,
            Trigger::Violation => Trigger::Live,
            Trigger::Live => Trigger::Torn,
        }
    }

    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Trigger::Torn => "torn",
            Trigger::Violation => "violation",
            Trigger::Live => "live",
        }
    }
}

/// Why a scan is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// It is the latest, of one state.
    #[default]
    No,
    Torn,
    Violation,
}

impl Held {
    /// What a scan with this verdict is held for.
    #[must_use]
    pub(crate) fn of(verdict: &Verdict) -> Self {
        match (verdict.violations.is_empty(), verdict.torn()) {
            (false, _) => Held::Violation,
            (true, true) => Held::Torn,
            (true, false) => Held::No,
        }
    }
}

/// Decides when to ask for which scan. It is told the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct TriggerState {
    trigger: Trigger,
    held: Held,
    since: Option<Duration>,
    /// The modifier stands still: nothing will tear.
    still: bool,
}

impl TriggerState {
    #[must_use]
    pub(crate) fn new(trigger: Trigger) -> Self {
        TriggerState {
            trigger,
            ..TriggerState::default()
        }
    }

    /// Changes what is waited for, and lets go of what is held.
    pub(crate) fn set_trigger(&mut self, trigger: Trigger) {
        *self = TriggerState {
            trigger,
            still: self.still,
            ..TriggerState::default()
        };
    }

    /// Whether the modifier stands still; what is held is let go of.
    pub(crate) fn set_still(&mut self, still: bool) {
        *self = TriggerState {
            trigger: self.trigger,
            still,
            ..TriggerState::default()
        };
    }

    /// Which scan to ask for now; none: keep what is shown.
    #[must_use]
    pub(crate) fn wanted(&self, now: Duration) -> Option<ScanWanted> {
        let Some(since) = self.since else {
            return Some(ScanWanted::Any);
        };
        if self.still || self.trigger == Trigger::Live {
            return Some(ScanWanted::Any);
        }
        let age = now.saturating_sub(since);
        match (self.trigger, self.held) {
            (_, Held::Violation) if age < HOLD_VIOLATION => None,
            (Trigger::Violation, Held::Violation) => Some(ScanWanted::Violating),
            // A violation breaks in at once.
            (_, Held::Torn) if age < HOLD_TORN => Some(ScanWanted::Violating),
            (Trigger::Violation, _) if age < BETWEEN => Some(ScanWanted::Violating),
            (_, Held::Torn | Held::Violation) if age < 2 * HOLD_VIOLATION => Some(ScanWanted::Torn),
            (_, Held::No) if age < BETWEEN => Some(ScanWanted::Torn),
            _ => Some(ScanWanted::Any),
        }
    }

    /// A scan with this verdict is shown from now on.
    pub(crate) fn show(&mut self, now: Duration, verdict: &Verdict) {
        self.held = Held::of(verdict);
        self.since = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn torn() -> Verdict {
        Verdict {
            mixed: true,
            ..Verdict::default()
        }
    }

    #[test]
    fn the_first_scan_is_shown_whatever_it_is() {
        for trigger in [Trigger::Torn, Trigger::Violation, Trigger::Live] {
            assert_eq!(
                TriggerState::new(trigger).wanted(Duration::ZERO),
                Some(ScanWanted::Any)
            );
        }
    }

    #[test]
    fn a_torn_scan_is_held_and_only_a_violation_breaks_in() {
        let mut hold = TriggerState::new(Trigger::Torn);
        hold.show(Duration::ZERO, &Verdict::default());
        assert_eq!(hold.wanted(MS), Some(ScanWanted::Torn));
        assert_eq!(hold.wanted(BETWEEN), Some(ScanWanted::Any));
        hold.show(10 * MS, &torn());
        assert_eq!(hold.held, Held::Torn);
        assert_eq!(hold.wanted(11 * MS), Some(ScanWanted::Violating));
        assert_eq!(hold.wanted(10 * MS + HOLD_TORN), Some(ScanWanted::Torn));
        assert_eq!(hold.wanted(60_000 * MS), Some(ScanWanted::Any));
    }

    #[test]
    fn nothing_is_held_while_the_modifier_stands_still() {
        let mut hold = TriggerState::new(Trigger::Torn);
        hold.show(Duration::ZERO, &torn());
        hold.set_still(true);
        hold.show(MS, &torn());
        assert_eq!(hold.wanted(2 * MS), Some(ScanWanted::Any));
    }
}
