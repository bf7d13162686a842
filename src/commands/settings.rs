//! The settings that count: which file, and that it is read.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use super::exit::{Exit, Failure, unless_unread};
use crate::cli::screen::ConfigArguments;
use crate::linux::small_file::read_text;
use crate::report::output::print;
use crate::settings::parse::parse;
use crate::settings::{Settings, print};
use crate::text::sanitise::sanitise;

/// The variable that names the file.
const VARIABLE: &str = "VMASCOPE_CONFIG";

/// What stands for no file.
const NONE: &str = "none";

/// The file in the folder for configuration (XDG).
const FILE: &str = "vmascope/config.toml";

/// Most bytes that it may have.
const MOST: u64 = 1 << 20;

/// Reads the file that is named, else that of the user, if there is one.
///
/// # Errors
/// [`Failure`], exit status 2, when it cannot be read, or something is wrong in it.
pub(crate) fn load(arguments: &ConfigArguments) -> Result<Settings, Failure> {
    let of_variable = || std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    let named = arguments
        .config
        .clone()
        .map(OsString::from)
        .or_else(of_variable);
    let (path, must_be) = match named {
        Some(name) if name == NONE => return Ok(Settings::default()),
        Some(name) => (PathBuf::from(name), true),
        None => match etcetera::choose_base_strategy() {
            Ok(folders) => (folders.config_dir().join(FILE), false),
            // Nobody's home is known: nor is a file.
            Err(_) => return Ok(Settings::default()),
        },
    };
    let name = sanitise(path.as_os_str().as_encoded_bytes()).into_owned();
    let text = match read_text(&path, MOST) {
        Ok(text) => text,
        Err(error) if is_missing(&error) && !must_be => return Ok(Settings::default()),
        Err(error) => {
            let what =
                format!("cannot read settings from {name}: {error}; --config none goes without");
            return Err(Failure::usage(anyhow::anyhow!(what)));
        }
    };
    parse(&text, &name).map_err(Failure::usage)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Prints the file that says what is built in.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn print_config() -> Result<Exit, Failure> {
    let written = print(&print::text());
    unless_unread(written.map_err(anyhow::Error::from), ())?;
    Ok(Exit::Held)
}
