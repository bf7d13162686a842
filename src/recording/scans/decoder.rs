//! Reads the records of a segment back.

use super::dictionary::Dictionary;
use super::{Against, flags, is_new_base, tags};
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
        if flag & flags::CHUNKS != 0 {
            self.has_base = false;
            self.take_chunks(taker, record)?;
        } else if !self.has_base {
            record.text.clone_from(&self.base);
            record.ends.clone_from(&self.base_ends);
            self.has_base = true;
        }
        let count = record.ends.len();
        let usual = u32::try_from(count + 1).map_err(|_| Malformed)?;
        (record.reads, record.interrupted) = reads.unwrap_or((usual, 0));
        let windows = match flag & flags::WINDOWS {
            0 => count + 1,
            _ => taker.count()?,
        };
        self.take_windows(taker, windows, record)
    }

    fn take_chunks(&mut self, taker: &mut Taker<'_>, record: &mut Record) -> Result<(), Malformed> {
        let count = taker.count()?;
        record.text.clear();
        record.ends.clear();
        let mut between_all = 0;
        for i in 0..count {
            let end = self.base_ends.get(i).copied();
            let start = i
                .checked_sub(1)
                .and_then(|i| self.base_ends.get(i).copied());
            let start = start.unwrap_or(0);
            let base = &self.base[end.map_or(0..0, |end| start..end)];
            match taker.byte()? {
                tags::BASE if end.is_some() => record.text.extend_from_slice(base),
                tags::PARTS => {
                    let (prefix, suffix) = (taker.count()?, taker.count()?);
                    let between = taker.count()?;
                    let last = base.len().checked_sub(suffix).ok_or(Malformed)?;
                    if prefix > last {
                        return Err(Malformed);
                    }
                    record.text.extend_from_slice(&base[..prefix]);
                    let until = record.text.len().checked_add(between).ok_or(Malformed)?;
                    if until > LARGEST {
                        return Err(Malformed);
                    }
                    between_all += between;
                    while record.text.len() < until {
                        let unit = match taker.count()? {
                            0 => {
                                let unit = taker.bytes()?;
                                self.dictionary.find_or_keep(unit);
                                unit
                            }
                            slot => self.dictionary.get(slot - 1).ok_or(Malformed)?,
                        };
                        if unit.is_empty() || unit.len() > until - record.text.len() {
                            return Err(Malformed);
                        }
                        record.text.extend_from_slice(unit);
                    }
                    record.text.extend_from_slice(&base[last..]);
                }
                _ => return Err(Malformed),
            }
            if record.text.len() > LARGEST {
                return Err(Malformed);
            }
            record.ends.push(record.text.len());
        }
        if self.base_ends.is_empty() || is_new_base(between_all, record.text.len()) {
            self.base.clone_from(&record.text);
            self.base_ends.clone_from(&record.ends);
            self.has_base = true;
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
            let like_it = taker.count()?;
            if like_it > count - record.windows.len() {
                return Err(Malformed);
            }
            let more = record.windows.len() + like_it;
            record.windows.resize(more, self.against.window);
            if more < count {
                let window = &mut self.against.window;
                for writer in 0..self.against.writers {
                    window.finished[writer] = taker.difference(window.finished[writer])?;
                    window.begun[writer] = taker.difference(window.finished[writer])?;
                }
                record.windows.push(*window);
            }
        }
        Ok(())
    }
}

fn short(number: u64) -> Result<u32, Malformed> {
    u32::try_from(number).map_err(|_| Malformed)
}
