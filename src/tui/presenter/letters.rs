//! Large letters: three dots by five each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Dots of a letter, and of the space behind it.
const DOTS: (u16, u16) = (3, 5);
const SPACE: u16 = 1;

/// A letter, row by row; in each the dot on the left is the highest of three bits.
fn dots(letter: char) -> [u8; 5] {
    match letter {
        'A' => [0b010, 0b101, 0b111, 0b101, 0b101],
        'B' => [0b110, 0b101, 0b110, 0b101, 0b110],
        'C' => [0b011, 0b100, 0b100, 0b100, 0b011],
        'D' => [0b110, 0b101, 0b101, 0b101, 0b110],
        'E' => [0b111, 0b100, 0b110, 0b100, 0b111],
        'F' => [0b111, 0b100, 0b110, 0b100, 0b100],
        'G' => [0b011, 0b100, 0b101, 0b101, 0b011],
        'H' => [0b101, 0b101, 0b111, 0b101, 0b101],
        'I' => [0b111, 0b010, 0b010, 0b010, 0b111],
        'J' => [0b001, 0b001, 0b001, 0b101, 0b010],
        'K' => [0b101, 0b101, 0b110, 0b101, 0b101],
        'L' => [0b100, 0b100, 0b100, 0b100, 0b111],
        'M' => [0b101, 0b111, 0b111, 0b101, 0b101],
        'N' => [0b110, 0b101, 0b101, 0b101, 0b101],
        'O' => [0b010, 0b101, 0b101, 0b101, 0b010],
        'P' => [0b110, 0b101, 0b110, 0b100, 0b100],
        'Q' => [0b010, 0b101, 0b101, 0b110, 0b011],
        'R' => [0b110, 0b101, 0b110, 0b101, 0b101],
        'S' => [0b011, 0b100, 0b010, 0b001, 0b110],
        'T' => [0b111, 0b010, 0b010, 0b010, 0b010],
        'U' => [0b101, 0b101, 0b101, 0b101, 0b111],
        'V' => [0b101, 0b101, 0b101, 0b101, 0b010],
        'W' => [0b101, 0b101, 0b111, 0b111, 0b101],
        'X' => [0b101, 0b101, 0b010, 0b101, 0b101],
        'Y' => [0b101, 0b101, 0b010, 0b010, 0b010],
        'Z' => [0b111, 0b001, 0b010, 0b100, 0b111],
        _ => [0; 5],
    }
}

/// Columns and rows of a word whose dots have so many.
pub(super) fn size(word: &str, (columns, rows): (u16, u16)) -> (u16, u16) {
    let letters = word.chars().count() as u16;
    let dots = (letters * (DOTS.0 + SPACE)).saturating_sub(SPACE);
    (dots * columns, DOTS.1 * rows)
}

/// Draws a word of capital letters from the upper left corner of `area`.
pub(super) fn draw(word: &str, dot: (u16, u16), style: Style, area: Rect, buffer: &mut Buffer) {
    // A full block reversed would be blank.
    let style = style.remove_modifier(Modifier::REVERSED);
    for (at, letter) in (0u16..).zip(word.chars()) {
        let left = area.x + at * (DOTS.0 + SPACE) * dot.0;
        for (row, bits) in (0u16..).zip(dots(letter)) {
            for column in (0..DOTS.0).filter(|column| bits >> (DOTS.0 - 1 - column) & 1 == 1) {
                let corner = Rect {
                    x: left + column * dot.0,
                    y: area.y + row * dot.1,
                    width: dot.0,
                    height: dot.1,
                };
                for position in corner.intersection(area).positions() {
                    buffer[position].set_char('█').set_style(style);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::verdict::ViolationKind;
    use crate::tui::presenter::said::{DUPLICATE, TORN, WHOLE};

    #[test]
    fn every_letter_that_is_said_can_be_drawn() {
        let words = ViolationKind::NAMES.map(str::to_uppercase);
        let words = words
            .iter()
            .map(String::as_str)
            .chain([WHOLE, TORN, DUPLICATE]);
        for letter in words.flat_map(str::chars).filter(|it| *it != ' ') {
            assert_ne!(dots(letter), [0; 5], "{letter}");
        }
        let different: std::collections::HashSet<_> = ('A'..='Z').map(dots).collect();
        assert_eq!(different.len(), 26);
    }

    #[test]
    fn a_word_is_as_large_as_its_dots() {
        let area = Rect::new(0, 0, 16, 5);
        let mut buffer = Buffer::empty(area);
        draw("HL", (2, 1), Style::new(), area, &mut buffer);
        let rows: Vec<String> = (0..5)
            .map(|y| (0..16).map(|x| buffer[(x, y)].symbol()).collect())
            .collect();
        assert_eq!(rows[0], "██  ██  ██      ");
        assert_eq!(rows[2], "██████  ██      ");
        assert_eq!(rows[4], "██  ██  ██████  ");
        assert_eq!(size("HL", (2, 1)), (14, 5));
    }
}
