//! The arguments of `vmascope learn`.

use clap::Args;

use super::screen::LookArguments;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = FILES)]
pub(crate) struct LearnArguments {
    /// The lesson to begin with, by its number or its name; without it, a list of all, with how
    /// far you have come
    #[arg(value_name = "LESSON")]
    pub lesson: Option<String>,

    /// Print the lesson, or all of them, in place of showing it: for a pipe, a screen reader, a
    /// book
    #[arg(long)]
    pub text: bool,

    #[command(flatten)]
    pub look: LookArguments,
}

const FILES: &str = "\
How far you have come is kept in ~/.local/state/vmascope/learn.json (XDG_STATE_HOME), and
your own scenario of the last lesson beside it. Without these files all begins afresh.";
