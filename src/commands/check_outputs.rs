//! All that is made from the observations of one check.

use std::io;

use anyhow::Result;

use super::exit::is_unread;
use crate::cli::check::{CheckArguments, CheckFormat};
use crate::events::Observation;
use crate::recording::frame::FrameKind;
use crate::recording::recorder::Recorder;
use crate::report::Reporter;
use crate::report::human::{Human, HumanOptions};
use crate::report::json::Json;
use crate::report::ktap::Ktap;
use crate::report::mail::MailReport;
use crate::report::output::human_stdout;
use crate::report::progress::WithProgress;
use crate::report::table::Widths;

/// What is printed, and what is kept for a report and a comparison.
pub(crate) struct Outputs {
    printer: Box<dyn Reporter>,
    pub(crate) mail: MailReport,
    /// The run as a document, where it is to be compared.
    pub(crate) document: Option<Json<Vec<u8>>>,
    /// Standard output is a pipe that nobody reads any more.
    unread: bool,
    /// Something else is made of the run than what is printed.
    kept: bool,
    recorder: Option<Recorder>,
}

impl Outputs {
    pub(crate) fn new(
        arguments: &CheckArguments,
        widths: Widths,
        recorder: Option<Recorder>,
    ) -> Self {
        Outputs {
            printer: printer(arguments, widths),
            mail: MailReport::default(),
            document: arguments.compare.is_some().then(|| Json::new(Vec::new())),
            unread: false,
            kept: arguments.report.is_some()
                || arguments.kit.is_some()
                || arguments.compare.is_some()
                || arguments.record.record.is_some(),
            recorder,
        }
    }

    /// # Errors
    /// When the results cannot be written; a broken pipe only ends the printing.
    pub(crate) fn observe(&mut self, observation: &Observation) -> Result<()> {
        if let Some(recorder) = &self.recorder {
            recorder.put_json_patiently(FrameKind::Observation, 0, observation);
        }
        self.mail.observe(observation);
        if let Some(document) = &mut self.document {
            document.observe(observation)?;
        }
        if !self.unread {
            self.unread = is_unread(self.printer.observe(observation))?;
        }
        Ok(())
    }

    /// Whether all that is left to be told is the exit status.
    pub(crate) fn only_status(&self) -> bool {
        self.unread && !self.kept
    }
}

fn printer(arguments: &CheckArguments, widths: Widths) -> Box<dyn Reporter> {
    let printer: Box<dyn Reporter> = match arguments.format {
        CheckFormat::Human => Box::new(Human::new(
            human_stdout(),
            HumanOptions {
                verbose: arguments.verbose,
                allow_known: arguments.allow_known,
                widths,
            },
        )),
        CheckFormat::Ktap => Box::new(Ktap::new(io::stdout(), arguments.allow_known)),
        // With a comparison the document is printed when that is made.
        CheckFormat::Json if arguments.compare.is_some() => Box::new(Json::new(io::sink())),
        CheckFormat::Json => Box::new(Json::new(io::BufWriter::new(io::stdout()))),
    };
    if arguments.verbose {
        return printer;
    }
    Box::new(WithProgress::new(printer))
}
