//! The palette, which is that of Okabe and Ito: people of any colour vision can
//! tell its colours apart.

use ratatui::style::Color;

use super::{Background, Depth, Theme};

/// The colours of the palette that read well as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hue {
    Orange,
    Sky,
    Blue,
    Green,
    Yellow,
    Vermillion,
    Purple,
    Grey,
    White,
    Black,
    /// The terminal's own.
    Plain,
}

/// A colour in each depth: true, of 256, of 16.
type Shades = ((u8, u8, u8), u8, Color);

impl Hue {
    /// All of them, with their names.
    pub(crate) const ALL: [(&str, Hue); 11] = [
        ("plain", Hue::Plain),
        ("orange", Hue::Orange),
        ("sky", Hue::Sky),
        ("blue", Hue::Blue),
        ("green", Hue::Green),
        ("yellow", Hue::Yellow),
        ("vermillion", Hue::Vermillion),
        ("purple", Hue::Purple),
        ("grey", Hue::Grey),
        ("white", Hue::White),
        ("black", Hue::Black),
    ];

    pub(super) fn color(self, theme: Theme) -> Color {
        let shades = match (theme.background, theme.contrast) {
            (Background::Dark, false) => self.on_dark(),
            (Background::Light, false) => self.on_light(),
            (Background::Dark, true) => self.high_on_dark(),
            (Background::Light, true) => self.high_on_light(),
        };
        let Some((rgb, indexed, sixteen)) = shades else {
            return match (self, theme.depth) {
                (Hue::White, Depth::Sixteen) => Color::White,
                (Hue::White, _) => Color::Indexed(231),
                (Hue::Black, Depth::Sixteen) => Color::Black,
                (Hue::Black, _) => Color::Indexed(16),
                _ => Color::Reset,
            };
        };
        match theme.depth {
            Depth::None => Color::Reset,
            Depth::Sixteen => sixteen,
            Depth::Indexed => Color::Indexed(indexed),
            Depth::True => Color::Rgb(rgb.0, rgb.1, rgb.2),
        }
    }

    fn on_dark(self) -> Option<Shades> {
        Some(match self {
            Hue::Orange => ((230, 159, 0), 214, Color::Yellow),
            Hue::Sky => ((86, 180, 233), 74, Color::Cyan),
            Hue::Blue => ((30, 134, 198), 32, Color::LightBlue),
            Hue::Green => ((0, 158, 115), 36, Color::Green),
            Hue::Yellow => ((240, 228, 66), 227, Color::LightYellow),
            Hue::Vermillion => ((213, 94, 0), 166, Color::LightRed),
            Hue::Purple => ((204, 121, 167), 175, Color::LightMagenta),
            Hue::Grey => ((138, 138, 138), 245, Color::DarkGray),
            Hue::White | Hue::Black | Hue::Plain => return None,
        })
    }

    /// Darker, so that it can be read.
    fn on_light(self) -> Option<Shades> {
        Some(match self {
            Hue::Orange => ((147, 101, 0), 94, Color::Magenta),
            Hue::Sky => ((55, 116, 151), 25, Color::Blue),
            Hue::Blue => ((0, 114, 178), 25, Color::Blue),
            Hue::Green => ((0, 127, 93), 23, Color::Blue),
            Hue::Yellow => ((119, 113, 32), 58, Color::Magenta),
            Hue::Vermillion => ((183, 80, 0), 130, Color::Red),
            Hue::Purple => ((155, 91, 126), 96, Color::Magenta),
            Hue::Grey => ((111, 111, 111), 242, Color::DarkGray),
            Hue::White | Hue::Black | Hue::Plain => return None,
        })
    }

    fn high_on_dark(self) -> Option<Shades> {
        Some(match self {
            Hue::Orange => ((255, 178, 51), 214, Color::Yellow),
            Hue::Sky => ((130, 205, 255), 117, Color::LightCyan),
            Hue::Blue => ((120, 175, 255), 111, Color::Cyan),
            Hue::Green => ((70, 220, 165), 79, Color::LightGreen),
            Hue::Yellow => ((255, 240, 80), 227, Color::LightYellow),
            Hue::Vermillion => ((255, 140, 85), 209, Color::LightRed),
            Hue::Purple => ((245, 170, 210), 218, Color::LightMagenta),
            Hue::Grey => ((208, 208, 208), 252, Color::Gray),
            Hue::White | Hue::Black | Hue::Plain => return None,
        })
    }

    /// Of the sixteen hardly any is dark enough: the rest is black.
    fn high_on_light(self) -> Option<Shades> {
        Some(match self {
            Hue::Orange => ((105, 68, 0), 88, Color::Red),
            Hue::Sky => ((0, 82, 125), 24, Color::Blue),
            Hue::Blue => ((0, 70, 150), 19, Color::Blue),
            Hue::Green => ((0, 88, 60), 22, Color::Black),
            Hue::Yellow => ((85, 78, 0), 54, Color::Black),
            Hue::Vermillion => ((145, 45, 0), 124, Color::Red),
            Hue::Purple => ((115, 45, 95), 90, Color::Black),
            Hue::Grey => ((75, 75, 75), 238, Color::Black),
            Hue::White | Hue::Black | Hue::Plain => return None,
        })
    }
}
