//! The files that are made of a recording: each another one, and none a recording.

use std::path::{Path, PathBuf};

use crate::cli::replay::ReplayArguments;
use crate::commands::exit::Failure;
use crate::recording::open::Recording;
use crate::text::sanitise::sanitise;

/// # Errors
/// When one would take the place of another, or of a recording.
pub(super) fn check(arguments: &ReplayArguments) -> Result<(), Failure> {
    let outputs: Vec<&Path> = arguments.share.outputs().collect();
    // `-` is standard output, whatever is called so.
    let is_one =
        |path: &&&Path| **path != Path::new("-") && path.is_file() && Recording::open(path).is_ok();
    if let Some(path) = outputs.iter().find(is_one) {
        return Err(Failure::from(anyhow::anyhow!(
            "cannot write to {}: it is a recording; name another file",
            name(path)
        )));
    }
    let mut places: Vec<PathBuf> = Vec::new();
    for path in outputs.into_iter().chain(arguments.out.as_deref()) {
        let place = place(path);
        if places.contains(&place) {
            return Err(Failure::usage(anyhow::anyhow!(
                "cannot write two things to {}: give each a name of its own",
                name(path)
            )));
        }
        places.push(place);
    }
    Ok(())
}

/// Where a file is, or will be, whatever it is called.
fn place(path: &Path) -> PathBuf {
    if let Ok(place) = path.canonicalize() {
        return place;
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    match (folder, path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

fn name(path: &Path) -> String {
    sanitise(path.as_os_str().as_encoded_bytes()).into_owned()
}
