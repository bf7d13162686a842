//! A few lines of a scan, fit to be shown.

use serde::{Deserialize, Serialize};

use super::scan_text::ScanText;
use crate::text::sanitise::sanitise;

/// A few lines of a scan around one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    pub lines: Vec<ExcerptLine>,
}

/// One line of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcerptLine {
    /// The chunk it is in, from 0.
    pub chunk: usize,
    /// The line as printed, sanitised, without its newline.
    pub text: String,
    /// Whether it is the line the excerpt is about.
    pub marked: bool,
}

impl Excerpt {
    /// `around` lines on each side of the line that starts at byte `at`; that
    /// line is marked.
    #[must_use]
    pub fn of_scan(scan: &ScanText, at: usize, around: usize) -> Self {
        let text = scan.text();
        let at = at.min(text.len());
        let from = lines_back(&text[..at], around);
        let mut lines = Vec::new();
        let mut position = from;
        for line in text[from..].split_inclusive(|&b| b == b'\n') {
            if position > at && lines.len() > around * 2 {
                break;
            }
            lines.push(ExcerptLine {
                chunk: chunk_of(scan, position),
                text: sanitise(line.strip_suffix(b"\n").unwrap_or(line)).into_owned(),
                marked: position == at,
            });
            position += line.len();
        }
        let keep = lines
            .iter()
            .position(|line| line.marked)
            .map_or(lines.len(), |marked| marked + 1 + around);
        lines.truncate(keep);
        Excerpt { lines }
    }

    /// The whole lines of `text`, all in one chunk.
    #[must_use]
    pub(crate) fn of_text(text: &[u8]) -> Self {
        let lines = text
            .split_inclusive(|&b| b == b'\n')
            .map(|line| ExcerptLine {
                chunk: 0,
                text: sanitise(line.strip_suffix(b"\n").unwrap_or(line)).into_owned(),
                marked: false,
            })
            .collect();
        Excerpt { lines }
    }
}

/// Where the `count`th line before the end of `text` starts.
fn lines_back(text: &[u8], count: usize) -> usize {
    let mut newlines = memchr::memrchr_iter(b'\n', text);
    newlines.nth(count).map_or(0, |newline| newline + 1)
}

fn chunk_of(scan: &ScanText, position: usize) -> usize {
    scan.chunks
        .partition_point(|chunk| chunk.bytes.end <= position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::scan_text::Window;

    fn scan() -> ScanText {
        let chunks = [&b"a\nb\nc\n"[..], b"d\ne\nf\n"];
        ScanText::from_chunks(
            chunks.map(|chunk| (chunk, Window::default())),
            Window::default(),
        )
    }

    fn shown(excerpt: &Excerpt) -> String {
        excerpt
            .lines
            .iter()
            .map(|line| {
                let mark = if line.marked { "*" } else { "" };
                format!("{}{}{mark} ", line.chunk, line.text)
            })
            .collect()
    }

    #[test]
    fn shows_lines_on_both_sides_and_marks_one() {
        assert_eq!(shown(&Excerpt::of_scan(&scan(), 6, 2)), "0b 0c 1d* 1e 1f ");
        assert_eq!(shown(&Excerpt::of_scan(&scan(), 0, 1)), "0a* 0b ");
        assert_eq!(shown(&Excerpt::of_scan(&scan(), 10, 3)), "0c 1d 1e 1f* ");
    }

    #[test]
    fn the_end_of_the_scan_shows_the_last_lines() {
        assert_eq!(shown(&Excerpt::of_scan(&scan(), 12, 2)), "1e 1f ");
    }
}
