//! A message changes the application and asks for effects. Pure: no clock, no
//! I/O.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyEvent;

use super::{App, Notice, RATES, View};
use crate::session::Command;
use crate::session::by_hand::ManualCommand;
use crate::session::changes::FADE;
use crate::session::snapshot::Snapshot;
use crate::tui::keys::{Action, look_up};
use crate::tui::message::{Effect, Message};
use crate::tui::overlay::menu::{Menu, Picked};
use crate::tui::{manual, protocol};

/// How long a notice is shown.
pub(crate) const NOTICE: Duration = Duration::from_secs(6);

/// How long the session may take to obey a key.
pub(crate) const OBEYED: Duration = Duration::from_secs(1);

/// Takes in a message.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    let mut effects = take_in(app, message);
    effects.extend(crate::tui::space::request::asks(app).map(Effect::Session));
    effects
}

fn take_in(app: &mut App, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => {
            if let Some(effects) = pick(app, &key) {
                return effects;
            }
            if let Some(did) = crate::tui::space::update::typed(app, &key) {
                return explored(app, did);
            }
            if let Some(effects) = crate::tui::query::type_key(app, &key) {
                app.dirty = true;
                return effects;
            }
            return match look_up(&key, app.view) {
                Some(action) => act(app, action),
                None => Vec::new(),
            };
        }
        Message::Wheel(steps) => match &mut app.menu {
            Some(menu) => menu.scroll(i64::from(steps)),
            None => {
                app.dirty = true;
                return scroll(app, i64::from(steps) * 3).into_iter().collect();
            }
        },
        Message::Resize(columns, rows) => app.size = (columns, rows),
        Message::Snapshot(snapshot) => take(app, *snapshot),
        Message::Lab(snapshot) => crate::tui::latency::take(app, *snapshot),
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
pub(crate) fn wants_time(app: &App) -> bool {
    let fades = |snapshot: &Arc<Snapshot>| {
        snapshot.picture.as_ref().is_some_and(|picture| {
            let newest = picture.changes.iter().map(|change| change.at).max();
            newest.is_some_and(|at| app.now < at + FADE)
        })
    };
    app.notice.is_some()
        || app.view == View::Space
            && app.frozen.is_none()
            && (app.shown.iter().any(fades) || crate::tui::space::ages(app))
}

/// Tells what the explorer has to tell, and passes on what it wants.
fn explored(app: &mut App, (told, effect): crate::tui::space::update::Did) -> Vec<Effect> {
    app.dirty = true;
    if let Some(text) = told {
        tell(app, text);
    }
    effect.into_iter().collect()
}

fn take(app: &mut App, snapshot: Snapshot) {
    app.now = app.now.max(snapshot.at);
    // One that says otherwise just after the key was made before it was obeyed;
    // a modifier that is gone obeys none.
    let is_old = |asked| snapshot.ended.is_none() && snapshot.at < asked + OBEYED;
    if let Some(still) = snapshot.still
        && (still == app.still || !app.still_asked.is_some_and(is_old))
    {
        (app.still, app.still_asked) = (still, None);
    }
    for found in &snapshot.found {
        app.tears.add(found.clone());
    }
    let before = app.latest.as_ref().and_then(|before| before.scene.as_ref());
    let new_scene = match (before, &snapshot.scene) {
        (Some(before), Some(scene)) => !Arc::ptr_eq(before, scene),
        // A target that is not ours has none.
        (None, None) => false,
        _ => true,
    };
    let snapshot = Arc::new(snapshot);
    app.latest = Some(snapshot.clone());
    manual::take(app);
    if new_scene {
        app.explorer.restart();
        thaw(app);
    }
    if app.frozen.is_none() {
        app.shown = Some(snapshot);
    } else {
        crate::tui::space::request::take_still(app, &snapshot);
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

/// Hands a key to the menu, where it is open; none: the key is not for it.
fn pick(app: &mut App, key: &KeyEvent) -> Option<Vec<Effect>> {
    let picked = app.menu.as_mut()?.press(key);
    app.dirty = true;
    match picked {
        Picked::Open => Some(Vec::new()),
        Picked::Closed => {
            app.menu = None;
            Some(Vec::new())
        }
        Picked::Scenario(at) => {
            app.menu = None;
            Some(vec![Effect::Session(Command::Scenario(at))])
        }
        Picked::NotMine => None,
    }
}

/// Does what a key asks for.
pub(crate) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    app.dirty = true;
    let has_modifier = app.latest.as_ref().is_some_and(|it| it.still.is_some());
    let needs_modifier = action.drives()
        || matches!(action, Action::Show(view) if view.needs_modifier() && app.latest.is_some());
    if needs_modifier && !has_modifier {
        let why = match app.latest {
            Some(_) => "there is no modifier here: this target is not ours",
            None => "the target is not open yet",
        };
        tell(app, why.into());
        return Vec::new();
    }
    let is_gone = app.latest.as_ref().is_some_and(|it| it.ended.is_some());
    if is_gone && matches!(action, Action::Still | Action::Step) {
        tell(app, "the modifier is gone: c starts another".into());
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
        Action::MoveOn => {
            let moves_on = !app.moves_on();
            let text = if moves_on {
                "every scenario in turn; choosing or pausing one ends that"
            } else {
                "staying with this scenario"
            };
            tell(app, text.into());
            Command::MoveOn(moves_on)
        }
        // Who stops the picture wants to look at it.
        Action::Freeze if app.moves_on() && app.frozen.is_none() => {
            look(app, action);
            Command::MoveOn(false)
        }
        Action::ByHand(step) => Command::Manual(ManualCommand::Step(step)),
        Action::Play => Command::Manual(ManualCommand::Play),
        Action::Still => {
            app.still = !app.still;
            app.still_asked = Some(app.now);
            Command::Still(app.still)
        }
        Action::Trigger => {
            app.trigger = app.trigger.next();
            tell(app, format!("trigger: {}", app.trigger.name()));
            Command::Trigger(app.trigger)
        }
        Action::Faster => rate(app, (app.rate + 1).min(RATES.len() - 1)),
        Action::Slower => rate(app, app.rate.saturating_sub(1)),
        Action::Lab(action) => return crate::tui::latency::act(app, action),
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
        other if app.view == View::Space && !app.help && other.explores() => {
            let did = crate::tui::space::update::act(app, other);
            return explored(app, did);
        }
        other => {
            let before = app.view;
            let mut effects = Vec::from_iter(look(app, other));
            effects.extend(manual::follow(app, before));
            effects.extend(crate::tui::query::follow(app, before));
            effects.extend(crate::tui::latency::on_change(app, before));
            return effects;
        }
    };
    vec![Effect::Session(command)]
}

fn rate(app: &mut App, at: usize) -> Command {
    app.rate = at;
    Command::Rate(RATES[at])
}

/// The actions that only change what is looked at, or what is asked.
fn look(app: &mut App, action: Action) -> Option<Effect> {
    let page = i64::from(crate::tui::frame::body_rows(app)).max(2) - 1;
    match action {
        Action::Help => app.help = !app.help,
        Action::PickScenario => {
            app.help = false;
            let scene = app.latest.as_ref().and_then(|it| it.scene.as_ref());
            let name = scene.map(|scene| &*scene.info.case.scenario);
            app.menu = Some(Menu::at(name));
        }
        Action::Show(view) => show(app, view),
        Action::NextView => step(app, 1),
        Action::PreviousView => step(app, View::ALL.len() - 1),
        Action::Manual => manual::toggle(app),
        Action::Ask(what) => return crate::tui::query::change(app, what),
        Action::Freeze => match app.frozen {
            Some(_) => thaw(app),
            None => {
                app.frozen = Some(app.now);
                app.frozen_tears = Some(Box::new(app.tears.clone()));
            }
        },
        Action::Up if app.view == View::Space => crate::tui::space::cursor::select(app, -1),
        Action::Down if app.view == View::Space => crate::tui::space::cursor::select(app, 1),
        Action::Up => return scroll(app, -1),
        Action::Down => return scroll(app, 1),
        Action::PageUp => return scroll(app, -page),
        Action::PageDown => return scroll(app, page),
        Action::Home => return scroll(app, i64::from(i32::MIN)),
        Action::End => return scroll(app, i64::from(i32::MAX)),
        Action::Follow => {
            app.coverage_top = None;
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
        Action::Close if app.view == View::Manual => manual::toggle(app),
        Action::Close => app.shown_tears_mut().open = None,
        _ => {}
    }
    None
}

fn show(app: &mut App, view: View) {
    app.view = view;
    app.help = false;
    if view == View::Protocol {
        protocol::open(app);
    }
}

/// Shows the next view there is for this target.
fn step(app: &mut App, by: usize) {
    let mut view = app.view.step(by);
    while view.needs_modifier() && app.is_foreign() {
        view = view.step(by);
    }
    show(app, view);
}

fn scroll(app: &mut App, by: i64) -> Option<Effect> {
    let moved = |from: usize, last: usize| {
        let to = (from as i64).saturating_add(by).clamp(0, last as i64);
        to as usize
    };
    match app.view {
        View::Space => crate::tui::space::cursor::scroll(app, by),
        View::Boundary => {
            let (top, last) = crate::tui::boundary::render::scroll_range(app);
            app.boundary_top = moved(top, last) as u16;
        }
        View::Coverage => {
            let (top, last) = crate::tui::coverage::render::scroll_range(app);
            app.coverage_top = Some(moved(top, last));
        }
        // It fits every screen.
        View::Latency => {}
        View::Protocol => {
            if let Some(model) = &mut app.model {
                model.move_by(by);
            }
        }
        View::Tears => {
            let (top, last) = crate::tui::tears::render::scroll_range(app);
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
        View::Manual => {
            let (top, last) = crate::tui::manual::render::scroll_range(app);
            app.manual.top = Some(moved(top, last));
        }
        View::Query => return crate::tui::query::scroll(app, by),
    }
    None
}
