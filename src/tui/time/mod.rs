//! Time, stopped and gone back in: every view shows a moment of the past then.
//!
//! * [`marks`]: what happened, found by its time;
//! * [`render`]: the timeline, in the place of the legend: its [`strip`], its [`status`];
//! * [`keys`]: those of the past.

pub(crate) mod keys;
pub(crate) mod marks;
pub(crate) mod render;
pub(crate) mod status;
pub(crate) mod strip;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::time::Duration;

use super::keys::action::Action;
use super::space::action::SpaceAction;
use super::tears::Tears;
use super::tears::list::TearList;
use super::view::View;
use crate::latency::live::LabSnapshot;
use crate::linux::procmap_query::Query;
use crate::replay::moment::{Moment, Place};
use crate::replay::step::TimeStep;
use crate::replay::timeline::Timeline;
use crate::session::snapshot::{FoundEvent, Snapshot};
use crate::session::trigger::Trigger;
use marks::Marks;

/// Where in time the screen is.
#[derive(Clone, Debug, Default)]
pub struct Time {
    /// The moment of the past that is shown; none: it is live.
    pub rewound: Option<Box<Rewound>>,
    pub bar: TimeBar,
}

/// What says on the screen that it shows the past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeBar {
    /// The timeline, and the keys.
    #[default]
    Timeline,
    /// The last row: all others are as they were live.
    Line,
    /// Nothing: a picture of the screen as it was live.
    Nothing,
}

/// A moment of the past, and what waits until it is left.
#[derive(Clone, Debug)]
pub struct Rewound {
    pub place: Place,
    pub timeline: Arc<Timeline>,
    /// The number of the scan that is shown.
    pub scan: u64,
    pub(crate) marks: Marks,
    /// What the list of tears was made from.
    found: Arc<Vec<FoundEvent>>,
    pub(crate) live: Live,
}

/// What goes on while the past is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Live {
    /// The latest snapshot.
    pub latest: Option<Arc<Snapshot>>,
    /// What the lab told last.
    pub lab: Option<Arc<LabSnapshot>>,
    pub tears: Tears,
    /// Whether the modifier stands still, and when that was asked for.
    pub still: (bool, Option<Duration>),
    /// The position among the rates.
    pub rate: usize,
    pub trigger: Trigger,
    /// What `PROCMAP_QUERY` is asked.
    pub query: Option<Query>,
    /// The view for which the session was last asked to do something.
    pub view: View,
}

impl Live {
    /// Keeps what the lab tells, if it still runs.
    pub(crate) fn take_lab(&mut self, snapshot: LabSnapshot) {
        if self.view == View::Latency {
            self.lab = Some(Arc::new(snapshot));
        }
    }
}

impl Time {
    /// What the timeline is drawn from, where it is on the screen.
    pub(crate) fn timeline(&self) -> Option<&Rewound> {
        let rewound = self.rewound.as_deref();
        rewound.filter(|_| self.bar == TimeBar::Timeline)
    }

    /// The same of the line in its place.
    pub(crate) fn line(&self) -> Option<&Rewound> {
        let rewound = self.rewound.as_deref();
        rewound.filter(|_| self.bar == TimeBar::Line)
    }

    /// Hides the timeline, or shows it.
    pub(crate) fn toggle_timeline(&mut self) {
        self.bar = match self.bar {
            TimeBar::Timeline => TimeBar::Line,
            TimeBar::Line | TimeBar::Nothing => TimeBar::Timeline,
        };
    }

    /// Why nothing can be driven now: a hint, with the names of keys.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        Some(match self.rewound.as_ref()?.place.has_live {
            true => "this is the past, nothing changes it: <live> goes back to live",
            false => "this is a recording: it can be looked at, not driven",
        })
    }

    /// Whether this does something at this time that it says it does.
    pub(crate) fn offers(&self, action: Action, view: View) -> bool {
        let is_past = self.rewound.is_some();
        // Space stops time then, as the key for that says.
        !is_past || action != Action::Freeze && self.refusal_of(action, view).is_none()
    }

    /// Why this cannot be done at this time, as [`refusal`](Self::refusal) says it.
    pub(crate) fn refusal_of(&self, action: Action, view: View) -> Option<&'static str> {
        let Some(rewound) = &self.rewound else {
            let is_of_the_past = matches!(
                action,
                Action::Timeline
                    | Action::Time(TimeStep::Live | TimeStep::Faster | TimeStep::Slower)
            );
            return is_of_the_past.then_some("this is live: <scan-back> goes back in time");
        };
        match action {
            Action::Time(TimeStep::Live) if !rewound.place.has_live => {
                Some("this is a recording: there is nothing live to go back to")
            }
            // Only leaves the view.
            Action::ToggleManual if view == View::Manual => None,
            _ if needs_live(action) => self.refusal(),
            _ => None,
        }
    }
}

/// Whether it asks something of the target, or of this machine.
fn needs_live(action: Action) -> bool {
    action.drives()
        || matches!(action, Action::Latency(action) if action.drives())
        || matches!(
            action,
            Action::Show(View::Fuzz)
                | Action::Trigger
                | Action::Faster
                | Action::Slower
                | Action::Query(_)
                | Action::Space(SpaceAction::Usage)
        )
}

impl Rewound {
    /// The first moment after this was live.
    pub(crate) fn new(live: Live) -> Self {
        Rewound {
            place: Place::default(),
            timeline: Arc::default(),
            scan: 0,
            marks: Marks::default(),
            found: Arc::default(),
            live,
        }
    }

    /// Goes to a moment. The list becomes what the live one was then: what is
    /// selected in it stays so.
    pub(crate) fn go_to(&mut self, moment: Moment, list: &mut TearList) -> Arc<Snapshot> {
        let found = moment.found;
        let before = self.found.len();
        let goes_on = match (self.found.last(), before.checked_sub(1)) {
            (Some(last), Some(at)) => {
                let same = found.get(at);
                same.is_some_and(|same| Arc::ptr_eq(&same.event, &last.event))
            }
            _ => true,
        };
        if !goes_on {
            *list = list.emptied();
        }
        let new = if goes_on { before } else { 0 };
        for found in &found[new..] {
            list.add(found.clone());
        }
        list.close_what_is_not_listed();
        self.found = found;
        self.marks.follow(&moment.timeline);
        let number = moment.place.scan;
        self.scan = number.unwrap_or_else(|| moment.snapshot.scan_number());
        (self.place, self.timeline) = (moment.place, moment.timeline);
        Arc::new(moment.snapshot)
    }
}
