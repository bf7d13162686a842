//! Any colour, on a terminal of any depth.

use ratatui::style::Color;

use super::hue::Hue;
use super::{Depth, Theme};

/// A colour of the palette, or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Hue(Hue),
    /// Red, green and blue.
    Rgb([u8; 3]),
    /// The colour of this number: 0 to 15 are the terminal's own.
    Indexed(u8),
}

impl Paint {
    pub(super) fn color(self, theme: Theme) -> Color {
        match (self, theme.depth) {
            (Paint::Hue(hue), _) => hue.color(theme),
            (_, Depth::None) => Color::Reset,
            (Paint::Rgb([red, green, blue]), Depth::True) => Color::Rgb(red, green, blue),
            (Paint::Rgb(rgb), Depth::Indexed) => Color::Indexed(nearest(rgb, 16..=255)),
            (Paint::Rgb(rgb), Depth::Sixteen) => Color::Indexed(nearest(rgb, 0..=15)),
            (Paint::Indexed(number @ 16..), Depth::Sixteen) => {
                Color::Indexed(nearest(rgb_of(number), 0..=15))
            }
            (Paint::Indexed(number), _) => Color::Indexed(number),
        }
    }
}

/// The number of the colour that is nearest.
fn nearest(wanted: [u8; 3], among: std::ops::RangeInclusive<u8>) -> u8 {
    let distance = |number: u8| {
        let parts = wanted.into_iter().zip(rgb_of(number));
        parts
            .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
            .sum::<u32>()
    };
    among
        .min_by_key(|number| distance(*number))
        .unwrap_or_default()
}

/// Red, green and blue of a colour by its number, as xterm has them.
pub(crate) fn rgb_of(number: u8) -> [u8; 3] {
    const SIXTEEN: [[u8; 3]; 16] = [
        [0, 0, 0],
        [205, 0, 0],
        [0, 205, 0],
        [205, 205, 0],
        [0, 0, 238],
        [205, 0, 205],
        [0, 205, 205],
        [229, 229, 229],
        [127, 127, 127],
        [255, 0, 0],
        [0, 255, 0],
        [255, 255, 0],
        [92, 92, 255],
        [255, 0, 255],
        [0, 255, 255],
        [255, 255, 255],
    ];
    match number {
        0..=15 => SIXTEEN[usize::from(number)],
        16..=231 => {
            let cube = number - 16;
            let level = |n: u8| [0, 95, 135, 175, 215, 255][usize::from(n)];
            [level(cube / 36), level(cube / 6 % 6), level(cube % 6)]
        }
        232.. => [8 + (number - 232) * 10; 3],
    }
}
