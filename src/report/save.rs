//! Files that are either whole or not there.

use std::io;
use std::io::Write;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a file could not be written.
#[derive(Debug, Error)]
pub(crate) enum SaveError {
    #[error("cannot create {}: {error}; name a file in a directory you may write to", path.display())]
    Create { path: PathBuf, error: io::Error },
    #[error("cannot write {}: {error}; is the file system full?", path.display())]
    Write { path: PathBuf, error: io::Error },
}

/// A file that is opened before a long run and put in place after it: until
/// [`Saved::keep`] it has another name, and vanishes when dropped.
#[derive(Debug)]
pub(crate) struct Saved {
    path: PathBuf,
    hidden: PathBuf,
    file: Option<std::fs::File>,
}

impl Saved {
    /// Creates the file beside where it will be.
    ///
    /// # Errors
    /// When it cannot be created there.
    pub(crate) fn create(path: &Path) -> Result<Self, SaveError> {
        let create = |error| SaveError::Create {
            path: path.to_owned(),
            error,
        };
        // A link is followed: it is what it names that is replaced. What is no
        // regular file (a device, a FIFO) must not be replaced by one.
        let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(create(io::Error::other("it is not a regular file")));
        }
        let name = path
            .file_name()
            .ok_or_else(|| create(io::Error::from(io::ErrorKind::IsADirectory)))?;
        let mut hidden_name = std::ffi::OsString::from(".");
        hidden_name.push(name);
        hidden_name.push(format!(".{}", std::process::id()));
        let hidden = path.with_file_name(hidden_name);
        // What an earlier process of this PID left is not followed: it might be
        // a link that somebody else put there.
        let _ = std::fs::remove_file(&hidden);
        let file = std::fs::File::create_new(&hidden).map_err(create)?;
        Ok(Saved {
            path: path.to_owned(),
            hidden,
            file: Some(file),
        })
    }

    /// Writes all of `text` and puts the file in place.
    ///
    /// # Errors
    /// When it cannot be written; an older file of that name then stays as it
    /// was.
    pub(crate) fn keep(self, text: &str) -> Result<(), SaveError> {
        self.keep_written(|out| out.write_all(text.as_bytes()))
    }

    /// [`Saved::keep`] of all that `write` writes, which need not be in memory
    /// at once.
    pub(crate) fn keep_written(
        mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), SaveError> {
        let filled = self.fill(write);
        let kept = filled.and_then(|()| std::fs::rename(&self.hidden, &self.path));
        kept.map_err(|error| SaveError::Write {
            path: self.path.clone(),
            error,
        })
    }

    /// [`Saved::keep`], unless a file of that name is there by now, which then stays
    /// as it is: whether it was kept.
    pub(crate) fn keep_if_new(mut self, text: &str) -> Result<bool, SaveError> {
        let filled = self.fill(|out| out.write_all(text.as_bytes()));
        let written = filled.and_then(|()| {
            // A link, unlike a rename, never replaces. Where the file system
            // has none, the look and the rename are two steps.
            match std::fs::hard_link(&self.hidden, &self.path) {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(_) if self.path.exists() => Ok(false),
                Err(_) => std::fs::rename(&self.hidden, &self.path).map(|()| true),
            }
        });
        written.map_err(|error| SaveError::Write {
            path: self.path.clone(),
            error,
        })
    }

    fn fill(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            let mut out = io::BufWriter::new(file);
            write(&mut out)?;
            out.flush()?;
            out.get_ref().sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        // After keep() the name is gone already, which is as it should be.
        let _ = std::fs::remove_file(&self.hidden);
    }
}
