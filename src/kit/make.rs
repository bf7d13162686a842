//! Makes a kit: its texts, its program tried, and its files saved.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::c_program::c_program;
use super::finding::Finding;
use super::mail::mail;
use super::run_program::{Tried, try_program};
use super::scenario_text::scenario_text;
use crate::events::run_info::RunInfo;
use crate::linux::virtualisation::virtualisation;
use crate::report::new_files::save_new;
use crate::report::save::{SaveError, WriteAll, text_of};

/// A kit that was saved.
#[derive(Clone, Debug)]
pub(crate) struct Kit {
    pub name: String,
    pub files: Vec<PathBuf>,
    /// What came of its program, in a few words.
    pub tried: String,
}

impl Kit {
    /// What its files are called behind the name.
    pub(crate) fn extensions(&self) -> Vec<&str> {
        let extensions = self
            .files
            .iter()
            .filter_map(|file| file.extension()?.to_str());
        extensions.collect()
    }
}

/// Makes the kit of a finding: files in `folder` that are new, all of them or none.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn make_kit(
    finding: &Finding<'_>,
    run: &RunInfo,
    folder: &Path,
    interrupted: &AtomicBool,
) -> Result<Kit, SaveError> {
    let name = finding.name();
    let program = c_program(finding);
    let tried = match &program {
        Ok(text) => try_program(text, &name, folder, interrupted),
        Err(why) => Tried::NotRun(format!("there is none: {why}")),
    };
    let mail = mail(finding, run, &virtualisation(), &tried, program.is_ok());
    let scenario = scenario_text(finding.scenario, &name);
    let (scenario, mail) = (text_of(&scenario), text_of(&mail));
    let program = program.as_deref().map(text_of);
    let mut files: Vec<(&str, &WriteAll<'_>)> = vec![("toml", &scenario), ("txt", &mail)];
    if let Ok(program) = &program {
        files.push(("c", program));
    }
    Ok(Kit {
        files: save_new(folder, &name, &files)?,
        name,
        tried: match tried {
            Tried::Run(runs) => format!("shows it in {} of {} runs", runs.shown, runs.runs),
            Tried::NotRun(why) => format!("was not tried: {why}"),
        },
    })
}
