//! All that is made from the observations of one check.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Result;

use super::exit::stop_unread;
use crate::cli::check::{CheckArguments, CheckFormat};
use crate::events::Observation;
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
    /// Set to end the run.
    stop: Arc<AtomicBool>,
    /// Standard output is a pipe that nobody reads any more: that is no error,
    /// but no reason to go on either.
    pub(crate) unread: bool,
}

impl Outputs {
    pub(crate) fn new(arguments: &CheckArguments, widths: Widths, stop: Arc<AtomicBool>) -> Self {
        Outputs {
            printer: printer(arguments, widths),
            mail: MailReport::default(),
            document: arguments.compare.is_some().then(|| Json::new(Vec::new())),
            stop,
            unread: false,
        }
    }

    /// # Errors
    /// When the results cannot be written; a broken pipe only ends the run.
    pub(crate) fn observe(&mut self, observation: &Observation) -> Result<()> {
        self.mail.observe(observation);
        if let Some(document) = &mut self.document {
            document.observe(observation)?;
        }
        self.unread |= stop_unread(self.printer.observe(observation), &self.stop)?;
        Ok(())
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
