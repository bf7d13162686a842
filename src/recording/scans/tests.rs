//! What is written comes back, and what nobody wrote is refused.

use proptest::prelude::*;

use super::Unit;
use super::decoder::ScanDecoder;
use super::encoder::ScanEncoder;
use crate::maps::scan_text::Window;
use crate::recording::bytes::Taker;
use crate::recording::record::Record;

/// Lines of few kinds, so that scans have much in common.
fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        20 => (0u8..12).prop_map(|kind| format!("{kind:08x}-{kind:08x} r--p\n").into_bytes()),
        1 => (250usize..260).prop_map(|length| {
            let mut line = vec![b'x'; length];
            line.push(b'\n');
            line
        }),
    ]
}

fn window() -> impl Strategy<Value = Window> {
    (0u64..4, 0u64..3, any::<bool>()).prop_map(|(finished, more, two)| {
        let mut window = Window::of_one(finished, finished + more);
        if two {
            (window.finished[1], window.begun[1]) = (more, more + finished);
        }
        window
    })
}

fn record() -> impl Strategy<Value = Record> {
    let chunk = prop::collection::vec(line(), 0..8).prop_map(|lines| lines.concat());
    let chunks = prop::collection::vec(chunk, 0..5);
    let times = (0u64..1 << 40, 0u64..1 << 20);
    let reads = prop_oneof![4 => Just(None), 1 => any::<(u32, u32)>().prop_map(Some)];
    (
        chunks,
        times,
        reads,
        any::<bool>(),
        prop::collection::vec(window(), 8),
        0usize..8,
    )
        .prop_map(|(chunks, (begun_ns, took), reads, whole, windows, odd)| {
            let usual = u32::try_from(chunks.len() + 1).unwrap();
            let (reads, interrupted) = reads.unwrap_or((usual, 0));
            let count = if odd < 6 { chunks.len() + 1 } else { odd };
            let mut record = Record {
                begun_ns,
                ended_ns: begun_ns + took,
                whole,
                reads,
                interrupted,
                windows: windows[..count].to_vec(),
                ..Record::default()
            };
            for chunk in chunks {
                record.text.extend_from_slice(&chunk);
                record.ends.push(record.text.len());
            }
            record
        })
}

fn encoded(unit: Unit, writers: usize, records: &[Record]) -> Vec<u8> {
    let mut encoder = ScanEncoder::new(unit, writers);
    encoder.begin_segment();
    let mut bytes = Vec::new();
    for record in records {
        encoder.put_record(&mut bytes, record);
    }
    bytes
}

fn decoded(writers: usize, bytes: &[u8]) -> Vec<Record> {
    let mut decoder = ScanDecoder::new(writers);
    decoder.begin_segment();
    let mut taker = Taker::of(bytes);
    let mut record = Record::default();
    let mut records = Vec::new();
    while !taker.is_empty() && decoder.take(&mut taker, &mut record).is_ok() {
        records.push(record.clone());
    }
    records
}

proptest! {
    #[test]
    fn records_come_back(mut records in prop::collection::vec(record(), 0..12), fixed: bool) {
        let unit = if fixed { Unit::Fixed(7) } else { Unit::Line };
        let back = decoded(2, &encoded(unit, 2, &records));
        for (number, record) in (1..).zip(&mut records) {
            record.number = number;
        }
        prop_assert_eq!(back, records);
    }

    #[test]
    fn without_writers_every_window_allows_all(mut records in prop::collection::vec(record(), 0..5)) {
        let back = decoded(0, &encoded(Unit::Line, 0, &records));
        for (number, record) in (1..).zip(&mut records) {
            record.number = number;
            record.windows.fill(Window::ANY);
        }
        prop_assert_eq!(back, records);
    }

    #[test]
    fn damaged_bytes_are_read_or_refused(
        records in prop::collection::vec(record(), 1..8),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = encoded(Unit::Line, 2, &records);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        decoded(2, &bytes);
    }
}

/// A scan of `maps`, in which one VMA is split, or not: as many lines a chunk as the
/// kernel prints, so that a split moves where all that follow end.
fn scan(number: u64, split: bool) -> Record {
    let mut record = Record {
        begun_ns: number * 30_000,
        ended_ns: number * 30_000 + 25_000,
        whole: true,
        reads: 4,
        ..Record::default()
    };
    let name = "rw-p 00000000 00:00 0 \n";
    let mut ranges: Vec<[u64; 2]> = (0..165)
        .map(|line| 0x7f00_0000_0000 + line * 0x2000)
        .map(|start| [start, start + 0x2000])
        .collect();
    if split {
        let [start, end] = ranges[20];
        let middle = start + 0x1000;
        ranges.splice(20..21, [[start, middle], [middle, end]]);
    }
    for (chunk, ranges) in (0..).zip(ranges.chunks(56)) {
        for [start, end] in ranges {
            let line = format!("{start:08x}-{end:08x} {name}");
            record.text.extend_from_slice(line.as_bytes());
        }
        record.ends.push(record.text.len());
        record
            .windows
            .push(Window::of_one(number * 20 + chunk, number * 20 + chunk + 1));
    }
    record
        .windows
        .push(Window::of_one(number * 20 + 4, number * 20 + 5));
    record
}

#[test]
fn a_scan_like_an_earlier_one_is_some_twenty_bytes() {
    let records: Vec<Record> = (0..1000).map(|i| scan(i, i % 3 == 1)).collect();
    let bytes = encoded(Unit::Line, 1, &records);
    let first = records[0].text.len();
    let each = (bytes.len() - first) / records.len();
    assert!(each < 36, "{each} bytes for each scan of {first} bytes");
    let mut back = decoded(1, &bytes);
    back.iter_mut().for_each(|record| record.number = 0);
    assert_eq!(back, records);
}
