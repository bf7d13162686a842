//! A lesson, beside the view that it is about: it is asked, something is done, seen,
//! explained.
//!
//! * [`page`]: what a lesson shows, one thing after the other;
//! * [`action`], [`update`]: what keys do; `app` has those of the view, too, and looks
//!   whether something is done;
//! * [`render`]: the text below the view, or in its place.

pub(crate) mod action;
pub(crate) mod page;
pub(crate) mod render;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use crate::lesson::catalogue::lessons;
use crate::lesson::definition::{Lesson, ModelCaseAndProtocol, Round, Step, WatchedTarget};
use crate::lesson::progress::Progress;
use crate::stepping::step::ManualStep;
use page::Page;

/// The least columns and rows of a screen with a lesson.
pub(crate) const LEAST: (u16, u16) = (80, 24);

/// How a lesson begins.
#[derive(Clone, Debug)]
pub(crate) struct LessonStart {
    /// The place of the lesson.
    pub(crate) lesson: usize,
    pub(crate) progress: Progress,
    /// Whether a recording is shown, as this kernel cannot do what the lesson is about.
    pub(crate) is_recorded: bool,
    /// Whether the list of all lessons is shown first.
    pub(crate) shows_contents: bool,
    pub(crate) own: OwnScenario,
}

/// The learner's own scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnScenario {
    /// Where its file is, sanitised.
    pub(crate) file: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether the rule lets some page be printed twice.
    pub(crate) repeats: bool,
    /// Why it was refused: then another is shown.
    pub(crate) problem: Option<String>,
}

/// How much help was asked for with what is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Help {
    #[default]
    None,
    /// The hint is shown.
    Hint,
    /// It is done for the learner once the target is open.
    Wanted,
    /// It was done for the learner.
    Done,
}

/// Whether what is to be done on a page is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Done {
    #[default]
    No,
    /// It was when the page was turned to.
    Before,
    /// It was while the page is shown.
    Now,
}

/// How far one is with what is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SoFar {
    /// In it `<name>` stands for the key of that action.
    text: String,
    /// Whether it cannot come from here, but by going back.
    elsewhere: bool,
}

impl SoFar {
    /// What is still missing, or how much of it is there.
    pub(crate) fn on_the_way(text: String) -> Self {
        SoFar {
            text,
            elsewhere: false,
        }
    }

    /// It does not come from here; and how to come back.
    pub(crate) fn elsewhere(text: String) -> Self {
        SoFar {
            text,
            elsewhere: true,
        }
    }
}

/// A lesson, and where one is in it.
#[derive(Clone, Debug)]
pub(crate) struct Learn {
    /// Its place among all.
    pub(crate) at: usize,
    pages: Vec<Page>,
    /// Which of them is shown.
    page: usize,
    /// The answer that is chosen, on a page that asks.
    choice: usize,
    /// Whether what is to be done on this page is done.
    pub(crate) done: Done,
    /// How far one is with it; none until that was looked at.
    so_far: Option<SoFar>,
    /// Whether the steps by hand that this page begins with are taken.
    caught_up: bool,
    /// Whether what was to be done on the page before was passed over.
    pub(crate) passed_over: bool,
    pub(crate) help: Help,
    /// The lesson that is chosen in the list of all, while that is shown.
    pub(crate) contents: Option<usize>,
    is_recorded: bool,
    own: OwnScenario,
    pub(crate) progress: Progress,
}

impl Learn {
    /// The lesson where it was left, or from its beginning where it was gone through.
    pub(crate) fn new(start: LessonStart) -> Self {
        let lesson = &lessons()[start.lesson];
        let pages = Page::all(lesson);
        let known = start.progress.of(&lesson.name);
        let page = known.filter(|it| !it.done).map_or(0, |it| it.page);
        let mut learn = Learn {
            at: start.lesson,
            page: page.min(pages.len() - 1),
            pages,
            choice: 0,
            done: Done::No,
            so_far: None,
            caught_up: false,
            passed_over: false,
            help: Help::None,
            contents: start.shows_contents.then_some(start.lesson),
            is_recorded: start.is_recorded,
            own: start.own,
            progress: start.progress,
        };
        // What was done before the lesson was left is undone by that.
        learn.page = learn.first_of_round();
        learn.note_page();
        learn
    }

    pub(crate) fn lesson(&self) -> &'static Lesson {
        &lessons()[self.at]
    }

    pub(crate) fn page(&self) -> Page {
        self.pages[self.page]
    }

    fn round(&self, round: usize) -> &'static Round {
        &self.lesson().rounds[round]
    }

    /// The page that asks in the round of this one.
    fn first_of_round(&self) -> usize {
        let asks = self.page().round().map(Page::Ask);
        let mut pages = self.pages.iter();
        pages.position(|page| Some(*page) == asks).unwrap_or(0)
    }

    /// What is to be done on this page.
    pub(crate) fn step(&self) -> Option<&'static Step> {
        match self.page() {
            Page::Do(round, step) => Some(self.lesson().step(round, step, self.is_recorded)),
            _ => None,
        }
    }

    /// What the model shows to begin with where something is done in it on this page, and
    /// what is done before.
    pub(crate) fn model_to_begin_with(
        &self,
    ) -> Option<(&'static ModelCaseAndProtocol, Vec<&'static Step>)> {
        match self.page() {
            Page::Do(round, step) => self.lesson().model_before(round, step),
            _ => None,
        }
    }

    /// The steps by hand that this page begins with, where they were not looked at yet.
    pub(crate) fn way_to_begin_with(&mut self) -> Option<&'static [ManualStep]> {
        let Page::Do(round, step) = self.page() else {
            return None;
        };
        let looked = std::mem::replace(&mut self.caught_up, true);
        (!looked && self.is_doing()).then(|| self.lesson().way_before(round, step))
    }

    /// Takes how far one is with what is to be done; whether that is news.
    pub(crate) fn look(&mut self, is_met: bool, so_far: SoFar) -> bool {
        let so_far = Some(so_far);
        let is_news = is_met || self.so_far != so_far;
        if is_met {
            self.done = match self.so_far {
                None => Done::Before,
                Some(_) => Done::Now,
            };
        }
        self.so_far = so_far;
        is_news
    }

    /// Whether something is to be done on this page: then the keys are the view's.
    pub(crate) fn is_doing(&self) -> bool {
        self.contents.is_none() && self.step().is_some()
    }

    /// Keeps why the learner's own scenario was refused; whether that is news.
    pub(crate) fn refuse_own(&mut self, why: String) -> bool {
        let is_news = self.own.problem.is_none();
        self.own.problem.get_or_insert(why);
        is_news
    }

    /// The learner's own scenario, where the lesson is about one.
    pub(crate) fn own(&self) -> Option<&OwnScenario> {
        let is_own = self.lesson().watch.target == WatchedTarget::OwnScenario;
        is_own.then_some(&self.own)
    }

    /// What was answered in a round.
    fn answer(&self, round: usize) -> Option<usize> {
        let known = self.progress.of(&self.lesson().name)?;
        let answer = usize::try_from(*known.answers.get(round)?).ok()?;
        (answer < 3).then_some(answer)
    }

    /// The answer that is right.
    fn right(&self, round: usize) -> usize {
        match self.round(round).right_by_rule {
            true => usize::from(self.own.repeats),
            false => self.round(round).right(),
        }
    }

    /// Keeps where one is.
    pub(crate) fn note_page(&mut self) {
        let (page, is_last) = (self.page, self.page + 1 == self.pages.len());
        self.progress.last.clone_from(&self.lesson().name);
        let known = self.progress.of_mut(&self.lesson().name);
        known.page = page;
        known.done |= is_last;
    }
}
