//! A text as pieces of the one before it and what is new.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

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

/// The pieces of a text; nothing where it is the one before.
pub(super) fn cut(before: &[u8], now: &[u8]) -> Option<Vec<Piece>> {
    if before == now {
        return None;
    }
    let front = line_start(before, common_front(before, now));
    let back = whole_lines(before, common_back(&before[front..], &now[front..]));
    let mut pieces = Pieces::default();
    pieces.same(0, front);
    let old = &before[front..before.len() - back];
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    let mut at = front;
    for line in old.split_inclusive(|&byte| byte == b'\n') {
        known.entry(line).or_insert(at);
        at += line.len();
    }
    let end = before.len() - back;
    for line in now[front..now.len() - back].split_inclusive(|&byte| byte == b'\n') {
        let next = pieces.next();
        let goes_on = before.get(next..end).is_some_and(|it| it.starts_with(line));
        match Some(next).filter(|_| goes_on).or(known.get(line).copied()) {
            Some(at) => pieces.same(at, line.len()),
            None => pieces.new_bytes(line),
        }
    }
    pieces.same(end, back);
    Some(pieces.list)
}

/// Bytes compared at once: byte by byte it would take as long as to parse them.
const BLOCK: usize = 4096;

/// How many bytes at the front are the same.
fn common_front(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
    let same = BLOCK * blocks.take_while(|(one, other)| one == other).count();
    let bytes = one[same..].iter().zip(&other[same..]);
    same + bytes.take_while(|(one, other)| one == other).count()
}

/// How many bytes at the end are the same.
fn common_back(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.rchunks_exact(BLOCK).zip(other.rchunks_exact(BLOCK));
    let same = BLOCK * blocks.take_while(|(one, other)| one == other).count();
    let rest = |of: &[u8]| of.len() - same;
    let bytes = one[..rest(one)]
        .iter()
        .rev()
        .zip(other[..rest(other)].iter().rev());
    same + bytes.take_while(|(one, other)| one == other).count()
}

/// Where the line that has the byte at `at` starts.
fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}

/// How many of so many bytes at the end are lines behind the first newline.
fn whole_lines(text: &[u8], count: usize) -> usize {
    let end = &text[text.len() - count..];
    memchr::memchr(b'\n', end).map_or(0, |newline| count - newline - 1)
}

#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
}

impl Pieces {
    /// Where what follows the last piece is in the text before.
    fn next(&self) -> usize {
        match self.list.last() {
            Some(Piece::Same(from, length)) => from + length,
            _ => usize::MAX,
        }
    }

    fn same(&mut self, at: usize, count: usize) {
        if count == 0 {
            return;
        }
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

    #[test]
    fn only_lines_that_are_new_are_in_the_pieces() {
        let texts = [
            "",
            "a\n",
            "a\nbb\nc\n",
            "a\nbc\nc\n",
            "bb\nx\na\nc\n",
            "a\nbb\nc",
            "aa\na\nc\n",
        ];
        for before in texts {
            for now in texts {
                both_ways(before, now);
            }
        }
        assert_eq!(both_ways("a\nbb\nc\nd\n", "a\nbb\nx\nd\n"), 2);
        // What one state had elsewhere.
        assert_eq!(both_ways("a\nbb\nc\nd\n", "c\nbb\na\nd\n"), 0);
        // Two changes far apart.
        assert_eq!(both_ways("a\nb\nc\nd\ne\n", "x\nb\nc\nd\ny\n"), 4);
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
