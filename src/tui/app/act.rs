//! What a key asks for.

use super::{App, RATES};
use crate::replay::step::TimeStep;
use crate::session::SessionCommand;
use crate::session::trigger::Trigger;
use crate::tui::effect::{Effect, Response};
use crate::tui::fuzz::update::FuzzAction;
use crate::tui::keys::action::Action;
use crate::tui::overlay::help::HelpPage;
use crate::tui::overlay::menu::ScenarioMenu;
use crate::tui::presenter;
use crate::tui::protocol::ProtocolView;
use crate::tui::protocol::drawn::ModelStart;
use crate::tui::scroll::{TO_THE_END, TO_THE_TOP};
use crate::tui::view::View;

/// Whose clicks are.
pub(crate) fn mouse_notice(has_mouse: bool) -> &'static str {
    match has_mouse {
        true => "clicks act here again",
        false => "the mouse is the terminal's: select text with it; <mouse> takes it back",
    }
}

impl App {
    pub(crate) fn act(&mut self, action: Action) -> Vec<Effect> {
        self.dirty = true;
        let of_time = self.time.refusal_of(action, self.view);
        if let Some(why) = of_time.or_else(|| self.refusal(action)) {
            self.tell_hint(why);
            return Vec::new();
        }
        let page = i64::from(self.shown.body().height).max(2) - 1;
        let effect = match action {
            Action::Quit => Some(Effect::Quit),
            Action::Suspend => Some(Effect::Suspend),
            Action::Redraw => Some(Effect::Redraw),
            Action::SaveScreen => Some(Effect::SaveScreen),
            Action::SaveRecording => Some(Effect::SaveRecording),
            Action::Mouse => self.give_or_take_mouse(),
            Action::CopyLine => self.copy(false),
            Action::CopyAddress => self.copy(true),
            Action::Help => {
                let is_past = self.time.rewound.is_some();
                self.help = HelpPage::after(self.help, self.view, is_past, self.learn.is_some());
                self.help_top = 0;
                None
            }
            Action::Present => {
                self.presenter = match self.presenter {
                    Some(size) => size.larger(),
                    None => Some(presenter::Size::Small),
                };
                None
            }
            Action::Show(view) => return self.show(view),
            Action::NextView => return self.show(self.view_after(1)),
            Action::PreviousView => return self.show(self.view_after(View::ALL.len() - 1)),
            Action::ToggleManual => return self.show(self.manual.toggled(self.view)),
            Action::Close => return self.close(),
            Action::Freeze if self.time.rewound.is_some() => {
                Some(Effect::Time(TimeStep::StopOrPlay))
            }
            Action::Freeze => self.freeze_or_thaw(),
            Action::Time(step) => return self.step_in_time(step),
            Action::Timeline => {
                self.time.toggle_timeline();
                None
            }
            Action::Up => self.select(-1),
            Action::Down => self.select(1),
            Action::PageUp => self.scroll(-page),
            Action::PageDown => self.scroll(page),
            Action::Home => self.scroll(TO_THE_TOP),
            Action::End => self.scroll(TO_THE_END),
            Action::PickScenario => {
                self.help = None;
                let scene = self.shown.latest_scene();
                let name = scene.map(|scene| &*scene.info.case.scenario);
                self.menu = Some(ScenarioMenu::at(name));
                None
            }
            Action::NextScenario => Some(Effect::Session(SessionCommand::NextScenario)),
            Action::PreviousScenario => Some(Effect::Session(SessionCommand::PreviousScenario)),
            Action::EveryScenario => self.move_on_or_stay(),
            Action::PauseModifier => self.pause_or_continue(),
            Action::StepModifier => Some(Effect::Session(SessionCommand::Step)),
            Action::Placement => Some(Effect::Session(SessionCommand::SwitchPlacement)),
            Action::Trigger => self.next_trigger(),
            Action::Faster => self.set_rate((self.rate + 1).min(RATES.len() - 1)),
            Action::Slower => self.set_rate(self.rate.saturating_sub(1)),
            Action::Report if self.time.rewound.is_some() => Some(Effect::ReportOfPast),
            Action::Report => Some(Effect::Session(SessionCommand::Report)),
            Action::Space(action) => {
                let response = self.space.update(action, &self.shown);
                return self.respond(response);
            }
            Action::Tears(action) => {
                self.tears.update(action);
                None
            }
            Action::ExplainTear => {
                let notice = self.explain_tear();
                return self.respond(Response::of_notice(notice));
            }
            Action::ExplainFind => {
                let explained = match self.fuzz.current() {
                    Some(listed) => ProtocolView::explaining_find(&listed.find),
                    None => Err("there is no find yet to explain".into()),
                };
                return match explained {
                    Ok(protocol) => self.show_explained(protocol),
                    Err(why) => self.respond(Response::of_notice(Some(why))),
                };
            }
            Action::FollowScenario => {
                self.coverage.follow();
                None
            }
            Action::ManualTimelines => {
                self.manual.toggle_timelines();
                None
            }
            Action::Manual(action) => Some(Effect::Session(action.command())),
            Action::Query(action) => {
                let command = self.query.update(action, &self.shown);
                command.map(Effect::Session)
            }
            Action::Latency(action) => self.latency.update(action).map(Effect::Latency),
            Action::Fuzz(action) => {
                if action == FuzzAction::StartOrStop && !self.fuzz.is_busy() {
                    // It is to be seen.
                    self.thaw();
                }
                let response = self.fuzz.update(action);
                return self.respond(response);
            }
            Action::Protocol(action) => {
                let protocol = self.protocol.as_deref_mut();
                let notice = protocol.and_then(|protocol| protocol.update(action));
                return self.respond(Response::of_notice(notice));
            }
            Action::Lesson(action) => return self.act_in_lesson(action),
        };
        effect.into_iter().collect()
    }

    /// Why something cannot be done now.
    fn refusal(&self, action: Action) -> Option<&'static str> {
        let latest = self.shown.latest.as_ref();
        let shows_modifier = matches!(action, Action::Show(view) if view.needs_modifier());
        let needs_modifier = action.drives() || shows_modifier && latest.is_some();
        if needs_modifier && latest.is_none_or(|it| it.still.is_none()) {
            return Some(match latest {
                Some(_) => "there is no modifier here: this target is not ours",
                None => "the target is not open yet",
            });
        }
        let is_gone = latest.is_some_and(|it| it.ended.is_some());
        let needs_it = matches!(action, Action::PauseModifier | Action::StepModifier);
        (is_gone && needs_it).then_some("the modifier is gone: <next-scenario> starts another")
    }

    /// Shows a view; what the views need while they are shown comes and goes
    /// with them.
    pub(crate) fn show(&mut self, view: View) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.view, view);
        self.help = None;
        let is_untouched = |protocol: &ProtocolView| protocol.is_untouched();
        if view == View::Protocol && self.protocol.as_deref().is_none_or(is_untouched) {
            self.protocol =
                ProtocolView::new(self.shown.latest_scene(), self.scenarios).map(Box::new);
        }
        let manual = self.manual.follow(before, view).map(Effect::Session);
        if self.time.rewound.is_some() {
            // It is told when this is live again.
            return Vec::new();
        }
        let query = self.query.follow(before, view, &self.shown);
        let fuzz = self.fuzz.follow(view).map(Effect::Fuzz);
        let latency = self.latency.follow(before, view).map(Effect::Latency);
        let effects = manual.into_iter().chain(query.map(Effect::Session));
        // What runs beside the session ends before something else begins.
        effects.chain(fuzz).chain(latency).collect()
    }

    /// Shows the model as was asked for when the program began.
    pub(crate) fn show_model(&mut self, start: &ModelStart) {
        let (protocol, notice) = match ProtocolView::starting(start, self.scenarios) {
            Ok(started) => started,
            Err(why) => return self.tell(why),
        };
        self.protocol = Some(Box::new(protocol));
        self.view = View::Protocol;
        if let Some(notice) = notice {
            self.tell(notice);
        }
    }

    /// The next view there is for this target.
    fn view_after(&self, by: usize) -> View {
        let mut view = self.view.step(by);
        let is_there = |view: View| {
            !(view.needs_modifier() && self.is_foreign())
                && self.time.refusal_of(Action::Show(view), view).is_none()
        };
        while !is_there(view) {
            view = view.step(by);
        }
        view
    }

    /// Closes what is open in the view.
    fn close(&mut self) -> Vec<Effect> {
        match self.view {
            View::Space => self.space.close(),
            View::Tears => self.tears.close(),
            View::Fuzz => self.fuzz.open = None,
            View::Manual => return self.show(self.manual.toggled(View::Manual)),
            _ => {}
        }
        Vec::new()
    }

    /// Goes by rows.
    fn select(&mut self, by: i64) -> Option<Effect> {
        if self.view != View::Space {
            return self.scroll(by);
        }
        self.space.select(by, &self.shown);
        None
    }

    pub(super) fn scroll(&mut self, by: i64) -> Option<Effect> {
        match self.view {
            View::Space => self.space.scroll(by, &self.shown),
            View::Boundary => self.boundary.scroll(by, &self.shown),
            View::Tears => self.tears.scroll(by, &self.shown),
            View::Coverage => self.coverage.select(by, &self.shown),
            View::Manual => self.manual.scroll(by, &self.shown),
            View::Query if let Some(why) = self.time.refusal() => self.tell_hint(why),
            View::Query => return self.query.scroll(by, &self.shown).map(Effect::Session),
            // It fits every screen: there is nothing to scroll.
            View::Latency => {}
            View::Fuzz => self.fuzz.scroll(by, &self.shown),
            View::Protocol => {
                if let Some(protocol) = &mut self.protocol {
                    protocol.move_by(by);
                }
            }
        }
        None
    }

    fn freeze_or_thaw(&mut self) -> Option<Effect> {
        if self.shown.frozen.is_some() {
            self.thaw();
            return None;
        }
        self.shown.frozen = Some(self.shown.now);
        self.tears.freeze();
        // A frozen picture is to be looked at: no other scenario may come.
        let stays = Effect::Session(SessionCommand::MoveOn(false));
        self.moves_on().then_some(stays)
    }

    pub(super) fn thaw(&mut self) {
        self.tears.thaw();
        self.fuzz.thaw();
        self.shown.thaw();
    }

    fn give_or_take_mouse(&mut self) -> Option<Effect> {
        self.has_mouse = !self.has_mouse;
        self.tell_hint(mouse_notice(self.has_mouse));
        Some(Effect::Mouse(self.has_mouse))
    }

    fn move_on_or_stay(&mut self) -> Option<Effect> {
        let moves_on = !self.moves_on();
        let text = if moves_on {
            "every scenario in turn; choosing or pausing one ends that"
        } else {
            "staying with this scenario"
        };
        self.tell(text.into());
        Some(Effect::Session(SessionCommand::MoveOn(moves_on)))
    }

    fn pause_or_continue(&mut self) -> Option<Effect> {
        self.still = !self.still;
        self.still_asked = Some(self.clock);
        Some(Effect::Session(SessionCommand::Still(self.still)))
    }

    fn next_trigger(&mut self) -> Option<Effect> {
        let mut trigger = self.shown.trigger.next();
        // Of a target that is not ours nothing is judged to be one.
        if trigger == Trigger::Violation && self.is_foreign() {
            trigger = trigger.next();
        }
        self.shown.trigger = trigger;
        self.tell(format!("trigger: {}", trigger.name()));
        Some(Effect::Session(SessionCommand::Trigger(trigger)))
    }

    fn set_rate(&mut self, at: usize) -> Option<Effect> {
        self.rate = at;
        Some(Effect::Session(SessionCommand::Rate(RATES[at])))
    }

    /// Shows the model as it explains something; a hunt is left by that.
    fn show_explained(&mut self, protocol: ProtocolView) -> Vec<Effect> {
        self.protocol = Some(Box::new(protocol));
        self.show(View::Protocol)
    }

    /// Opens the model on the case that explains the tear that is selected.
    fn explain_tear(&mut self) -> Option<String> {
        let Some(listed) = self.tears.shown().current() else {
            return Some("there is no tear yet to explain".into());
        };
        let snapshot = self.shown.snapshot.as_ref();
        let scene = snapshot.and_then(|it| it.scene.as_deref());
        match ProtocolView::explaining(&listed.found.event, scene, self.scenarios) {
            Ok(protocol) => {
                self.protocol = Some(Box::new(protocol));
                self.view = View::Protocol;
                None
            }
            Err(why) => Some(why),
        }
    }
}
