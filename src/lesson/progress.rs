//! How far somebody has come, as the text of a file.

use serde::{Deserialize, Serialize};

/// What the file is written as; what a later one says is not known here.
const VERSION: u32 = 1;

/// Why a file is not read as progress, and not written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnknownProgress {
    #[error("it holds no progress of lessons")]
    Other,
    #[error("a later version of vmascope wrote it")]
    Newer,
}

/// The lessons that were gone through, and what was predicted in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    version: u32,
    #[serde(rename = "lesson")]
    pub(crate) lessons: Vec<LessonProgress>,
    /// The name of the lesson that was shown last.
    pub(crate) last: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LessonProgress {
    pub(crate) name: String,
    /// The page one is on; the first is 0.
    pub(crate) page: usize,
    /// Whether the end was reached once.
    pub(crate) done: bool,
    /// What was answered in each round, from 0; -1: nothing yet.
    pub(crate) answers: Vec<i8>,
}

impl Progress {
    /// What a file says.
    ///
    /// # Errors
    /// When it is something else, which may be dear to somebody.
    pub(crate) fn parse(text: &str) -> Result<Self, UnknownProgress> {
        let progress: Progress = serde_json::from_str(text).map_err(|_| UnknownProgress::Other)?;
        match progress.version > VERSION {
            true => Err(UnknownProgress::Newer),
            false => Ok(progress),
        }
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let written = Progress {
            version: VERSION,
            ..self.clone()
        };
        let text = serde_json::to_string_pretty(&written);
        text.unwrap_or_default() + "\n"
    }

    /// These with what differs from `before` in `self`: others may have gone through other
    /// lessons meanwhile.
    pub(crate) fn onto(&self, before: &Self, mut others: Self) -> Self {
        for lesson in &self.lessons {
            if before.of(&lesson.name) != Some(lesson) {
                others.of_mut(&lesson.name).clone_from(lesson);
            }
        }
        others.last.clone_from(&self.last);
        others
    }

    pub(crate) fn of(&self, name: &str) -> Option<&LessonProgress> {
        self.lessons.iter().find(|lesson| lesson.name == name)
    }

    /// The same, to be changed; it is new where nothing was known of the lesson.
    pub(crate) fn of_mut(&mut self, name: &str) -> &mut LessonProgress {
        let at = self.lessons.iter().position(|lesson| lesson.name == name);
        let at = at.unwrap_or_else(|| {
            self.lessons.push(LessonProgress {
                name: name.to_owned(),
                ..LessonProgress::default()
            });
            self.lessons.len() - 1
        });
        &mut self.lessons[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut progress = Progress::default();
        progress.of_mut("chunks").page = 3;
        progress.of_mut("duplicate").done = true;
        progress.of_mut("chunks").answers = vec![2, -1];
        let read = Progress::parse(&progress.text()).unwrap();
        assert_eq!(read.lessons, progress.lessons);
        assert_eq!(read.text(), progress.text());
        assert_eq!(progress.of("chunks").map(|it| it.page), Some(3));
        assert_eq!(progress.of("gap-check"), None);
    }

    #[test]
    fn any_other_text_is_no_progress() {
        for text in [
            "",
            "3",
            "{\"lesson\":[{\"page\":-1}]}",
            "\0\u{1b}",
            "{\"lesson\":[",
        ] {
            let read = Progress::parse(text);
            assert_eq!(read, Err(UnknownProgress::Other), "{text:?}");
        }
        let newer = "{\"version\":2,\"lesson\":[{\"name\":\"chunks\",\"stars\":5}]}";
        assert_eq!(Progress::parse(newer), Err(UnknownProgress::Newer));
        // Of before there was a version.
        let first = "{\"lesson\":[{\"name\":\"chunks\",\"page\":99999}]}";
        let first = Progress::parse(first).unwrap();
        assert_eq!(first.of("chunks").map(|it| it.page), Some(99_999));
    }

    #[test]
    fn two_learners_at_once_keep_what_each_has_done() {
        let mut before = Progress::default();
        before.of_mut("chunks").page = 3;
        let (mut one, mut other) = (before.clone(), before.clone());
        one.of_mut("duplicate").done = true;
        other.of_mut("chunks").page = 5;
        other.last = "chunks".into();
        let both = other.onto(&before, one);
        assert_eq!(both.of("duplicate").map(|it| it.done), Some(true));
        assert_eq!(both.of("chunks").map(|it| it.page), Some(5));
        assert_eq!(both.last, "chunks");
    }
}
