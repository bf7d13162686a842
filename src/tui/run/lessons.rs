//! One lesson after the other, on a screen that stays taken.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Begin;
use crate::lesson::progress::Progress;
use crate::report::save::{SaveError, Saved};
use crate::tui::input::threads::Inbox;
use crate::tui::message::Message;

/// Makes what a lesson shows, of its place among all.
pub(crate) type MakeLesson = dyn FnMut(usize, &Progress) -> anyhow::Result<Begin>;

/// The lessons that there are, and how far the learner has come.
pub(crate) struct Lessons {
    make: Box<MakeLesson>,
    progress: Progress,
    /// Where that is kept; none: nowhere.
    file: Option<PathBuf>,
}

impl fmt::Debug for Lessons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lessons")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Lessons {
    pub(crate) fn new(make: Box<MakeLesson>, progress: Progress, file: Option<PathBuf>) -> Self {
        Lessons {
            make,
            progress,
            file,
        }
    }

    /// What this lesson shows.
    ///
    /// # Errors
    /// Why it cannot be shown.
    pub(crate) fn begin(&mut self, at: usize) -> anyhow::Result<Begin> {
        (self.make)(at, &self.progress)
    }

    /// Keeps the progress; a line for the learner where that cannot be, the first time.
    pub(super) fn keep(&mut self, progress: Progress) -> Option<String> {
        if progress == self.progress {
            return None;
        }
        self.progress = progress;
        let file = self.file.as_deref()?;
        let problem = save(file, &self.progress.text()).err()?;
        self.file = None;
        Some(format!("progress is not kept: {problem}"))
    }
}

fn save(file: &Path, text: &str) -> Result<(), SaveError> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| SaveError::Create {
            path: folder.to_owned(),
            error,
        })?;
    }
    Saved::create(file)?.keep(text)
}

/// Takes out of the inbox what the lesson before has sent; what is of the terminal or of the
/// process is sent again.
pub(super) fn drop_what_is_old(inbox: &Inbox) {
    let waiting: Vec<Message> = inbox.messages.try_iter().collect();
    for message in waiting.into_iter().filter(Message::is_of_the_terminal) {
        // There is room: just now more of them were in it.
        let _ = inbox.sender.try_send(message);
    }
}
