//! What a lesson shows, one thing after the other.

use super::Done;
use crate::lesson::definition::Lesson;

/// A page of a lesson; rounds and steps are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// Predict: what there is to know, a question, three answers.
    Ask(usize),
    /// Do, and see what comes of it.
    Do(usize, usize),
    /// What came of the prediction, and why.
    Explain(usize),
    /// The lesson is over.
    End,
}

impl Page {
    pub(super) fn all(lesson: &Lesson) -> Vec<Page> {
        let mut pages = Vec::new();
        for (at, round) in lesson.rounds.iter().enumerate() {
            pages.push(Page::Ask(at));
            pages.extend((0..round.steps.len()).map(|step| Page::Do(at, step)));
            pages.push(Page::Explain(at));
        }
        pages.push(Page::End);
        pages
    }

    pub(super) fn round(self) -> Option<usize> {
        match self {
            Page::Ask(round) | Page::Do(round, _) | Page::Explain(round) => Some(round),
            Page::End => None,
        }
    }

    /// A word for what one does on it.
    pub(super) fn word(self, done: Done) -> &'static str {
        match self {
            Page::Ask(_) => "predict",
            Page::Do(..) if done == Done::No => "do",
            Page::Do(..) => "see",
            Page::Explain(_) => "explained",
            Page::End => "the end",
        }
    }
}
