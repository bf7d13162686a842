//! Reads the records of a segment back.

use super::changes::{self, Change};
use super::dictionary::Dictionary;
use super::{Against, ExpectedEnds, flags, is_new_base, tokens};
use crate::maps::scan_text::Window;
use crate::recording::bytes::{Malformed, Taker};
use crate::recording::record::Record;

/// Bytes of the largest text that is believed: one of 800 000 VMAs.
const LARGEST: usize = 64 << 20;

#[derive(Debug)]
pub(crate) struct ScanDecoder {
    against: Against,
    base: Vec<u8>,
    base_ends: Vec<usize>,
    dictionary: Dictionary,
    /// Whether the text of the record given last is the base.
    has_base: bool,
}

impl ScanDecoder {
    /// Of so many writers that are counted.
    pub(crate) fn new(writers: usize) -> Self {
        ScanDecoder {
            against: Against::new(writers),
            base: Vec::new(),
            base_ends: Vec::new(),
            dictionary: Dictionary::new(),
            has_base: false,
        }
    }

    pub(crate) fn begin_segment(&mut self) {
        self.against = Against::new(self.against.writers);
        self.base.clear();
        self.base_ends.clear();
        self.dictionary.clear();
        self.has_base = false;
    }

    /// Takes the next record off a segment, into buffers that are reused: `record` is
    /// the one that was given last. Its number is the next.
    ///
    /// # Errors
    /// When these are no bytes of such a record. The segment is at its end then.
    pub(crate) fn take(
        &mut self,
        taker: &mut Taker<'_>,
        record: &mut Record,
    ) -> Result<(), Malformed> {
        let flag = taker.byte()?;
        if flag & !flags::ALL != 0 {
            return Err(Malformed);
        }
        record.number = record.number.wrapping_add(1);
        record.whole = flag & flags::WHOLE != 0;
        record.begun_ns = taker.difference(self.against.ended_ns)?;
        record.ended_ns = taker.difference(record.begun_ns)?;
        self.against.ended_ns = record.ended_ns;
        let reads = if flag & flags::READS != 0 {
            Some((short(taker.number()?)?, short(taker.number()?)?))
        } else {
            None
        };
        self.take_text_and_ends(taker, flag, record)?;
        let count = record.ends.len();
        let usual = u32::try_from(count + 1).map_err(|_| Malformed)?;
        (record.reads, record.interrupted) = reads.unwrap_or((usual, 0));
        let windows = match flag & flags::WINDOWS {
            0 => count + 1,
            _ => taker.count()?,
        };
        self.take_windows(taker, windows, record)
    }

    fn take_text_and_ends(
        &mut self,
        taker: &mut Taker<'_>,
        flag: u8,
        record: &mut Record,
    ) -> Result<(), Malformed> {
        let has_text = flag & flags::TEXT != 0;
        let mut between = 0;
        if has_text {
            self.has_base = false;
            between = self.take_text(taker, &mut record.text)?;
        } else if !self.has_base {
            record.text.clone_from(&self.base);
            self.has_base = true;
        }
        if flag & flags::ENDS != 0 {
            self.take_ends(taker, &mut record.ends)?;
        } else {
            record.ends.clone_from(&self.base_ends);
        }
        let covered = record.ends.last().copied().unwrap_or_default();
        if !record.ends.is_sorted() || covered != record.text.len() {
            return Err(Malformed);
        }
        if has_text && is_new_base(&self.base, between, &record.text) {
            self.base.clone_from(&record.text);
            self.base_ends.clone_from(&record.ends);
            self.has_base = true;
        }
        Ok(())
    }

    /// The text; how many bytes of it are not of the base.
    fn take_text(&mut self, taker: &mut Taker<'_>, text: &mut Vec<u8>) -> Result<usize, Malformed> {
        let total = taker.count()?;
        if total > LARGEST {
            return Err(Malformed);
        }
        text.clear();
        let (mut base_at, mut between) = (0_usize, 0);
        while text.len() < total {
            let (skipped, common) = (taker.count()?, taker.count()?);
            let start = base_at.checked_add(skipped).ok_or(Malformed)?;
            base_at = start.checked_add(common).ok_or(Malformed)?;
            let of_base = self.base.get(start..base_at).ok_or(Malformed)?;
            if of_base.len() > total - text.len() {
                return Err(Malformed);
            }
            text.extend_from_slice(of_base);
            while text.len() < total {
                let unit = match taker.number()? {
                    tokens::BASE => break,
                    tokens::NEW => {
                        let unit = taker.bytes()?;
                        self.dictionary.find_or_keep(unit);
                        unit
                    }
                    token => {
                        let slot = usize::try_from(token - tokens::SLOTS);
                        let unit = slot.ok().and_then(|slot| self.dictionary.get(slot));
                        unit.ok_or(Malformed)?
                    }
                };
                if unit.is_empty() || unit.len() > total - text.len() {
                    return Err(Malformed);
                }
                between += unit.len();
                text.extend_from_slice(unit);
            }
        }
        Ok(between)
    }

    fn take_ends(&self, taker: &mut Taker<'_>, ends: &mut Vec<usize>) -> Result<(), Malformed> {
        let count = taker.count()?;
        ends.clear();
        let mut expected = ExpectedEnds::new(&self.base_ends);
        for _ in 0..count {
            let end = taker.difference(expected.next())?;
            expected.was(end);
            ends.push(usize::try_from(end).map_err(|_| Malformed)?);
        }
        Ok(())
    }

    fn take_windows(
        &mut self,
        taker: &mut Taker<'_>,
        count: usize,
        record: &mut Record,
    ) -> Result<(), Malformed> {
        // More than any scan or pass has.
        if count > LARGEST / size_of::<Window>() {
            return Err(Malformed);
        }
        record.windows.clear();
        if self.against.writers == 0 {
            record.windows.resize(count, Window::ANY);
            return Ok(());
        }
        while record.windows.len() < count {
            let token = taker.number()?;
            let window = &mut self.against.window;
            let like_it = match changes::of(token) {
                Change::LikeIt(like_it) => usize::try_from(like_it).map_err(|_| Malformed)?,
                Change::Step {
                    finished,
                    under_way,
                } => {
                    window.finished[0] = window.finished[0].wrapping_add(finished);
                    window.begun[0] = window.finished[0].wrapping_add(under_way);
                    1
                }
                Change::Any => {
                    for writer in 0..self.against.writers {
                        window.finished[writer] = taker.difference(window.finished[writer])?;
                        window.begun[writer] = taker.difference(window.finished[writer])?;
                    }
                    1
                }
            };
            if like_it > count - record.windows.len() {
                return Err(Malformed);
            }
            let more = record.windows.len() + like_it;
            record.windows.resize(more, self.against.window);
        }
        Ok(())
    }
}

fn short(number: u64) -> Result<u32, Malformed> {
    u32::try_from(number).map_err(|_| Malformed)
}
