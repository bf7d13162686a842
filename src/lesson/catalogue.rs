//! The lessons there are.

use std::sync::LazyLock;

use super::definition::Lesson;
use crate::text::one_of::one_of;

/// The files, in the order of the lessons.
const FILES: [&str; 10] = [
    include_str!("lessons/01-address-space.toml"),
    include_str!("lessons/02-split-and-merge.toml"),
    include_str!("lessons/03-chunks.toml"),
    include_str!("lessons/04-duplicate.toml"),
    include_str!("lessons/05-backward.toml"),
    include_str!("lessons/06-one-lock.toml"),
    include_str!("lessons/07-vma-locks.toml"),
    include_str!("lessons/08-gap-check.toml"),
    include_str!("lessons/09-three-holes.toml"),
    include_str!("lessons/10-own-scenario.toml"),
];

/// All lessons, the first one first.
pub(crate) fn lessons() -> &'static [Lesson] {
    static LESSONS: LazyLock<Vec<Lesson>> = LazyLock::new(|| {
        let parse = |file: &&str| {
            toml::from_str(file)
                .expect("the lessons are part of the program, and a test reads them")
        };
        FILES.iter().map(parse).collect()
    });
    &LESSONS
}

/// The place of a lesson, by its number, its name, or a part of its name that only
/// one has.
///
/// # Errors
/// Which there are, in one line.
pub(crate) fn find(wanted: &str) -> Result<usize, String> {
    let names: Vec<&str> = lessons().iter().map(|lesson| &*lesson.name).collect();
    one_of("lesson", wanted, &names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::definition::Round;

    #[test]
    fn each_question_has_one_right_answer_and_all_have_reasons() {
        for lesson in lessons() {
            assert!((3..=5).contains(&lesson.minutes), "{}", lesson.name);
            assert!(lesson.rounds.len() >= 2, "{}", lesson.name);
            assert_eq!(lesson.needs.is_some(), lesson.recording.is_some());
            for round in &lesson.rounds {
                let right = round.answers.iter().filter(|answer| answer.right);
                assert_eq!(right.count(), 1, "{}: {}", lesson.name, round.ask);
                assert!(!round.steps.is_empty(), "{}: {}", lesson.name, round.ask);
                for answer in &round.answers {
                    assert!(answer.why.len() > 20, "{}: {}", lesson.name, answer.text);
                }
            }
        }
    }

    /// Who always chooses the same one does not get by with it.
    #[test]
    fn the_right_answer_is_not_always_at_one_place() {
        let mut places = [0; 3];
        let rounds = || lessons().iter().flat_map(|lesson| &lesson.rounds);
        rounds().for_each(|round| places[round.right()] += 1);
        let all: usize = places.iter().sum();
        assert!(places.iter().all(|count| count * 5 >= all), "{places:?}");
    }

    /// Who takes the longest one does not, either.
    #[test]
    fn the_right_answer_is_mostly_not_the_longest() {
        let rounds: Vec<_> = lessons().iter().flat_map(|lesson| &lesson.rounds).collect();
        let is_longest = |round: &&&Round| {
            let length = |at: usize| round.answers[at].text.len();
            (0..3).all(|at| length(at) <= length(round.right()))
        };
        let longest = rounds.iter().filter(is_longest).count();
        assert!(
            longest * 3 <= rounds.len() + 2,
            "{longest} of {}",
            rounds.len()
        );
        for round in rounds {
            let lengths = round.answers.each_ref().map(|answer| answer.text.len());
            let (least, most) = (lengths.iter().min(), lengths.iter().max());
            assert!(most <= least.map(|it| it * 2).as_ref(), "{}", round.ask);
        }
    }

    #[test]
    fn a_lesson_is_found_by_number_name_and_part() {
        assert_eq!(find("1"), Ok(0));
        assert_eq!(find("10"), Ok(9));
        for (at, lesson) in lessons().iter().enumerate() {
            assert_eq!(find(&lesson.name), Ok(at));
        }
        assert_eq!(find("gap"), Ok(7));
        for wrong in ["0", "11", "", "e", "no\u{1b}[31m"] {
            let why = find(wrong).unwrap_err();
            assert!(why.contains("1 to 10") && !why.contains('\u{1b}'), "{why}");
        }
    }
}
