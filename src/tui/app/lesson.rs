//! A lesson beside the view: its keys, what is done for the learner, and what is seen to be
//! done.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::App;
use super::goals;
use super::goals::way::Way;
use crate::lesson::goal::Goal;
use crate::session::coverage::CoverageState;
use crate::stepping::step::ManualStep;
use crate::tui::effect::Effect;
use crate::tui::keys::action::Action;
use crate::tui::keys::table::BINDINGS;
use crate::tui::learn::action::LessonAction;
use crate::tui::learn::{Done, Help, Learn};
use crate::tui::manual::update::ManualAction;
use crate::tui::overlay::help::HelpPage;
use crate::tui::protocol::drawn::ModelStart;
use crate::tui::view::View;

impl App {
    /// What lies on all of the screen: then no key acts on what is behind it.
    fn learns_only(&self) -> bool {
        self.learn.as_ref().is_some_and(|learn| !learn.is_doing())
    }

    /// The keys of a page on which nothing is done in the view.
    pub(crate) fn press_lesson(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        if !self.learns_only() || self.help.is_some() {
            return None;
        }
        let action = self.keys.of_every_view(key);
        let learn = self.learn.as_mut()?;
        let lesson = match (key.code, action) {
            (_, Some(Action::Lesson(action))) => Some(action),
            (_, Some(Action::Present)) => return Some(Vec::new()),
            // The words; which keys the view has is told where they do something.
            (_, Some(Action::Help)) => {
                (self.help, self.help_top) = (Some(HelpPage::Glossary), 0);
                return Some(Vec::new());
            }
            (_, Some(action)) if action.is_of_the_screen() => return Some(self.act(action)),
            (_, Some(Action::Up)) => {
                learn.choose(-1);
                None
            }
            (_, Some(Action::Down)) => {
                learn.choose(1);
                None
            }
            (_, Some(Action::Close)) if learn.contents.is_some() => Some(LessonAction::Contents),
            (KeyCode::Left | KeyCode::Backspace, _) | (_, Some(Action::Close)) => {
                Some(LessonAction::Back)
            }
            (KeyCode::Enter | KeyCode::Right | KeyCode::Char(' '), _) => Some(LessonAction::On),
            (KeyCode::Char(letter), _) => {
                learn.choose_letter(letter);
                None
            }
            _ => None,
        };
        Some(lesson.map_or_else(Vec::new, |action| self.act_in_lesson(action)))
    }

    pub(crate) fn act_in_lesson(&mut self, action: LessonAction) -> Vec<Effect> {
        let Some(learn) = &mut self.learn else {
            self.tell("there is no lesson here: `vmascope learn` has some".into());
            return Vec::new();
        };
        let mut effects = match (action, learn.contents) {
            (LessonAction::Contents, Some(_)) => {
                learn.contents = None;
                Vec::new()
            }
            (LessonAction::Contents, None) => {
                learn.contents = Some(learn.at);
                Vec::new()
            }
            (LessonAction::On, Some(chosen)) if chosen == learn.at => {
                learn.contents = None;
                Vec::new()
            }
            (LessonAction::On, Some(chosen)) => vec![Effect::Lesson(chosen)],
            (LessonAction::Back | LessonAction::Hint, Some(_)) => Vec::new(),
            (LessonAction::On, None) => learn.on(),
            (LessonAction::Back, None) => {
                learn.back();
                Vec::new()
            }
            (LessonAction::Hint, None) => {
                learn.help_more();
                Vec::new()
            }
            (LessonAction::Again, _) => vec![Effect::Lesson(learn.at)],
        };
        if matches!(action, LessonAction::On | LessonAction::Back) {
            self.prepare_lesson();
        }
        if let Some(learn) = &self.learn {
            effects.insert(0, Effect::Progress(Box::new(learn.progress.clone())));
        }
        effects.extend(self.learn_on());
        // On a page on which something is done, what is seen or hinted takes no other room.
        self.lay_out();
        effects
    }

    /// Has the model show what the page begins with, where that is another than before, or
    /// what leads to it was passed over.
    fn prepare_lesson(&mut self) {
        let Some(learn) = &self.learn else { return };
        let is_another = learn.step().is_some_and(|step| step.prepare.is_some());
        if is_another || learn.passed_over {
            self.begin_model();
        }
    }

    /// The same, whatever it shows.
    fn begin_model(&mut self) {
        let learn = self.learn.as_ref();
        let Some((model, before)) = learn.and_then(|it| it.model_to_begin_with()) else {
            return;
        };
        if let Ok(start) = ModelStart::named(&model.case, &model.protocol) {
            self.show_model(&start);
            for part in before.iter().flat_map(|step| &step.solution) {
                // In the model nothing but the view changes.
                self.carry_out_part(part);
            }
        }
    }

    /// Whether there is something to do what is wanted with.
    fn is_open(&self) -> bool {
        match self.view {
            // What is listed, too.
            View::Space => self.shown.picture().is_some(),
            _ => self.shown.latest.is_some(),
        }
    }

    /// Takes the steps by hand that were passed over, so that the page begins where it says.
    fn catch_up(&mut self) -> Vec<Effect> {
        if self.shown.by_hand().is_none() {
            return Vec::new();
        }
        let way = self.learn.as_mut().and_then(|it| it.way_to_begin_with());
        let way = way.and_then(|way| Way::of(way, self));
        let way = way.filter(|way| way.elsewhere() == 0);
        let left = way.map_or_else(Vec::new, |way| way.left().to_vec());
        self.take_steps(&left)
    }

    /// Does what is to be done, if that is wanted and there is something to do it with.
    fn do_for_learner(&mut self) -> Vec<Effect> {
        let wanted = (self.learn.as_ref()).filter(|learn| learn.help == Help::Wanted);
        let step = wanted.and_then(|learn| learn.step());
        let Some(step) = step.filter(|_| self.is_open()) else {
            return Vec::new();
        };
        let effects = match &step.goal {
            Goal::ByHand(goal) if !goal.way.is_empty() => {
                if self.view != View::Manual {
                    return self.show(View::Manual);
                }
                let Some(way) = Way::of(&goal.way, self) else {
                    return Vec::new();
                };
                let (back, left) = (way.elsewhere(), way.left().to_vec());
                let back = (0..back).flat_map(|_| self.act(Action::Manual(ManualAction::Back)));
                let mut effects: Vec<Effect> = back.collect();
                effects.extend(self.take_steps(&left));
                effects
            }
            goal => {
                let mut effects = match goals::so_far::view_of(goal) {
                    Some(view) if view != self.view => self.show(view),
                    _ => Vec::new(),
                };
                self.begin_model();
                let parts = step.solution.iter();
                effects.extend(parts.flat_map(|part| self.carry_out_part(part)));
                effects
            }
        };
        if let Some(learn) = &mut self.learn {
            learn.help = Help::Done;
        }
        effects
    }

    fn take_steps(&mut self, steps: &[ManualStep]) -> Vec<Effect> {
        let step = |step: &ManualStep| self.act(Action::Manual(ManualAction::Step(*step)));
        steps.iter().flat_map(step).collect()
    }

    /// A part of a solution: an action by its name, perhaps several times, or a text to
    /// be typed.
    fn carry_out_part(&mut self, part: &str) -> Vec<Effect> {
        if let Some(text) = part.strip_prefix("type:") {
            let press = |letter| {
                let code = match letter {
                    '\r' => KeyCode::Enter,
                    letter => KeyCode::Char(letter),
                };
                self.press(&KeyEvent::new(code, KeyModifiers::NONE))
            };
            return text.chars().flat_map(press).collect();
        }
        let (action, times) = action_and_times(part);
        let mut effects = Vec::new();
        for _ in 0..times {
            effects.extend(action.into_iter().flat_map(|action| self.act(action)));
        }
        effects
    }

    /// Why the learner's own scenario does not run, where it does not.
    fn refusal_of_own(&self) -> Option<String> {
        let own = self.learn.as_ref()?.own()?;
        let rows = &self.shown.latest.as_ref()?.coverage;
        let row = rows.iter().find(|row| row.case.scenario == own.name)?;
        match &row.state {
            CoverageState::Skipped(why) => Some(why.clone()),
            _ => None,
        }
    }

    /// Does what the learner wants done, and looks how far what is to be done is done.
    pub(crate) fn learn_on(&mut self) -> Vec<Effect> {
        let refusal = self.refusal_of_own();
        if let (Some(why), Some(learn)) = (refusal, &mut self.learn)
            && learn.refuse_own(why)
        {
            self.dirty = true;
            self.lay_out();
        }
        let is_refused = |learn: &Learn| learn.own().is_some_and(|own| own.problem.is_some());
        if self.learn.as_deref().is_some_and(is_refused) {
            return Vec::new();
        }
        let mut effects = self.catch_up();
        effects.extend(self.do_for_learner());
        let learn = (self.learn.as_ref()).filter(|learn| learn.done == Done::No);
        let Some(step) = learn.and_then(|learn| learn.step()) else {
            return effects;
        };
        let is_met = goals::is_met(&step.goal, self);
        let so_far = goals::so_far::so_far(&step.goal, self);
        if let Some(learn) = &mut self.learn {
            self.dirty |= learn.look(is_met, so_far);
        }
        effects
    }
}

/// The action that a part of a solution names, and how often it is to be done.
pub(crate) fn action_and_times(part: &str) -> (Option<Action>, usize) {
    let (name, times) = part.split_once(' ').unwrap_or((part, "1"));
    let mut actions = BINDINGS.iter().map(|row| row.action);
    let action = actions.find(|action| action.name() == Some(name));
    (action, times.parse().unwrap_or(0))
}
