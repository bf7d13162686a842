//! A text as pieces of the one before it and what is new.

use serde::{Deserialize, Serialize};

use crate::maps::line::parse_range;
use crate::maps::text_lines::{common_lines, line_at};
use crate::text::bytes_as_text;

/// Bytes that a text may have: of three million VMAs or so. What is made of a few
/// bytes of a recording must not take all memory.
pub(super) const MOST: usize = 256 << 20;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Piece {
    /// From where in the text before, and how many bytes.
    Same(usize, usize),
    New(#[serde(with = "bytes_as_text")] Vec<u8>),
}

/// The pieces of a text; nothing where it is the one before. Lines are looked for
/// in the order of addresses, which they nearly always have.
pub(super) fn cut(before: &[u8], now: &[u8]) -> Option<Vec<Piece>> {
    if before == now {
        return None;
    }
    let mut pieces = Pieces::default();
    let (mut old, mut new) = (before, now);
    while !new.is_empty() {
        let mut same = common_lines(old, new);
        if same == 0 {
            let line = line_at(new, 0);
            let start = parse_range(line).map_or(0, |(start, _)| start);
            while !old.is_empty() && parse_range(line_at(old, 0)).is_none_or(|it| it.0 < start) {
                old = &old[line_at(old, 0).len()..];
            }
            if line_at(old, 0) != line {
                pieces.new_bytes(line);
                new = &new[line.len()..];
                continue;
            }
            same = line.len();
        }
        pieces.same(before.len() - old.len(), same);
        (old, new) = (&old[same..], &new[same..]);
    }
    Some(pieces.list)
}

#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
}

impl Pieces {
    fn same(&mut self, at: usize, count: usize) {
        match self.list.last_mut() {
            Some(Piece::Same(from, length)) if *from + *length == at => *length += count,
            _ => self.list.push(Piece::Same(at, count)),
        }
    }

    fn new_bytes(&mut self, bytes: &[u8]) {
        match self.list.last_mut() {
            Some(Piece::New(last)) => last.extend_from_slice(bytes),
            _ => self.list.push(Piece::New(bytes.to_vec())),
        }
    }
}

/// The text that pieces make.
///
/// # Errors
/// In a few words: they are not pieces of that text, or too much.
pub(super) fn join(before: &[u8], pieces: &[Piece]) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    for piece in pieces {
        let bytes = match piece {
            Piece::Same(from, length) => {
                let end = from.checked_add(*length);
                let same = end.and_then(|end| before.get(*from..end));
                same.ok_or("a piece of text that was not there before")?
            }
            Piece::New(bytes) => bytes,
        };
        if text.len() + bytes.len() > MOST {
            return Err(format!("a text of more than {} MiB", MOST >> 20));
        }
        text.extend_from_slice(bytes);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways(before: &str, now: &str) -> usize {
        let Some(pieces) = cut(before.as_bytes(), now.as_bytes()) else {
            assert_eq!(before, now);
            return 0;
        };
        let text = join(before.as_bytes(), &pieces).unwrap();
        assert_eq!(text, now.as_bytes(), "{pieces:?}");
        let new = pieces.iter().map(|piece| match piece {
            Piece::New(bytes) => bytes.len(),
            Piece::Same(..) => 0,
        });
        new.sum()
    }

    /// A line for each letter, `a` at the lowest address, what follows it in its end.
    fn lines(words: &str) -> String {
        let line = |word: &str| {
            let start = u64::from(word.as_bytes()[0] - b'a' + 1) << 12;
            format!("{start:08x}-{:08x} r--p {word}\n", start + 1)
        };
        words.split_whitespace().map(line).collect()
    }

    #[test]
    fn only_lines_that_are_new_are_in_the_pieces() {
        let texts = [
            "", "a", "a b c", "a bc c", "b d a c", "c b a", "a a a", "a2 b2 c2", "c", "d e f g",
        ];
        let texts = texts.map(lines);
        let odd = ["no line", "a\n\n\nb\n", "\n"].map(str::to_owned);
        let cut_off = lines("a b c").trim_end().to_owned();
        let all: Vec<String> = texts.into_iter().chain(odd).chain([cut_off]).collect();
        for before in &all {
            for now in &all {
                both_ways(before, now);
            }
        }
        let of_a_line = lines("a").len();
        for (before, now, new) in [
            ("a b c d", "a b2 c d", 1),
            ("a b c d e", "a2 b c d e2", 2),
            // Others came, and went.
            ("b c d f", "a b c d e f g", 3),
            ("a b c d e f", "b c f", 0),
            // Printed again, in a torn scan.
            ("a b c", "a b b2 c", 1),
            ("a b c", "a b a c", 1),
        ] {
            // What follows a letter is less than a line.
            let bytes = both_ways(&lines(before), &lines(now));
            assert_eq!(bytes / of_a_line, new, "{before} to {now}");
        }
    }

    #[test]
    fn pieces_of_nothing_and_endless_texts_are_refused() {
        assert!(join(b"abc", &[Piece::Same(1, 3)]).is_err());
        assert!(join(b"abc", &[Piece::Same(usize::MAX, 2)]).is_err());
        let before = vec![0; MOST / 2];
        let half = || Piece::Same(0, before.len());
        assert!(join(&before, &[half(), half(), Piece::New(vec![1])]).is_err());
    }
}
