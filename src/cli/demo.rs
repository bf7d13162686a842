//! The arguments of `vmascope demo`.

use std::path::PathBuf;

use clap::Args;

use super::record::RecordArguments;
use super::screen::ScreenArguments;
use crate::model::protocols::Protocol;
use crate::model::walk::DEPTH;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DemoArguments {
    /// The scenario to begin with, or all: then the next one comes every few seconds
    #[arg(long, value_name = "NAME", default_value = DemoArguments::SCENARIO)]
    pub scenario: String,

    /// Have the scenarios of this file, too, TOML as scenarios.toml of the sources
    #[arg(long = "scenario-file", value_name = "FILE")]
    pub scenario_files: Vec<PathBuf>,

    /// Let each page of a layout stand for SIZE, and fault in what operations map: a hole of the
    /// replace scenarios lasts longer then
    #[arg(long, value_name = "SIZE", value_parser = super::values::populate)]
    pub populate: Option<u64>,

    /// Begin in manual mode: reader and modifier are stepped by hand
    #[arg(long)]
    pub manual: bool,
    /// Begin with the demonstration of what reading costs a writer
    #[arg(long)]
    pub walk: bool,
    /// Begin in the model, with the scenario as its case and this reader's protocol
    #[arg(long, value_name = "READER", value_parser = Protocol::find,
          conflicts_with_all = ["manual", "walk"])]
    pub protocol: Option<Protocol>,
    /// Begin in the model at the walk that protocol --seed N draws, to step through it
    #[arg(long, value_name = "N", requires = "protocol")]
    pub seed: Option<u64>,
    /// The --depth of that walk
    #[arg(long, value_name = "D", default_value_t = DEPTH, requires = "seed",
          value_parser = clap::value_parser!(u32).range(1..=super::protocol::MOST_DEPTH))]
    pub depth: u32,

    #[command(flatten)]
    pub record: RecordArguments,
    #[command(flatten)]
    pub screen: ScreenArguments,

    /// Panic in this thread: for tests of how the program ends
    #[cfg(debug_assertions)]
    #[arg(long, value_name = "THREAD", hide = true)]
    pub panic_in: Option<crate::tui::run::PanicIn>,
}

impl DemoArguments {
    /// The scenario whose duplicates are the easiest to see: a VMA of three
    /// pages is printed as one page, then as three.
    pub(crate) const SCENARIO: &str = "resize";

    /// What runs when nothing is asked for.
    pub(crate) fn default_scenario(screen: &ScreenArguments) -> Self {
        DemoArguments {
            scenario: Self::SCENARIO.into(),
            screen: screen.clone(),
            ..Self::default()
        }
    }
}
