//! The arguments of `vmascope completions`.

use clap::Args;
use clap_complete::Shell;

/// Arguments of `vmascope completions`.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = NOTES)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

const NOTES: &str = "\
Where the shells look for it, for one user:
  bash  ~/.local/share/bash-completion/completions/vmascope
  zsh   _vmascope in any directory of $fpath
  fish  ~/.config/fish/completions/vmascope.fish
elvish and powershell run it from the file that they read at their start.

Exit status:
  0  it was printed
  2  the command line is wrong
  3  it could not be written";
