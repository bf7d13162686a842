//! A part of a recording is that part: the same scans, moments and finds.

use std::sync::atomic::AtomicU64;

use super::*;
use crate::recording::read_scans::ScanReader;
use crate::recording::record::Record;
use crate::recording::stream::StreamInfo;
use crate::replay::fixture::{Scans, foreign, simulated};
use crate::replay::judging::Judging;
use crate::replay::player::Player;
use crate::replay::write_part::write_part;
use crate::simulated::fault::Fault;

fn is_found(scans: &Scans) -> usize {
    Index::of(&scans.recording()).found.len()
}

/// The part as a file of its own, read back; its bytes.
pub(super) fn made(recording: &Arc<Recording>, part: Part) -> (Arc<Recording>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part");
    let cut = Cut::new(recording.clone(), part).unwrap();
    let length = write_part(
        &cut,
        false,
        &AtomicU64::new(0),
        &mut std::fs::File::create(&path).unwrap(),
    )
    .unwrap();
    (Arc::new(Recording::open(&path).unwrap()), length)
}

pub(super) fn records(recording: &Arc<Recording>, info: &StreamInfo) -> Vec<Record> {
    let mut reader = ScanReader::new(recording.clone(), info.stream, info.writers);
    std::iter::from_fn(|| reader.read_next().cloned()).collect()
}

/// All that is shown of each moment, but for what was found before.
fn shown(recording: &Arc<Recording>) -> Vec<(Duration, String)> {
    let mut player = Player::new(recording.clone(), false).unwrap();
    let moments = (0..player.count()).map(|number| {
        player.go_to_moment(number);
        let moment = player.moment();
        (moment.place.at, format!("{:?}", moment.snapshot))
    });
    moments.collect()
}

#[test]
fn what_was_recorded_in_a_time_is_what_it_was() {
    for scans in [simulated(14, Some(Fault::Released), 3, 4_000), foreign(200)] {
        let whole = scans.recording();
        let all = shown(&whole);
        let last = scans.records.last().unwrap().ended_ns;
        for (from, to) in [
            (0, last),
            (last / 3, last / 2),
            (last / 7, last / 6),
            (last - 1, last),
        ] {
            let part = Part::Time(Duration::from_nanos(from), Duration::from_nanos(to));
            let (cut, _) = made(&whole, part);
            let is_in = |it: &&Record| it.ended_ns >= from && it.begun_ns <= to;
            let expected: Vec<Record> = scans.records.iter().filter(is_in).cloned().collect();
            assert_eq!(records(&cut, &scans.info), expected, "{part:?}");
            let (from_ns, to_ns) = (from, to);
            assert_eq!(cut.header().cut, Some(CutFrom::Time { from_ns, to_ns }));
            let is_in = |(at, _): &&(Duration, String)| (from..=to).contains(&nanoseconds(*at));
            let expected: Vec<(Duration, String)> = all.iter().filter(is_in).cloned().collect();
            assert_eq!(
                expected.is_empty(),
                Player::new(cut.clone(), false).is_err()
            );
            if !expected.is_empty() {
                assert_eq!(shown(&cut), expected, "{part:?}");
            }
            assert_eq!(Index::of(&cut).timeline.lost_scans, 0);
        }
        let part = Part::Time(Duration::from_nanos(last + 1), Duration::MAX);
        assert!(matches!(
            Cut::new(whole, part),
            Err(CutError::NoTime { .. })
        ));
    }
}

#[test]
fn a_find_alone_is_found_again_in_a_few_scans() {
    for scans in [simulated(14, Some(Fault::Released), 3, 4_000), foreign(200)] {
        let whole = scans.recording();
        let index = Index::of(&whole);
        assert!(index.found.len() > 3);
        for number in [1, index.found.len() / 2, index.found.len()] {
            let (cut, length) = made(&whole, Part::Find(number));
            assert!(length < 6_000, "{length}");
            assert_eq!(cut.header().cut, Some(CutFrom::Find(number)));
            let find = &index.found[number - 1].1;
            let of_cut = Index::of(&cut);
            assert_eq!(of_cut.moments.len(), 1);
            assert_eq!(of_cut.found.len(), 1);
            assert_eq!(of_cut.found[0].1.event, find.event);
            // It is shown, though it is there as a scan only.
            let shown = Player::new(cut.clone(), false).unwrap().moment().snapshot;
            assert_eq!(shown.picture.unwrap().scan.number, find.event.scan);
            let few = records(&cut, &scans.info);
            assert!(few.len() <= 40, "{}", few.len());
            let mut judging = Judging::new(&scans.info, None).unwrap();
            let mut again = Vec::new();
            for record in &few {
                judging.judge(record, &mut |it| again.push(it)).unwrap();
            }
            let again: Vec<_> = again.into_iter().map(|it| judging.describe(it)).collect();
            assert!(again.contains(&*find.event), "{find:?}\n{again:?}");
        }
        let number = is_found(&scans) + 1;
        let finds = number - 1;
        let refused = Cut::new(whole.clone(), Part::Find(number)).map(|_| ());
        assert_eq!(refused, Err(CutError::NoFind { number, finds }));
        assert!(Cut::new(whole, Part::Find(0)).is_err());
    }
}

/// Recordings of this machine, by the variable `VMASCOPE_RECORDINGS`, with `:` between.
#[test]
#[ignore = "needs recordings"]
fn parts_of_real_recordings_are_what_they_were() {
    let paths = std::env::var("VMASCOPE_RECORDINGS").expect("names of recordings");
    for path in paths.split(':') {
        let whole = Arc::new(Recording::open(std::path::Path::new(path)).unwrap());
        let all = shown(&whole);
        let (from, to) = (Duration::from_millis(2_300), Duration::from_millis(3_900));
        let (cut, length) = made(&whole, Part::Time(from, to));
        let is_in = |(at, _): &&(Duration, String)| (from..=to).contains(at);
        let expected: Vec<(Duration, String)> = all.iter().filter(is_in).cloned().collect();
        let of_cut = shown(&cut);
        assert_eq!(of_cut.len(), expected.len());
        for (one, other) in of_cut.iter().zip(&expected) {
            assert_eq!(one.0, other.0);
            assert!(one.1 == other.1, "{path} {:?}", one.0);
        }
        assert!(length < std::fs::metadata(path).unwrap().len());
        let finds = Index::of(&whole).found.len();
        if finds > 0 {
            let (_, length) = made(&whole, Part::Find(finds));
            assert!(length < 32 << 10, "{path}: {length}");
        }
    }
}
