//! What a message changes. No clock, no I/O.

use std::sync::Arc;
use std::time::Duration;

use signal_hook::consts::SIGHUP;

use super::{App, Notice};
use crate::replay::player::report::ReportOf;
use crate::report::foreign::foreign;
use crate::report::mail::MailReport;
use crate::session::SessionCommand;
use crate::session::changes::FADE;
use crate::session::foreign_report::Report;
use crate::session::snapshot::Snapshot;
use crate::tui::effect::Effect;
use crate::tui::fuzz::{Busy, FuzzView};
use crate::tui::input::event::Input;
use crate::tui::message::Message;
use crate::tui::view::View;

/// How long a notice is shown.
pub(crate) const NOTICE: Duration = Duration::from_secs(6);

/// How long it is shown that a child does not answer, which is told each second.
const SILENCE: Duration = Duration::from_millis(2500);

/// How long the session may take to obey a key.
pub(crate) const OBEYED: Duration = Duration::from_secs(1);

/// Rows that a step of the mouse wheel goes by.
const WHEEL: i64 = 3;

/// The text of a report, fit for a mail.
fn report_text(report: &Report) -> String {
    match report {
        Report::Judged(observations) => {
            let mut report = MailReport::default();
            observations.iter().for_each(|it| report.observe(it));
            report.text()
        }
        Report::Foreign(report) => foreign(report),
    }
}

impl App {
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let mut effects = self.take_in(message);
        self.dirty |= self.fuzz.look(&self.shown);
        if let (View::Protocol, Some(protocol)) = (self.view, &mut self.protocol) {
            self.dirty |= protocol.play_on(self.clock);
        }
        let is_space = self.view == View::Space;
        if is_space {
            self.space.lay_out_map(&self.shown);
        }
        let request: Option<SessionCommand> = self.space.request(is_space, &self.shown);
        effects.extend(request.map(Effect::Session));
        effects.extend(self.learn_on());
        effects
    }

    fn take_in(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Input(Input::Key(key)) if self.is_too_small(self.terminal) => {
                return self.press_unseen(&key);
            }
            Message::Input(Input::Click(..) | Input::Paste(_) | Input::Wheel(_))
                if self.is_too_small(self.terminal) => {}
            Message::Input(Input::Key(key)) => return self.press(&key),
            Message::Input(Input::Click(column, row)) => return self.click(column, row),
            Message::Input(Input::Background(background)) => {
                if self.follows_background {
                    self.shown.theme.background = background;
                }
            }
            Message::Input(Input::Paste(text)) => return self.paste(&text),
            Message::Input(Input::Wheel(_)) if self.help.is_some() => {}
            Message::Input(Input::Wheel(steps)) => {
                let rows = self.menu_rows();
                match &mut self.menu {
                    Some(menu) => menu.scroll(i64::from(steps), rows),
                    None => {
                        self.dirty = true;
                        return self.scroll(i64::from(steps) * WHEEL).into_iter().collect();
                    }
                }
            }
            Message::Resize(columns, rows) => self.resize((columns, rows)),
            Message::Snapshot(snapshot) => {
                let snapshot = Arc::new(*snapshot);
                self.pass_time(self.clock.max(snapshot.at));
                if self.keep_for_later(&snapshot).is_some() {
                    return Vec::new();
                }
                self.take_snapshot(snapshot);
            }
            Message::Moment(moment) => {
                self.dirty = true;
                return self.take_moment(*moment);
            }
            Message::Live => {
                self.dirty = true;
                return self.go_live();
            }
            // One that was sent before the view was left comes too late.
            Message::Latency(snapshot) => match &mut self.time.rewound {
                Some(rewound) => {
                    rewound.live.take_lab(*snapshot);
                    return Vec::new();
                }
                None if self.view == View::Latency && self.shown.frozen.is_none() => {
                    self.latency.take(*snapshot);
                }
                None => {}
            },
            Message::Fuzz(snapshot) => {
                let ended = self.fuzz.take(*snapshot, self.shown.frozen.is_some());
                self.dirty = true;
                return ended.map(Effect::Fuzz).into_iter().collect();
            }
            Message::Kit(made) => {
                self.tell(FuzzView::kit_notice(made));
                self.dirty = true;
                return vec![Effect::Fuzz(self.fuzz.kit_is_made())];
            }
            Message::Time(now) => {
                self.pass_time(now);
                if self.only_the_clock_goes() {
                    // It says itself when it shows another second.
                    return Vec::new();
                }
            }
            Message::Notice(text) => self.tell(text),
            Message::Silent(text) => {
                self.silence = Some(Notice {
                    text,
                    until: self.clock + SILENCE,
                });
            }
            Message::Report(report) => {
                return vec![Effect::SaveReport(report_text(&report), None)];
            }
            Message::PastReport(found) => match *found {
                Ok(ReportOf { report, of }) => {
                    return vec![Effect::SaveReport(report_text(&report), Some(of))];
                }
                Err(why) => self.tell(why.into()),
            },
            Message::Saved(Ok(name)) => self.tell(format!("wrote {name}")),
            Message::Saved(Err(why)) => self.tell(why),
            Message::Failed(why) => return vec![Effect::Fail(why)],
            // As SIGHUP says, which may not come.
            Message::TerminalLost => return vec![Effect::Terminate(SIGHUP)],
            Message::Terminate(signal) => return vec![Effect::Terminate(signal)],
            Message::Suspend => return vec![Effect::Suspend],
            Message::Continued => {
                self.dirty = true;
                return vec![Effect::Redraw];
            }
        }
        self.dirty = true;
        let now = self.clock;
        for notice in [&mut self.notice, &mut self.silence] {
            notice.take_if(|notice| now >= notice.until);
        }
        Vec::new()
    }

    /// Whether what is shown depends on the time: then [`Message::Time`] is
    /// wanted.
    pub(crate) fn wants_time(&self) -> bool {
        let fades = || {
            let picture = self.shown.picture().map(|(_, picture)| picture);
            let changes = picture.into_iter().flat_map(|it| it.changes.iter());
            let newest = changes.map(|change| change.at).max();
            newest.is_some_and(|at| self.shown.now < at + FADE)
        };
        let plays = || self.protocol.as_ref().is_some_and(|it| it.is_playing());
        self.only_the_clock_goes()
            || self.view == View::Protocol && plays()
            || self.notice.is_some()
            || self.silence.is_some()
            || self.view == View::Space
                && self.shown.frozen.is_none()
                && self.time.rewound.is_none()
                && (fades() || self.space.shows_ages(&self.shown))
    }

    /// Whether of what is shown nothing but the clock of a hunt depends on the time.
    fn only_the_clock_goes(&self) -> bool {
        self.view == View::Fuzz
            && self.fuzz.busy == Busy::Hunting
            && self.shown.frozen.is_none()
            && self.notice.is_none()
            && self.silence.is_none()
    }

    fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        self.take_still(&snapshot);
        for found in &snapshot.found {
            self.tears.latest.add(found.clone());
        }
        let is_new_scene = self.shown.is_new_scene(&snapshot);
        self.show_snapshot(snapshot, is_new_scene);
    }

    pub(super) fn show_snapshot(&mut self, snapshot: Arc<Snapshot>, is_new_scene: bool) {
        self.shown.latest = Some(snapshot.clone());
        // It was chosen before anything was known of the target.
        if snapshot.is_foreign() && self.view.needs_modifier() {
            self.view = View::default();
        }
        self.manual.take(&self.shown);
        if is_new_scene {
            self.space.restart();
            self.thaw();
        }
        if self.shown.frozen.is_none() {
            self.shown.snapshot = Some(snapshot);
        } else {
            self.shown.take_rearranged(&snapshot);
        }
    }

    /// Whether the modifier stands still, as the session says.
    pub(super) fn take_still(&mut self, snapshot: &Snapshot) {
        // A snapshot that contradicts a key pressed just now was made before
        // the session obeyed it; a modifier that is gone obeys no key.
        let is_old = |asked| snapshot.ended.is_none() && snapshot.at < asked + OBEYED;
        if let Some(still) = snapshot.still
            && (still == self.still || !self.still_asked.is_some_and(is_old))
        {
            (self.still, self.still_asked) = (still, None);
        }
    }

    /// Tells a hint, in which `<name>` stands for the key of that action.
    pub(super) fn tell_hint(&mut self, hint: &str) {
        self.tell(self.shown.keys.hint(hint));
    }

    pub(crate) fn tell(&mut self, text: String) {
        self.notice = Some(Notice {
            text,
            until: self.clock + NOTICE,
        });
    }
}
