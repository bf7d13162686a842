//! What is counted and found in scans that a target may have shown, by the judge
//! and the counts of the program; and a session on a real one.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::foreign_report::ForeignSeen;
use super::{Session, Subject, ToWatch, Update};
use crate::events::case::CaseKey;
use crate::linux::calls::call::Call;
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::evidence::Cause;
use crate::oracle::states::States;
use crate::oracle::unknown_judge::UnknownJudge;
use crate::process::attached::AttachedTarget;
use crate::recording::header::Header;
use crate::recording::recorder::RecorderThread;
use crate::recording::ring::Keep;
use crate::sampling::describe::FindContext;
use crate::sampling::finds::{AROUND, Found, FoundKind};
use crate::sampling::options::Rate;
use crate::setup::placement::Placement;
use crate::support::Resting;

/// After some scans of a process that is not ours, one a millisecond.
pub(crate) fn watched(scans: &[ScanText]) -> (ForeignSeen, BoundaryPairs) {
    watched_with_calls(scans, None)
}

/// The same where its calls are seen: these, all the while.
pub(crate) fn watched_with_calls(
    scans: &[ScanText],
    calls: Option<&[Call]>,
) -> (ForeignSeen, BoundaryPairs) {
    let (mut judge, mut seen) = (UnknownJudge::new(), ForeignSeen::default());
    let mut boundaries = BoundaryPairs::default();
    let case = CaseKey {
        scenario: "target (PID 4242)".into(),
        reader: "maps".into(),
    };
    let moment = FindContext {
        case: &case,
        placement: Placement::Inside,
        schedule: None,
        reader_index: 0,
        states: &States::unknown(),
    };
    for (i, now) in scans.iter().enumerate() {
        judge.judge(&mut now.clone());
        seen.tally.add(judge.verdict());
        let mut counts = judge.counts();
        boundaries.add(now);
        let tears = judge.verdict().tears.iter().map(|tear| FoundKind::Tear {
            tear: *tear,
            excerpt: Excerpt::of_scan(now, tear.at, AROUND),
        });
        let mut came_back = Vec::new();
        for it in judge.came_back() {
            let cause = calls.map_or(Cause::Unknown, |calls| Cause::of(&it.range, calls.iter()));
            if cause.is_suspected_hole() {
                counts.suspect(it);
            }
            came_back.push(FoundKind::CameBack {
                excerpt: Excerpt::of_scan(&scans[i - 1], it.at, AROUND),
                came_back: it.clone(),
                cause,
            });
        }
        seen.missing.merge(counts);
        for kind in tears.chain(came_back) {
            seen.keep(&moment.describe(Found {
                scan: i as u64 + 1,
                at_ns: i as u64 * 1_000_000,
                kind,
            }));
        }
    }
    (seen, boundaries)
}

/// A session on a real process, and what it tells, until it has told enough.
pub(crate) fn watch(target: &Resting) -> (Session, impl Iterator<Item = Update> + use<>) {
    let (tell, told) = mpsc::channel();
    let subject = Subject::Target(Box::new(ToWatch {
        target: AttachedTarget::attach(target.pid().into()).unwrap(),
        rate: Rate::Full,
        see_calls: true,
    }));
    // Whoever has enough does not listen any more.
    let tell = move |update| tell.send(update).map_err(|back| back.0);
    let header = Header::of_now(subject.recorded());
    let recorded = RecorderThread::start(header, Keep::NOTHING, None).unwrap();
    let session = Session::start(subject, false, recorded.recorder, tell).unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    let left = move || deadline.saturating_duration_since(Instant::now());
    let next = move || told.recv_timeout(left()).ok().filter(|_| !left().is_zero());
    (session, std::iter::from_fn(next))
}
