//! The kits of a check: one for each scenario and mechanism, or kind, found.

use std::io;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, Result};

use crate::cli::check::CheckFormat;
use crate::events::case::CaseResult;
use crate::kit::finding::Finding;
use crate::kit::make::make_kit;
use crate::linux::advice::Advised;
use crate::report::mail::MailReport;
use crate::report::output::stdout_for;
use crate::report::save::{SaveError, Saved};
use crate::scenario::definition::Scenario;

/// Creates the folder, and sees whether files can be, before a long run.
///
/// # Errors
/// When it cannot be created or written to.
pub(crate) fn create_folder(folder: &Path) -> Result<(), SaveError> {
    std::fs::create_dir_all(folder).map_err(|error| SaveError::Create {
        path: folder.to_owned(),
        error,
    })?;
    Saved::create(&folder.join("kit.txt")).map(drop)
}

/// Makes the kits of what was found, and prints a line for each.
///
/// # Errors
/// When files or the lines cannot be written.
pub(crate) fn make_kits(
    report: &MailReport,
    scenarios: &[&Scenario],
    folder: &Path,
    format: CheckFormat,
    interrupted: &AtomicBool,
) -> Result<()> {
    // Other formats are for programs.
    let mut out: Box<dyn io::Write> = match format {
        CheckFormat::Human => stdout_for(true),
        _ => Box::new(io::stderr()),
    };
    let mut say = |line: &str| match writeln!(out, "{line}").and_then(|()| out.flush()) {
        // Nobody reads it any more; the files are there.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said.map_err(|error| {
            anyhow::anyhow!("cannot say which kits were made: {}", Advised(&error))
        }),
    };
    let mut names: Vec<String> = Vec::new();
    for event in &report.events {
        let (Some(run), Some(result)) = (
            &report.run,
            report
                .results
                .iter()
                .find(|result| result.case == event.case),
        ) else {
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
        let name = finding.name();
        if names.contains(&name) {
            continue;
        }
        let kit = make_kit(&finding, run, folder, interrupted)
            .with_context(|| format!("no kit of {name}"))?;
        let mut files = kit.files.iter();
        let file = files.next().map(|file| file.with_extension(""));
        say(&format!(
            "kit {}: {}.{{{}}}; its program {}",
            kit.name,
            crate::text::sanitise::sanitise(
                file.unwrap_or_default().as_os_str().as_encoded_bytes()
            ),
            kit.extensions().join(","),
            kit.tried
        ))?;
        names.push(name);
    }
    if names.is_empty() {
        say("no kit: there is no finding")?;
    }
    Ok(())
}
