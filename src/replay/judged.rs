//! A whole recording, judged afresh: what each case came to, and whether that is what
//! was counted when it was read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::judged_stream::{JudgedStream, judge_stream};
use crate::events::case::CaseKey;
use crate::events::event::Event;
use crate::events::violations::keep_violation;
use crate::linux::features::rule::Rule;
use crate::recording::frame::FrameKind;
use crate::recording::open::Recording;
use crate::recording::stream::StreamInfo;
use crate::recording::stream_totals::StreamTotals;

/// What a recording came to.
#[derive(Debug)]
pub(crate) struct Judged {
    /// In the order in which they began.
    pub(crate) cases: Vec<JudgedCase>,
    /// Scans of streams of which the recording does not say what they are judged by.
    pub(crate) unknown_scans: u64,
    /// How long it took, by so many threads at once.
    pub(crate) took: Duration,
    pub(crate) threads: usize,
}

/// What all streams of a case came to.
#[derive(Debug)]
pub(crate) struct JudgedCase {
    pub(crate) case: CaseKey,
    /// The rule that it was judged by when it was read, and now.
    pub(crate) recorded_rule: Rule,
    pub(crate) rule: Rule,
    /// Whether its states are known: else nothing it shows is a violation.
    pub(crate) has_states: bool,
    /// All together; of its totals those of all scans in the recording.
    pub(crate) sum: JudgedStream,
    /// Why streams of it were not judged, a line each.
    pub(crate) not_judged: Vec<String>,
}

impl JudgedCase {
    /// Scans that were judged, and of which nothing says what they came to before.
    pub(crate) fn not_compared(&self) -> u64 {
        let (all, compared) = (&self.sum.totals.tally, &self.sum.compared.tally);
        all.scans.saturating_sub(compared.scans)
    }

    fn add(&mut self, stream: JudgedStream) {
        let sum = &mut self.sum;
        sum.totals.merge(&stream.totals);
        sum.recorded.merge(&stream.recorded);
        sum.compared.merge(&stream.compared);
        let counts = [
            (&mut sum.missing_scans, stream.missing_scans),
            (&mut sum.damaged, stream.damaged),
            (&mut sum.not_described, stream.not_described),
            (&mut sum.operations, stream.operations),
            (&mut sum.elapsed_ns, stream.elapsed_ns),
        ];
        for (sum, more) in counts {
            *sum = sum.saturating_add(more);
        }
        for event in &stream.violations {
            keep_violation(&mut sum.violations, event);
        }
    }
}

impl Judged {
    /// The totals of everything.
    pub(crate) fn total(&self) -> StreamTotals {
        let mut total = StreamTotals::default();
        for case in &self.cases {
            total.merge(&case.sum.totals);
        }
        total
    }

    /// Some of the violations of all cases.
    pub(crate) fn violations(&self) -> impl Iterator<Item = &Event> {
        self.cases.iter().flat_map(|case| &case.sum.violations)
    }
}

/// Judges all scans of a recording, by the rules that it holds or by this one, on all
/// CPUs; `progress` counts them meanwhile.
pub(crate) fn judge_all(
    recording: &Arc<Recording>,
    rule: Option<Rule>,
    progress: &AtomicU64,
) -> Judged {
    let begin = Instant::now();
    let infos = recording.json::<StreamInfo>(FrameKind::Stream);
    let mut infos: BTreeMap<u32, StreamInfo> = infos
        .filter_map(|(head, info)| Some((head.stream, info?)))
        .collect();
    // A frame is of the stream that its head says.
    infos
        .iter_mut()
        .for_each(|(stream, info)| info.stream = *stream);
    let infos: Vec<StreamInfo> = infos.into_values().collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(infos.len()).max(1);
    let next = AtomicUsize::new(0);
    let judge_some = || {
        let mut judged = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(info) = infos.get(at) else {
                return judged;
            };
            judged.push((at, judge_stream(recording, info, rule, progress)));
        }
    };
    let mut streams = std::thread::scope(|scope| {
        // A thread that cannot be started is done without.
        let thread = |_| {
            std::thread::Builder::new()
                .spawn_scoped(scope, judge_some)
                .ok()
        };
        let others: Vec<_> = (1..threads).filter_map(thread).collect();
        let mut all = judge_some();
        for other in others {
            all.extend(
                other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        all
    });
    streams.sort_by_key(|(at, _)| *at);
    let mut cases: Vec<JudgedCase> = Vec::new();
    for (at, judged) in streams {
        let case = case_of(&mut cases, &infos[at], rule);
        match judged {
            Ok(judged) => case.add(judged),
            Err(why) => case.not_judged.push(why),
        }
    }
    let is_known = |stream| infos.binary_search_by_key(&stream, |it| it.stream).is_ok();
    let scans = recording.heads().map(|(_, head)| head);
    let unknown = scans.filter(|it| it.kind == FrameKind::Scans && !is_known(it.stream));
    Judged {
        cases,
        unknown_scans: unknown.map(|head| u64::from(head.count)).sum(),
        took: begin.elapsed(),
        threads,
    }
}

fn case_of<'a>(
    cases: &'a mut Vec<JudgedCase>,
    info: &StreamInfo,
    rule: Option<Rule>,
) -> &'a mut JudgedCase {
    let has_states = info.states.is_some();
    let same = |it: &JudgedCase| {
        it.case == info.case && it.recorded_rule == info.rule && it.has_states == has_states
    };
    let at = cases.iter().position(same).unwrap_or_else(|| {
        cases.push(JudgedCase {
            case: info.case.clone(),
            recorded_rule: info.rule,
            rule: rule.unwrap_or(info.rule),
            has_states,
            sum: JudgedStream::default(),
            not_judged: Vec::new(),
        });
        cases.len() - 1
    });
    &mut cases[at]
}

#[cfg(test)]
#[path = "judged_tests.rs"]
mod tests;
