//! Time is stopped and gone back in, and what goes on meanwhile is kept aside.

use std::sync::Arc;
use std::time::Duration;

use super::{App, step_of};
use crate::replay::moment::Moment;
use crate::replay::step::TimeStep;
use crate::session::snapshot::{Scene, Snapshot};
use crate::tui::effect::Effect;
use crate::tui::tears::Tears;
use crate::tui::time::{Live, Rewound};
use crate::tui::view::View;

impl App {
    /// So much time has passed; what is shown of the past does not age.
    pub(crate) fn pass_time(&mut self, now: Duration) {
        self.clock = now;
        if self.time.rewound.is_none() {
            self.shown.now = now;
        }
    }

    /// Shows a moment of the past.
    pub(super) fn take_moment(&mut self, mut moment: Moment) -> Vec<Effect> {
        let notice = moment.notice.take();
        let is_live = self.time.rewound.is_none();
        // It comes too late: a hunt has begun meanwhile.
        if is_live && self.view == View::Fuzz {
            return vec![Effect::Time(TimeStep::Live)];
        }
        if is_live {
            self.leave_live();
        }
        let Some(rewound) = &mut self.time.rewound else {
            return Vec::new();
        };
        self.latency.snapshot = moment.lab.take();
        let snapshot = rewound.go_to(moment, &mut self.tears.latest);
        self.shown.now = snapshot.at;
        self.shown.is_past = true;
        self.shown.trigger = snapshot.trigger;
        self.rate = step_of(snapshot.rate);
        self.still = snapshot.still == Some(true);
        self.query.asked = snapshot.probe.as_ref().map(|probe| probe.query);
        self.show_past_or_live(snapshot);
        notice.into_iter().for_each(|text| self.tell(text));
        Vec::new()
    }

    fn leave_live(&mut self) {
        self.thaw();
        self.notice = None;
        // What is typed and chosen there would be for the target.
        self.menu = None;
        self.query.typed = None;
        self.space.ask_again();
        let tears = Tears {
            latest: self.tears.latest.emptied(),
            frozen: None,
        };
        let live = Live {
            latest: self.shown.latest.clone(),
            lab: self.latency.snapshot.take(),
            tears: std::mem::replace(&mut self.tears, tears),
            still: (self.still, self.still_asked),
            rate: self.rate,
            trigger: self.shown.trigger,
            query: self.query.asked,
            view: self.view,
        };
        self.time.rewound = Some(Box::new(Rewound::new(live)));
    }

    /// Shows what happens now; the session is told what the views have come to need.
    pub(super) fn go_live(&mut self) -> Vec<Effect> {
        let Some(rewound) = self.time.rewound.take() else {
            return Vec::new();
        };
        let live = rewound.live;
        // What cannot be done in the past can be now.
        self.notice = None;
        let past = std::mem::replace(&mut self.tears, live.tears).latest;
        (self.tears.latest.selected, self.tears.latest.open) = (past.selected, past.open);
        self.tears.latest.close_what_is_not_listed();
        (self.still, self.still_asked) = live.still;
        (self.rate, self.shown.trigger) = (live.rate, live.trigger);
        self.query.asked = live.query;
        self.latency.snapshot = live.lab;
        self.shown.is_past = false;
        self.shown.now = self.clock;
        self.space.ask_again();
        match live.latest {
            Some(latest) => {
                self.take_still(&latest);
                self.show_past_or_live(latest);
            }
            None => (self.shown.latest, self.shown.snapshot) = (None, None),
        }
        let manual = self.manual.follow(live.view, self.view);
        let query = self.query.follow(live.view, self.view, &self.shown);
        let latency = self.latency.follow(live.view, self.view);
        let commands = manual.into_iter().chain(query).map(Effect::Session);
        commands.chain(latency.map(Effect::Latency)).collect()
    }

    /// Keeps what is live for later; none: it is shown.
    pub(super) fn keep_for_later(&mut self, snapshot: &Arc<Snapshot>) -> Option<()> {
        let live = &mut self.time.rewound.as_mut()?.live;
        for found in &snapshot.found {
            live.tears.latest.add(found.clone());
        }
        live.latest = Some(snapshot.clone());
        Some(())
    }

    fn show_past_or_live(&mut self, snapshot: Arc<Snapshot>) {
        let is_new = match (self.shown.latest_scene(), snapshot.scene.as_deref()) {
            (Some(before), Some(scene)) => !is_same(before, scene),
            (before, scene) => before.is_some() != scene.is_some(),
        };
        self.show_snapshot(snapshot, is_new);
    }

    /// What a step in time asks for. From a display that is frozen one goes on from
    /// the moment that it shows.
    pub(super) fn step_in_time(&mut self, step: TimeStep) -> Vec<Effect> {
        // What was said of the step before.
        self.notice = None;
        let frozen = self.shown.frozen.and(self.shown.snapshot.as_ref());
        let lab = (self.latency.snapshot.as_ref()).filter(|_| self.view == View::Latency);
        let from = frozen.map(|shown| TimeStep::To(lab.map_or(shown.at, |lab| lab.at)));
        let is_there = from.is_some() && step == TimeStep::StopOrPlay;
        let step = (!is_there).then_some(step);
        from.into_iter().chain(step).map(Effect::Time).collect()
    }
}

/// Whether two scenes are one, however often it was read from a recording.
fn is_same(one: &Scene, other: &Scene) -> bool {
    let of = |scene: &Scene| {
        (
            scene.info.case.clone(),
            scene.info.placement,
            scene.site.clone(),
        )
    };
    of(one) == of(other)
}
