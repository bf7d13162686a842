//! A recording in a file: appended to, and cut back to whole frames where the disk is
//! full.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, fcntl_setfl};

use super::frame::{Frame, first_line};
use crate::linux::advice::Advised;

/// Why a recording could not be begun, or went on no longer.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is such a file.
    #[error("cannot record to {}: it exists; name a file that does not", .0.display())]
    Exists(PathBuf),
    #[error("cannot record to {}: {error}; name a file in a folder that you may write to", .path.display())]
    Create { path: PathBuf, error: io::Error },
    #[error("the recording has ended: {}: {} is whole up to there", Advised(.error), .path.display())]
    Write { path: PathBuf, error: io::Error },
    /// It was removed, or another file was put in its place.
    #[error("the recording has ended: its file was removed or replaced, and what it had is lost; record to another one than {}", .0.display())]
    Gone(PathBuf),
}

/// A file that grows by whole frames.
#[derive(Debug)]
pub struct RecordingFile {
    path: PathBuf,
    file: File,
    /// Whether it can be cut back: else it is a pipe or a device.
    is_regular: bool,
    /// Bytes of whole frames.
    length: u64,
    buffer: Vec<u8>,
}

impl RecordingFile {
    /// A new file. One that exists is refused, but for a pipe or a device.
    ///
    /// # Errors
    /// When it exists, or cannot be made.
    pub fn create(path: &Path) -> Result<Self, RecordError> {
        let is_special = std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir());
        let mut options = OpenOptions::new();
        options.write(true).create_new(!is_special);
        // Nobody is waited for, as a FIFO would.
        options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
        let file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => RecordError::Exists(path.into()),
            _ => RecordError::Create {
                path: path.into(),
                error,
            },
        })?;
        // Whoever reads a pipe may take his time.
        let waits = fcntl_setfl(&file, OFlags::empty()).map_err(io::Error::from);
        waits.map_err(|error| RecordError::Create {
            path: path.into(),
            error,
        })?;
        let mut created = RecordingFile {
            path: path.into(),
            file,
            is_regular: !is_special,
            length: 0,
            buffer: first_line().into(),
        };
        let written = created.write();
        if written.is_err() && created.is_regular {
            let _ = std::fs::remove_file(path);
        }
        match written {
            Ok(()) => Ok(created),
            Err(RecordError::Write { path, error }) => Err(RecordError::Create { path, error }),
            Err(other) => Err(other),
        }
    }

    /// Appends a frame, all of it or nothing.
    ///
    /// # Errors
    /// When it cannot be written. Nothing more should be then.
    pub(crate) fn append(&mut self, frame: &Frame) -> Result<(), RecordError> {
        self.buffer.clear();
        frame.write_to(&mut self.buffer);
        self.write()
    }

    /// Whether somebody can still open what is written.
    ///
    /// # Errors
    /// When the file has no name any more. Nothing more should be written then.
    pub(crate) fn look(&self) -> Result<(), RecordError> {
        let is_gone = self.file.metadata().is_ok_and(|it| it.nlink() == 0);
        match is_gone && self.is_regular {
            true => Err(RecordError::Gone(self.path.clone())),
            false => Ok(()),
        }
    }

    fn write(&mut self) -> Result<(), RecordError> {
        match self.file.write_all(&self.buffer) {
            Ok(()) => {
                self.length += self.buffer.len() as u64;
                Ok(())
            }
            Err(error) => {
                if self.is_regular {
                    let _ = self.file.set_len(self.length);
                    let _ = self.file.seek(io::SeekFrom::Start(self.length));
                }
                Err(RecordError::Write {
                    path: self.path.clone(),
                    error,
                })
            }
        }
    }
}
