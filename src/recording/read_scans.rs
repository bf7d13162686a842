//! The scans of one stream of a recording, by their numbers.

use std::collections::VecDeque;
use std::sync::Arc;

use super::bytes::Taker;
use super::frame::{FrameHead, FrameKind};
use super::open::Recording;
use super::record::Record;
use super::scans::decoder::ScanDecoder;

/// Records that are kept for steps back: a segment is decoded from its beginning.
const KEPT: usize = 128;

/// Bytes that they have together, but for the latest.
const KEPT_BYTES: usize = 64 << 20;

/// The number of the last scan of a frame.
fn last_of(head: &FrameHead) -> u64 {
    let count = u64::from(head.count);
    head.first.saturating_add(count.saturating_sub(1))
}

/// Finds scans, and goes on from each to the next.
#[derive(Debug)]
pub struct ScanReader {
    recording: Arc<Recording>,
    /// The frames of the stream that can be decoded, in order.
    frames: Vec<(usize, FrameHead)>,
    decoder: ScanDecoder,
    /// Which of `frames` is decoded next.
    next_frame: usize,
    /// What is left of the one before it: its payload, and how much was taken.
    payload: Vec<u8>,
    taken: usize,
    /// Records of it that are left.
    left: u32,
    record: Record,
    /// Whether something of this segment could not be decoded.
    is_broken: bool,
    /// The latest, to go back to.
    kept: VecDeque<Record>,
}

impl ScanReader {
    /// The scans of a stream, of so many writers that are counted.
    pub fn new(recording: Arc<Recording>, stream: u32, writers: usize) -> Self {
        let mut frames: Vec<(usize, FrameHead)> = Vec::new();
        for (index, head) in recording.heads() {
            if head.kind != FrameKind::Scans || head.stream != stream {
                continue;
            }
            let follows = frames.last().is_some_and(|(_, last)| {
                (last.segment, last.part.wrapping_add(1)) == (head.segment, head.part)
            });
            // Without its beginning a segment cannot be decoded.
            if head.part == 0 || follows {
                frames.push((index, *head));
            }
        }
        ScanReader {
            recording,
            frames,
            decoder: ScanDecoder::new(writers),
            next_frame: 0,
            payload: Vec::new(),
            taken: 0,
            left: 0,
            record: Record::default(),
            is_broken: false,
            kept: VecDeque::new(),
        }
    }

    /// The numbers of the first and the last scan that are kept.
    pub(crate) fn numbers(&self) -> Option<(u64, u64)> {
        let ((_, first), (_, last)) = (self.frames.first()?, self.frames.last()?);
        Some((first.first, last_of(last)))
    }

    /// The number of the last scan that had ended by then.
    pub(crate) fn number_at(&mut self, at_ns: u64) -> Option<u64> {
        let begun = self
            .frames
            .partition_point(|(_, head)| head.first_ns <= at_ns);
        let (_, head) = self.frames.get(begun.checked_sub(1)?)?;
        let (first, last) = (head.first, last_of(head));
        let mut found = first.checked_sub(1).filter(|number| *number > 0);
        for number in first..=last {
            match self.get(number) {
                Some(record) if record.ended_ns <= at_ns => found = Some(number),
                _ => break,
            }
        }
        found
    }

    /// The scan of this number, or the first kept behind it.
    pub(crate) fn at_or_behind(&self, number: u64) -> Option<u64> {
        let at = self
            .frames
            .partition_point(|(_, head)| last_of(head) < number);
        Some(self.frames.get(at)?.1.first.max(number))
    }

    /// The scan of this number, or the last kept before it.
    pub(crate) fn at_or_before(&self, number: u64) -> Option<u64> {
        let at = self
            .frames
            .partition_point(|(_, head)| head.first <= number);
        let (_, head) = self.frames.get(at.checked_sub(1)?)?;
        Some(last_of(head).min(number))
    }

    /// A scan, if it is kept.
    pub(crate) fn get(&mut self, number: u64) -> Option<&Record> {
        let is_kept = |record: &Record| record.number == number;
        if let Some(at) = self.kept.iter().position(is_kept) {
            return self.kept.get(at);
        }
        let found = self.at_or_behind(number).filter(|it| *it == number)?;
        let is_ahead = self.record.number < found && self.reaches(found);
        if !is_ahead {
            self.go_to_segment_of(found)?;
        }
        while self.record.number != found {
            // Those right before it are gone back to.
            if self.record.number > 0 && found - self.record.number.min(found) <= KEPT as u64 {
                self.keep();
            }
            self.step()?;
            if self.record.number > found {
                return None;
            }
        }
        Some(&self.record)
    }

    fn keep(&mut self) {
        let bytes = |record: &Record| record.text.len() + size_of_val(&record.windows[..]);
        let mut room = KEPT_BYTES.saturating_sub(bytes(&self.record));
        let newest = self.kept.iter().rev().take(KEPT - 1);
        let fits = newest.take_while(|record| {
            let left = room.checked_sub(bytes(record));
            room = left.unwrap_or(0);
            left.is_some()
        });
        let gone = self.kept.len() - fits.count();
        self.kept.drain(..gone);
        self.kept.push_back(self.record.clone());
    }

    /// The next scan that is kept; none: there is no other.
    pub fn read_next(&mut self) -> Option<&Record> {
        self.step()?;
        Some(&self.record)
    }

    /// Whether decoding can go on from here to that scan without a gap.
    fn reaches(&self, number: u64) -> bool {
        let Some(now) = self.next_frame.checked_sub(1) else {
            return false;
        };
        let at = self
            .frames
            .partition_point(|(_, head)| head.first <= number);
        at.checked_sub(1)
            .is_some_and(|at| at >= now && self.frames[at].1.segment == self.frames[now].1.segment)
    }

    fn go_to_segment_of(&mut self, number: u64) -> Option<()> {
        let at = self
            .frames
            .partition_point(|(_, head)| head.first <= number);
        let at = at.checked_sub(1)?;
        let segment = self.frames[at].1.segment;
        let is_other = |(_, head): &(usize, FrameHead)| head.segment != segment;
        let begin = self.frames[..at].iter().rposition(is_other);
        self.go_to(begin.map_or(0, |other| other + 1));
        Some(())
    }

    fn go_to(&mut self, frame: usize) {
        self.next_frame = frame;
        (self.taken, self.left) = (0, 0);
        self.payload.clear();
        self.kept.clear();
        self.record.number = 0;
    }

    fn step(&mut self) -> Option<()> {
        loop {
            while self.left == 0 {
                self.begin_frame()?;
            }
            let mut taker = Taker::of(&self.payload[self.taken..]);
            if self.decoder.take(&mut taker, &mut self.record).is_ok() {
                self.taken = self.payload.len() - taker.len();
                self.left -= 1;
                return Some(());
            }
            self.left = 0;
            self.is_broken = true;
        }
    }

    /// Takes the next frame, where it can be decoded; none: there is none.
    fn begin_frame(&mut self) -> Option<()> {
        let (index, head) = *self.frames.get(self.next_frame)?;
        self.next_frame += 1;
        if head.part == 0 {
            self.decoder.begin_segment();
            self.is_broken = false;
        }
        match self.recording.payload(index) {
            Some(payload) if !self.is_broken => {
                self.payload = payload;
                (self.taken, self.left) = (0, head.count);
                self.record.number = head.first.saturating_sub(1);
            }
            // What follows in this segment is told against it.
            _ => self.is_broken = true,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::maps::scan_text::{ScanText, Window};
    use crate::recording::header::Header;
    use crate::recording::recorder::RecorderThread;
    use crate::recording::ring::Keep;
    use crate::recording::scans::Unit;
    use crate::recording::scans::encoder::ReadInfo;
    use crate::recording::stream_recorder::StreamRecorder;

    /// A scan of many lines, which differs from others by its number.
    fn scan(number: u64) -> ScanText {
        let line = |i: u64| format!("{:08x}-{:08x} rw-p\n", i << 12, (i + 1 + number % 7) << 12);
        let chunk = |from: u64| (from..from + 40).map(line).collect::<String>();
        let (first, second) = (chunk(0), chunk(50 + number % 3));
        let window = Window::of_one(number, number + 2);
        ScanText::from_chunks(
            [(first.as_bytes(), window), (second.as_bytes(), window)],
            window,
        )
    }

    #[test]
    fn any_scan_is_found_back_and_forth() {
        let thread = RecorderThread::start(Header::unknown(), Keep::default(), None).unwrap();
        let recorder = thread.recorder.clone();
        let mut stream = StreamRecorder::new(&recorder, recorder.next_stream(), Unit::Line, 1);
        let count = 30_000u64;
        for number in 1..=count {
            let begun_ns = stream.ns(Instant::now());
            let ended_ns = begun_ns + 10;
            let info = ReadInfo {
                begun_ns,
                ended_ns,
                whole: true,
                ..ReadInfo::default()
            };
            stream.put_scan(info, &scan(number));
            if number % 1000 == 0 {
                // So that nothing is lost on a busy machine.
                while recorder.kept().is_none() {}
            }
        }
        drop(stream);
        let recording = Arc::new(recorder.kept().unwrap());
        assert_eq!(recorder.lost(), (0, 0));
        let mut reader = ScanReader::new(recording.clone(), 0, 1);
        assert_eq!(reader.numbers(), Some((1, count)));
        let mut expected = Record::default();
        let mut check = |record: &Record| {
            expected.take(&scan(record.number));
            assert_eq!(record.text, expected.text);
            assert_eq!(
                (&record.ends, &record.windows),
                (&expected.ends, &expected.windows)
            );
            record.number
        };
        let jumps = [1, count, 7, 8, 6, 20_000, 19_990, 25_000, 24_999, 2];
        for number in jumps {
            assert_eq!(reader.get(number).map(&mut check), Some(number));
        }
        let time = reader.get(12_345).unwrap().ended_ns;
        let at = reader.number_at(time).unwrap();
        assert_eq!(reader.get(at).map(|record| record.ended_ns), Some(time));
        assert_eq!(reader.get(count + 1), None);
        assert_eq!(reader.at_or_before(count + 9), Some(count));
        let mut reader = ScanReader::new(recording, 0, 1);
        let mut numbers = 1..=count;
        while let Some(record) = reader.read_next() {
            assert_eq!(Some(check(record)), numbers.next());
        }
        assert_eq!(numbers.next(), None);
        assert_eq!(thread.finish(), None);
    }
}
