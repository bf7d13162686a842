//! Tests of the chunk reader against a simulated seq_file: the generation
//! derived for every line must be the simulated truth.

use std::cell::Cell;

use proptest::prelude::*;

use super::*;
use crate::linux::seq_file_model::SeqFile;

/// A clock that counts reads: read `i` has the window `i..=i`.
#[derive(Default)]
struct Counting {
    reads: Cell<u64>,
}

impl ReadClock for Counting {
    fn finished(&self) -> Counts {
        Window::of_one(self.reads.get(), 0).finished
    }
    fn begun(&self) -> Counts {
        let read = self.reads.get();
        self.reads.set(read + 1);
        Window::of_one(0, read).begun
    }
}

/// Scans the records and checks every one's chunk against the truth.
fn check(records: &[Vec<u8>], read_size: usize, page: usize, kind: Records) {
    let file = SeqFile::new(page, |index, _| records.get(index).cloned());
    let mut reader = ChunkReader::with_records(file, read_size, kind);
    let mut into = ScanText::default();
    // The second scan meets a kernel buffer grown by the first.
    for _ in 0..2 {
        reader.scan(&Counting::default(), &mut into).unwrap();
        assert_eq!(into.text(), records.concat());
        assert!(into.partial().is_empty());
        assert_eq!(into.reads as usize, reader.file().reads);
        assert_eq!(into.eof.finished[0] + 1, u64::from(into.reads));
        let mut derived = Vec::new();
        let mut end = 0;
        for chunk in &into.chunks {
            assert_eq!(chunk.bytes.start, end, "chunks adjoin");
            assert!(!chunk.bytes.is_empty());
            end = chunk.bytes.end;
            assert_eq!(chunk.window.finished, chunk.window.begun);
            let mut length = 0;
            while length < chunk.bytes.len() {
                length += records[derived.len()].len();
                derived.push(chunk.window.finished[0] as usize);
            }
            assert_eq!(length, chunk.bytes.len(), "whole records only");
        }
        assert_eq!(derived, reader.file().generated, "read_size {read_size}");
        let chunks = reader.file().generated.chunk_by(|a, b| a == b).count();
        assert_eq!(into.chunks.len(), chunks, "a chunk is a maximal run");
    }
}

fn line(length: usize) -> Vec<u8> {
    let mut line = vec![b'x'; length.max(1)];
    line[length.max(1) - 1] = b'\n';
    line
}

fn lengths(page: usize) -> impl Strategy<Value = Vec<usize>> {
    let length = prop_oneof![6 => 20..120usize, 1 => page - 60..page + 60, 1 => 1..3 * page];
    proptest::collection::vec(length, 0..60)
}

fn smaps_record(details: usize, name: usize) -> Vec<u8> {
    let mut record = b"00400000-00401000 r--p 00000000 00:00 0 ".to_vec();
    record.extend(std::iter::repeat_n(b'n', name));
    record.push(b'\n');
    for _ in 0..details {
        record.extend_from_slice(b"Rss:                   4 kB\n");
    }
    record.extend_from_slice(b"VmFlags: rd mr \n");
    record
}

proptest! {
    #[test]
    fn generations_are_derived_right(lengths in lengths(256), read_size in 1..3 * 256usize) {
        let records: Vec<_> = lengths.into_iter().map(line).collect();
        check(&records, read_size, 256, Records::Line);
    }

    #[test]
    fn generations_of_equal_lines_are_derived_right(length in 1..80usize, count in 0..40usize, read_size in 1..200usize) {
        check(&vec![line(length); count], read_size, 256, Records::Line);
    }

    #[test]
    fn generations_of_smaps_are_derived_right(
        shapes in proptest::collection::vec((0..6usize, 0..300usize), 0..30),
        read_size in 1..1100usize,
    ) {
        let records: Vec<_> = shapes.into_iter().map(|(d, n)| smaps_record(d, n)).collect();
        check(&records, read_size, 256, Records::Smaps);
    }
}

#[test]
fn every_buffer_size_up_to_three_pages() {
    let page = 4096;
    // Lines as of a real process, a line longer than a page in the middle.
    let mut records: Vec<_> = (0..200).map(|i| line(50 + i * 7919 % 83)).collect();
    records.insert(120, line(page + 900));
    for read_size in 1..=3 * page {
        check(&records, read_size, page, Records::Line);
    }
}

#[test]
fn an_exactly_drained_buffer_has_generated_the_next_line() {
    let records = [line(60), line(20), line(30)];
    let file = SeqFile::new(4096, |index, _| records.get(index).cloned());
    let mut reader = ChunkReader::new(file, 40);
    let (clock, mut into) = (Counting::default(), ScanText::default());
    reader.rewind(&mut into).unwrap();
    let step =
        |reader: &mut ChunkReader<_>, into: &mut ScanText| reader.step(&clock, into).unwrap();
    assert_eq!(step(&mut reader, &mut into), Step::Read { bytes: 40 });
    assert_eq!(
        (into.chunks[0].bytes.clone(), into.partial().len()),
        (0..0, 40)
    );
    // 20 left over, then 20 generated: fills the buffer.
    assert_eq!(step(&mut reader, &mut into), Step::Read { bytes: 40 });
    assert_eq!(
        into.chunks
            .iter()
            .map(|c| c.window.begun[0])
            .collect::<Vec<_>>(),
        [0, 1]
    );
    assert_eq!(step(&mut reader, &mut into), Step::Read { bytes: 30 });
    assert_eq!(step(&mut reader, &mut into), Step::End);
    // With a buffer of 30 the second read drains exactly.
    reader.set_read_size(30);
    reader.rewind(&mut into).unwrap();
    for _ in 0..2 {
        step(&mut reader, &mut into);
    }
    assert_eq!(reader.file().generated, [0, 1]);
    assert_eq!(into.chunks[1].bytes, 60..60, "generated, not delivered");
}

#[test]
fn interruptions_are_retried_and_counted() {
    let mut file = SeqFile::new(4096, |index, _| (index < 3).then(|| line(50)));
    file.interruptions = 7;
    let mut reader = ChunkReader::new(file, 4096);
    let mut into = ScanText::default();
    reader.scan(&NoClock, &mut into).unwrap();
    assert_eq!((into.interrupted, into.reads), (7, 2));
    assert_eq!(into.chunks[0].window, Window::ANY);
    reader.file_mut().interruptions = u32::MAX;
    let error = reader.scan(&NoClock, &mut into).unwrap_err();
    assert!(matches!(error, ScanError::Interrupted { .. }));
}

struct Broken(Option<&'static [u8]>, i32);

impl MapsFile for Broken {
    fn rewind(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.take() {
            Some(text) => {
                buffer[..text.len()].copy_from_slice(text);
                Ok(text.len())
            }
            None if self.1 == 0 => Ok(0),
            None => Err(io::Error::from_raw_os_error(self.1)),
        }
    }
}

#[test]
fn failures_are_reported_in_one_line() {
    let mut into = ScanText::default();
    let mut fail = |text, errno| {
        let error = ChunkReader::new(Broken(text, errno), 4096)
            .scan(&NoClock, &mut into)
            .unwrap_err();
        assert_eq!(error.to_string().lines().count(), 1);
        error
    };
    assert!(matches!(
        fail(None, Errno::SRCH.raw_os_error()),
        ScanError::TargetGone
    ));
    assert!(matches!(
        fail(None, Errno::IO.raw_os_error()),
        ScanError::Read { .. }
    ));
    let error = fail(Some(b"00400000-00401000 rw-p\n0040\x1b"), 0);
    assert!(error.to_string().ends_with("\"0040\\x1b\""), "{error}");
}

#[test]
fn a_shorter_scan_leaves_nothing_of_a_longer_one() {
    let lines = Cell::new(500);
    let file = SeqFile::new(4096, |index, _| (index < lines.get()).then(|| line(60)));
    let mut reader = ChunkReader::new(file, 4096);
    let mut into = ScanText::default();
    reader.scan(&NoClock, &mut into).unwrap();
    let buffer = into.text().as_ptr();
    for count in [0, 3, 499, 500] {
        lines.set(count);
        reader.scan(&NoClock, &mut into).unwrap();
        assert_eq!(into.text().len(), count * 60);
        let counted: usize = into
            .chunks
            .iter()
            .map(|chunk| into.lines(chunk).count())
            .sum();
        assert_eq!(counted, count);
        assert_eq!(into.text().as_ptr(), buffer, "the buffer is reused");
    }
}
