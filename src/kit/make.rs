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

/// The texts of a kit whose program was tried.
#[derive(Debug)]
pub(crate) struct UnsavedKit {
    name: String,
    /// By what comes behind the name.
    texts: Vec<(&'static str, String)>,
    tried: Tried,
}

impl UnsavedKit {
    /// Makes the kit of a finding; its program is tried in a folder inside `folder`,
    /// which is removed again, until somebody wants to end.
    pub(crate) fn of(
        finding: &Finding<'_>,
        run: &RunInfo,
        folder: &Path,
        interrupted: &AtomicBool,
    ) -> Self {
        let name = finding.name();
        let program = c_program(finding);
        let tried = match &program {
            Ok(text) => try_program(text, &name, folder, interrupted),
            Err(why) => Tried::NotRun(format!("there is none: {why}")),
        };
        let mail = mail(finding, run, &virtualisation(), &tried, program.is_ok());
        let scenario = scenario_text(finding.scenario, &name);
        let mut texts = vec![("toml", scenario), ("txt", mail)];
        texts.extend(program.ok().map(|program| ("c", program)));
        UnsavedKit { name, texts, tried }
    }

    /// Saves it in files of `folder` that are new, all of them or none.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn save(self, folder: &Path) -> Result<Kit, SaveError> {
        let texts: Vec<_> = self.texts.iter().map(|(_, text)| text_of(text)).collect();
        let extensions = self.texts.iter().map(|(extension, _)| *extension);
        let writes = texts.iter().map(|text| text as &WriteAll<'_>);
        let files: Vec<(&str, &WriteAll<'_>)> = extensions.zip(writes).collect();
        Ok(Kit {
            files: save_new(folder, &self.name, &files)?,
            name: self.name,
            tried: match self.tried {
                Tried::Run(runs) => format!("shows it in {} of {} runs", runs.shown, runs.runs),
                Tried::Interrupted => "was not tried: it was interrupted".into(),
                Tried::NotRun(why) => format!("was not tried: {why}"),
            },
        })
    }
}
