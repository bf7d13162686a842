//! A message changes the application and asks for effects. Pure: no clock, no
//! I/O.

use std::sync::Arc;
use std::time::Duration;

use super::app::{App, Notice, RATES, View};
use super::keys::{Action, look_up};
use super::message::{Effect, Message};
use super::protocol;
use super::view::{self, boundary, space, tears};
use crate::session::{Command, FADE, Snapshot};

/// How long a notice is shown.
const NOTICE: Duration = Duration::from_secs(6);

/// Takes in a message.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => match look_up(&key, app.view) {
            Some(action) => return act(app, action),
            None => return Vec::new(),
        },
        Message::Wheel(steps) => scroll(app, i64::from(steps) * 3),
        Message::Resize(columns, rows) => app.size = (columns, rows),
        Message::Snapshot(snapshot) => take(app, *snapshot),
        Message::Time(now) => app.now = now,
        Message::Notice(text) => tell(app, text),
        Message::Report(text) => return vec![Effect::SaveReport(text)],
        Message::Saved(Ok(name)) => tell(app, format!("wrote {name}")),
        Message::Saved(Err(why)) => tell(app, why),
        Message::Failed(why) => return vec![Effect::Fail(why)],
        Message::TerminalLost => return vec![Effect::Quit],
        Message::Terminate(signal) => return vec![Effect::Terminate(signal)],
        Message::Suspend => return vec![Effect::Suspend],
        Message::Continued => {
            app.dirty = true;
            return vec![Effect::Redraw];
        }
    }
    app.dirty = true;
    expire(app);
    Vec::new()
}

/// Whether what is shown depends on the time: then [`Message::Time`] is
/// wanted.
#[must_use]
pub fn wants_time(app: &App) -> bool {
    let fades = |snapshot: &Arc<Snapshot>| {
        snapshot.picture.as_ref().is_some_and(|picture| {
            let newest = picture.changes.iter().map(|change| change.at).max();
            newest.is_some_and(|at| app.now < at + FADE)
        })
    };
    app.notice.is_some()
        || app.view == View::Space && app.frozen.is_none() && app.shown.iter().any(fades)
}

fn take(app: &mut App, snapshot: Snapshot) {
    app.now = app.now.max(snapshot.at);
    if let Some(still) = snapshot.still {
        app.still = still;
    }
    for found in &snapshot.found {
        app.tears.add(found.clone());
    }
    let new_scene = match (&app.latest, &snapshot.scene) {
        (Some(before), Some(scene)) => before
            .scene
            .as_ref()
            .is_none_or(|before| !Arc::ptr_eq(before, scene)),
        _ => true,
    };
    let snapshot = Arc::new(snapshot);
    app.latest = Some(snapshot.clone());
    if new_scene {
        app.space_top = None;
        thaw(app);
    }
    if app.frozen.is_none() {
        app.shown = Some(snapshot);
    }
}

fn tell(app: &mut App, text: String) {
    app.notice = Some(Notice {
        text,
        until: app.now + NOTICE,
    });
}

fn expire(app: &mut App) {
    let over = |notice: &Notice| app.now >= notice.until;
    if app.notice.as_ref().is_some_and(over) {
        app.notice = None;
    }
}

fn thaw(app: &mut App) {
    app.frozen = None;
    if let Some(frozen) = app.frozen_tears.take() {
        app.tears.selected = frozen.selected;
        app.tears.open = frozen.open;
    }
    app.shown.clone_from(&app.latest);
}

fn act(app: &mut App, action: Action) -> Vec<Effect> {
    app.dirty = true;
    let has_modifier = app.latest.as_ref().is_some_and(|it| it.still.is_some());
    let only_with_modifier = matches!(
        action,
        Action::Still
            | Action::Step
            | Action::NextScenario
            | Action::PreviousScenario
            | Action::Placement
    );
    if only_with_modifier && !has_modifier {
        tell(
            app,
            "there is no modifier here: this target is not ours".into(),
        );
        return Vec::new();
    }
    let command = match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::SaveScreen => return vec![Effect::SaveScreen],
        Action::Report => Command::Report,
        Action::NextScenario => Command::NextScenario,
        Action::PreviousScenario => Command::PreviousScenario,
        Action::Placement => Command::SwitchPlacement,
        Action::Step => Command::Step,
        Action::Still => {
            app.still = !app.still;
            Command::Still(app.still)
        }
        Action::Trigger => {
            app.trigger = app.trigger.next();
            tell(app, format!("trigger: {}", app.trigger.name()));
            Command::Trigger(app.trigger)
        }
        Action::Faster => rate(app, (app.rate + 1).min(RATES.len() - 1)),
        Action::Slower => rate(app, app.rate.saturating_sub(1)),
        Action::ExplainTear => {
            if let Some(why) = protocol::explain_tear(app) {
                tell(app, why);
            }
            return Vec::new();
        }
        other if other.is_of_model() => {
            if let Some(why) = protocol::act(app, other) {
                tell(app, why);
            }
            return Vec::new();
        }
        other => {
            look(app, other);
            return Vec::new();
        }
    };
    vec![Effect::Session(command)]
}

fn rate(app: &mut App, at: usize) -> Command {
    app.rate = at;
    Command::Rate(RATES[at])
}

/// The actions that only change what is looked at.
fn look(app: &mut App, action: Action) {
    let page = i64::from(view::body_rows(app)).max(2) - 1;
    match action {
        Action::Help => app.help = !app.help,
        Action::Show(view) => show(app, view),
        Action::NextView => show(app, app.view.step(1)),
        Action::PreviousView => show(app, app.view.step(View::ALL.len() - 1)),
        Action::Freeze => match app.frozen {
            Some(_) => thaw(app),
            None => {
                app.frozen = Some(app.now);
                app.frozen_tears = Some(Box::new(app.tears.clone()));
            }
        },
        Action::Up => scroll(app, -1),
        Action::Down => scroll(app, 1),
        Action::PageUp => scroll(app, -page),
        Action::PageDown => scroll(app, page),
        Action::Home => scroll(app, i64::from(i32::MIN)),
        Action::End => scroll(app, i64::from(i32::MAX)),
        Action::Follow => {
            app.space_top = None;
            app.shown_tears_mut().selected = None;
        }
        Action::Open => {
            let tears = app.shown_tears_mut();
            tears.open = match tears.open {
                Some(_) => None,
                // What is open stays selected when newer ones come.
                None => tears.current().map(|listed| listed.number).map(|number| {
                    tears.selected = Some(number);
                    0
                }),
            };
        }
        Action::Close if app.help => app.help = false,
        Action::Close => app.shown_tears_mut().open = None,
        _ => {}
    }
}

fn show(app: &mut App, view: View) {
    app.view = view;
    app.help = false;
    if view == View::Protocol {
        protocol::open(app);
    }
}

fn scroll(app: &mut App, by: i64) {
    let moved = |from: usize, last: usize| {
        let to = (from as i64).saturating_add(by).clamp(0, last as i64);
        to as usize
    };
    match app.view {
        View::Space => {
            let (top, last) = space::scroll_range(app);
            app.space_top = Some(moved(top, last));
        }
        View::Boundary => {
            let (top, last) = boundary::scroll_range(app);
            app.boundary_top = moved(top, last) as u16;
        }
        View::Protocol => {
            if let Some(lab) = &mut app.lab {
                lab.move_by(by);
            }
        }
        View::Tears => {
            let (top, last) = tears::scroll_range(app);
            let tears = app.shown_tears_mut();
            if let Some(open) = &mut tears.open {
                *open = moved(top, last) as u16;
            } else {
                let at = moved(tears.position(), tears.len().saturating_sub(1));
                // At the very top the newest is followed.
                let listed = tears.list().nth(at).map(|listed| listed.number);
                tears.selected = listed.filter(|_| at > 0);
            }
        }
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
