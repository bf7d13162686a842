//! The kit of a find, made on a thread of its own: its program is compiled and run.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use crate::fuzz::live::ListedFind;
use crate::kit::finding::Finding;
use crate::kit::make::UnsavedKit;
use crate::report::new_folder::NewFolder;
use crate::report::save::SaveError;
use crate::threads::worker::{Failure, WorkerThread};
use crate::tui::message::Message;

/// Where kits are written.
pub(crate) const FOLDER: &str = "vmascope-kits";

/// Makes it, and tells what became of it. Dropping the thread ends what it runs.
///
/// # Errors
/// When the thread cannot be started.
pub(crate) fn make(
    listed: Arc<ListedFind>,
    sender: SyncSender<Message>,
) -> io::Result<WorkerThread<()>> {
    WorkerThread::start_telling(
        "kit",
        sender,
        move |sender, stop| {
            let finding = Finding::from(&listed.find);
            let folder = Path::new(FOLDER);
            let _created = NewFolder::create(folder)?;
            let kit = UnsavedKit::of(&finding, &listed.run, folder, stop);
            if stop.load(Ordering::Relaxed) {
                // The user was told that there will be none.
                return Ok(());
            }
            let kit = kit.save(folder)?;
            let file = kit.files.first().map(|file| file.with_extension(""));
            let text = format!(
                "wrote {}.{{{}}}; its program {}",
                file.unwrap_or_default().display(),
                kit.extensions().join(","),
                kit.tried
            );
            // Nobody is there to be told after the end.
            let _ = sender.try_send(Message::Kit(Ok(text)));
            Ok(())
        },
        |sender, failure: &Failure<SaveError>| {
            let why = match failure {
                Failure::Error(error) => error.to_string(),
                Failure::Panic(text) => {
                    format!("the kit's thread panicked: {text}; please report this")
                }
            };
            sender.try_send(Message::Kit(Err(why))).is_ok()
        },
    )
}
