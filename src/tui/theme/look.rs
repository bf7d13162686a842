//! How each role looks.

use ratatui::style::{Modifier, Style};

use super::hue::Hue;
use super::paint::Paint;
use super::{Background, Depth, Role, Theme};
use crate::session::explorer::kind::VmaKind;

/// Colours and modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) letters: Paint,
    /// What is behind them; none: what the terminal has there.
    pub(crate) behind: Option<Paint>,
    pub(crate) modifiers: Modifier,
    /// The modifiers where there are no colours.
    pub(crate) without: Modifier,
}

/// The looks of all roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Looks([Look; Role::ALL.len()]);

impl Default for Looks {
    fn default() -> Self {
        Looks(Role::ALL.map(Look::built_in))
    }
}

impl Looks {
    pub(crate) fn of(&self, role: Role) -> Look {
        let at = Role::ALL.iter().position(|one| *one == role);
        at.map_or_else(|| Look::built_in(role), |at| self.0[at])
    }

    pub(crate) fn set(&mut self, role: Role, look: Look) {
        for (one, its) in Role::ALL.iter().zip(&mut self.0) {
            if *one == role {
                *its = look;
            }
        }
    }
}

impl Look {
    /// As it is where nobody has chosen another.
    pub(crate) fn built_in(role: Role) -> Self {
        const NONE: Modifier = Modifier::empty();
        const BOLD: Modifier = Modifier::BOLD;
        const REVERSED: Modifier = Modifier::REVERSED;
        // The colour; the modifier beside it; the modifier without colours.
        let (hue, modifiers, without) = match role {
            Role::Plain => (Hue::Plain, NONE, NONE),
            Role::Dim => (Hue::Grey, NONE, Modifier::DIM),
            Role::Title => (Hue::Plain, BOLD, BOLD),
            Role::SelectedTab => (Hue::Sky, BOLD.union(REVERSED), BOLD.union(REVERSED)),
            Role::Selected => (Hue::Plain, REVERSED, REVERSED),
            Role::Key => (Hue::Sky, BOLD, BOLD),
            Role::Rule => (Hue::Sky, NONE, NONE),
            Role::BoundaryLine => (Hue::Sky, BOLD, BOLD),
            Role::Site => (Hue::Purple, BOLD, BOLD),
            Role::Original => (Hue::Green, BOLD, NONE),
            Role::Modified => (Hue::Purple, BOLD, Modifier::UNDERLINED),
            Role::Duplicate => (Hue::Orange, BOLD, BOLD),
            Role::DuplicateBadge => (Hue::Orange, BOLD.union(REVERSED), REVERSED),
            Role::New => (Hue::Green, BOLD, BOLD),
            Role::Changed => (Hue::Yellow, NONE, BOLD),
            Role::Vanished => (Hue::Grey, Modifier::CROSSED_OUT, Modifier::DIM),
            Role::Disagree => (Hue::Orange, NONE, BOLD),
            Role::Good => (Hue::Green, BOLD, NONE),
            Role::Violation => (Hue::Vermillion, BOLD, BOLD.union(REVERSED)),
            Role::ViolationBanner => (Hue::White, BOLD, BOLD.union(REVERSED)),
            Role::Paused => (Hue::Yellow, BOLD, BOLD.union(REVERSED)),
            Role::Past => (Hue::Yellow, BOLD.union(REVERSED), BOLD.union(REVERSED)),
            Role::Notice => (Hue::Yellow, NONE, BOLD),
            Role::Map(kind) => {
                let hue = match kind {
                    VmaKind::Code => Hue::Purple,
                    VmaKind::File => Hue::Sky,
                    VmaKind::Heap => Hue::Orange,
                    VmaKind::Anonymous => Hue::Green,
                    VmaKind::Stack => Hue::Blue,
                    VmaKind::Kernel | VmaKind::NoAccess => Hue::Grey,
                };
                (hue, REVERSED, NONE)
            }
            Role::MapChanged => (Hue::Yellow, BOLD.union(REVERSED), BOLD.union(REVERSED)),
        };
        Look {
            letters: Paint::Hue(hue),
            behind: (role == Role::ViolationBanner).then_some(Paint::Hue(Hue::Vermillion)),
            modifiers,
            without,
        }
    }

    pub(super) fn style(self, theme: Theme) -> Style {
        if theme.depth == Depth::None {
            return Style::new().add_modifier(self.without);
        }
        let style = Style::new()
            .add_modifier(self.modifiers)
            .fg(self.letters.color(theme));
        // White is read on the darker ones, on any background.
        let behind = match self.letters {
            Paint::Hue(Hue::White) => Theme {
                background: Background::Light,
                ..theme
            },
            _ => theme,
        };
        match self.behind {
            Some(paint) => style.bg(paint.color(behind)),
            None => style,
        }
    }
}
