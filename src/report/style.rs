//! The ANSI styles of what is printed for people.
//!
//! They are always written: print to a stream that strips them where they are
//! not wanted (`anstream`).

use anstyle::{AnsiColor, Style};

// Only colours that can be read on a dark and on a light background: yellow, green
// and cyan are lost on white, blue is on black.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const GOOD: Style = Style::new().bold();
pub(crate) const TORN: Style = AnsiColor::Magenta.on_default().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const PLAIN: Style = Style::new();

#[cfg(test)]
mod tests {
    use anstyle::Color;

    use super::*;

    /// The relative luminance of a colour of xterm's, of those whose channels are
    /// 0 or 205 (WCAG 2).
    fn luminance(red: bool, green: bool, blue: bool) -> f64 {
        let full = ((205.0_f64 / 255.0 + 0.055) / 1.055).powf(2.4);
        let channels = [(red, 0.2126), (green, 0.7152), (blue, 0.0722)];
        channels
            .iter()
            .filter(|it| it.0)
            .map(|it| it.1 * full)
            .sum()
    }

    #[test]
    fn every_colour_can_be_read_on_black_and_on_white() {
        for style in [BAD, GOOD, TORN, DIM, BOLD, PLAIN] {
            let Some(Color::Ansi(color)) = style.get_fg_color() else {
                assert_eq!(style.get_fg_color(), None);
                continue;
            };
            assert!(!color.is_bright());
            let bits = color as u8;
            let light = luminance(bits & 1 > 0, bits & 2 > 0, bits & 4 > 0);
            let (on_black, on_white) = ((light + 0.05) / 0.05, 1.05 / (light + 0.05));
            assert!(
                on_black > 3.0 && on_white > 3.0,
                "{color:?}: {on_black} {on_white}"
            );
        }
    }
}
