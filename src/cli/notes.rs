//! The arguments of `vmascope notes`.

use clap::Args;

use super::screen::ConfigArguments;
use crate::tui::theme::ThemeName;

#[derive(Clone, Debug, Args)]
pub(crate) struct NotesArguments {
    /// The demonstration to begin with, by its number or the name of its script in demo/
    #[arg(value_name = "DEMO")]
    pub demo: Option<String>,

    /// Print the notes, of this demonstration or of all, in place of showing them with a clock
    #[arg(long)]
    pub text: bool,

    /// Colours, as of demo [default: auto, or what the settings say]
    #[arg(long, value_name = "THEME", value_enum)]
    pub theme: Option<ThemeName>,

    #[command(flatten)]
    pub config: ConfigArguments,
}
