//! Colours and modifiers, by role. The palette is that of Okabe and Ito, which
//! people of any colour vision can tell apart; what has a colour also has a
//! glyph or a word, so that nothing is lost without colours.

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

use crate::session::explorer::kind::VmaKind;
use crate::text::charset::Charset;
use crate::text::sanitise::sanitise;

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
    fn color(self, depth: Depth, background: Background) -> Color {
        let (dark, light) = (
            background == Background::Dark,
            background == Background::Light,
        );
        // On a light background darker, so that it can be read.
        let (rgb, indexed, sixteen) = match self {
            Hue::Orange if dark => ((230, 159, 0), 214, Color::Yellow),
            Hue::Orange => ((147, 101, 0), 94, Color::Magenta),
            Hue::Sky if dark => ((86, 180, 233), 74, Color::Cyan),
            Hue::Sky => ((55, 116, 151), 25, Color::Blue),
            Hue::Blue if dark => ((30, 134, 198), 32, Color::LightBlue),
            Hue::Blue => ((0, 114, 178), 25, Color::Blue),
            Hue::Green if dark => ((0, 158, 115), 36, Color::Green),
            Hue::Green => ((0, 127, 93), 23, Color::Blue),
            Hue::Yellow if dark => ((240, 228, 66), 227, Color::LightYellow),
            Hue::Yellow => ((119, 113, 32), 58, Color::Magenta),
            Hue::Vermillion if dark => ((213, 94, 0), 166, Color::LightRed),
            Hue::Vermillion => ((183, 80, 0), 130, Color::Red),
            Hue::Purple if dark => ((204, 121, 167), 175, Color::LightMagenta),
            Hue::Purple => ((155, 91, 126), 96, Color::Magenta),
            Hue::Grey if light => ((111, 111, 111), 242, Color::DarkGray),
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

/// Styles for one depth of colour, background and charset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    pub depth: Depth,
    pub background: Background,
    pub charset: Charset,
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
        if self.depth == Depth::None {
            return Style::new().add_modifier(without);
        }
        let style = Style::new().add_modifier(with_color);
        if role == Role::ViolationBanner {
            let white = match self.depth {
                Depth::Sixteen => Color::White,
                _ => Color::Indexed(231),
            };
            // White on the darker one: that is read on any background.
            return style.fg(white).bg(hue.color(self.depth, Background::Light));
        }
        style.fg(hue.color(self.depth, self.background))
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

    /// Red, green and blue of a colour; of the sixteen as xterm has them.
    fn rgb(color: Color) -> Option<[u8; 3]> {
        Some(match color {
            Color::Rgb(red, green, blue) => [red, green, blue],
            Color::Indexed(grey @ 232..) => [8 + (grey - 232) * 10; 3],
            Color::Indexed(cube @ 16..) => {
                let level = |n: u8| [0, 95, 135, 175, 215, 255][usize::from(n)];
                let cube = cube - 16;
                [level(cube / 36), level(cube / 6 % 6), level(cube % 6)]
            }
            Color::Red => [205, 0, 0],
            Color::Green => [0, 205, 0],
            Color::Yellow => [205, 205, 0],
            Color::Blue => [0, 0, 238],
            Color::Magenta => [205, 0, 205],
            Color::Cyan => [0, 205, 205],
            Color::DarkGray => [127; 3],
            Color::LightRed => [255, 0, 0],
            Color::LightYellow => [255, 255, 0],
            Color::LightBlue => [92, 92, 255],
            Color::LightMagenta => [255, 0, 255],
            Color::White => [255; 3],
            _ => return None,
        })
    }

    /// The contrast of two colours (WCAG 2).
    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let luminance = |color: [u8; 3]| {
            let [red, green, blue] = color.map(|part| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_colour_can_be_read_on_either_background() {
        let kinds = VmaKind::ALL.map(Role::Map);
        let roles = [
            Role::Dim,
            Role::Key,
            Role::Rule,
            Role::SelectedTab,
            Role::Site,
            Role::Original,
            Role::Modified,
            Role::Duplicate,
            Role::New,
            Role::Changed,
            Role::Vanished,
            Role::Disagree,
            Role::Good,
            Role::Violation,
            Role::ViolationBanner,
            Role::Paused,
            Role::Past,
            Role::Notice,
            Role::MapChanged,
        ];
        for (background, canvas) in [(Background::Dark, [0; 3]), (Background::Light, [255; 3])] {
            for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
                // The sixteen are the terminal's: these are xterm's.
                let least = if depth == Depth::Sixteen { 4.0 } else { 4.5 };
                let theme = Theme {
                    depth,
                    background,
                    ..Theme::default()
                };
                for role in roles.into_iter().chain(kinds) {
                    let style = theme.style(role);
                    let letters = style.fg.and_then(rgb).unwrap();
                    let behind = style.bg.and_then(rgb).unwrap_or(canvas);
                    let contrast = contrast(letters, behind);
                    let what = format!("{role:?} of {depth:?} on {background:?}: {contrast:.2}");
                    assert!(contrast >= least - 0.01, "{what}");
                }
            }
        }
    }

    #[test]
    fn the_terminal_says_what_it_draws_on() {
        for (value, background) in [
            (Some("0;15"), Background::Light),
            (Some("0;default;7"), Background::Light),
            (Some("15;0"), Background::Dark),
            (None, Background::Dark),
        ] {
            assert_eq!(Background::of_variable(value), background);
        }
        for (color, background) in [
            ("rgb:ffff/ffff/ffff", Some(Background::Light)),
            ("rgb:fd/f6/e3", Some(Background::Light)),
            ("rgb:0000/2b2b/3636", Some(Background::Dark)),
            ("rgb:ffff/ffff", None),
            ("rgb:/q/", None),
            ("rgb:fffffffff/0/0", None),
            ("?", None),
        ] {
            assert_eq!(Background::of_reply(color), background, "{color}");
        }
    }
}
