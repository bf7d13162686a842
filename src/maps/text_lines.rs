//! Texts of lines, compared and searched without parsing all of them.

use super::line::parse_range;

/// How many bytes `a` and `b` have in common from their start.
pub(crate) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 512;
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    if a == b {
        return length;
    }
    let mut at = 0;
    while at + BLOCK <= length && a[at..at + BLOCK] == b[at..at + BLOCK] {
        at += BLOCK;
    }
    // Where they differ word by word, without a call for each.
    let words = a[at..].as_chunks::<8>().0.iter();
    let pairs = words.zip(b[at..].as_chunks::<8>().0);
    let equal = |(x, y): &(&[u8; 8], &[u8; 8])| u64::from_ne_bytes(**x) == u64::from_ne_bytes(**y);
    at += pairs.take_while(equal).count() * 8;
    let rest = a[at..].iter().zip(&b[at..]);
    at + rest.take_while(|(x, y)| x == y).count()
}

/// How many bytes of whole lines `a` and `b` have in common from their start; all where
/// they are equal.
pub(crate) fn common_lines(a: &[u8], b: &[u8]) -> usize {
    // Mostly the very next line differs too: look there first.
    const NEAR: usize = 256;
    let near = common_prefix(&a[..a.len().min(NEAR)], &b[..b.len().min(NEAR)]);
    let same = if near < NEAR {
        near
    } else {
        common_prefix(a, b)
    };
    // Both may end in the middle of the same line.
    if same == a.len() && same == b.len() {
        return same;
    }
    memchr::memrchr(b'\n', &a[..same]).map_or(0, |newline| newline + 1)
}

/// The line that starts at `at`, with its newline.
pub(crate) fn line_at(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
    &rest[..end]
}

/// Where the line that holds the byte at `at` starts.
pub(crate) fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}

/// Where the first line that ends above `address` starts; the text's length
/// if there is none. Up to that line, ends must not decrease.
pub(crate) fn first_ending_above(text: &[u8], address: u64) -> usize {
    let (mut low, mut high) = (0, text.len());
    // Lines that start below `low` end at or below the address; the line that
    // starts at `high`, if any, ends above it.
    while low < high {
        let start = line_start(text, low + (high - low) / 2);
        let line = line_at(text, start);
        match parse_range(line) {
            Some((_, end)) if end > address => high = start,
            _ => low = start + line.len(),
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_lines_by_address() {
        let text = b"00001000-00002000 a\n00002000-00004000 bbbbb\n00005000-00006000 c\n";
        for (address, found) in [
            (0, 0),
            (0x1fff, 0),
            (0x2000, 20),
            (0x4000, 44),
            (0x6000, 64),
        ] {
            assert_eq!(first_ending_above(text, address), found, "{address:x}");
        }
        assert_eq!(first_ending_above(b"", 0), 0);
    }

    #[test]
    fn common_lines_are_whole() {
        assert_eq!(common_lines(b"a\nb\nc\n", b"a\nb\nd\n"), 4);
        assert_eq!(common_lines(b"a\nb", b"a\nb\n"), 2);
        assert_eq!(common_lines(b"a\nb", b"a\nb"), 3);
        let long = b"0123456789abcde\n".repeat(40);
        assert_eq!(common_lines(&long, &long), long.len());
        let mut other = long.clone();
        other[500] = b'x';
        assert_eq!(common_lines(&long, &other), 496);
    }
}
