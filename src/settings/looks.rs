//! The looks of roles, as `orange bold on black | reversed`: a colour, modifiers, what
//! is behind; and behind the bar the modifiers where there are no colours.

use ratatui::style::Modifier;

use super::entry::Entry;
use super::problem::{Problem, quoted};
use crate::tui::theme::Role;
use crate::tui::theme::hue::Hue;
use crate::tui::theme::look::{Look, Looks};
use crate::tui::theme::paint::Paint;

pub(super) const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// None: nothing is said of any.
pub(super) fn read(section: &[Entry<'_>]) -> Result<Option<&'static Looks>, Problem> {
    if section.is_empty() {
        return Ok(None);
    }
    let mut looks = Looks::default();
    for entry in section {
        let named = Role::ALL.into_iter().find(|it| it.name().0 == entry.name);
        let role = named.ok_or_else(|| entry.unknown("role", &Role::ALL.map(|it| it.name().0)))?;
        let look = look(entry.text()?, Look::built_in(role).without);
        looks.set(role, look.map_err(|why| entry.no(&why))?);
    }
    // One a command line, for as long as the program runs.
    Ok(Some(Box::leak(Box::new(looks))))
}

/// Reads a look; `without` are the modifiers where there are no colours, if it does not
/// say them.
fn look(text: &str, without: Modifier) -> Result<Look, String> {
    let (text, behind_bar) = match text.split_once('|') {
        Some((text, without)) => (text, Some(without)),
        None => (text, None),
    };
    let mut look = Look {
        letters: Paint::Hue(Hue::Plain),
        behind: None,
        modifiers: Modifier::empty(),
        without,
    };
    let mut words = text.split_whitespace();
    let mut has_colour = false;
    while let Some(word) = words.next() {
        if let Some(modifier) = modifier(word) {
            look.modifiers |= modifier;
        } else if word == "on" {
            let word = words.next().unwrap_or_default();
            look.behind = Some(paint(word).ok_or_else(|| wrong(word))?);
        } else {
            look.letters = paint(word).ok_or_else(|| wrong(word))?;
            if std::mem::replace(&mut has_colour, true) {
                return Err(format!(
                    "{} is a second colour; `on` stands before what is behind",
                    quoted(word)
                ));
            }
        }
    }
    if let Some(text) = behind_bar {
        look.without = Modifier::empty();
        for word in text.split_whitespace() {
            look.without |= modifier(word).ok_or_else(|| {
                let names = MODIFIERS.map(|it| it.0).join(", ");
                format!(
                    "behind the bar {} is no modifier; there are {names}",
                    quoted(word)
                )
            })?;
        }
    }
    Ok(look)
}

fn modifier(word: &str) -> Option<Modifier> {
    let found = MODIFIERS.iter().find(|(name, _)| *name == word);
    found.map(|(_, modifier)| *modifier)
}

fn paint(word: &str) -> Option<Paint> {
    if let Some((_, hue)) = Hue::ALL.iter().find(|(name, _)| *name == word) {
        return Some(Paint::Hue(*hue));
    }
    match word.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_hexdigit()) => {
            let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
            Some(Paint::Rgb([red, green, blue]))
        }
        Some(_) => None,
        None if word.bytes().all(|it| it.is_ascii_digit()) => word.parse().ok().map(Paint::Indexed),
        None => None,
    }
}

fn wrong(word: &str) -> String {
    let hues = Hue::ALL.map(|it| it.0).join(", ");
    let modifiers = MODIFIERS.map(|it| it.0).join(", ");
    format!(
        "{} is no colour and no modifier; there are {hues}, #rrggbb, 0 to 255; {modifiers}",
        quoted(word)
    )
}

/// A look as a file has it.
pub(super) fn written(look: Look) -> String {
    let modifiers = |of: Modifier| {
        let names = MODIFIERS.iter().filter(move |(_, it)| of.contains(*it));
        names.map(|(name, _)| (*name).to_owned())
    };
    let colour = |paint: Paint| match paint {
        Paint::Hue(hue) => {
            let found = Hue::ALL.iter().find(|(_, it)| *it == hue);
            found.map_or_else(String::new, |(name, _)| (*name).to_owned())
        }
        Paint::Rgb([red, green, blue]) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Paint::Indexed(number) => number.to_string(),
    };
    let behind = look.behind.map(|paint| format!("on {}", colour(paint)));
    let with = std::iter::once(colour(look.letters))
        .chain(modifiers(look.modifiers))
        .chain(behind);
    let without = std::iter::once("|".to_owned()).chain(modifiers(look.without));
    with.chain(without).collect::<Vec<_>>().join(" ")
}
