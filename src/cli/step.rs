//! The arguments of `vmascope step`.

use clap::{Args, ValueEnum};

use super::check::RuleChoice;
use crate::stepping::step::ReadSize;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct StepArguments {
    /// The steps, as the keys of manual mode: r reads one more chunk, m has the modifier do its
    /// next operation, l changes between chunks of a page and of one line, R rewinds; without
    /// any, the shortest way to a duplicate, as with --shortest
    #[arg(value_name = "STEPS")]
    pub steps: Vec<String>,

    /// The scenario
    #[arg(long, value_name = "NAME", default_value = super::demo::DemoArguments::SCENARIO)]
    pub scenario: String,

    /// After the steps, go the shortest way to a duplicate, or say why there is none
    #[arg(long)]
    pub shortest: bool,

    /// How much the first read asks for
    #[arg(long, value_name = "SIZE", default_value = "page")]
    pub size: SizeChoice,

    /// The rule to judge and to tell by, instead of what this kernel's version and behaviour say
    #[arg(long, value_name = "RULE", default_value = "auto")]
    pub rule: RuleChoice,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: StepFormat,
}

/// How much a read asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SizeChoice {
    /// A page
    Page,
    /// As much as the next line has
    Line,
}

impl SizeChoice {
    pub(crate) fn size(self) -> ReadSize {
        match self {
            SizeChoice::Page => ReadSize::Page,
            SizeChoice::Line => ReadSize::Line,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StepFormat {
    /// Each step, the lines it printed, and what is to be said of it
    Human,
    /// JSON Lines: one document for each step
    Json,
}

const EXIT_CODES: &str = "\
Exit status:
  0  all steps were taken, and the shortest way, if it was asked for
  1  a violation was seen, or the kernel did something else than its rule says
  2  the command line is wrong
  3  a step could not be taken, or a signal ended it before
  4  there is no way to a duplicate, or the scenario does not work on this kernel";
