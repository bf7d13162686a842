//! A snapshot of the lab in known numbers, for tests.

use std::sync::Arc;

use crate::latency::live::{LabConfiguration, LabPoint, LabSnapshot, LiveLocks, WalkState};
use crate::latency::outcome::{Holds, Ratio};
use crate::latency::times::{Times, logarithmic_steps};

/// Some thousand calls around `middle` nanoseconds, a few much longer.
fn times(middle: u64) -> Times {
    let mut times = Times::default();
    for i in 0..5000 {
        let long = match i % 500 {
            0 => 300,
            1..10 => 20,
            _ => 1,
        };
        times.add((middle + i % 700) * long);
    }
    times
}

/// Nobody, then `maps`, then `maps` and two of `smaps`.
pub(crate) fn snapshot() -> LabSnapshot {
    let middles = [("none", 1_200), ("maps", 1_300), ("maps + 2 smaps", 90_000)];
    let base = times(middles[0].1).summary();
    let configurations = middles.map(|(name, middle)| {
        let times = times(middle);
        let summary = times.summary();
        LabConfiguration {
            name: name.into(),
            summary,
            ratio: Ratio::of(&summary, &base),
            steps: times.steps(&logarithmic_steps()),
        }
    });
    let point = |i: usize| {
        let (_, middle) = middles[(i / 20).min(2)];
        LabPoint {
            calls: 5000,
            p50_ns: middle + (i as u64 * 37) % 200,
            p99_ns: middle * 8 + (i as u64 * 911) % 3_000,
            max_ns: middle * (200 + (i as u64 * 53) % 90),
            change: matches!(i, 20 | 40),
        }
    };
    LabSnapshot {
        pid: 4343,
        counts: [1, 0, 2, 0, 0],
        missing: [false, false, false, false, true],
        holds: [
            Some(Holds::OneVma),
            Some(Holds::OneVma),
            Some(Holds::MmapLock),
            Some(Holds::MmapLock),
            None,
        ],
        points: Arc::new((0..60).map(point).collect()),
        configurations: Arc::new(configurations.to_vec()),
        current: 2,
        calls_per_second: 9_870.0,
        locks: Some(LiveLocks {
            fallbacks_per_second: 27.0,
            fallbacks_per_scan: 0.0312,
            held_per_second: 8_150.0,
            writer_per_second: 9_870.0,
        }),
        no_evidence: None,
        walk: None,
        notes: Vec::new(),
        failed: None,
    }
}

/// The same in the middle of the demonstration, where locks are not counted.
pub(crate) fn walking() -> LabSnapshot {
    LabSnapshot {
        counts: [1, 0, 0, 0, 0],
        current: 1,
        holds: [None; 5],
        locks: None,
        no_evidence: Some("no lock evidence: tracefs is not mounted".into()),
        walk: Some(WalkState {
            step: (2, 5),
            sentence: "maps is read without a pause. Since Linux 6.17 its reader locks one VMA at \
                       a time; before, the writer waits for each chunk.",
            left: 7,
        }),
        ..snapshot()
    }
}
