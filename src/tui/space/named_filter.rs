//! Filters that have a name in the settings: `@name` stands for one.

use std::borrow::Cow;

/// What stands in front of a name.
pub(crate) const SIGN: char = '@';

/// A name, and the words that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedFilter {
    pub(crate) name: String,
    pub(crate) words: String,
}

/// What was typed, with the words of each filter in the place of its name; a name
/// that none has stays a word.
pub(crate) fn in_words<'a>(typed: &'a str, named: &[NamedFilter]) -> Cow<'a, str> {
    if !typed.contains(SIGN) {
        return Cow::Borrowed(typed);
    }
    let words = typed.split_whitespace().map(|word| {
        let name = word.strip_prefix(SIGN);
        let found = name.and_then(|name| named.iter().find(|it| it.name == name));
        found.map_or(word, |it| it.words.as_str())
    });
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_its_words() {
        let named = [NamedFilter {
            name: "code".into(),
            words: "r-xp .so".into(),
        }];
        for (typed, words) in [
            ("libc", "libc"),
            ("@code libc", "r-xp .so libc"),
            ("@cod a@code @", "@cod a@code @"),
        ] {
            assert_eq!(in_words(typed, &named), words);
        }
    }
}
