//! A folder for files of ours, which does not stay without any.

use std::path::{Path, PathBuf};

use super::save::SaveError;

/// A folder that is there. What was created for it is removed when dropped, unless
/// something is in it by then.
#[derive(Debug)]
pub(crate) struct NewFolder {
    /// The folders that were not there before, the innermost first.
    created: Vec<PathBuf>,
}

impl NewFolder {
    /// Creates the folder and those that it is in, where they are not there.
    ///
    /// # Errors
    /// When one cannot be created.
    pub(crate) fn create(folder: &Path) -> Result<Self, SaveError> {
        let ancestors = folder.ancestors();
        let missing = ancestors.take_while(|one| !one.as_os_str().is_empty() && !one.exists());
        let created = NewFolder {
            created: missing.map(Path::to_owned).collect(),
        };
        std::fs::create_dir_all(folder).map_err(|error| SaveError::Create {
            path: folder.to_owned(),
            error,
        })?;
        Ok(created)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        for folder in &self.created {
            // One that has something in it stays, and so do those around it.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_what_was_created_and_stayed_empty_goes() {
        let there = tempfile::tempdir().unwrap();
        let outer = there.path().join("outer");
        let inner = outer.join("inner");
        drop(NewFolder::create(&inner).unwrap());
        assert_eq!(fs::read_dir(there.path()).unwrap().count(), 0);
        let folder = NewFolder::create(&inner).unwrap();
        fs::write(outer.join("file"), "").unwrap();
        drop(folder);
        assert!(outer.join("file").exists() && !inner.exists());
        fs::create_dir(&inner).unwrap();
        drop(NewFolder::create(&inner).unwrap());
        assert!(inner.exists());
    }

    #[test]
    fn what_cannot_be_created_leaves_nothing() {
        let there = tempfile::tempdir().unwrap();
        let long = there.path().join("outer").join("x".repeat(300));
        assert!(NewFolder::create(&long).is_err());
        assert_eq!(fs::read_dir(there.path()).unwrap().count(), 0);
    }
}
