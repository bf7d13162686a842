//! The file that a run is recorded to.

use super::exit::Failure;
use crate::cli::record::RecordArguments;
use crate::recording::file::RecordingFile;

/// The file that is asked for, new.
///
/// # Errors
/// When it exists, or cannot be made.
pub(crate) fn file_of(arguments: &RecordArguments) -> Result<Option<RecordingFile>, Failure> {
    let path = arguments.record.as_deref();
    Ok(path.map(RecordingFile::create).transpose()?)
}
