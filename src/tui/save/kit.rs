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
            let kit = within(folder, || make_kit(&finding, &listed.run, folder, stop))?;
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

/// Does it where the folder is there, which is made if need be; an empty one that was
/// made in vain goes again.
fn within<T>(folder: &Path, work: impl FnOnce() -> Result<T, SaveError>) -> Result<T, SaveError> {
    let is_new = match std::fs::create_dir(folder) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => false,
        Err(error) => {
            let path = folder.to_owned();
            return Err(SaveError::Create { path, error });
        }
    };
    work().inspect_err(|_| {
        if is_new {
            // It takes nothing away: one that is not empty stays.
            let _ = std::fs::remove_dir(folder);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kit_that_cannot_be_written_leaves_no_empty_folder() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join(FOLDER);
        let full = || -> Result<(), _> {
            let (path, error) = (folder.join("mail"), io::ErrorKind::StorageFull.into());
            Err(SaveError::Create { path, error })
        };
        within(&folder, full).unwrap_err();
        assert!(!folder.exists());
        within(&folder, || Ok(())).unwrap();
        // It was there before.
        within(&folder, full).unwrap_err();
        assert!(folder.is_dir());
    }
}
