//! `/dev/null`, for children that get no terminal.

use std::fs::File;
use std::io;

use super::advice::Advised;

/// Opens it. Left to whoever starts a program, its error would be taken for one
/// of the program.
///
/// # Errors
/// One that names it.
pub(crate) fn null_device() -> io::Result<File> {
    let path = "/dev/null";
    File::options()
        .read(true)
        .write(true)
        .open(path)
        .map_err(|error| {
            let text = match error.kind() {
                io::ErrorKind::NotFound => {
                    format!(
                        "cannot open {path}: {error}; mount /dev (`mount -t devtmpfs dev /dev`)"
                    )
                }
                _ => format!("cannot open {path}: {}", Advised(&error)),
            };
            io::Error::new(error.kind(), text)
        })
}
