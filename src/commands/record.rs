//! The file that a run is recorded to.

use super::exit::Failure;
use crate::cli::record::RecordArguments;
use crate::linux::advice::Advised;
use crate::recording::file::RecordingFile;
use crate::recording::header::Header;
use crate::recording::recorder::{Recorder, RecorderThread};
use crate::recording::ring::Keep;
use crate::report::output::tell;
use crate::text::number::grouped;

/// The file that is asked for, new.
///
/// # Errors
/// When it exists, or cannot be made.
pub(crate) fn file_of(arguments: &RecordArguments) -> Result<Option<RecordingFile>, Failure> {
    let path = arguments.record.as_deref();
    Ok(path.map(RecordingFile::create).transpose()?)
}

/// The recording of what has no screen. It ends when this is dropped, and says then
/// what is not in it.
#[derive(Debug)]
pub(crate) struct FileRecording(Option<RecorderThread>);

impl FileRecording {
    /// Begins it, if it is asked for.
    ///
    /// # Errors
    /// When the file exists or cannot be made, or the thread not started.
    pub(crate) fn start(
        arguments: &RecordArguments,
        header: impl FnOnce() -> Header,
    ) -> Result<Self, Failure> {
        let Some(file) = file_of(arguments)? else {
            return Ok(FileRecording(None));
        };
        // All is in the file, so nothing is kept in memory.
        let thread = RecorderThread::start(header(), Keep::NOTHING, Some(file));
        let thread = thread
            .map_err(|error| anyhow::anyhow!("cannot start to record: {}", Advised(&error)))?;
        Ok(FileRecording(Some(thread)))
    }

    pub(crate) fn recorder(&self) -> Option<Recorder> {
        self.0.as_ref().map(|thread| thread.recorder.clone())
    }
}

impl Drop for FileRecording {
    fn drop(&mut self) {
        let Some(thread) = self.0.take() else {
            return;
        };
        let recorder = thread.recorder.clone();
        if let Some(problem) = thread.finish() {
            tell(&format!("vmascope: {problem}"));
        }
        let lost = match recorder.lost() {
            (0, 0) => return,
            (scans, 0) => format!("{} scans", grouped(scans)),
            (scans, others) => {
                let (scans, others) = (grouped(scans), grouped(others));
                format!("{scans} scans and {others} other things")
            }
        };
        tell(&format!(
            "vmascope: {lost} found no room and are not in the recording; it could not be \
             written as fast as they came"
        ));
    }
}
