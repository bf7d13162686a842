//! The colours of the application.

use clap::{Args, ValueEnum};

use crate::tui::theme::Background;

/// Whose background the colours are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ThemeName {
    #[default]
    Auto,
    Dark,
    Light,
}

#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct ThemeArguments {
    /// Colours for a dark or a light background; auto asks the terminal, else
    /// takes what COLORFGBG says
    #[arg(long, value_name = "THEME", value_enum, default_value_t)]
    pub theme: ThemeName,
}

impl ThemeArguments {
    /// The background that was named; none: the terminal's.
    pub(crate) fn background(self) -> Option<Background> {
        match self.theme {
            ThemeName::Auto => None,
            ThemeName::Dark => Some(Background::Dark),
            ThemeName::Light => Some(Background::Light),
        }
    }
}
