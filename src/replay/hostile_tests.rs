//! Recordings that nobody wrote: what reads them refuses them or passes them over, and
//! neither panics nor goes on forever.
//!
//! Checksums are right in all of them, so that what is inside is reached.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::anonymise::Anonymiser;
use super::cut::{Cut, Part};
use super::fixture::{foreign, simulated};
use super::index::Index;
use super::judging::Judging;
use super::player::Player;
use super::scans::stream_info;
use super::step::TimeStep;
use crate::algorithms::random::Random;
use crate::latency::live::recorded::encode;
use crate::recording::frame::{Frame, FrameHead, FrameKind, HEAD, payload};
use crate::recording::open::{OpenRecordingError, Recording};
use crate::recording::read_scans::ScanReader;
use crate::session::moment::{fields, put};
use crate::simulated::fault::Fault;
use crate::tui::fixture::latency;

/// A frame, not compressed.
type Raw = (FrameHead, Vec<u8>);

/// Numbers at which something may overflow.
const NUMBERS: [u64; 9] = [
    0,
    1,
    2,
    0x7f,
    0xff,
    u32::MAX as u64,
    1 << 40,
    i64::MAX as u64,
    u64::MAX,
];

fn raw(frames: &[Frame]) -> Vec<Raw> {
    let payload = |frame: &Frame| payload(&frame.stored, &frame.lengths).unwrap();
    frames
        .iter()
        .map(|frame| (frame.head, payload(frame)))
        .collect()
}

fn bases() -> Vec<Vec<Raw>> {
    let simulated = simulated(14, Some(Fault::Released), 3, 200);
    let lab = [latency::snapshot(), latency::inversion(true)];
    let lab = (1..).zip(lab).map(|(second, lab)| {
        let head = FrameHead::alone(FrameKind::Lab, second * 1_000_000_000);
        (head, encode(&lab).unwrap())
    });
    let with_lab = raw(&simulated.frames()).into_iter().chain(lab).collect();
    vec![with_lab, raw(&foreign(17).frames())]
}

fn pick(random: &mut Random, count: usize) -> usize {
    random.below(count as u64) as usize
}

fn number(random: &mut Random) -> u64 {
    match random.below(4) {
        0 => random.draw(),
        1 => random.below(300),
        _ => NUMBERS[pick(random, NUMBERS.len())],
    }
}

fn value(random: &mut Random) -> Value {
    match random.below(8) {
        0 => Value::Null,
        1 => json!(""),
        2 => json!([]),
        3 => json!({}),
        4 => json!(-1),
        5 => json!(1e300),
        6 => json!("\u{0}/\u{1b}[31mü"),
        _ => json!(number(random)),
    }
}

/// Changes one of the values in another, or takes one away, or gives one again.
fn change_json(random: &mut Random, at: &mut Value) {
    let goes_on = random.below(6) != 0;
    match at {
        Value::Object(fields) if goes_on && !fields.is_empty() => {
            let name = fields.keys().nth(pick(random, fields.len()));
            let name = name.cloned().unwrap();
            match random.below(30) {
                0 => drop(fields.remove(&name)),
                _ => change_json(random, &mut fields[&name]),
            }
        }
        Value::Array(items) if goes_on && !items.is_empty() => {
            let place = pick(random, items.len());
            match random.below(30) {
                0 => drop(items.remove(place)),
                1 => items.push(items[place].clone()),
                _ => change_json(random, &mut items[place]),
            }
        }
        Value::Number(it) if random.below(2) == 0 => {
            let near = it.as_u64().unwrap_or(0);
            *at = json!(near.wrapping_add(number(random)));
        }
        _ => *at = value(random),
    }
}

fn changed_json(random: &mut Random, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    change_json(random, &mut value);
    serde_json::to_vec(&value).ok()
}

fn change_moment(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let all: Vec<(u8, &[u8])> = fields(bytes).filter_map(Result::ok).collect();
    let changed = pick(random, all.len().max(1));
    let mut out = Vec::new();
    for (i, &(number, field)) in all.iter().enumerate() {
        let other = (i == changed)
            .then(|| changed_json(random, field))
            .flatten();
        put(&mut out, number, other.as_deref().unwrap_or(field));
    }
    out
}

fn change_bytes(random: &mut Random, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        bytes.push(random.draw() as u8);
        return;
    }
    let at = pick(random, bytes.len());
    match random.below(6) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = NUMBERS[pick(random, 5)] as u8,
        2 => bytes.truncate(at),
        3 => {
            let end = bytes.len().min(at + pick(random, 40));
            let piece = bytes[at..end].to_vec();
            let to = pick(random, bytes.len());
            bytes.splice(to..to, piece);
        }
        4 => drop(bytes.drain(at..bytes.len().min(at + 1 + pick(random, 8)))),
        _ => {
            let mut many = Vec::new();
            crate::recording::bytes::put_number(&mut many, number(random));
            bytes.splice(at..=at, many);
        }
    }
}

fn change_head(random: &mut Random, head: &mut FrameHead) {
    let long = number(random);
    let short = long as u32;
    match random.below(7) {
        0 => head.stream = short % 3,
        1 => head.segment = short,
        2 => head.part = short,
        3 => head.count = short,
        4 => head.first = long,
        5 => head.first_ns = long,
        _ => head.last_ns = long,
    }
}

fn change(random: &mut Random, frames: &mut Vec<Raw>) {
    let at = pick(random, frames.len());
    match random.below(12) {
        0 => {
            let other = pick(random, frames.len());
            frames.swap(at, other);
        }
        1 => frames.insert(at, frames[pick(random, frames.len())].clone()),
        2 if frames.len() > 1 => drop(frames.remove(at)),
        3 | 4 => change_head(random, &mut frames[at].0),
        5..8 => change_bytes(random, &mut frames[at].1),
        _ => {
            let (head, bytes) = &mut frames[at];
            match head.kind {
                FrameKind::Scans | FrameKind::Lab => change_bytes(random, bytes),
                FrameKind::Moment => *bytes = change_moment(random, bytes),
                _ => {
                    if let Some(other) = changed_json(random, bytes) {
                        *bytes = other;
                    }
                }
            }
        }
    }
}

/// Does all that is done with a recording.
fn use_all(frames: &[Raw]) {
    let frames = frames
        .iter()
        .map(|(head, bytes)| Arc::new(Frame::new(*head, bytes)));
    let Some(recording) = Recording::in_memory(frames.collect()).map(Arc::new) else {
        return;
    };
    play(&recording);
    judge(&recording);
    let second = Duration::from_secs(1);
    for part in [
        Part::All,
        Part::Time(second / 90, second / 50),
        Part::Find(1),
        Part::Find(Index::of(&recording).found.len()),
    ] {
        let Ok(cut) = Cut::new(recording.clone(), part) else {
            continue;
        };
        let mut anonymiser = Anonymiser::default();
        for changes in [false, true] {
            let made = cut.frames(&mut |head, payload| {
                anonymiser.frame(head, &payload);
                Ok::<(), ()>(())
            });
            assert_eq!(made, Ok(()));
            if !changes {
                anonymiser.change_from_now_on();
            }
        }
        anonymiser.header(cut.header());
    }
}

fn play(recording: &Arc<Recording>) {
    let Ok(mut player) = Player::new(recording.clone(), false) else {
        return;
    };
    for number in 0..player.count() {
        player.go_to_moment(number);
        player.moment();
    }
    for step in [
        TimeStep::First,
        TimeStep::Scans(3),
        TimeStep::Scans(-1),
        TimeStep::Finds(1),
        TimeStep::Finds(-9),
        TimeStep::Violations(1),
        TimeStep::Violations(i64::MIN),
        TimeStep::Seconds(1),
        TimeStep::Seconds(-1),
        TimeStep::Scans(i64::MIN),
        TimeStep::Finds(i64::MAX),
        TimeStep::To(Duration::MAX),
        TimeStep::Slower,
        TimeStep::StopOrPlay,
    ] {
        player.step(step);
        player.moment();
        player.notice();
    }
    let _ = player.report();
    player.pass(Duration::from_millis(33));
    player.step(TimeStep::Last);
    player.moment();
}

fn judge(recording: &Arc<Recording>) {
    let streams = recording
        .heads()
        .filter(|(_, head)| head.kind == FrameKind::Stream);
    for (_, head) in streams {
        let Some(info) = stream_info(recording, head.stream) else {
            continue;
        };
        let mut reader = ScanReader::new(recording.clone(), head.stream, info.writers);
        let Ok(mut judging) = Judging::new(&info, None) else {
            while reader.read_next().is_some() {}
            continue;
        };
        let mut found = Vec::new();
        while let Some(record) = reader.read_next() {
            let _ = judging.judge(record, &mut |it| found.push(it));
        }
        for it in found {
            let _ = judging.describe(it);
        }
    }
}

/// Uses so many recordings with a few changes each, of these seeds.
fn use_changed(bases: &[Vec<Raw>], seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let mut random = Random::new(seed);
        let mut frames = bases[pick(&mut random, bases.len())].clone();
        for _ in 0..=random.below(4) {
            change(&mut random, &mut frames);
        }
        let used = std::panic::catch_unwind(|| use_all(&frames));
        assert!(used.is_ok(), "seed {seed}");
    }
}

#[test]
fn what_nobody_wrote_is_passed_over() {
    use_changed(&bases(), 0..1_500);
}

#[test]
fn scans_may_have_any_numbers() {
    for base in bases() {
        for first in NUMBERS {
            // All of them, or only those behind so many.
            for from in 0..base.len() {
                let mut frames = base.clone();
                for (head, _) in frames.iter_mut().skip(from) {
                    if head.kind == FrameKind::Scans {
                        head.first = first;
                    }
                }
                use_all(&frames);
            }
        }
    }
}

/// From the seed `VMASCOPE_SEED` on as many as `VMASCOPE_INPUTS` says; recordings of
/// this machine too, which `VMASCOPE_RECORDINGS` names, with `:` between.
#[test]
#[ignore = "takes an hour"]
#[expect(clippy::print_stdout, reason = "how far it has come")]
fn a_million_recordings_that_nobody_wrote() {
    let variable = |name: &str| std::env::var(name).ok().and_then(|it| it.parse().ok());
    let (first, count) = (variable("VMASCOPE_SEED"), variable("VMASCOPE_INPUTS"));
    let first: u64 = first.unwrap_or(1 << 32);
    let mut bases = bases();
    let paths = std::env::var("VMASCOPE_RECORDINGS").unwrap_or_default();
    for path in paths.split(':').filter(|path| !path.is_empty()) {
        let whole = Arc::new(Recording::open(Path::new(path)).unwrap());
        let cut = Cut::new(whole, Part::Find(1)).unwrap();
        let header = serde_json::to_vec(cut.header()).unwrap();
        let mut frames = vec![(FrameHead::alone(FrameKind::Header, 0), header)];
        let made = cut.frames(&mut |head, payload| {
            frames.push((head, payload));
            Ok::<(), ()>(())
        });
        made.unwrap();
        bases.push(frames);
    }
    // Told as it goes, as it takes hours and may be stopped.
    let end = first + count.unwrap_or(1_000_000);
    for start in (first..end).step_by(10_000) {
        use_changed(&bases, start..end.min(start + 10_000));
        let done = end.min(start + 10_000) - first;
        println!("{done} of {}", end - first);
    }
}

/// Where each frame of a file ends, and the file.
fn file_of(frames: &[Raw]) -> (Vec<usize>, Vec<u8>) {
    let mut bytes = b"vmascope recording 1.0\n".to_vec();
    let mut ends = Vec::new();
    for (head, payload) in frames {
        Frame::new(*head, payload).write_to(&mut bytes);
        ends.push(bytes.len());
    }
    (ends, bytes)
}

fn opened(bytes: &[u8], path: &Path) -> Result<Recording, OpenRecordingError> {
    std::fs::write(path, bytes).unwrap();
    Recording::open(path)
}

#[test]
fn a_file_cut_off_anywhere_opens_to_its_last_whole_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    let frames = raw(&foreign(9).frames());
    let (ends, bytes) = file_of(&frames);
    for length in 0..bytes.len() {
        let whole = ends.iter().filter(|end| **end <= length).count();
        match opened(&bytes[..length], &path) {
            Ok(recording) => {
                assert_eq!(recording.len(), whole);
                let end = ends[whole - 1];
                assert_eq!(recording.cut_off(), (length - end) as u64);
            }
            Err(_) => assert_eq!(whole, 0, "{length}"),
        }
    }
}

#[test]
fn a_byte_that_is_another_loses_its_frame_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    let frames = raw(&foreign(9).frames());
    let (ends, bytes) = file_of(&frames);
    let mut random = Random::new(1);
    for at in ends[0]..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << random.below(8);
        let recording = opened(&changed, &path).unwrap();
        let frame = ends.iter().filter(|end| **end <= at).count();
        let in_head = at - ends[frame - 1] < HEAD;
        let is_last = frame + 1 == ends.len();
        // What is behind a head that is damaged is found by its own head.
        let is_there = match is_last {
            true => frame,
            false => ends.len() - usize::from(in_head),
        };
        assert_eq!(recording.len(), is_there, "{at}");
        assert_eq!(recording.damaged(), u64::from(!is_last), "{at}");
        let whole = (0..recording.len()).filter(|it| recording.payload(*it).is_some());
        assert_eq!(whole.count(), ends.len() - 1, "{at}");
    }
}

#[test]
fn a_tail_of_terabytes_in_which_nothing_is_stored_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    let (ends, mut bytes) = file_of(&raw(&foreign(9).frames()));
    bytes.push(0);
    let length = 8 << 40;
    std::fs::write(&path, &bytes).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    // Not every file system has files of 8 TiB.
    let length = match file.set_len(length) {
        Ok(()) => length,
        Err(_) => bytes.len() as u64,
    };
    let recording = Recording::open(&path).unwrap();
    assert_eq!(recording.len(), ends.len());
    let written = *ends.last().unwrap() as u64;
    assert_eq!(recording.cut_off(), length - written);
}
