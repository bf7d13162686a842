//! What just happened, and what the kernel will do next and why: sentences
//! made of the facts.

use serde::{Deserialize, Serialize};

use super::reader_model::{NamedLine, ReadResult, ReaderModel, ReaderPosition, ResumePoint};
use super::step::ReadSize;
use crate::linux::features::rule::Position;
use crate::oracle::next_line::StateLine;

/// The sentences shown after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narration {
    pub happened: String,
    /// What the kernel will do next, and why.
    pub next: String,
}

/// Writes the sentences about one reader and its states.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Narrator<'a> {
    pub(crate) model: ReaderModel<'a>,
}

impl Narrator<'_> {
    /// Nothing is done yet.
    pub(crate) fn beginning(&self, state: usize, size: ReadSize) -> Narration {
        let generated = self.model.read(&ReaderPosition::START, state, size);
        let last = generated.lines.last();
        let next = last.map_or_else(String::new, |last| {
            let count = lines(generated.lines.len());
            format!(
                "The first read() starts at address 0; as things are it will return {count}, \
                 up to {}.",
                NamedLine(*last)
            )
        });
        Narration {
            happened: "Reader and modifier stand still; nothing is read yet.".into(),
            next,
        }
    }

    /// A read returned what the rule says.
    pub(crate) fn read(
        &self,
        before: &ReaderPosition,
        generated: &ReadResult<'_>,
        state: usize,
        end: &str,
    ) -> Narration {
        let happened = match &generated.lines[..] {
            [] => return at_the_end(end),
            [first, ..] if generated.repeats(before) => self.repeated(before, first),
            [line] if self.is_gate(line) => {
                format!("read() returned {}, the gate VMA.", NamedLine(*line))
            }
            [line] => format!("read() returned a chunk of one line, {}.", NamedLine(*line)),
            [.., last] => format!(
                "read() returned a chunk of {}; it ends with {}.",
                lines(generated.lines.len()),
                NamedLine(*last)
            ),
        };
        Narration {
            happened,
            next: self.next(&generated.stand, state),
        }
    }

    fn repeated(&self, before: &ReaderPosition, line: &StateLine<'_>) -> String {
        let (start, end) = before.last.unwrap_or_default();
        let backward = if line.start < start {
            ", and backward: it starts even below that line's start"
        } else {
            ""
        };
        let why = match (before.place, self.model.rule.position) {
            (ResumePoint::Address(kept), Position::LastEnd) => format!(
                "The kernel had kept {kept:#x}, the last vm_end; the first VMA that ends above it is \
                 printed whole."
            ),
            (ResumePoint::Address(kept), Position::NextStart) => format!(
                "The kernel had kept {kept:#x}, where the next VMA started then; the first VMA that \
                 ends above it is printed whole."
            ),
            _ => String::new(),
        };
        format!(
            "A duplicate: {} comes after {start:08x}-{end:08x}. Allowed{backward}: each line was true \
             when it was read. {why}",
            NamedLine(*line)
        )
    }

    /// What the next read begins with, and whether an operation before it
    /// would make that a duplicate.
    pub(crate) fn next(&self, stand: &ReaderPosition, state: usize) -> String {
        let kept = match (stand.place, stand.last) {
            (ResumePoint::End, _) => {
                return "The next read() returns 0, the end of the file; R starts over.".into();
            }
            (ResumePoint::Gate, _) => {
                let what = match self.model.states.gate_line() {
                    Some(_) => "the gate VMA, which is not in the tree",
                    None => "0, the end of the file",
                };
                return format!(
                    "The kernel has noted that no VMA follows: the next read() returns {what}."
                );
            }
            (ResumePoint::Address(_), None) => "The next read() starts at address 0".to_owned(),
            (ResumePoint::Address(address), Some(_)) => match self.model.rule.position {
                Position::LastEnd => format!(
                    "The kernel keeps no lock, only {address:#x}, the last vm_end. The next read() \
                     begins with the first VMA that ends above it"
                ),
                Position::NextStart => format!(
                    "The kernel keeps no lock, only {address:#x}, the vm_start that came next. The \
                     next read() begins with the first VMA that ends above it"
                ),
            },
        };
        let Some(now) = self.model.next(stand, state) else {
            return format!("{kept}: there is none.");
        };
        let now = if self.is_gate(&now) {
            format!("none by now, so {}", NamedLine(now))
        } else if stand.repeats(now.start) {
            return format!(
                "{kept}: by now {}, which starts before the last line ends, so a duplicate is next.",
                NamedLine(now)
            );
        } else {
            NamedLine(now).to_string()
        };
        let later = (1..self.model.state_count()).find_map(|operations| {
            let state = (state + operations) % self.model.state_count();
            let line = self.model.next(stand, state)?;
            stand.repeats(line.start).then(|| {
                let when = match operations {
                    1 => "after one more operation".to_owned(),
                    count => format!("after {count} more operations"),
                };
                format!("; {when} {}, a duplicate", NamedLine(line))
            })
        });
        let passed = self.passed(stand, state).unwrap_or_default();
        format!("{kept}: {now}{}.{passed}", later.unwrap_or_default())
    }

    /// What has grown over printed addresses and is passed all the same.
    fn passed(&self, stand: &ReaderPosition, state: usize) -> Option<String> {
        let (ResumePoint::Address(address), Some((_, end))) = (stand.place, stand.last) else {
            return None;
        };
        let line = self.model.states.next_line(state, end)?;
        (line.start < end && line.end <= address).then(|| {
            format!(
                " {} is printed in part, but it ends at or below {address:#x} and is passed; a \
                 kernel that resumes at the last vm_end (since 6.17) would repeat it.",
                NamedLine(line)
            )
        })
    }

    /// The modifier did an operation, whose code is `code`.
    pub(crate) fn operated(
        &self,
        code: &str,
        stand: &ReaderPosition,
        states: (usize, usize),
    ) -> Narration {
        let (before, after) = (self.site(states.0), self.site(states.1));
        let only = |these: &[StateLine<'_>], others: &[StateLine<'_>]| -> Vec<(u64, u64, String)> {
            let mut only = these.to_vec();
            only.retain(|line| others.iter().all(|other| other.text != line.text));
            let named = |line: StateLine<'_>| (line.start, line.end, NamedLine(line).to_string());
            only.into_iter().map(named).collect()
        };
        let (gone, come) = (only(&before, &after), only(&after, &before));
        let name = code.split('(').next().unwrap_or_default();
        let texts = |lines: &[(u64, u64, String)]| {
            let texts: Vec<&str> = lines.iter().map(|(.., text)| &**text).collect();
            match texts.split_last() {
                Some((last, [])) => (*last).to_owned(),
                Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
                None => String::new(),
            }
        };
        let what = match (gone.is_empty(), come.is_empty()) {
            (false, false) => format!("turned {} into {}", texts(&gone), texts(&come)),
            (true, false) => format!("made {}", texts(&come)),
            (false, true) => format!("took {} away", texts(&gone)),
            (true, true) => "changed nothing that maps shows".into(),
        };
        let changed = gone.iter().chain(&come);
        let low = changed.clone().map(|(start, ..)| *start).min().unwrap_or(0);
        let high = changed.map(|(_, end, _)| *end).max().unwrap_or(0);
        let place = match stand.last {
            None => " The reader has not begun.".to_owned(),
            Some((_, end)) if high <= end => {
                " All of it is behind the reader: what is printed stays.".to_owned()
            }
            Some((_, end)) if low >= end => " All of it is ahead of the reader.".to_owned(),
            Some((_, end)) => {
                format!(" The reader is in the midst of it, at {end:#x}.")
            }
        };
        Narration {
            happened: format!("{name}() {what}.{place}"),
            next: self.next(stand, states.1),
        }
    }

    /// The reader went back.
    pub(crate) fn rewound(&self, state: usize) -> Narration {
        Narration {
            happened: "lseek(fd, 0): the lines so far are forgotten, a new scan begins.".into(),
            next: self.next(&ReaderPosition::START, state),
        }
    }

    /// Reads ask for more, or for less.
    pub(crate) fn resized(
        &self,
        size: ReadSize,
        stand: &ReaderPosition,
        state: usize,
    ) -> Narration {
        let happened = match size {
            ReadSize::Page => format!(
                "From now on read() asks for {} bytes, a page: the kernel fills its buffer with \
                 as many whole lines as fit.",
                self.model.page_size
            ),
            ReadSize::Line => {
                "From now on read() asks for just as many bytes as the next line has: \
                           a chunk is one line."
                    .into()
            }
        };
        Narration {
            happened,
            next: self.next(stand, state),
        }
    }

    fn is_gate(&self, line: &StateLine<'_>) -> bool {
        self.model.states.gate_line() == Some(line.text)
    }

    /// The site's lines in a state.
    pub(crate) fn site(&self, state: usize) -> Vec<StateLine<'_>> {
        let Some(site) = self.model.states.sites().first() else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let mut cursor = site.range.start;
        while let Some(line) = self.model.states.next_line(state, cursor)
            && line.start < site.range.end
        {
            cursor = line.end;
            lines.push(line);
        }
        lines
    }
}

fn at_the_end(verdict: &str) -> Narration {
    Narration {
        happened: format!("read() returned 0: the end of the file. {verdict}"),
        next: "R starts a new scan.".into(),
    }
}

fn lines(count: usize) -> String {
    match count {
        1 => "1 line".into(),
        count => format!("{count} lines"),
    }
}
