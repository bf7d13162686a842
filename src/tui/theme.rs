//! Colours and modifiers, by role. The palette is that of Okabe and Ito, which
//! people of any colour vision can tell apart; what has a colour also has a
//! glyph or a word, so that nothing is lost without colours.

use ratatui::style::{Color, Modifier, Style};

use crate::session::explorer::kind::VmaKind;

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// None are wanted (`NO_COLOR`) or there are none. Only [`Color::Reset`]
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

/// The colours of the palette that read well as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hue {
    Orange,
    Sky,
    Blue,
    Green,
    Yellow,
    Vermillion,
    Purple,
    Grey,
    /// The terminal's own.
    Plain,
}

impl Hue {
    fn color(self, depth: Depth) -> Color {
        let (rgb, indexed, sixteen) = match self {
            Hue::Orange => ((230, 159, 0), 214, Color::Yellow),
            Hue::Sky => ((86, 180, 233), 74, Color::Cyan),
            Hue::Blue => ((0, 114, 178), 32, Color::Blue),
            Hue::Green => ((0, 158, 115), 36, Color::Green),
            Hue::Yellow => ((240, 228, 66), 227, Color::LightYellow),
            Hue::Vermillion => ((213, 94, 0), 166, Color::Red),
            Hue::Purple => ((204, 121, 167), 175, Color::LightMagenta),
            Hue::Grey => ((138, 138, 138), 245, Color::DarkGray),
            Hue::Plain => return Color::Reset,
        };
        match depth {
            Depth::None => Color::Reset,
            Depth::Sixteen => sixteen,
            Depth::Indexed => Color::Indexed(indexed),
            Depth::True => Color::Rgb(rgb.0, rgb.1, rgb.2),
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
    /// Something for the user to read.
    Notice,
    /// A part of the map of the address space, by what is there.
    Map(VmaKind),
    /// A part of it that has just changed.
    MapChanged,
}

/// Styles for one depth of colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    pub depth: Depth,
}

impl Theme {
    #[must_use]
    pub fn new(depth: Depth) -> Self {
        Theme { depth }
    }

    /// How something of this role looks.
    #[must_use]
    pub(crate) fn style(self, role: Role) -> Style {
        const NONE: Modifier = Modifier::empty();
        const BOLD: Modifier = Modifier::BOLD;
        const REVERSED: Modifier = Modifier::REVERSED;
        // The colour; the modifier beside it; the modifier without colours.
        let (hue, with_color, without) = match role {
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
            Role::ViolationBanner => (Hue::Vermillion, BOLD, BOLD.union(REVERSED)),
            Role::Paused => (Hue::Yellow, BOLD, BOLD.union(REVERSED)),
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
        if self.depth == Depth::None {
            return Style::new().add_modifier(without);
        }
        let style = Style::new().add_modifier(with_color);
        if role == Role::ViolationBanner {
            let white = match self.depth {
                Depth::Sixteen => Color::White,
                _ => Color::Indexed(231),
            };
            return style.fg(white).bg(hue.color(self.depth));
        }
        style.fg(hue.color(self.depth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_how_many_colours() {
        for (no_color, colorterm, term, depth) in [
            (Some("1"), Some("truecolor"), Some("xterm"), Depth::None),
            (Some(""), Some("truecolor"), Some("xterm"), Depth::True),
            (None, None, Some("tmux-256color"), Depth::Indexed),
            (None, None, Some("linux"), Depth::Sixteen),
            (None, None, None, Depth::Sixteen),
        ] {
            assert_eq!(Depth::of(no_color, colorterm, term), depth);
        }
    }

    #[test]
    fn without_colours_no_cell_is_coloured() {
        let theme = Theme::new(Depth::None);
        for role in [Role::ViolationBanner, Role::Dim, Role::Duplicate, Role::Key] {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None));
        }
        let banner = theme.style(Role::ViolationBanner);
        assert!(banner.add_modifier.contains(Modifier::REVERSED));
    }
}
