//! Which lines are to be shown: by name, permissions, address, size, or what
//! happened to them lately.

use std::cell::LazyCell;
use std::ops::Range;

use super::kind::name_of_line;
use super::recent::names;
use crate::maps::diff::change::AddressSpaceChangeKind as Kind;
use crate::text::sanitise::sanitise;

/// Words that must all fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFilter {
    /// As they were typed, and what they mean.
    words: Vec<(String, Word)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// The name holds this; in lower case only: whatever the case.
    Name(Vec<u8>, bool),
    /// These letters; none: any.
    Permissions([Option<u8>; 4]),
    /// It covers this address, or some of these.
    Address(Range<u64>),
    /// At least so many bytes.
    AtLeast(u64),
    /// At most so many bytes.
    AtMost(u64),
    /// It changed lately, in the way whose name starts so; empty: in any.
    Changed(String),
}

/// A line, as far as filters look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub start: u64,
    pub end: u64,
    /// The line without its newline.
    pub line: &'a [u8],
    /// What happened to it lately: names such as `grown`; empty: nothing.
    pub changed: &'a [&'static str],
}

impl LineFilter {
    /// Reads what a user typed. Every text means something: a word that is
    /// nothing else is a part of a name.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Self {
        LineFilter {
            words: text
                .split_whitespace()
                .map(|word| (word.to_owned(), Word::parse(word)))
                .collect(),
        }
    }

    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether it looks at what happened lately.
    #[must_use]
    pub(crate) fn wants_changes(&self) -> bool {
        let mut words = self.words.iter();
        words.any(|(_, word)| matches!(word, Word::Changed(_)))
    }

    /// A word that no change can fit, as it was typed.
    #[must_use]
    pub(crate) fn no_change(&self) -> Option<&str> {
        let is_none = |way: &str| {
            let mut all = Kind::ALL.into_iter().flat_map(names);
            !all.any(|name| name.starts_with(way))
        };
        let mut words = self.words.iter();
        let found = words.find(|(_, word)| matches!(word, Word::Changed(way) if is_none(way)));
        found.map(|(text, _)| text.as_str())
    }

    #[must_use]
    pub(crate) fn accepts(&self, candidate: &Candidate<'_>) -> bool {
        self.words.iter().all(|(_, word)| word.accepts(candidate))
    }

    /// The same of something that is shown in other words than its line: what
    /// they say is found, too, whatever a word means else.
    pub(crate) fn accepts_shown<F: FnOnce() -> String>(
        &self,
        candidate: &Candidate<'_>,
        shown: &LazyCell<String, F>,
    ) -> bool {
        self.words.iter().all(|(text, word)| {
            word.accepts(candidate) || holds(shown.as_bytes(), text.as_bytes(), any_case(text))
        })
    }
}

impl Word {
    fn parse(text: &str) -> Self {
        if let Some(way) = text.strip_prefix('~') {
            return Word::Changed(way.to_lowercase());
        }
        if let Some(bytes) = text.strip_prefix('>').and_then(size) {
            return Word::AtLeast(bytes);
        }
        if let Some(bytes) = text.strip_prefix('<').and_then(size) {
            return Word::AtMost(bytes);
        }
        if let Some(letters) = permissions(text) {
            return Word::Permissions(letters);
        }
        if let Some(range) = addresses(text) {
            return Word::Address(range);
        }
        Word::Name(text.as_bytes().to_vec(), any_case(text))
    }

    fn accepts(&self, candidate: &Candidate<'_>) -> bool {
        let size = candidate.end.saturating_sub(candidate.start);
        match self {
            Word::Name(part, any_case) => {
                let name = name_of_line(candidate.line);
                holds(name, part, *any_case)
                    // What is shown of a hostile name is what is looked for.
                    || !name.is_empty() && holds(sanitise(name).as_bytes(), part, *any_case)
            }
            Word::Permissions(wanted) => {
                let at = memchr::memchr(b' ', candidate.line);
                let has = at.and_then(|at| candidate.line.get(at + 1..at + 5));
                has.is_some_and(|has| {
                    let fits = |(wanted, has): (&Option<u8>, &u8)| wanted.is_none_or(|w| w == *has);
                    wanted.iter().zip(has).all(fits)
                })
            }
            Word::Address(range) => candidate.start < range.end && range.start < candidate.end,
            Word::AtLeast(bytes) => size >= *bytes,
            Word::AtMost(bytes) => size <= *bytes,
            Word::Changed(way) => candidate
                .changed
                .iter()
                .any(|name| name.starts_with(way.as_str())),
        }
    }
}

/// Whether a word is looked for whatever the case: it is in lower case.
fn any_case(text: &str) -> bool {
    !text.chars().any(char::is_uppercase)
}

fn holds(name: &[u8], part: &[u8], any_case: bool) -> bool {
    if !any_case {
        return memchr::memmem::find(name, part).is_some();
    }
    let Some((&first, rest)) = part.split_first() else {
        return true;
    };
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), name).any(|at| {
        let found = name.get(at + 1..at + 1 + rest.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(rest))
    })
}

/// `rw-p`, `r-x`, `?w??`: letters in their places, `?` for any.
fn permissions(text: &str) -> Option<[Option<u8>; 4]> {
    let mut letters = [None; 4];
    if !(3..=4).contains(&text.len()) || text.bytes().all(|letter| letter == b'?') {
        return None;
    }
    for (place, letter) in text.bytes().enumerate() {
        let allowed: &[u8] = [&b"r-?"[..], b"w-?", b"x-?", b"ps?"][place];
        if !allowed.contains(&letter) {
            return None;
        }
        letters[place] = (letter != b'?').then_some(letter);
    }
    Some(letters)
}

/// `0x7f12`, `7f3a5c021000`, or `7f00000000-7f10000000`.
fn addresses(text: &str) -> Option<Range<u64>> {
    if let Some((start, end)) = text.split_once('-') {
        let (start, end) = (hex(start, 4)?, hex(end, 4)?);
        return (start < end).then_some(start..end);
    }
    // A short word of such letters may be a name: `cafe`, `dead`.
    let least = if text.starts_with("0x") { 1 } else { 8 };
    let address = hex(text, least)?;
    Some(address..address.saturating_add(1))
}

/// An address as users type it: hexadecimal, with or without `0x`, of at least
/// so many digits.
fn hex(text: &str, least: usize) -> Option<u64> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let fits = is_hex && (least..=16).contains(&digits.len());
    u64::from_str_radix(digits, 16).ok().filter(|_| fits)
}

/// An address that a user wants to go to.
#[must_use]
pub(crate) fn parse_address(text: &str) -> Option<u64> {
    hex(text.trim(), 1)
}

/// `4096`, `64k`, `1M`, `2G`, `1T`: bytes.
fn size(text: &str) -> Option<u64> {
    let at = text.find(|letter: char| !letter.is_ascii_digit());
    let (digits, unit) = text.split_at(at.unwrap_or(text.len()));
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" | "kb" => 10,
        "m" | "mib" | "mb" => 20,
        "g" | "gib" | "gb" => 30,
        "t" | "tib" | "tb" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIBC: &str = "7f3a5c021000-7f3a5c189000 r-xp 00022000 fe:00 1835287                    /usr/lib/libC.so.6";
    const HEAP: &str =
        "01000000-01021000 rw-p 00000000 00:00 0                                  [heap]";
    const PLAIN: &str = "02000000-02001000 rw-s 00000000 00:00 0 ";

    fn found(filter: &str) -> Vec<&'static str> {
        let filter = LineFilter::parse(filter);
        let lines = [(LIBC, "libc"), (HEAP, "heap"), (PLAIN, "plain")];
        lines
            .into_iter()
            .filter(|(line, name)| {
                let (start, end) = crate::maps::line::parse_range(line.as_bytes()).unwrap();
                filter.accepts(&Candidate {
                    start,
                    end,
                    line: line.as_bytes(),
                    changed: if *name == "heap" { &["grown"] } else { &[] },
                })
            })
            .map(|(_, name)| name)
            .collect()
    }

    #[test]
    fn a_change_that_there_is_not_is_told() {
        let told = |text| LineFilter::parse(text).no_change().map(str::to_owned);
        assert_eq!(told("libc ~foo"), Some("~foo".to_owned()));
        for fits in ["~", "~gr", "~shrunk", "~new", "foo", ""] {
            assert_eq!(told(fits), None, "{fits}");
        }
    }

    #[test]
    fn words_mean_what_they_look_like() {
        let all = ["libc", "heap", "plain"];
        for (filter, expected) in [
            ("", &all[..]),
            ("lib", &["libc"]),
            ("LIB", &[]),
            ("libC", &["libc"]),
            ("libc.so", &["libc"]),
            ("heap", &["heap"]),
            ("rw-p", &["heap"]),
            ("rw-", &["heap", "plain"]),
            ("???s", &["plain"]),
            ("??x?", &["libc"]),
            ("7f3a5c021000", &["libc"]),
            ("7f3a5c189000", &[]),
            ("0x2000fff", &["plain"]),
            ("1000-1020000", &["heap"]),
            ("1000000-3000000", &["heap", "plain"]),
            (">1M", &["libc"]),
            ("<4k", &["plain"]),
            ("<132K rw-p", &["heap"]),
            ("~", &["heap"]),
            ("~gr", &["heap"]),
            ("~shrunk", &[]),
            ("cafe", &[]),
            ("/usr r-xp", &["libc"]),
        ] {
            assert_eq!(found(filter), expected, "{filter}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_filter_and_names_are_found_in_any_case(text: String, name in "[a-zA-Z/]{1,30}", at in 0usize..30) {
            let _ = LineFilter::parse(&text);
            let part = &name[at.min(name.len())..];
            let lower = name.to_lowercase();
            prop_assert_eq!(holds(name.as_bytes(), part.to_lowercase().as_bytes(), true), lower.contains(&part.to_lowercase()));
            prop_assert!(holds(name.as_bytes(), part.as_bytes(), false));
        }
    }
}
