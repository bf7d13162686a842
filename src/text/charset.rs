//! The characters that a terminal can show, and an ASCII form of the others.

use std::borrow::Cow;

/// What the locale says of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    #[default]
    Utf8,
    Ascii,
}

impl Charset {
    /// As POSIX has it: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is
    /// set and not empty says it, and without any the locale is `C`.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(variable)
            .find(|value| !value.is_empty());
        let locale = set.unwrap_or_default().to_ascii_lowercase();
        let codeset = locale.split_once('.').map_or("", |(_, codeset)| codeset);
        match codeset.split('@').next() {
            Some("utf-8" | "utf8") => Charset::Utf8,
            _ => Charset::Ascii,
        }
    }

    /// A text in this charset; a character that has no other form as the bytes
    /// it is, `\xNN` each.
    pub(crate) fn text(self, text: &str) -> Cow<'_, str> {
        if self == Charset::Utf8 || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut ascii = String::with_capacity(text.len());
        for character in text.chars() {
            match ascii_form(character) {
                Some(form) => ascii.push(form),
                None => {
                    let mut bytes = [0; 4];
                    for byte in character.encode_utf8(&mut bytes).bytes() {
                        ascii.push_str(&format!("\\x{byte:02x}"));
                    }
                }
            }
        }
        Cow::Owned(ascii)
    }
}

/// What stands for a character of ours, in one column: every glyph of every
/// view and report is here.
pub(crate) fn ascii_form(character: char) -> Option<char> {
    Some(match character {
        character if character.is_ascii() => character,
        // Signs.
        '✗' | '×' | '⊞' => 'x',
        '✓' => '*',
        '≈' => '%',
        '≠' => '!',
        '≤' => '<',
        '≥' => '>',
        '∞' => '8',
        '−' | '–' | '—' | '─' | '━' | '╸' => '-',
        '…' => '~',
        '·' | '•' => '.',
        'µ' => 'u',
        '⚠' => '!',
        '○' => 'o',
        '❄' => '*',
        '‖' => '=',
        '²' => '2',
        // Arrows and marks.
        '←' | '◂' | '◄' => '<',
        '→' | '▶' | '▸' => '>',
        '↑' | '▲' | '▴' => '^',
        '↓' | '▼' => 'v',
        '■' => '#',
        '◆' => '@',
        '□' => '_',
        // Lines of boxes and rules.
        '│' | '┊' | '┃' => '|',
        '┆' => ':',
        '╭' | '╮' => '+',
        '╰' | '╯' | '┤' | '└' | '┴' | '┬' => '+',
        // Bars, from low to high.
        '▁' => '_',
        '▂' | '▃' => '.',
        '▄' | '▅' => 'o',
        '▆' | '▇' => 'O',
        '█' | '▌' | '▍' | '▋' | '▊' | '▉' => '#',
        '▎' | '▏' => '|',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_says_which() {
        for (all, ctype, lang, charset) in [
            ("", "", "de_DE.UTF-8", Charset::Utf8),
            ("", "", "C.utf8", Charset::Utf8),
            ("", "", "en_US.UTF-8@euro", Charset::Utf8),
            ("C", "en_US.UTF-8", "en_US.UTF-8", Charset::Ascii),
            ("", "POSIX", "en_US.UTF-8", Charset::Ascii),
            ("en_US.UTF-8", "C", "C", Charset::Utf8),
            ("", "", "en_US.ISO-8859-1", Charset::Ascii),
            ("", "", "", Charset::Ascii),
        ] {
            let variable = |name: &str| {
                let value = match name {
                    "LC_ALL" => all,
                    "LC_CTYPE" => ctype,
                    _ => lang,
                };
                Some(value.to_owned())
            };
            assert_eq!(Charset::of(variable), charset, "{all} {ctype} {lang}");
        }
        assert_eq!(Charset::of(|_| None), Charset::Ascii);
    }

    #[test]
    fn what_is_not_ours_is_shown_as_bytes() {
        let text = "✓ 1.2µs … /home/jürgen";
        assert_eq!(Charset::Utf8.text(text), text);
        assert_eq!(Charset::Ascii.text(text), "* 1.2us ~ /home/j\\xc3\\xbcrgen");
    }
}
