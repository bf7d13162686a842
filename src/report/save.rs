//! Files that are either whole or not there.
//!
//! One rule for all that is written to a file: a new file, or one in the place of
//! a regular file of that name, with its permissions, when it is whole. Until
//! then, and when it fails, the old one stays as it was. A symbolic link is
//! followed: what it names is replaced, and the link stays. What is no regular
//! file (a device, a FIFO, a folder), and a link that leads nowhere, is refused.

use std::fs::{File, Permissions};
use std::io;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
use rustix::io::Errno;
use thiserror::Error;

use crate::linux::advice::Advised;

/// Why a file could not be written.
#[derive(Debug, Error)]
pub(crate) enum SaveError {
    #[error("cannot create {}: {}", path.display(), Advised(error))]
    Create { path: PathBuf, error: io::Error },
    #[error("cannot write {}: {}", path.display(), Advised(error))]
    Write { path: PathBuf, error: io::Error },
}

/// Writes all that belongs into a file, which need not be in memory at once.
pub(crate) type WriteAll<'a> = dyn Fn(&mut dyn Write) -> io::Result<()> + 'a;

/// What writes this text.
pub(crate) fn text_of(text: &str) -> impl Fn(&mut dyn Write) -> io::Result<()> {
    move |out| out.write_all(text.as_bytes())
}

/// A file that is opened before a long run and put in place after it. Until
/// [`keep`](Self::keep) it has no name, so that nothing is left behind however
/// the program ends.
#[derive(Debug)]
pub(crate) struct Saved {
    /// Where it will be, links followed.
    path: PathBuf,
    /// None where the file system has no files without a name (`O_TMPFILE`).
    nameless: Option<File>,
    /// Of the file that is there.
    permissions: Option<Permissions>,
}

impl Saved {
    /// Creates the file for where it will be.
    ///
    /// # Errors
    /// When it cannot be created there.
    pub(crate) fn create(path: &Path) -> Result<Self, SaveError> {
        Self::try_create(path).map_err(|error| SaveError::Create {
            path: path.to_owned(),
            error,
        })
    }

    fn try_create(path: &Path) -> io::Result<Self> {
        let path = match path.canonicalize() {
            Ok(path) => path,
            Err(_) if path.is_symlink() => {
                return Err(io::Error::other(
                    "it is a symbolic link that leads nowhere; remove it, or give another name",
                ));
            }
            Err(_) => path.to_owned(),
        };
        let there = match path.metadata() {
            Ok(there) => Some(there),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            // No file can be called so: that shows now, not after a long run.
            Err(error) => return Err(error),
        };
        if there.as_ref().is_some_and(|found| !found.is_file()) {
            return Err(io::Error::other(
                "it is not a regular file; give the name of a file",
            ));
        }
        if path.file_name().is_none() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let nameless = match open(folder(&path), flags, Mode::from_raw_mode(0o666)) {
            Ok(file) => Some(File::from(file)),
            // No such files here, or a kernel that takes the flag for O_DIRECTORY.
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => None,
            Err(error) => return Err(error.into()),
        };
        let saved = Saved {
            path,
            nameless,
            permissions: there.map(|found| found.permissions()),
        };
        if saved.nameless.is_none() {
            // Whether it can be created shows now, not after a long run.
            saved.named()?.remove();
        }
        Ok(saved)
    }

    /// Writes all of `text` and puts the file in place.
    ///
    /// # Errors
    /// When it cannot be written; an older file of that name then stays as it
    /// was.
    pub(crate) fn keep(self, text: &str) -> Result<(), SaveError> {
        self.keep_all(&text_of(text))
    }

    /// The same of all that is written by `write`, which may be called again.
    pub(crate) fn keep_all(self, write: &WriteAll<'_>) -> Result<(), SaveError> {
        let kept = self.put(write, true).map(drop);
        kept.map_err(|error| self.write_error(error))
    }

    /// Has all written by `write`, which may be called again, and puts the file in
    /// place, unless one of that name is there by now, which then stays as it is:
    /// whether it was kept.
    pub(crate) fn keep_if_new(self, write: &WriteAll<'_>) -> Result<bool, SaveError> {
        match self.put(write, false) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(self.write_error(error)),
        }
    }

    /// Puts the file in place as it is, empty, for somebody who writes to it as he
    /// goes.
    pub(crate) fn keep_open(self) -> Result<File, SaveError> {
        self.put(&text_of(""), true)
            .map_err(|error| self.write_error(error))
    }

    fn write_error(&self, error: io::Error) -> SaveError {
        SaveError::Write {
            path: self.path.clone(),
            error,
        }
    }

    fn put(&self, write: &WriteAll<'_>, replaces: bool) -> io::Result<File> {
        let Some(file) = &self.nameless else {
            return self.put_named(write, replaces);
        };
        self.fill(file, write)?;
        match link(file, &self.path) {
            Err(Errno::EXIST) if replaces => {
                // A link never replaces; for the moment between these two calls
                // the file has another name.
                let hidden = hidden_name(&self.path);
                let _ = std::fs::remove_file(&hidden);
                link(file, &hidden)?;
                let named = Named {
                    file: file.try_clone()?,
                    path: hidden,
                };
                named.put(&self.path, replaces)?;
            }
            // Without /proc a file that has no name gets none.
            Err(Errno::NOENT) => return self.put_named(write, replaces),
            linked => linked?,
        }
        file.try_clone()
    }

    /// The same under another name, until it is whole.
    fn put_named(&self, write: &WriteAll<'_>, replaces: bool) -> io::Result<File> {
        let named = self.named()?;
        let file = named.file.try_clone()?;
        self.fill(&file, write)?;
        named.put(&self.path, replaces)?;
        Ok(file)
    }

    fn fill(&self, file: &File, write: &WriteAll<'_>) -> io::Result<()> {
        if let Some(permissions) = &self.permissions {
            file.set_permissions(permissions.clone())?;
        }
        let mut out = io::BufWriter::new(file);
        write(&mut out)?;
        out.flush()?;
        file.sync_all()
    }

    /// The file, under another name in the same folder.
    fn named(&self) -> io::Result<Named> {
        let path = hidden_name(&self.path);
        // What an earlier process of this PID left is not followed: it might be
        // a link that somebody else put there.
        let _ = std::fs::remove_file(&path);
        let file = File::create_new(&path)?;
        Ok(Named { file, path })
    }
}

/// A file under a name that is not its own; removed when dropped.
struct Named {
    file: File,
    path: PathBuf,
}

impl Named {
    fn put(self, path: &Path, replaces: bool) -> io::Result<()> {
        if replaces {
            return std::fs::rename(&self.path, path);
        }
        // A link, unlike a rename, never replaces. Where the file system has
        // none, the look and the rename are two steps.
        match std::fs::hard_link(&self.path, path) {
            Err(_) if path.exists() => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => std::fs::rename(&self.path, path),
            Ok(()) => Ok(()),
        }
    }

    fn remove(self) {}
}

impl Drop for Named {
    fn drop(&mut self) {
        // After a rename the name is gone already, which is as it should be.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Gives a file without a name one that is free.
fn link(file: &File, path: &Path) -> Result<(), Errno> {
    let nameless = format!("/proc/self/fd/{}", file.as_raw_fd());
    linkat(CWD, nameless, CWD, path, AtFlags::SYMLINK_FOLLOW)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn hidden_name(path: &Path) -> PathBuf {
    path.with_file_name(format!(".vmascope-{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// With files that have no name, and as where there are none.
    fn both_ways(test: impl Fn(&Path, &dyn Fn(&Path) -> Result<Saved, SaveError>)) {
        for has_nameless in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            test(folder.path(), &|path| {
                let mut saved = Saved::create(path)?;
                if !has_nameless {
                    saved.nameless = None;
                }
                Ok(saved)
            });
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_new_or_takes_the_place_of_one() {
        both_ways(|folder, create| {
            let (file, link) = (folder.join("file"), folder.join("link"));
            create(&file).unwrap().keep("first").unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), "first");
            fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            symlink("file", &link).unwrap();
            let saved = create(&link).unwrap();
            // While it is not whole there is nothing new.
            assert_eq!(names(folder), ["file", "link"]);
            assert_eq!(fs::read_to_string(&file).unwrap(), "first");
            saved.keep("second").unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), "second");
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            assert!(link.is_symlink());
            assert!(
                !create(&file)
                    .unwrap()
                    .keep_if_new(&text_of("third"))
                    .unwrap()
            );
            assert!(
                create(&folder.join("new"))
                    .unwrap()
                    .keep_if_new(&text_of(""))
                    .unwrap()
            );
            drop(create(&folder.join("dropped")).unwrap());
            assert_eq!(names(folder), ["file", "link", "new"]);
            let mut open = create(&file).unwrap().keep_open().unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), "");
            open.write_all(b"as it comes").unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), "as it comes");
        });
    }

    #[test]
    fn what_must_not_be_replaced_is_refused() {
        both_ways(|folder, create| {
            let nowhere = folder.join("nowhere");
            symlink("missing", &nowhere).unwrap();
            for (path, says) in [
                (folder, "not a regular file"),
                (Path::new("/dev/null"), "not a regular file"),
                (&nowhere, "leads nowhere"),
                (&folder.join("no/such/folder"), "check the path"),
                (&folder.join("x".repeat(300)), "shorter name"),
                (Path::new(""), "directory"),
            ] {
                let error = create(path).unwrap_err().to_string();
                assert!(
                    error.contains(says) && error.contains("cannot create"),
                    "{error}"
                );
            }
            assert_eq!(names(folder), ["nowhere"]);
        });
    }
}
