//! How the application is drawn and driven.

use std::path::PathBuf;

use clap::Args;

use crate::tui::theme::ThemeName;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ScreenArguments {
    #[command(flatten)]
    pub look: LookArguments,

    /// Begin with the site and the verdict in large letters, for a projector: Space, Boundary
    /// and Manual
    #[arg(long)]
    pub present: bool,
}

/// What every screen has.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct LookArguments {
    /// Colours for a dark or a light background, of high contrast, or none; auto asks the
    /// terminal, else takes what COLORFGBG says [default: auto, or what the settings say]
    #[arg(long, value_name = "THEME", value_enum)]
    pub theme: Option<ThemeName>,

    #[command(flatten)]
    pub config: ConfigArguments,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ConfigArguments {
    /// The settings, or none; without it those of VMASCOPE_CONFIG, else
    /// ~/.config/vmascope/config.toml where it is there
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}
