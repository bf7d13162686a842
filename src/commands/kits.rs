//! The kits of a check: one for each scenario and mechanism, or kind, found.

use std::io;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, Result};

use crate::cli::check::CheckFormat;
use crate::events::case::CaseResult;
use crate::events::run_info::RunInfo;
use crate::kit::finding::Finding;
use crate::kit::make::UnsavedKit;
use crate::linux::advice::Advised;
use crate::report::mail::MailReport;
use crate::report::new_folder::NewFolder;
use crate::report::output::stdout_for;
use crate::report::save::{SaveError, Saved};
use crate::scenario::definition::Scenario;
use crate::text::sanitise::sanitise;

/// Creates the folder, and sees whether files can be, before a long run.
///
/// # Errors
/// When it cannot be created or written to.
pub(crate) fn create_folder(folder: &Path) -> Result<NewFolder, SaveError> {
    let created = NewFolder::create(folder)?;
    Saved::create(&folder.join("kit.txt"))?;
    Ok(created)
}

/// Says which kits were made, and makes each only once.
pub(crate) struct Kits<'a> {
    folder: &'a Path,
    interrupted: &'a AtomicBool,
    out: Box<dyn io::Write>,
    names: Vec<String>,
}

impl<'a> Kits<'a> {
    /// Kits for this folder; what is said of them goes where it is in nobody's way.
    pub(crate) fn new(folder: &'a Path, format: CheckFormat, interrupted: &'a AtomicBool) -> Self {
        Kits {
            folder,
            interrupted,
            // Other formats are for programs.
            out: match format {
                CheckFormat::Human => stdout_for(true),
                _ => Box::new(io::stderr()),
            },
            names: Vec::new(),
        }
    }

    /// Makes the kit of a finding, unless one of that name was made.
    ///
    /// # Errors
    /// When files or the line cannot be written.
    pub(crate) fn make(&mut self, finding: &Finding<'_>, run: &RunInfo) -> Result<()> {
        let name = finding.name();
        if self.names.contains(&name) {
            return Ok(());
        }
        let kit = UnsavedKit::of(finding, run, self.folder, self.interrupted)
            .save(self.folder)
            .with_context(|| format!("no kit of {name}"))?;
        let mut files = kit.files.iter();
        let file = files.next().map(|file| file.with_extension(""));
        self.say(&format!(
            "kit {}: {}.{{{}}}; its program {}",
            kit.name,
            sanitise(file.unwrap_or_default().as_os_str().as_encoded_bytes()),
            kit.extensions().join(","),
            kit.tried
        ))?;
        self.names.push(name);
        Ok(())
    }

    /// Says so if there is none.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub(crate) fn finish(mut self) -> Result<()> {
        match self.names.is_empty() {
            true => self.say("no kit: there is no finding"),
            false => Ok(()),
        }
    }

    fn say(&mut self, line: &str) -> Result<()> {
        match writeln!(self.out, "{line}").and_then(|()| self.out.flush()) {
            // Nobody reads it any more; the files are there.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            said => said.map_err(|error| {
                anyhow::anyhow!("cannot say which kits were made: {}", Advised(&error))
            }),
        }
    }
}

/// Makes the kits of what a check found.
///
/// # Errors
/// When files or the lines cannot be written.
pub(crate) fn make_kits(
    report: &MailReport,
    scenarios: &[&Scenario],
    mut kits: Kits<'_>,
) -> Result<()> {
    for event in &report.events {
        let mut results = report.results.iter();
        let result = results.find(|result| result.case == event.case);
        let (Some(run), Some(result)) = (&report.run, result) else {
            continue;
        };
        let mut infos = report.infos.iter().filter(|info| info.case == event.case);
        let info = infos.find(|info| info.placement == event.placement);
        let scenario = scenarios.iter().find(|one| one.name == event.case.scenario);
        let (Some(info), Some(scenario)) = (info, scenario) else {
            continue;
        };
        let is_other = |other: &&CaseResult| {
            other.case.scenario == event.case.scenario && other.case.reader != event.case.reader
        };
        let others: Vec<&CaseResult> = report.results.iter().filter(is_other).collect();
        let finding = Finding {
            scenario,
            info,
            event,
            result,
            others: &others,
        };
        kits.make(&finding, run)?;
    }
    kits.finish()
}
