//! Recordings in which something is missing, judged afresh.

use super::*;
use crate::linux::reader::Reader;
use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;
use crate::recording::frame::{Frame, FrameHead};
use crate::recording::header::Header;
use crate::recording::raw::Raw;
use crate::recording::recorder::RecorderThread;
use crate::recording::ring::Keep;
use crate::replay::difference::differences;
use crate::sampling::recorded::RecordedScans;
use crate::scenario::catalogue::find;
use crate::simulated::Locking;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::Workload;

/// Nanoseconds from scan to scan: totals are told every second, ten scans.
const EVERY_NS: u64 = 100_000_000;

/// Scans in a frame, about.
const IN_FRAME: u64 = 100;

/// Scans of a simulated kernel as a recording; how many there are.
fn recorded() -> (Recording, u64) {
    let workload = Workload::of_scenario(find("split").expect("a scenario"));
    let case = SimulatedCase::new(&workload, Locking::LineLastEnd, None, 250, 7);
    let mut case = case.expect("nothing but the site changes");
    let key = CaseKey {
        scenario: "split".into(),
        reader: "maps".into(),
    };
    let info = StreamInfo::new(key, Reader::Maps, Rule::LINE_END, case.states());
    let thread = RecorderThread::start(Header::unknown(), Keep::default(), None);
    let thread = thread.expect("a thread");
    let mut scans = RecordedScans::of(&thread.recorder, info);
    scans.begin(thread.recorder.start());
    let mut tally = Tally::default();
    case.scan_text_with(20_000, false, |text, verdict| {
        tally.add(verdict);
        let at_ns = tally.scans * EVERY_NS;
        scans.put((at_ns, at_ns + 1), Raw::Scan { text, whole: true });
        scans.put_totals(&tally, MissingCounts::default());
        if tally.scans % IN_FRAME == 0 {
            // Has the next scan end the frame.
            thread.recorder.kept().expect("it is kept");
        }
    });
    scans.put_last_totals(&tally, MissingCounts::default());
    drop(scans);
    let kept = thread.recorder.kept().expect("it is kept");
    assert!(tally.scans > 4 * IN_FRAME && tally.torn > 20, "{tally:?}");
    (kept, tally.scans)
}

/// The same without some frames, or with others in their place.
fn with(
    recording: &Recording,
    change: impl Fn(&FrameHead, Vec<u8>) -> Option<Vec<u8>>,
) -> Arc<Recording> {
    let frames = recording.heads().filter_map(|(index, head)| {
        let payload = change(head, recording.payload(index)?)?;
        Some(Arc::new(Frame::new(*head, &payload)))
    });
    Arc::new(Recording::in_memory(frames.collect()).expect("it has its header"))
}

fn judged(recording: &Arc<Recording>) -> JudgedCase {
    let mut judged = judge_all(recording, None, &AtomicU64::new(0));
    assert_eq!((judged.cases.len(), judged.unknown_scans), (1, 0));
    judged.cases.remove(0)
}

fn differ(case: &JudgedCase) -> Vec<String> {
    let all = differences(&case.sum.recorded, &case.sum.compared);
    all.into_iter().map(|it| it.what).collect()
}

#[test]
fn only_what_is_in_the_recording_is_compared() {
    let (recording, all) = recorded();
    let whole = judged(&with(&recording, |_, payload| Some(payload)));
    assert_eq!(whole.sum.totals.tally.scans, all);
    assert_eq!((whole.not_compared(), whole.sum.missing_scans), (0, 0));
    assert_eq!(differ(&whole), Vec::<String>::new());

    // It begins in the middle, as what is kept in memory does, or has lost the end.
    let scans = |(_, head): &(usize, &FrameHead)| head.kind == FrameKind::Scans;
    let last = recording.heads().rfind(scans);
    let last_segment = last.unwrap().1.segment;
    assert!(last_segment > 0);
    for lacks in [
        &(|head: &FrameHead| head.segment == 0) as &dyn Fn(&FrameHead) -> bool,
        &|head| head.segment == last_segment,
        &|head| head.first > 1 && head.first <= 2 * IN_FRAME,
    ] {
        let part = with(&recording, |head, payload| {
            (head.kind != FrameKind::Scans || !lacks(head)).then_some(payload)
        });
        let part = judged(&part);
        let (scans, compared) = (&part.sum.totals.tally, &part.sum.compared.tally);
        assert!(part.sum.missing_scans > 0 && compared.scans > 0);
        assert_eq!(scans.scans + part.sum.missing_scans, all);
        assert!(part.not_compared() < 20, "{}", part.not_compared());
        assert_eq!(differ(&part), Vec::<String>::new());
    }
}

#[test]
fn another_count_is_a_difference_and_no_count_is_none() {
    let (recording, all) = recorded();
    let other = with(&recording, |head, payload| {
        if head.kind != FrameKind::Totals {
            return Some(payload);
        }
        let mut totals: StreamTotals = serde_json::from_slice(&payload).unwrap();
        totals.tally.torn += u64::from(totals.tally.scans == all);
        Some(serde_json::to_vec(&totals).unwrap())
    });
    assert_eq!(differ(&judged(&other)), ["torn scans"]);
    let uncounted = with(&recording, |head, payload| {
        (head.kind != FrameKind::Totals).then_some(payload)
    });
    let uncounted = judged(&uncounted);
    assert_eq!(uncounted.not_compared(), all);
    let unknown = with(&recording, |head, payload| {
        (head.kind != FrameKind::Stream).then_some(payload)
    });
    let unknown = judge_all(&unknown, None, &AtomicU64::new(0));
    assert_eq!((unknown.cases.len(), unknown.unknown_scans), (0, all));
}
