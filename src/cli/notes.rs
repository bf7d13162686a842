//! The arguments of `vmascope notes`.

use clap::Args;

use super::screen::LookArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct NotesArguments {
    /// The demonstration to begin with, by its number or the name of its script in demo/
    #[arg(value_name = "DEMO")]
    pub demo: Option<String>,

    /// Print the notes, of this demonstration or of all, in place of showing them with a clock
    #[arg(long)]
    pub text: bool,

    #[command(flatten)]
    pub look: LookArguments,
}
