use ratatui::style::{Color, Modifier};

use super::paint::{Paint, rgb_of};
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
    let number = match color {
        Color::Rgb(red, green, blue) => return Some([red, green, blue]),
        Color::Indexed(number) => number,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Reset => return None,
    };
    Some(rgb_of(number))
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
    for (background, canvas) in [(Background::Dark, [0; 3]), (Background::Light, [255; 3])] {
        for (depth, contrast_wanted) in [
            (Depth::True, [4.5, 7.0]),
            (Depth::Indexed, [4.5, 7.0]),
            // The sixteen are the terminal's: these are xterm's.
            (Depth::Sixteen, [4.0, 5.0]),
        ] {
            for (contrast_is_high, least) in [false, true].into_iter().zip(contrast_wanted) {
                let theme = Theme {
                    depth,
                    background,
                    contrast: contrast_is_high,
                    ..Theme::default()
                };
                for role in Role::ALL {
                    let style = theme.style(role);
                    let Some(letters) = style.fg.and_then(rgb) else {
                        assert_eq!(style.fg, Some(Color::Reset), "the terminal's own");
                        continue;
                    };
                    let behind = style.bg.and_then(rgb).unwrap_or(canvas);
                    let contrast = contrast(letters, behind);
                    let what = format!("{role:?} of {theme:?}: {contrast:.2}");
                    assert!(contrast >= least - 0.01, "{what}");
                }
            }
        }
    }
}

#[test]
fn every_role_has_a_name_and_a_look_of_its_own() {
    let mut looks = Looks::default();
    let mine = Look {
        letters: Paint::Rgb([250, 120, 10]),
        behind: Some(Paint::Indexed(4)),
        modifiers: Modifier::ITALIC,
        without: Modifier::DIM,
    };
    looks.set(Role::Notice, mine);
    let looks: &'static Looks = Box::leak(Box::new(looks));
    for role in Role::ALL {
        let is_named = |other: &&Role| other.name().0 == role.name().0;
        assert_eq!(Role::ALL.iter().filter(is_named).count(), 1, "{role:?}");
        for depth in [Depth::None, Depth::Sixteen, Depth::Indexed, Depth::True] {
            let theme = Theme::new(depth);
            let chosen = Theme {
                looks: Some(looks),
                ..theme
            };
            let same = chosen.style(role) == theme.style(role);
            assert_eq!(same, role != Role::Notice, "{role:?}");
        }
    }
    // The nearest that the terminal has.
    for (depth, color) in [
        (Depth::True, Color::Rgb(250, 120, 10)),
        (Depth::Indexed, Color::Indexed(208)),
        (Depth::Sixteen, Color::Indexed(3)),
    ] {
        assert_eq!(mine.style(Theme::new(depth)).fg, Some(color));
    }
    let plain = mine.style(Theme::new(Depth::None));
    assert_eq!((plain.fg, plain.add_modifier), (None, Modifier::DIM));
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
