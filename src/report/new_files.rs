//! Files whose names are ours: never over another.

use std::path::{Path, PathBuf};

use super::save::{SaveError, Saved, WriteAll};

/// How many names are tried for one moment, before it is taken for an error.
const MOST_NAMES: u32 = 1000;

/// Saves files in `directory`, each as `STEM.EXTENSION`; where one of those
/// exists, all with `-2` (and so on) behind the stem. No file is ever
/// overwritten, each is whole or not there, and so are all of them.
pub(crate) fn save_new(
    directory: &Path,
    stem: &str,
    files: &[(&str, &WriteAll<'_>)],
) -> Result<Vec<PathBuf>, SaveError> {
    let mut paths = Vec::new();
    for number in 1..=MOST_NAMES {
        let name = match number {
            1 => stem.to_owned(),
            number => format!("{stem}-{number}"),
        };
        let named =
            |(extension, _): &(&str, &WriteAll<'_>)| directory.join(format!("{name}.{extension}"));
        paths = files.iter().map(named).collect();
        if paths.iter().any(|path| path.exists()) {
            continue;
        }
        let mut kept = Ok(true);
        let mut ours = Vec::new();
        for (path, (_, write)) in paths.iter().zip(files) {
            kept = Saved::create(path).and_then(|file| file.keep_if_new(write));
            if !matches!(kept, Ok(true)) {
                break;
            }
            ours.push(path);
        }
        if matches!(kept, Ok(true)) {
            return Ok(paths);
        }
        // Made just now.
        for path in ours {
            let _ = std::fs::remove_file(path);
        }
        kept?;
    }
    Err(SaveError::Create {
        path: paths.pop().unwrap_or_default(),
        error: std::io::ErrorKind::AlreadyExists.into(),
    })
}
