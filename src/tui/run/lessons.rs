//! One lesson after the other, on a screen that stays taken.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use anyhow::Context as _;

use super::Begin;
use crate::lesson::progress::Progress;
use crate::linux::small_file::read_text;
use crate::report::save::Saved;
use crate::text::sanitise::sanitise;
use crate::tui::input::threads::Inbox;
use crate::tui::message::Message;

/// Most bytes that the file of the progress may have.
const MOST: u64 = 1 << 20;

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
        let before = std::mem::replace(&mut self.progress, progress);
        let file = self.file.as_deref()?;
        let kept = read_progress(file).and_then(|others| {
            let text = self.progress.onto(&before, others).text();
            Ok(Saved::create(file)?.keep(&text)?)
        });
        let problem = kept.err()?;
        self.file = None;
        Some(format!("progress is not kept: {problem:#}"))
    }
}

/// What is kept in this file, which may not be there yet; its folder is made.
///
/// # Errors
/// When it cannot be read, or holds something else.
pub(crate) fn read_progress(file: &Path) -> anyhow::Result<Progress> {
    if let Some(folder) = file.parent() {
        let made = std::fs::create_dir_all(folder);
        made.with_context(|| format!("cannot make {}", name(folder)))?;
    }
    let text = match read_text(file, MOST) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Progress::default()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", name(file))),
    };
    let progress = Progress::parse(&text);
    progress.with_context(|| format!("{} is left as it is", name(file)))
}

fn name(path: &Path) -> String {
    sanitise(path.as_os_str().as_encoded_bytes()).into_owned()
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
