//! What comes back is what was shown: every field, and every screen.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::{MomentDecoder, MomentEncoder, MomentError, wire};
use crate::linux::procmap_query::{QueriedVma, Query, QueryError};
use crate::maps::diff::compare::Diff;
use crate::maps::diff::tests::text;
use crate::maps::scan_text::{ScanText, Window};
use crate::oracle::changed_by::ChangedBy;
use crate::sampling::probe::reading::{ProbeError, Reading};
use crate::sampling::scanned_calls::CallsSeen;
use crate::session::by_hand::Played;
use crate::session::changes::{Change, ChangeKind};
use crate::session::explorer::change_log::ChangeLog;
use crate::session::explorer::inspection::{Inspection, NamedVma};
use crate::session::explorer::queries::Explored;
use crate::session::explorer::usage::Usage;
use crate::session::picture::{Context, Picture};
use crate::session::snapshot::Snapshot;
use crate::stepping::step::ManualStep;
use crate::tui::app::App;
use crate::tui::fixture::extreme::{extreme_app, extreme_target};
use crate::tui::fixture::snapshot::{Kind, snapshot};
use crate::tui::fixture::target::{
    GROWN, gone_app, recent, suspected_app, target_app, target_text,
};
use crate::tui::fixture::{screen, showing};
use crate::tui::message::Message;
use crate::tui::theme::{Depth, Theme};
use crate::tui::view::View;

const SIZE: (u16, u16) = (120, 40);

/// Those of the fixtures, one after the other, and between them some that differ
/// in little.
fn snapshots() -> Vec<Snapshot> {
    let shown = |app: App| (*app.shown.latest.unwrap()).clone();
    let mut all = vec![
        Snapshot::default(),
        snapshot(Kind::Duplicate),
        snapshot(Kind::Hole),
        shown(extreme_app(Kind::Hole, SIZE)),
    ];
    let mut later = snapshot(Kind::Duplicate);
    later.at += Duration::from_millis(33);
    later.still = None;
    let history = Arc::make_mut(&mut later.history);
    history.remove(0);
    history.push([1, 2, 3, 4]);
    later.found.clear();
    let manual = Arc::make_mut(later.manual.as_mut().unwrap());
    manual.picture = unfinished();
    manual.played = Some(Played {
        steps: vec![ManualStep::Size, ManualStep::Rewind],
        taken: 1,
    });
    later.probe = Some(Arc::new(Reading::failed(
        Query::default(),
        ProbeError::Query(QueryError::Other {
            address: 1,
            errno: nix::errno::Errno::EINVAL,
        }),
    )));
    all.push(later.clone());
    later.manual = None;
    later.probe = None;
    later.picture = None;
    all.push(later);
    all.push(shown(target_app(SIZE, Depth::True)));
    all.push(shown(suspected_app(SIZE, Depth::True)));
    let mut last = shown(suspected_app(SIZE, Depth::True));
    last.explored = explored();
    last.calls = CallsSeen::Refused("why not".into());
    last.picture = Some(Arc::new(vanishing(&last.explored)));
    all.push(last.clone());
    // The changes fade, and what happened lately is another by now.
    let mut picture = (**last.picture.as_ref().unwrap()).clone();
    picture.lay_out(Vec::new());
    last.picture = Some(Arc::new(picture));
    last.explored.recent = Arc::new(recent(&[GROWN]));
    all.push(last);
    all.push(shown(gone_app(SIZE, Depth::True)));
    all.push(shown(extreme_target(SIZE)));
    all
}

/// A scan that ends in the middle of a line.
fn unfinished() -> Arc<Picture> {
    let text = target_text();
    let mut picture = Picture::default();
    let length = text.find("[heap]").unwrap();
    let chunks = vec![(300, Window::of_one(3, 4)), (0, Window::ANY)];
    picture.scan.text = ScanText::of_parts(text.as_bytes()[..length].to_vec(), chunks).unwrap();
    picture.index(Context::default());
    picture.lay_out(Vec::new());
    Arc::new(picture)
}

/// A scan in which lines are gone.
fn vanishing(explored: &Explored) -> Picture {
    let text = target_text().replace("/usr/lib", "/üsr/lib");
    let mut picture = Picture::default();
    let chunk = (text.as_bytes(), Window::of_one(3, 4));
    picture.scan.text = ScanText::from_chunks([chunk], Window::of_one(4, 4));
    picture.recent = explored.recent.clone();
    picture.index(Context::default());
    picture.lay_out(vec![
        Change {
            start: 0x1000,
            kind: ChangeKind::Vanished,
            at: Duration::from_millis(900),
            was: b"00001000-00002000 rw-p 00000000 00:00 0 /\xff\x1b".to_vec(),
        },
        Change {
            start: GROWN,
            kind: ChangeKind::Changed,
            at: Duration::from_millis(950),
            was: Vec::new(),
        },
    ]);
    picture
}

fn explored() -> Explored {
    let vma = NamedVma {
        vma: QueriedVma {
            start: GROWN,
            end: GROWN + 0x1000,
            ..QueriedVma::default()
        },
        name: b"/a\n\xff".to_vec(),
        build_id: vec![0, 200, 7],
    };
    Explored {
        has_query: true,
        inspection: Some(Arc::new(Inspection {
            address: GROWN,
            covering: Some(vma),
            ..Inspection::default()
        })),
        usage: Some(Arc::new(Usage {
            address: GROWN,
            figures: vec![("Rss".into(), "12 kB".into())],
            ..Usage::default()
        })),
        smaps_locks: "mmap_lock".into(),
        max_map_count: Some(65_530),
        recent: Arc::new(recent(&[GROWN, 0x7f10_0000_0000])),
        since: Some(Duration::from_millis(100)),
        ..Explored::default()
    }
}

/// The same as whoever looks asked for nothing, in buffers of no more than the text.
fn plain(snapshot: &Snapshot) -> Snapshot {
    let mut plain = snapshot.clone();
    let explored = &mut plain.explored;
    explored.request = Arc::default();
    (explored.log, explored.past, explored.still) = Default::default();
    let picture = |of: &Arc<Picture>| {
        let mut picture = of.arranged(Arc::default());
        picture.scan.text = ScanText::default();
        picture.scan.text.copy_from(&of.scan.text);
        Arc::new(picture)
    };
    plain.picture = plain.picture.as_ref().map(picture);
    if let Some(manual) = &mut plain.manual {
        let manual = Arc::make_mut(manual);
        manual.picture = picture(&manual.picture);
    }
    plain
}

/// An application in each of its views that is told a snapshot.
fn apps(snapshot: &Snapshot) -> impl Iterator<Item = App> {
    View::ALL.into_iter().map(move |view| {
        let mut app = App::new(SIZE, Theme::new(Depth::True));
        app.query.asked = snapshot.probe.as_ref().map(|probe| probe.query);
        app.update(Message::Snapshot(Box::new(snapshot.clone())));
        showing(app, view)
    })
}

fn screens(snapshot: &Snapshot) -> Vec<String> {
    apps(snapshot).map(|app| screen::styled(&app)).collect()
}

fn assert_same(decoded: &Snapshot, shown: &Snapshot) {
    let (decoded, shown) = (plain(decoded), plain(shown));
    let (is, was) = (format!("{decoded:#?}"), format!("{shown:#?}"));
    for (is, was) in is.lines().zip(was.lines()) {
        assert_eq!(is, was);
    }
    assert_eq!(is.len(), was.len());
    assert_eq!(screens(&decoded), screens(&shown));
}

/// Fails to compile where a snapshot has a field that is in no moment: give it a
/// line in [`fields`](super::fields).
fn has_no_other_field(snapshot: Snapshot) {
    let Snapshot {
        at: _,
        rate: _,
        trigger: _,
        target: _,
        scene: _,
        still: _,
        tally: _,
        query_tally: _,
        overall: _,
        dropped: _,
        rates: _,
        locks: _,
        history: _,
        picture: _,
        same_until: _,
        answers: _,
        pairs: _,
        boundaries: _,
        coverage: _,
        moves_on: _,
        found: _,
        missing: _,
        calls: _,
        suspected: _,
        manual: _,
        probe: _,
        ended: _,
        explored:
            Explored {
                request: _,
                has_query: _,
                answers: _,
                inspection: _,
                usage: _,
                smaps_locks: _,
                max_map_count: _,
                recent: _,
                log: _,
                past: _,
                changes: _,
                since: _,
                still: _,
            },
    } = snapshot;
}

#[test]
fn every_moment_comes_back_from_what_differs() {
    has_no_other_field(Snapshot::default());
    let all = snapshots();
    let (mut encoder, mut decoder) = (MomentEncoder::default(), MomentDecoder::default());
    let log = ChangeLog::default();
    for shown in all.iter().chain(all.iter().rev()) {
        let bytes = encoder.encode(shown, &log, false);
        decoder.apply(&bytes).unwrap();
        assert_same(decoder.snapshot(), shown);
        // The same once more is nothing.
        assert_eq!(encoder.encode(shown, &log, false), b"");
    }
}

#[test]
fn a_whole_moment_needs_none_before_it() {
    let (mut encoder, log) = (MomentEncoder::default(), ChangeLog::default());
    let mut used = MomentDecoder::default();
    for shown in snapshots() {
        encoder.encode(&shown, &log, false);
        let whole = encoder.encode(&shown, &log, true);
        let mut fresh = MomentDecoder::default();
        for decoder in [&mut fresh, &mut used] {
            decoder.apply(&whole).unwrap();
            assert_same(decoder.snapshot(), &shown);
        }
        let mut next = shown.clone();
        next.at += Duration::from_millis(1);
        let differs = encoder.encode(&next, &log, false);
        assert_eq!(
            MomentDecoder::default().apply(&differs),
            Err(MomentError::NoBeginning)
        );
        fresh.apply(&differs).unwrap();
        assert_same(fresh.snapshot(), &next);
    }
}

#[test]
fn each_change_of_the_log_comes_once_and_again_as_the_suspected_hole_that_it_was() {
    let (mut diff, mut log) = (Diff::new(), ChangeLog::new(3, usize::MAX));
    let (mut encoder, mut decoder) = (MomentEncoder::default(), MomentDecoder::default());
    let second = |count: u64| Duration::from_secs(count);
    let mut came = |log: &ChangeLog, at: u64, whole: bool| {
        let snapshot = Snapshot {
            at: second(at),
            ..Snapshot::default()
        };
        decoder
            .apply(&encoder.encode(&snapshot, log, whole))
            .unwrap();
        decoder.changes().to_vec()
    };
    for (at, two) in ["w..F", "ww.F", "...F"].windows(2).enumerate() {
        diff.compare(text(two[0]).as_bytes(), text(two[1]).as_bytes());
        for change in diff.drain() {
            log.push(second(at as u64), change, ChangedBy::NoCall);
        }
    }
    let all: Vec<_> = log.iter().cloned().collect();
    assert_eq!(all.len(), 2);
    assert_eq!(came(&log, 1, false), all);
    assert_eq!(
        (came(&log, 1, false), came(&log, 1, true)),
        (vec![], vec![])
    );
    let vma = all[1].change.main();
    assert!(log.suspect(&(vma.start..vma.end), second(1)));
    let turned_out = came(&log, 2, false);
    assert_eq!(turned_out, log.iter().skip(1).cloned().collect::<Vec<_>>());
    assert!(turned_out[0].is_suspected_hole);
    assert_eq!(came(&log, 2, false), []);
    assert_eq!(came(&log, 9, false), []);
}

#[test]
fn what_a_newer_version_adds_is_passed_over_and_what_cannot_be_is_refused() {
    let shown = snapshot(Kind::Hole);
    let mut bytes = MomentEncoder::default().encode(&shown, &ChangeLog::default(), true);
    wire::put(&mut bytes, 199, b"anything");
    let mut decoder = MomentDecoder::default();
    decoder.apply(&bytes).unwrap();
    assert_same(decoder.snapshot(), &shown);
    for (number, field) in [
        (1, &br#"[{"secs":18446744073709551615,"nanos":0}]"#[..]),
        (5, br#"{"scans":["many"]}"#),
        (
            wire::PICTURE,
            br#"{"head":{"site":[[{"line":9999,"states":1}]]}}"#,
        ),
        (wire::PICTURE, br#"{"text":[[0,99999999]]}"#),
        (3, br#"{"site":{"end":[0]}}"#),
        (3, br#"{"letter_bytes":[0]}"#),
        (wire::RECENT, br#"{"changed":[[7,{}]]}"#),
        (wire::CHANGES, b"[{}]"),
        (1, b"{"),
    ] {
        let mut damaged = bytes.clone();
        wire::put(&mut damaged, number, field);
        let why = decoder.apply(&damaged).unwrap_err().to_string();
        let begins = format!("field {number} of a moment is damaged: ");
        assert!(why.starts_with(&begins) && !why.contains('\n'), "{why}");
        // Nothing is left that a next one could rest on.
        assert_eq!(decoder.apply(b""), Err(MomentError::NoBeginning));
    }
}

/// Moments of all snapshots, the first and some others whole.
fn moments() -> Vec<Vec<u8>> {
    let mut encoder = MomentEncoder::default();
    let all = snapshots().into_iter().enumerate();
    let moments = all.map(|(i, it)| encoder.encode(&it, &ChangeLog::default(), i % 4 == 0));
    moments.collect()
}

proptest! {
    #[test]
    fn damaged_moments_are_an_error_or_a_moment(
        at in any::<prop::sample::Index>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        how in 0..4,
    ) {
        thread_local!(static MOMENTS: Vec<Vec<u8>> = moments());
        let mut moments = MOMENTS.with(Clone::clone);
        let damaged = at.get_mut(&mut moments[..]);
        for (place, byte) in places {
            let all = 0..damaged.len();
            match how {
                _ if damaged.is_empty() => {}
                0 => damaged.truncate(place.index(all.len())),
                1 => {
                    let at = place.index(all.len());
                    damaged[at] = byte;
                }
                // Other numbers: most of these are moments.
                _ => {
                    let digits = all.filter(|at| damaged[*at].is_ascii_digit());
                    let digits: Vec<usize> = digits.collect();
                    if !digits.is_empty() {
                        damaged[*place.get(&digits)] = b'0' + byte % 10;
                    }
                }
            }
        }
        let mut decoder = MomentDecoder::default();
        for moment in &moments {
            if decoder.apply(moment).is_ok() {
                apps(decoder.snapshot()).for_each(|app| drop(screen::draw(&app)));
            }
        }
    }
}
