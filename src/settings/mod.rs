//! What a user has chosen once and for all: text in, settings out. Pure; who reads
//! the file is `commands`.
//!
//! * [`parse`](mod@parse): the file; [`entry`]: a key of it; [`problem`]: what is wrong with it;
//! * [`keys`], [`looks`], [`rates`], [`columns`], [`filters`]: its sections;
//! * [`mod@print`]: the same file with what is built in, and what each line is.

pub(crate) mod columns;
pub(crate) mod entry;
pub(crate) mod filters;
pub(crate) mod keys;
pub(crate) mod looks;
pub(crate) mod parse;
pub(crate) mod print;
pub(crate) mod problem;
pub(crate) mod rates;
#[cfg(test)]
pub(crate) mod tests;

use crate::tui::chosen::Chosen;
use crate::tui::keys::bound::KeyTable;
use crate::tui::space::columns::UsualColumns;
use crate::tui::space::named_filter::NamedFilter;
use crate::tui::theme::look::Looks;
use crate::tui::theme::{Background, ChosenTheme, Depth, Theme, ThemeName};
use rates::Rates;

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) theme: ThemeName,
    /// None: those that are built in.
    pub(crate) looks: Option<&'static Looks>,
    pub(crate) keys: &'static KeyTable,
    pub(crate) rates: Rates,
    pub(crate) columns: UsualColumns,
    /// What the Space begins with, of a target that is not ours; empty: all lines.
    pub(crate) filter: String,
    pub(crate) named_filters: Vec<NamedFilter>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            theme: ThemeName::default(),
            looks: None,
            keys: KeyTable::built_in(),
            rates: Rates::default(),
            columns: UsualColumns::default(),
            filter: String::new(),
            named_filters: Vec::new(),
        }
    }
}

impl Settings {
    /// How to draw on a terminal of that background, depth and charset; `named` is the
    /// theme that the command line names.
    pub(crate) fn theme_on(&self, terminal: Theme, named: Option<ThemeName>) -> ChosenTheme {
        let name = named.unwrap_or(self.theme);
        let background = match name {
            ThemeName::Dark => Some(Background::Dark),
            ThemeName::Light => Some(Background::Light),
            ThemeName::Auto | ThemeName::HighContrast | ThemeName::NoColour => None,
        };
        let depth = match name {
            ThemeName::NoColour => Depth::None,
            _ => terminal.depth,
        };
        ChosenTheme {
            theme: Theme {
                depth,
                background: background.unwrap_or(terminal.background),
                contrast: name == ThemeName::HighContrast,
                looks: self.looks,
                ..terminal
            },
            asks: background.is_none() && depth != Depth::None,
        }
    }

    /// What the application takes of them, and whether it `presents`. A filter would
    /// hide the modifier's site.
    pub(crate) fn chosen(&self, is_foreign: bool, presents: bool) -> Chosen {
        Chosen {
            keys: self.keys,
            columns: self.columns,
            filter: match is_foreign {
                true => self.filter.clone(),
                false => String::new(),
            },
            named_filters: self.named_filters.clone(),
            presents,
        }
    }
}
