//! The answers of one pass of queries, as bytes.
//!
//! Each is [`ANSWER`] bytes, its numbers little-endian; where nothing was there
//! (`ENOENT`) all are 0.
//!
//! ```text
//!  0  vm_start        8  vm_end         16  page size      24  offset
//! 32  inode          40  major          44  minor
//! 48  permissions, as `rwxp`            52  1 where there is a VMA
//! ```

use super::damage::RecordError;
use super::record::Record;
use crate::linux::procmap_query::QueriedVma;
use crate::maps::line::Device;
use crate::maps::permissions::Permissions;
use crate::maps::scan_text::{MAX_WRITERS, Window};

/// An answer, and the operations during which it was given.
pub type Answered = (Option<QueriedVma>, Window);

/// Bytes of one answer.
pub(crate) const ANSWER: usize = 56;

/// The answers of one pass, as bytes: they are made while it lasts.
#[derive(Clone, Debug)]
pub struct Pass {
    text: Vec<u8>,
    writers: usize,
    /// Of each answer how many operations each of the writers had finished and begun:
    /// a window has room for more of them.
    counts: Vec<u64>,
}

impl Pass {
    /// None yet; of so many writers that are counted.
    pub(crate) fn new(writers: usize) -> Self {
        Pass {
            text: Vec::new(),
            writers: writers.min(MAX_WRITERS),
            counts: Vec::new(),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.counts.clear();
    }

    /// Appends an answer.
    #[inline]
    pub(crate) fn push(&mut self, (answer, window): &Answered) {
        self.text.extend_from_slice(&bytes_of(answer.as_ref()));
        for writer in 0..self.writers {
            let counts = [window.finished[writer], window.begun[writer]];
            self.counts.extend_from_slice(&counts);
        }
    }

    /// The bytes of all answers.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Of each answer.
    pub(crate) fn windows(&self) -> impl ExactSizeIterator<Item = Window> {
        let answers = self.text.len() / ANSWER;
        (0..answers).map(|answer| {
            let mut window = Window::default();
            for writer in 0..self.writers {
                let at = 2 * (answer * self.writers + writer);
                window.finished[writer] = self.counts[at];
                window.begun[writer] = self.counts[at + 1];
            }
            window
        })
    }
}

impl<'a> FromIterator<&'a Answered> for Pass {
    fn from_iter<T: IntoIterator<Item = &'a Answered>>(answers: T) -> Self {
        let mut pass = Pass::new(MAX_WRITERS);
        answers.into_iter().for_each(|answered| pass.push(answered));
        pass
    }
}

/// Puts a pass into a record, of which the number and the times stay as they are.
pub(crate) fn put_pass(record: &mut Record, pass: &Pass) {
    record.text.clone_from(&pass.text);
    record.ends.clear();
    record.ends.push(record.text.len());
    record.windows.clear();
    record.windows.extend(pass.windows());
    record.whole = true;
    record.reads = u32::try_from(record.windows.len()).unwrap_or(u32::MAX);
    record.interrupted = 0;
}

/// The answers that a record holds, into a buffer that is reused.
///
/// # Errors
/// When the record is not that of a pass; then the buffer holds some of them.
pub(crate) fn read_answers(record: &Record, into: &mut Vec<Answered>) -> Result<(), RecordError> {
    into.clear();
    let (answers, rest) = record.text.as_chunks::<ANSWER>();
    let is_one_chunk = record.ends == [record.text.len()];
    if !rest.is_empty() || !is_one_chunk || answers.len() != record.windows.len() {
        return Err(RecordError::Size {
            number: record.number,
            bytes: record.text.len(),
            windows: record.windows.len(),
        });
    }
    for (bytes, window) in answers.iter().zip(&record.windows) {
        let answer = answer_of(bytes).ok_or(RecordError::Answer {
            number: record.number,
            answer: into.len() + 1,
        })?;
        into.push((answer, *window));
    }
    Ok(())
}

#[inline]
fn bytes_of(answer: Option<&QueriedVma>) -> [u8; ANSWER] {
    let mut bytes = [0; ANSWER];
    let Some(vma) = answer else {
        return bytes;
    };
    let numbers = [vma.start, vma.end, vma.page_size, vma.offset, vma.inode];
    let (places, _) = bytes.as_chunks_mut::<8>();
    for (place, number) in places.iter_mut().zip(numbers) {
        *place = number.to_le_bytes();
    }
    bytes[40..44].copy_from_slice(&vma.device.major.to_le_bytes());
    bytes[44..48].copy_from_slice(&vma.device.minor.to_le_bytes());
    bytes[48..52].copy_from_slice(&vma.permissions.as_bytes());
    bytes[52] = 1;
    bytes
}

/// The answer; none where it is not one.
fn answer_of(bytes: &[u8; ANSWER]) -> Option<Option<QueriedVma>> {
    if *bytes == [0; ANSWER] {
        return Some(None);
    }
    let (numbers, _) = bytes.as_chunks::<8>();
    let number = |at: usize| u64::from_le_bytes(numbers[at]);
    let (halves, _) = bytes.as_chunks::<4>();
    let half = |at: usize| u32::from_le_bytes(halves[at]);
    let vma = QueriedVma {
        start: number(0),
        end: number(1),
        permissions: Permissions::from_bytes(halves[12])?,
        page_size: number(2),
        offset: number(3),
        inode: number(4),
        device: Device {
            major: half(10),
            minor: half(11),
        },
    };
    (half(13) == 1).then_some(Some(vma))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answers() -> impl Strategy<Value = Vec<Answered>> {
        let vma = (any::<[u64; 5]>(), any::<[u32; 2]>(), any::<[bool; 4]>());
        let vma = vma.prop_map(|(numbers, device, [read, write, execute, shared])| {
            let [start, end, page_size, offset, inode] = numbers;
            QueriedVma {
                start,
                end,
                permissions: Permissions {
                    read,
                    write,
                    execute,
                    shared,
                },
                page_size,
                offset,
                inode,
                device: Device {
                    major: device[0],
                    minor: device[1],
                },
            }
        });
        let window =
            any::<[[u64; 4]; 2]>().prop_map(|[finished, begun]| Window { finished, begun });
        proptest::collection::vec((proptest::option::of(vma), window), 0..9)
    }

    #[test]
    fn only_so_many_writers_are_counted() {
        let window = Window {
            finished: [1, 2, 3, 4],
            begun: [5, 6, 7, 8],
        };
        let mut pass = Pass::new(2);
        pass.push(&(None, Window::of_one(8, 9)));
        pass.push(&(None, window));
        let counted = Window {
            finished: [1, 2, 0, 0],
            begun: [5, 6, 0, 0],
        };
        assert!(pass.windows().eq([Window::of_one(8, 9), counted]));
    }

    proptest! {
        #[test]
        fn answers_come_back(answers in answers()) {
            let (mut record, mut back) = (Record::default(), Vec::new());
            put_pass(&mut record, &answers.iter().collect());
            prop_assert_eq!(read_answers(&record, &mut back), Ok(()));
            prop_assert_eq!(back, answers);
        }

        #[test]
        fn what_is_damaged_is_refused_or_another_answer(
            answers in answers(), at in any::<proptest::sample::Index>(), byte: u8, cut: bool,
        ) {
            let (mut record, mut back) = (Record::default(), Vec::new());
            put_pass(&mut record, &answers.iter().collect());
            if !record.text.is_empty() {
                let at = at.index(record.text.len());
                match cut {
                    true => record.text.truncate(at),
                    false => record.text[at] = byte,
                }
            }
            match read_answers(&record, &mut back) {
                Ok(()) => prop_assert_eq!(back.len(), record.windows.len()),
                Err(error) => prop_assert!(error.to_string().ends_with("damaged")),
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let mut record = Record::default();
        put_pass(&mut record, &[(None, Window::ANY)].iter().collect());
        record.text[52] = 1;
        let refused = read_answers(&record, &mut Vec::new());
        let (number, answer) = (0, 1);
        assert_eq!(refused, Err(RecordError::Answer { number, answer }));
        record.text.pop();
        let refused = read_answers(&record, &mut Vec::new());
        assert!(matches!(refused, Err(RecordError::Size { bytes: 55, .. })));
    }
}
