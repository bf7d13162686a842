//! What is wrong with a file of settings.

use crate::text::line_number::line_number;

/// Most characters of the file that are quoted.
const QUOTED: usize = 40;

/// Where it is, and what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}, line {line}{}: {problem}", of(key))]
pub(crate) struct SettingsError {
    /// The name of the file.
    origin: String,
    line: usize,
    /// The key, with its section; empty: it is not TOML.
    key: String,
    /// What is wrong, and what is allowed.
    problem: String,
}

fn of(key: &str) -> String {
    match key {
        "" => String::new(),
        key => format!(", {key}"),
    }
}

/// The same before anybody says of which file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The byte of the text at which it is.
    pub(super) offset: usize,
    pub(super) key: String,
    pub(super) problem: String,
}

impl Problem {
    pub(super) fn of_file(self, origin: &str, text: &str) -> SettingsError {
        SettingsError {
            origin: origin.to_owned(),
            line: line_number(text, self.offset),
            key: self.key,
            problem: self.problem,
        }
    }
}

/// A word of the file as an error quotes it: on one line, and not all of a long one.
pub(super) fn quoted(text: &str) -> String {
    let begin: String = text.chars().take(QUOTED).collect();
    let rest = if begin.len() < text.len() { "…" } else { "" };
    format!("\"{}{rest}\"", begin.escape_debug())
}
