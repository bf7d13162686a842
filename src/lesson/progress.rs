//! How far somebody has come, as the text of a file.

use serde::{Deserialize, Serialize};

/// The lessons that were gone through, and what was predicted in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    #[serde(rename = "lesson")]
    pub(crate) lessons: Vec<LessonProgress>,
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
    /// What a file says; what is no such text is no progress.
    pub(crate) fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.unwrap_or_default() + "\n"
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
        assert_eq!(Progress::parse(&progress.text()), progress);
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
            assert_eq!(Progress::parse(text), Progress::default(), "{text:?}");
        }
        let newer = "{\"lesson\":[{\"name\":\"chunks\",\"page\":99999,\"stars\":5}]}";
        assert_eq!(
            Progress::parse(newer).of("chunks").map(|it| it.page),
            Some(99_999)
        );
    }
}
