//! What the lab tells, as frames of a recording: a session that stands still meanwhile
//! tells nothing of it.
//!
//! Each frame stands for itself. It is a sequence of fields, each a number and so many
//! bytes; those that a reader does not know are passed over. Points and configurations
//! are numbers in as few bytes as they take, and all else is JSON.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Counts, LabConfiguration, LabPoint, LabSnapshot, LabWalkState, LiveInversion, LiveLocks,
    MAX_THREADS, POINTS, READERS,
};
use crate::latency::outcome::{Holds, Ratio};
use crate::latency::times::Summary;
use crate::recording::bytes::{Malformed, Taker, put_bytes, put_difference, put_number};
use crate::recording::frame::{FrameHead, FrameKind};
use crate::recording::json::{from_json, to_json};
use crate::recording::recorder::Recorder;
use crate::text::number::nanoseconds;

/// The least time between two frames: there is a new point as often.
const EACH: Duration = Duration::from_millis(480);

/// Configurations of a frame, at most: the first ones, and what is current. A view shows
/// fewer.
const CONFIGURATIONS: usize = 64;

/// Fields.
pub(crate) const STATE: u8 = 1;
const POINTS_OF_CHART: u8 = 2;
const CONFIGURATIONS_SEEN: u8 = 3;

/// Hands over what labs tell, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct LabFrames {
    recorder: Recorder,
    /// Frames so far, of all labs.
    count: Arc<AtomicU64>,
    /// Which of the labs it is.
    segment: u32,
    /// When it was; none: nothing of this lab was yet.
    kept: Option<Duration>,
}

impl LabFrames {
    pub(crate) fn new(recorder: Recorder) -> Self {
        LabFrames {
            recorder,
            count: Arc::default(),
            segment: 0,
            kept: None,
        }
    }

    /// Now, since the recording began.
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(self.recorder.now_ns())
    }

    /// Those of the next lab.
    pub(crate) fn begin(&mut self) -> Self {
        self.segment += 1;
        self.clone()
    }

    /// The payload of what is told at that time, where enough has passed since the last
    /// one.
    pub(crate) fn payload(&self, snapshot: &LabSnapshot) -> Option<Vec<u8>> {
        let is_due = self.kept.is_none_or(|kept| snapshot.at >= kept + EACH);
        let is_last = snapshot.failed.is_some();
        (is_due || is_last).then(|| encode(snapshot)).flatten()
    }

    /// Hands over a frame. What finds no room is counted as lost, and shows by its number.
    pub(crate) fn put(&mut self, at: Duration, payload: Vec<u8>) {
        self.kept = Some(at);
        let head = FrameHead {
            segment: self.segment,
            first: self.count.fetch_add(1, Ordering::Relaxed) + 1,
            ..FrameHead::alone(FrameKind::Lab, nanoseconds(at))
        };
        self.recorder.put(head, payload);
    }
}

/// All but what is numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    pid: u32,
    readers: Vec<RecordedReader>,
    current: usize,
    calls_per_second: f64,
    locks: Option<LiveLocks>,
    no_evidence: Option<String>,
    walk: Option<LabWalkState>,
    inversion: Option<LiveInversion>,
    notes: Vec<String>,
    failed: Option<String>,
}

/// By name: another version may have others.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct RecordedReader {
    reader: Cow<'static, str>,
    #[serde(skip_serializing_if = "is_zero")]
    count: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    holds: Option<Holds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Holds>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    missing: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(count: &u16) -> bool {
    *count == 0
}

/// The payload of a frame; none of what has no JSON, which no lab tells.
pub(crate) fn encode(snapshot: &LabSnapshot) -> Option<Vec<u8>> {
    let all = &snapshot.configurations;
    // Of very many the first ones and the current one.
    let mut seen: Vec<&LabConfiguration> = all.iter().take(CONFIGURATIONS).collect();
    let mut current = snapshot.current;
    if current >= CONFIGURATIONS
        && let Some(one) = all.get(current)
    {
        current = CONFIGURATIONS - 1;
        seen[current] = one;
    }
    let readers = READERS
        .iter()
        .enumerate()
        .map(|(at, reader)| RecordedReader {
            reader: reader.name().into(),
            count: snapshot.counts[at],
            holds: snapshot.holds[at],
            rule: snapshot.rules[at],
            missing: snapshot.missing[at],
        });
    let state = State {
        pid: snapshot.pid,
        readers: readers.collect(),
        current,
        calls_per_second: snapshot.calls_per_second,
        locks: snapshot.locks,
        no_evidence: snapshot.no_evidence.clone(),
        walk: snapshot.walk.clone(),
        inversion: snapshot.inversion.clone(),
        notes: snapshot.notes.clone(),
        failed: snapshot.failed.clone(),
    };
    let mut out = Vec::new();
    put(&mut out, STATE, &to_json(&state)?);
    let mut bytes = Vec::new();
    for point in snapshot.points.iter() {
        put_number(&mut bytes, point.calls << 1 | u64::from(point.change));
        put_number(&mut bytes, point.p50_ns);
        put_difference(&mut bytes, point.p50_ns, point.p99_ns);
        put_difference(&mut bytes, point.p99_ns, point.max_ns);
    }
    put(&mut out, POINTS_OF_CHART, &bytes);
    bytes.clear();
    for one in seen {
        put_bytes(&mut bytes, one.name.as_bytes());
        put_summary(&mut bytes, &one.summary);
    }
    put(&mut out, CONFIGURATIONS_SEEN, &bytes);
    Some(out)
}

/// Appends a field.
fn put(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.push(number);
    put_bytes(out, bytes);
}

/// The payload with another [`STATE`].
///
/// # Errors
/// When it is none, or `change` refuses.
pub(crate) fn with_state(
    payload: &[u8],
    change: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, Malformed> {
    let (mut taker, mut out) = (Taker::of(payload), Vec::new());
    let mut change = Some(change);
    while !taker.is_empty() {
        let (number, bytes) = (taker.byte()?, taker.bytes()?);
        match number {
            STATE => {
                let change = change.take().ok_or(Malformed)?;
                put(&mut out, STATE, &change(bytes).ok_or(Malformed)?);
            }
            // These have numbers, and names of readers.
            POINTS_OF_CHART | CONFIGURATIONS_SEEN => put(&mut out, number, bytes),
            // Nobody knows what it says.
            _ => {}
        }
    }
    Ok(out)
}

/// What was told at that moment.
///
/// # Errors
/// When these are not the bytes of a frame.
pub(crate) fn decode(payload: &[u8], at: Duration) -> Result<LabSnapshot, Malformed> {
    let mut taker = Taker::of(payload);
    let (mut state, mut points, mut configurations) = (None, Vec::new(), Vec::new());
    while !taker.is_empty() {
        let (number, bytes) = (taker.byte()?, taker.bytes()?);
        match number {
            STATE => state = Some(from_json::<State>(bytes).map_err(|_| Malformed)?),
            POINTS_OF_CHART => points = points_of(Taker::of(bytes))?,
            CONFIGURATIONS_SEEN => configurations = configurations_of(Taker::of(bytes))?,
            _ => {}
        }
    }
    let state = state.ok_or(Malformed)?;
    let mut snapshot = LabSnapshot {
        at,
        pid: state.pid,
        counts: Counts::default(),
        missing: [true; READERS.len()],
        holds: [None; READERS.len()],
        rules: [None; READERS.len()],
        points: Arc::new(points),
        current: state.current.min(configurations.len().saturating_sub(1)),
        configurations: Arc::new(configurations),
        calls_per_second: state.calls_per_second,
        locks: state.locks,
        no_evidence: state.no_evidence,
        walk: state.walk,
        inversion: state.inversion,
        notes: state.notes,
        failed: state.failed,
    };
    for (index, reader) in READERS.iter().enumerate() {
        let mut recorded = state.readers.iter();
        if let Some(it) = recorded.find(|it| it.reader == reader.name()) {
            snapshot.counts[index] = it.count.min(MAX_THREADS);
            snapshot.missing[index] = it.missing;
            snapshot.holds[index] = it.holds;
            snapshot.rules[index] = it.rule;
        }
    }
    Ok(snapshot)
}

fn points_of(mut taker: Taker<'_>) -> Result<Vec<LabPoint>, Malformed> {
    let mut points = Vec::new();
    while !taker.is_empty() {
        if points.len() == POINTS {
            return Err(Malformed);
        }
        let calls = taker.number()?;
        let p50_ns = taker.number()?;
        let p99_ns = taker.difference(p50_ns)?;
        points.push(LabPoint {
            calls: calls >> 1,
            p50_ns,
            p99_ns,
            max_ns: taker.difference(p99_ns)?,
            change: calls & 1 == 1,
        });
    }
    Ok(points)
}

fn configurations_of(mut taker: Taker<'_>) -> Result<Vec<LabConfiguration>, Malformed> {
    let mut all: Vec<LabConfiguration> = Vec::new();
    while !taker.is_empty() {
        if all.len() == CONFIGURATIONS {
            return Err(Malformed);
        }
        let name = std::str::from_utf8(taker.bytes()?).map_err(|_| Malformed)?;
        let summary = summary_of(&mut taker)?;
        // Nobody reads under the first one.
        let base = all.first().map_or(summary, |first| first.summary);
        all.push(LabConfiguration {
            name: name.to_owned(),
            ratio: ratio(&summary, &base),
            summary,
        });
    }
    Ok(all)
}

/// Of calls that there are, compared with nobody reading.
pub(super) fn ratio(summary: &Summary, base: &Summary) -> Option<Ratio> {
    Ratio::of(summary, base).filter(|_| summary.operations > 0)
}

fn put_summary(out: &mut Vec<u8>, summary: &Summary) {
    out.extend_from_slice(&summary.mean_ns.to_le_bytes());
    let numbers = [
        summary.operations,
        summary.p50_ns,
        summary.p90_ns,
        summary.p99_ns,
        summary.p999_ns,
        summary.max_ns,
    ];
    numbers.iter().for_each(|it| put_number(out, *it));
}

fn summary_of(taker: &mut Taker<'_>) -> Result<Summary, Malformed> {
    let mean = taker.take(8)?.try_into().map_err(|_| Malformed)?;
    let mean_ns = f64::from_le_bytes(mean);
    if !mean_ns.is_finite() {
        return Err(Malformed);
    }
    Ok(Summary {
        mean_ns,
        operations: taker.number()?,
        p50_ns: taker.number()?,
        p90_ns: taker.number()?,
        p99_ns: taker.number()?,
        p999_ns: taker.number()?,
        max_ns: taker.number()?,
    })
}
