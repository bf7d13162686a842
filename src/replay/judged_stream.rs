//! All scans of one stream of a recording, judged afresh and compared with what was
//! counted of the same scans when they were read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::judging::Judging;
use crate::events::event::Event;
use crate::events::violations::keep_violation;
use crate::linux::features::rule::Rule;
use crate::maps::scan_text::Counts;
use crate::recording::frame::FrameKind;
use crate::recording::open::Recording;
use crate::recording::read_scans::ScanReader;
use crate::recording::stream::StreamInfo;
use crate::recording::stream_totals::StreamTotals;
use crate::sampling::scanned_calls::MOST_SCANS;

/// Scans of which a target whose states nobody knows is judged together: what is
/// missing is followed for so long.
const FOLLOWED: u64 = MOST_SCANS + 2;

/// What the scans of a stream came to.
#[derive(Debug, Default)]
pub(crate) struct JudgedStream {
    pub(crate) totals: StreamTotals,
    /// What was counted of some of these scans when they were read, and what they came
    /// to now.
    pub(crate) recorded: StreamTotals,
    pub(crate) compared: StreamTotals,
    /// Scans that were read, as far as is known, and are not in the recording.
    pub(crate) missing_scans: u64,
    /// Records that are none of this stream.
    pub(crate) damaged: u64,
    /// Some of the violations.
    pub(crate) violations: Vec<Event>,
    pub(crate) not_described: u64,
    /// Operations that were finished meanwhile.
    pub(crate) operations: u64,
    /// Nanoseconds from the beginning of the first scan to the end of the last, gaps
    /// left out.
    pub(crate) elapsed_ns: u64,
}

/// Scans without a gap between them.
struct Unbroken {
    first: u64,
    last: u64,
    begun_ns: u64,
    ended_ns: u64,
    /// Operations that were finished before it.
    operations: u64,
    /// From where on what was counted is known, and to where: then and now.
    from: Option<(StreamTotals, StreamTotals)>,
    to: Option<(StreamTotals, StreamTotals)>,
}

/// Judges all scans of a stream, by this rule if there is one, and counts them in
/// `progress`.
///
/// # Errors
/// Why they cannot be judged, in one line.
pub(crate) fn judge_stream(
    recording: &Arc<Recording>,
    info: &StreamInfo,
    rule: Option<Rule>,
    progress: &AtomicU64,
) -> Result<JudgedStream, String> {
    let mut judging = Judging::new(info, rule).map_err(|error| error.to_string())?;
    let counted = counted(recording, info.stream);
    let mut scans = ScanReader::new(recording.clone(), info.stream, info.writers);
    let mut stream = JudgedStream::default();
    let mut unbroken: Option<Unbroken> = None;
    let mut found = Vec::new();
    let (mut judged, mut highest) = (0u64, 0);
    while let Some(record) = scans.read_next() {
        let number = record.number;
        if unbroken
            .as_ref()
            .is_none_or(|it| it.last.checked_add(1) != Some(number))
        {
            stream.end(unbroken.take());
            judging.after_gap();
            let before = number.checked_sub(1).and_then(|it| counted.get(&it));
            // Of an unknown target it counts what went before.
            let is_known = info.states.is_some() || number == 1;
            let before = before.filter(|_| is_known);
            unbroken = Some(Unbroken {
                first: number,
                last: number,
                begun_ns: record.begun_ns,
                ended_ns: record.ended_ns,
                operations: operations(record.windows.first().map(|it| &it.finished)),
                from: before.map(|before| (before.clone(), totals(&judging))),
                to: None,
            });
        }
        if judging.judge(record, &mut |it| found.push(it)).is_err() {
            stream.damaged += 1;
            stream.end(unbroken.take());
            continue;
        }
        for found in found.drain(..) {
            keep_violation(&mut stream.violations, &judging.describe(found));
        }
        if let Some(unbroken) = &mut unbroken {
            unbroken.last = number;
            unbroken.ended_ns = record.ended_ns;
            let now = operations(record.windows.last().map(|it| &it.finished));
            let more = now.saturating_sub(unbroken.operations);
            stream.operations = stream.operations.saturating_add(more);
            unbroken.operations = now;
            if let Some(counted) = counted.get(&number) {
                let both = (counted.clone(), totals(&judging));
                // No scan before it counts any more.
                let settled =
                    info.states.is_some() || number >= unbroken.first.saturating_add(FOLLOWED);
                match &unbroken.from {
                    Some(_) => unbroken.to = Some(both),
                    None if settled => unbroken.from = Some(both),
                    None => {}
                }
            }
        }
        highest = number;
        judged += 1;
        progress.fetch_add(1, Ordering::Relaxed);
    }
    stream.end(unbroken);
    stream.totals = totals(&judging);
    stream.not_described = judging.not_described();
    let last = counted.last_key_value().map_or(0, |(number, _)| *number);
    stream.missing_scans = highest.max(last).saturating_sub(judged);
    Ok(stream)
}

impl JudgedStream {
    fn end(&mut self, unbroken: Option<Unbroken>) {
        let Some(it) = unbroken else {
            return;
        };
        let more = it.ended_ns.saturating_sub(it.begun_ns);
        self.elapsed_ns = self.elapsed_ns.saturating_add(more);
        if let (Some((from, judged_from)), Some((to, judged_to))) = (&it.from, &it.to) {
            self.recorded.merge(&to.since(from));
            self.compared.merge(&judged_to.since(judged_from));
        }
    }
}

fn totals(judging: &Judging) -> StreamTotals {
    StreamTotals {
        tally: judging.tally().clone(),
        missing: judging.missing(),
    }
}

fn operations(finished: Option<&Counts>) -> u64 {
    let finished = finished.into_iter().flatten();
    finished.fold(0, |sum, count| sum.wrapping_add(*count))
}

/// What was counted when the scans were read, by the number of the last of them.
fn counted(recording: &Recording, stream: u32) -> BTreeMap<u64, StreamTotals> {
    let all = recording.json::<StreamTotals>(FrameKind::Totals);
    let of_stream = all.filter(|(head, _)| head.stream == stream);
    let known = of_stream.filter_map(|(_, totals)| totals);
    let known = known.map(|totals| (totals.tally.scans, totals));
    [(0, StreamTotals::default())]
        .into_iter()
        .chain(known)
        .collect()
}
