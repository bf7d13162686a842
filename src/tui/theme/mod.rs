//! Colours and modifiers, by role: what has a colour also has a glyph or a word,
//! so that nothing is lost without colours.
//!
//! * [`hue`]: the colours of the palette; [`paint`]: those and any others;
//! * [`look`]: how each role looks; [`role_names`]: what it is called in settings.

pub(crate) mod hue;
pub(crate) mod look;
pub(crate) mod paint;
pub(crate) mod role_names;
#[cfg(test)]
pub(crate) mod tests;

use std::borrow::Cow;

use ratatui::style::Style;

use crate::session::explorer::kind::VmaKind;
use crate::text::charset::Charset;
use crate::text::sanitise::sanitise;
use look::{Look, Looks};

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// None are wanted (`NO_COLOR`) or there are none. Only [`Color::Reset`](ratatui::style::Color::Reset)
    /// is used then: crossterm drops all attributes of coloured cells.
    None,
    /// The sixteen of any terminal.
    Sixteen,
    /// The 256 of most.
    Indexed,
    #[default]
    True,
}

impl Depth {
    /// What these environment variables say of the terminal.
    #[must_use]
    pub(crate) fn of(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        if no_color.is_some_and(|value| !value.is_empty()) || matches!(term, "dumb" | "vt100") {
            Depth::None
        } else if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            Depth::True
        } else if term.contains("256color") {
            Depth::Indexed
        } else {
            Depth::Sixteen
        }
    }
}

/// What something on the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Plain,
    /// Text that matters less.
    Dim,
    Title,
    /// The view that is shown.
    SelectedTab,
    /// The row that is selected.
    Selected,
    /// A key, in the footer and the help.
    Key,
    /// The rule between chunks.
    Rule,
    /// The lines beside a chunk boundary.
    BoundaryLine,
    /// The bar beside the lines of the site.
    Site,
    /// A line or page of the original state.
    Original,
    /// A line or page of another state.
    Modified,
    /// Torn, but allowed: a duplicate.
    Duplicate,
    /// A badge of the same.
    DuplicateBadge,
    New,
    Changed,
    Vanished,
    /// An answer that differs from the line.
    Disagree,
    /// All is well.
    Good,
    /// No correct kernel shows this.
    Violation,
    /// The same, impossible to miss.
    ViolationBanner,
    /// The display or the modifier stands still.
    Paused,
    /// What is shown is of the past; impossible to miss.
    Past,
    /// Something for the user to read.
    Notice,
    /// A part of the map of the address space, by what is there.
    Map(VmaKind),
    /// A part of it that has just changed.
    MapChanged,
}

/// What the terminal draws on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Background {
    #[default]
    Dark,
    Light,
}

impl Background {
    /// What `COLORFGBG` says of the terminal: its last number is the colour of
    /// the background.
    pub(crate) fn of_variable(value: Option<&str>) -> Self {
        match value.and_then(|value| value.rsplit(';').next()) {
            Some("7" | "15") => Background::Light,
            _ => Background::Dark,
        }
    }

    /// A colour as a terminal tells it: `rgb:ffff/ffff/ffff`, with one to four
    /// digits each.
    pub(crate) fn of_reply(color: &str) -> Option<Self> {
        let parts = color.strip_prefix("rgb:")?.split('/');
        let part = |text: &str| {
            let value = u32::from_str_radix(text, 16).ok()?;
            let most = 16_u32.checked_pow(text.len() as u32)? - 1;
            Some(f64::from(value) / f64::from(most))
        };
        let [red, green, blue] = parts.map(part).collect::<Option<Vec<_>>>()?[..] else {
            return None;
        };
        // How bright it looks.
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        Some(if luma > 0.5 {
            Background::Light
        } else {
            Background::Dark
        })
    }
}

/// The themes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ThemeName {
    /// For the background that the terminal says it has.
    #[default]
    Auto,
    Dark,
    Light,
    /// The same as auto, in colours of seven times the brightness of what is
    /// behind them, or a seventh of it.
    HighContrast,
    #[value(alias = "no-color")]
    NoColour,
}

/// Styles for one depth of colour, background and charset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    pub depth: Depth,
    pub background: Background,
    pub charset: Charset,
    /// Whether its colours are those of high contrast.
    pub(crate) contrast: bool,
    /// The looks that the user has chosen; none: those that are built in.
    pub(crate) looks: Option<&'static Looks>,
}

/// The theme to begin with, and whether the terminal is asked what it draws on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChosenTheme {
    pub theme: Theme,
    pub asks: bool,
}

impl Theme {
    #[must_use]
    pub fn new(depth: Depth) -> Self {
        Theme {
            depth,
            ..Theme::default()
        }
    }

    /// A name of a target, safe and in characters that the terminal has.
    pub(crate) fn name(self, bytes: &[u8]) -> Cow<'_, str> {
        match sanitise(bytes) {
            Cow::Borrowed(name) => self.charset.text(name),
            Cow::Owned(name) => Cow::Owned(self.charset.text(&name).into_owned()),
        }
    }

    /// How something of this role looks.
    #[must_use]
    pub(crate) fn style(self, role: Role) -> Style {
        let look = match self.looks {
            Some(looks) => looks.of(role),
            None => Look::built_in(role),
        };
        look.style(self)
    }
}
