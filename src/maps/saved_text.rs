//! A saved text of `maps` or `smaps`, read as what it is.
//!
//! Whoever saved it may have passed it through a mail, an editor or `sort`. What
//! can be read right is read, and what was done to it is said. The rest is
//! refused: a line that cannot be one, and more than one address space.
//!
//! # One scan or several
//!
//! Ends only grow in a scan, torn or not: a reader goes on behind what it has
//! printed. So sorting by ends gives back the order of any scan, and lines that
//! overlap then are a tear. Two scans in one text overlap too. They are told
//! apart by what an address space has once and a scan prints near its end, the
//! stack and the gate: a second one means that the addresses have started over.

use super::line::{MapsLine, ParseLineError, parse_range};
use super::scan_text::Lines;
use crate::text::sanitise::sanitise;

/// Longer than any line: a path of 4095 bytes, each escaped by four.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;

/// Why a text is not that of one address space.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SavedTextError {
    #[error(
        "line {number}: {error}{}; give the text as /proc/PID/maps has it, with nothing before its lines",
        hint(error)
    )]
    Line {
        number: usize,
        error: ParseLineError,
    },
    #[error("it ends in the midst of line {number}: {error}; save it again")]
    Cut {
        number: usize,
        error: ParseLineError,
    },
    #[error("line {number} is longer than any line of maps; is this the right file?")]
    TooLong { number: usize },
    #[error(
        "line {number} cannot be a line of maps: its vm_end {end:#x} is not above its vm_start {start:#x}; save the text again"
    )]
    Empty { number: usize, start: u64, end: u64 },
    #[error(
        "line {number} sums up a whole address space ([rollup]): this is smaps_rollup; give the text of maps or smaps"
    )]
    Rollup { number: usize },
    #[error(
        "it holds more than one scan: line {number} has {name} at {start:08x}, which line {earlier} has at {before:08x}; give each a file of its own"
    )]
    Several {
        number: usize,
        name: String,
        start: u64,
        earlier: usize,
        before: u64,
    },
    #[error("it has no line of maps; is this the right file?")]
    Nothing,
}

/// A line that an address space has once.
#[derive(Clone, Debug)]
struct Single {
    name: Vec<u8>,
    range: (u64, u64),
    /// Its number in the file, and among the lines of VMAs.
    number: usize,
    index: usize,
}

/// Takes a text in line by line.
#[derive(Debug, Default)]
pub(crate) struct SavedText {
    /// The lines of VMAs, as [`write_line`] has them; a carriage return is left
    /// at the end of those that had one.
    text: Vec<u8>,
    /// Lines of any kind, and lines of VMAs.
    number: usize,
    lines: usize,
    last_end: u64,
    /// The first line that ends below the one before.
    disorder: Option<usize>,
    singles: Vec<Single>,
    /// Lines with a newline, and those of them with a carriage return before it;
    /// whether one of these can be no part of a name.
    newlines: usize,
    returns: usize,
    return_ends_line: bool,
    /// Whether it began with a byte order mark.
    has_mark: bool,
    no_newline: bool,
}

impl SavedText {
    /// Takes in one line, with its newline if it has one.
    pub(crate) fn push(&mut self, line: &[u8]) -> Result<(), SavedTextError> {
        self.number += 1;
        let number = self.number;
        let mut body = line;
        if number == 1 && body.starts_with(b"\xef\xbb\xbf") {
            self.has_mark = true;
            body = &body[3..];
        }
        let ended = body.ends_with(b"\n");
        if !ended && line.len() >= LONGEST_LINE {
            return Err(SavedTextError::TooLong { number });
        }
        body = body.strip_suffix(b"\n").unwrap_or(body);
        // The last line may have been cut between the two.
        let returned = body.ends_with(b"\r");
        if returned {
            body = &body[..body.len() - 1];
        }
        self.newlines += usize::from(ended || returned);
        self.returns += usize::from(returned);
        if body.trim_ascii().is_empty() || self.lines > 0 && is_smaps_detail(body) {
            self.return_ends_line |= returned;
            return Ok(());
        }
        self.no_newline |= !ended && !returned;
        let padded;
        let vma = match MapsLine::parse(body) {
            Ok(vma) => vma,
            Err(error) if !ended => return Err(SavedTextError::Cut { number, error }),
            Err(error) => {
                // Some editors take blanks at the ends of lines away.
                padded = [body, b" "].concat();
                MapsLine::parse(&padded).map_err(|_| SavedTextError::Line { number, error })?
            }
        };
        self.return_ends_line |= returned && matches!(vma.name.last(), None | Some(b']'));
        self.check(&vma)?;
        if vma.end < self.last_end {
            self.disorder.get_or_insert(number);
        }
        self.last_end = vma.end;
        self.lines += 1;
        write_line(&vma, &mut self.text);
        if returned {
            self.text.insert(self.text.len() - 1, b'\r');
        }
        Ok(())
    }

    fn check(&mut self, vma: &MapsLine<'_>) -> Result<(), SavedTextError> {
        let (number, start, end) = (self.number, vma.start, vma.end);
        if start >= end {
            return Err(SavedTextError::Empty { number, start, end });
        }
        if vma.inode == 0 && vma.name == b"[rollup]" {
            return Err(SavedTextError::Rollup { number });
        }
        if !(vma.is_gate() || vma.inode == 0 && vma.name == b"[stack]") {
            return Ok(());
        }
        let single = Single {
            name: vma.name.to_vec(),
            range: (start, end),
            number,
            index: self.lines,
        };
        let Some(earlier) = self.singles.iter_mut().find(|one| one.name == vma.name) else {
            self.singles.push(single);
            return Ok(());
        };
        // A kernel that repeats a line tears; and a stack that was cut in two at
        // its start is called so twice.
        let repeated = earlier.index + 1 == self.lines;
        let touches = start <= earlier.range.1 && earlier.range.0 <= end && end != earlier.range.1;
        if repeated || touches {
            *earlier = single;
            return Ok(());
        }
        Err(SavedTextError::Several {
            number,
            name: sanitise(vma.name).into_owned(),
            start,
            earlier: earlier.number,
            before: earlier.range.0,
        })
    }

    /// The lines, in the order of a scan, and what was not as the kernel has it,
    /// as sentences.
    pub(crate) fn finish(mut self) -> Result<(Vec<u8>, Vec<String>), SavedTextError> {
        if self.lines == 0 {
            return Err(SavedTextError::Nothing);
        }
        let mut notes = Vec::new();
        if self.has_mark {
            notes.push("it begins with a byte order mark, which was left out".to_owned());
        }
        self.end_lines(&mut notes);
        if self.no_newline {
            notes.push(format!(
                "its last line, {}, has no newline: its name may be cut short",
                self.number
            ));
        }
        if let Some(number) = self.disorder {
            notes.push(format!(
                "its lines are not in the order of a scan (the first that is not is line \
                 {number}): sorted, as those of one scan; give several each a file of its own"
            ));
            self.text = sorted(&self.text);
        }
        Ok((self.text, notes))
    }

    /// Takes carriage returns away where they end lines. At the ends of some
    /// names only they belong to these.
    fn end_lines(&mut self, notes: &mut Vec<String>) {
        if self.returns == 0 {
            return;
        }
        if self.returns == self.newlines || self.return_ends_line {
            self.text.retain(|&byte| byte != b'\r');
            notes.push(match self.returns == self.newlines {
                true => "its lines end in CR LF, which was read as a newline".to_owned(),
                false => format!(
                    "{} of its {} lines end in CR LF, which was read as a newline",
                    self.returns, self.number
                ),
            });
            return;
        }
        let mut text = Vec::with_capacity(self.text.len() + 3 * self.returns);
        for &byte in &self.text {
            match byte {
                b'\r' => text.extend_from_slice(sanitise(b"\r").as_bytes()),
                byte => text.push(byte),
            }
        }
        self.text = text;
    }
}

/// What is wrong with a field, where that can be told.
fn hint(error: &ParseLineError) -> &'static str {
    let rest = error.line.get(error.column - 1..).unwrap_or_default();
    let number = rest.split(['-', ' ', ':']).next().unwrap_or_default();
    let is_hex = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_hex && number.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => " (upper-case hexadecimal)",
        false => "",
    }
}

/// Appends a line so that it compares as equal with that of another source: with
/// its name sanitised, as in an export, and one blank before it.
pub(crate) fn write_line(vma: &MapsLine<'_>, out: &mut Vec<u8>) {
    let name = sanitise(vma.name);
    let mut narrow = vma.narrow();
    narrow.name = name.as_bytes();
    narrow.write_to(out);
}

/// The lines by their ends, which is the order of a scan; the same order for the
/// same end.
fn sorted(text: &[u8]) -> Vec<u8> {
    let mut at = 0;
    let mut order: Vec<(u64, usize)> = Vec::new();
    for line in Lines::of(text) {
        order.push((parse_range(line).map_or(0, |(_, end)| end), at));
        at += line.len();
    }
    order.sort_unstable();
    let mut sorted = Vec::with_capacity(text.len());
    for (_, at) in order {
        sorted.extend_from_slice(super::text_lines::line_at(text, at));
    }
    sorted
}

/// Whether a line is a detail of `smaps`: `Rss:   12 kB`, `VmFlags: rd ex`.
fn is_smaps_detail(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let (key, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if !key.first().is_some_and(u8::is_ascii_uppercase) || !key.iter().all(is_key) {
        return false;
    }
    let number = value.strip_suffix(b" kB").unwrap_or(value);
    key == b"VmFlags"
        && value
            .split(|byte| *byte == b' ')
            .all(|flag| flag.len() <= 2)
        || !number.is_empty() && number.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
#[path = "saved_text_tests.rs"]
mod tests;
