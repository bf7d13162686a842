//! The kit of a find, made on a thread of its own: its program is compiled and run.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use crate::fuzz::live::ListedFind;
use crate::kit::finding::Finding;
use crate::kit::make::make_kit;
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
            let is_new = create(folder)?;
            let kit = make_kit(&finding, &listed.run, folder, stop).inspect_err(|_| {
                if is_new {
                    // An empty one is of no use to anybody; of one that is not
                    // nothing is taken away.
                    let _ = std::fs::remove_dir(folder);
                }
            })?;
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

/// Makes the folder; whether it was not there before.
fn create(folder: &Path) -> Result<bool, SaveError> {
    let failed = |error| SaveError::Create {
        path: folder.to_owned(),
        error,
    };
    match std::fs::create_dir(folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(false),
        Err(error) => Err(failed(error)),
    }
}
