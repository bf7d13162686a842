//! The arguments of `vmascope demo`.

use clap::Args;

use super::theme::ThemeArguments;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DemoArguments {
    /// The scenario to begin with, or all: then the next one comes every few seconds
    #[arg(long, value_name = "NAME", default_value = DemoArguments::SCENARIO)]
    pub scenario: String,

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

    #[command(flatten)]
    pub theme: ThemeArguments,

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
    pub(crate) fn default_scenario() -> Self {
        DemoArguments {
            scenario: Self::SCENARIO.into(),
            ..Self::default()
        }
    }
}
