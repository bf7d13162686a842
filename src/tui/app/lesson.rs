//! A lesson beside the view: its keys, what is done for the learner, and what is seen to be
//! done.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::App;
use super::goals;
use crate::tui::effect::Effect;
use crate::tui::keys::action::Action;
use crate::tui::keys::table::BINDINGS;
use crate::tui::learn::Help;
use crate::tui::learn::action::LessonAction;
use crate::tui::protocol::drawn::ModelStart;
use crate::tui::view::View;

impl App {
    /// What lies on all of the screen: then no key acts on what is behind it.
    fn learns_only(&self) -> bool {
        self.learn.as_ref().is_some_and(|learn| !learn.is_doing())
    }

    /// The keys of a page on which nothing is done in the view.
    pub(crate) fn press_lesson(&mut self, key: &KeyEvent) -> Option<Vec<Effect>> {
        if !self.learns_only() {
            return None;
        }
        let action = self.keys.of_every_view(key);
        let learn = self.learn.as_mut()?;
        let lesson = match (key.code, action) {
            (_, Some(Action::Lesson(action))) => Some(action),
            (_, Some(Action::Help | Action::Present)) => return Some(Vec::new()),
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
            (LessonAction::Back, None) => learn.back(),
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

    /// Has the model show what the page begins with.
    fn prepare_lesson(&mut self) {
        let step = self.learn.as_ref().and_then(|learn| learn.step());
        let model = step.and_then(|step| step.prepare.as_ref());
        let start = model.map(|model| ModelStart::named(&model.case, &model.protocol));
        if let Some(Ok(start)) = start {
            self.show_model(&start);
        }
    }

    /// Does what is to be done, if that is wanted and there is something to do it with.
    fn do_for_learner(&mut self) -> Vec<Effect> {
        let is_open = match self.view {
            // What is listed, too.
            View::Space => self.shown.picture().is_some(),
            _ => self.shown.latest.is_some(),
        };
        let wanted = (self.learn.as_mut()).filter(|learn| learn.help == Help::Wanted);
        let Some(learn) = wanted.filter(|_| is_open) else {
            return Vec::new();
        };
        learn.help = Help::Done;
        let step = learn.step();
        let parts = step.into_iter().flat_map(|step| &step.solution);
        parts.flat_map(|part| self.carry_out_part(part)).collect()
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

    /// Does what the learner wants done, and looks whether what is to be done is done.
    pub(crate) fn learn_on(&mut self) -> Vec<Effect> {
        let effects = self.do_for_learner();
        let Some(learn) = &self.learn else {
            return effects;
        };
        let step = learn.step().filter(|_| !learn.is_met);
        let is_met = step.is_some_and(|step| goals::is_met(&step.goal, self));
        if let Some(learn) = self.learn.as_mut().filter(|_| is_met) {
            learn.is_met = true;
            self.dirty = true;
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
