//! Where one goes in a lesson.

use super::page::Page;
use super::{Done, Help, Learn};
use crate::lesson::catalogue::lessons;
use crate::tui::effect::Effect;

impl Learn {
    /// The next page; a question must be answered, and what is not done is passed over.
    pub(crate) fn on(&mut self) -> Vec<Effect> {
        if let Page::Ask(round) = self.page() {
            let choice = self.choice as i8;
            let answers = &mut self.progress.of_mut(&self.lesson().name).answers;
            answers.resize(answers.len().max(round + 1), -1);
            answers[round] = choice;
        }
        if self.page + 1 == self.pages.len() {
            let next = self.at + 1;
            return match next < lessons().len() {
                true => vec![Effect::Lesson(next)],
                false => {
                    self.contents = Some(self.at);
                    Vec::new()
                }
            };
        }
        let passed_over = self.step().is_some() && self.done == Done::No;
        self.turn_to(self.page + 1);
        self.passed_over = passed_over;
        Vec::new()
    }

    /// Shows the hint; asked once more, has it done.
    pub(crate) fn help_more(&mut self) {
        self.help = match self.help {
            _ if self.done != Done::No || self.step().is_none() => self.help,
            Help::None => Help::Hint,
            Help::Hint | Help::Wanted | Help::Done => Help::Wanted,
        };
    }

    /// The page before; from the first one the list of all lessons.
    pub(crate) fn back(&mut self) {
        match self.page.checked_sub(1) {
            Some(before) => self.turn_to(before),
            None => self.contents = Some(self.at),
        }
    }

    fn turn_to(&mut self, page: usize) {
        self.page = page;
        self.done = Done::No;
        self.so_far = None;
        (self.caught_up, self.passed_over) = (false, false);
        self.help = Help::None;
        self.choice = match self.page() {
            Page::Ask(round) => self.answer(round).unwrap_or(0),
            _ => 0,
        };
        self.note_page();
    }

    /// Chooses another answer, or another lesson.
    pub(crate) fn choose(&mut self, by: i64) {
        let moved = |at: usize, count: usize| at.saturating_add_signed(by as isize).min(count - 1);
        match (&mut self.contents, self.pages[self.page]) {
            (Some(chosen), _) => *chosen = moved(*chosen, lessons().len()),
            (None, Page::Ask(_)) => self.choice = moved(self.choice, 3),
            (None, _) => {}
        }
    }

    /// The same by its letter or its number.
    pub(crate) fn choose_letter(&mut self, letter: char) {
        let by_number = letter.to_digit(10).and_then(|number| number.checked_sub(1));
        let at = match (letter, by_number) {
            ('a'..='c', _) => letter as usize - 'a' as usize,
            // The tenth lesson is 0.
            ('0', _) => 9,
            (_, Some(number)) => number as usize,
            _ => return,
        };
        match (&mut self.contents, self.pages[self.page]) {
            (Some(chosen), _) if letter.is_ascii_digit() => *chosen = at.min(lessons().len() - 1),
            (None, Page::Ask(_)) if at < 3 => self.choice = at,
            _ => {}
        }
    }
}
