//! One scan, indexed so that any part of it can be shown at once.
//!
//! A target may have 65 000 VMAs, of which only the rows that fit on the screen
//! are drawn. The index is made by the session's thread.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::changes::Change;
use super::explorer::arrangement::Arrangement;
use super::explorer::recent::Recent;
use super::lines::{LineRef, index_lines};
use super::rows::Row;
use super::trigger::Held;
use crate::maps::line_counts::GATES;
use crate::maps::scan_text::{Chunk, Lines};
use crate::oracle::states::States;
use crate::sampling::TakenScan;

/// A line of the site, and the states that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteLine {
    /// Its index in the picture's lines.
    pub line: u32,
    /// The states that have exactly this line, one bit each.
    pub states: u64,
}

/// A scan, ready to be shown.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The scan and its verdict.
    pub scan: TakenScan,
    /// When it was taken, since the session started.
    pub at: Duration,
    pub lines: Vec<LineRef>,
    /// How many VMAs that makes: duplicates and the gate VMA, which is in no
    /// process's tree, are not counted.
    pub vmas: usize,
    pub rows: Vec<Row>,
    /// The lines of the site.
    pub site: Vec<SiteLine>,
    /// Why it is shown.
    pub held: Held,
    /// The lines that are not as they were, by address.
    pub changes: Vec<Change>,
    /// What happened to each VMA in the last minute, by address.
    pub recent: Arc<Vec<Recent>>,
    /// Which rows it has.
    pub arrangement: Arc<Arrangement>,
    /// How many of its lines are shown.
    pub fitting: usize,
    /// The row to look at: the first violation, else the site's first line,
    /// else the first duplicate, else the first row.
    pub focus: usize,
}

/// What is known besides the scan itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Where the scenario works, in bytes.
    pub site: Option<(&'a Range<u64>, &'a States)>,
}

impl Picture {
    /// Indexes a scan, into buffers that are reused.
    pub fn index(&mut self, context: Context<'_>) {
        self.held = Held::of(&self.scan.verdict);
        index_lines(&self.scan.text, &mut self.lines);
        let counts = |line: &&LineRef| !line.duplicate && line.start < GATES;
        self.vmas = self.lines.iter().filter(counts).count();
        self.site.clear();
        if let Some((range, states)) = context.site {
            self.site = site_lines(self.scan.text.text(), &self.lines, range, states);
        }
        self.changes.clear();
    }

    /// The text of a line, without its newline, as the target gave it.
    #[must_use]
    pub(crate) fn line_text(&self, line: u32) -> &[u8] {
        self.lines
            .get(line as usize)
            .map_or(&[], |line| line.text(self.scan.text.text()))
    }

    /// The bytes and the number of lines of a chunk.
    #[must_use]
    pub(crate) fn chunk(&self, chunk: u32) -> Option<(&Chunk, usize)> {
        let found = self.scan.text.chunks.get(chunk as usize)?;
        let first = self.lines.partition_point(|line| line.chunk < chunk);
        let end = self.lines.partition_point(|line| line.chunk <= chunk);
        Some((found, end - first))
    }

    /// The states of a line of the site; `None` for other lines.
    #[must_use]
    pub(crate) fn states_of(&self, line: u32) -> Option<u64> {
        let at = self.site.binary_search_by_key(&line, |site| site.line);
        at.ok().map(|at| self.site[at].states)
    }
}

fn site_lines(
    text: &[u8],
    lines: &[LineRef],
    range: &Range<u64>,
    states: &States,
) -> Vec<SiteLine> {
    let count = states.sites().first().map_or(0, |site| site.state_count());
    let has = |state: usize, line: &[u8]| {
        Lines::of(states.site_text(0, state))
            .any(|of_state| of_state.strip_suffix(b"\n").unwrap_or(of_state) == line)
    };
    (0u32..)
        .zip(lines)
        .filter(|(_, line)| line.end > range.start && line.start < range.end)
        .map(|(i, line)| {
            let body = line.text(text);
            let states = (0..count)
                .filter(|&state| has(state, body))
                .fold(0, |set, state| set | 1 << state);
            SiteLine { line: i, states }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::scan_text::{ScanText, Window};

    fn picture(chunks: &[&str]) -> Picture {
        let mut picture = Picture::default();
        picture.scan.text = ScanText::from_chunks(
            chunks
                .iter()
                .map(|chunk| (chunk.as_bytes(), Window::default())),
            Window::default(),
        );
        picture.index(Context::default());
        picture.lay_out(Vec::new());
        picture
    }

    #[test]
    fn rows_have_a_rule_for_each_chunk_and_a_row_for_each_gap() {
        let picture = picture(&[
            "00010000-00011000 r--p 00000000 00:00 0 \n00012000-00013000 r--p 00000000 00:00 0 \n",
            "00012000-00015000 r--p 00000000 00:00 0 \n00011000-00012000 r--p 00000000 00:00 0 \n",
        ]);
        assert_eq!(
            picture.rows,
            [
                Row::Chunk(0),
                Row::Line(0),
                Row::Gap(1),
                Row::Line(1),
                Row::Chunk(1),
                Row::Line(2),
                Row::Note(2),
                Row::Line(3),
                Row::Note(3),
                Row::End,
            ]
        );
        let marks: Vec<_> = picture
            .lines
            .iter()
            .map(|line| (line.duplicate, line.backward, line.boundary))
            .collect();
        assert_eq!(
            marks,
            [
                (false, false, false),
                (false, false, true),
                (true, false, true),
                (true, true, false),
            ]
        );
        assert_eq!(picture.row_of_line(2), Some(5));
        assert_eq!(picture.chunk(1).map(|(_, lines)| lines), Some(2));
        assert_eq!(picture.focus, 5);
    }

    #[test]
    fn an_empty_scan_is_a_picture_too() {
        assert_eq!(picture(&[]).rows, [Row::End]);
        assert_eq!(picture(&["", "bad line\n"]).rows, [Row::End]);
    }
}
