//! An outcome in known numbers, for tests.

use super::clock::ClockCheck;
use super::outcome::{
    Configuration, HistogramStep, Holds, LatencyOutcome, Locks, Ratio, SampleSummary, Setup,
};
use super::times::{Times, logarithmic_steps};
use crate::latency::load::Load;
use crate::linux::locks::LockCounts;
use crate::linux::reader::Reader;

/// Times around `middle` nanoseconds, one in a hundred a hundred times as
/// long.
fn times(middle: u64) -> Times {
    let mut times = Times::default();
    for i in 0..1000 {
        let long = if i % 100 == 99 { 100 } else { 1 };
        times.add((middle + i) * long);
    }
    times
}

fn configuration(reader: Load, middle: u64, locks: Option<(f64, u64)>) -> Configuration {
    let (mmap, munmap) = (times(middle), times(middle + 500));
    let mut both = mmap.clone();
    both.merge(&munmap);
    let ends = logarithmic_steps();
    let counts = both.steps(&ends);
    let base = {
        let (mut base, other) = (times(1000), times(1500));
        base.merge(&other);
        base.summary()
    };
    let summary = both.summary();
    Configuration {
        reader,
        mmap: mmap.summary(),
        munmap: munmap.summary(),
        both: summary,
        ratio: Ratio::of(&summary, &base),
        cpu_wait: 0.0,
        scans_per_second: 1234.5,
        histogram: ends
            .into_iter()
            .map(Some)
            .chain([None])
            .zip(counts)
            .map(|(below_ns, count)| HistogramStep { below_ns, count })
            .collect(),
        samples: vec![
            SampleSummary {
                operations: 1000,
                median_ns: summary.p50_ns,
                mean_ns: summary.mean_ns,
                max_ns: summary.max_ns,
            };
            3
        ],
        locks: locks.map(|(quiet_per_piece, read)| Locks {
            quiet_per_piece,
            holds: if quiet_per_piece < 0.5 {
                Holds::OneVma
            } else {
                Holds::MmapLock
            },
            scans: 500,
            pieces: 2000,
            acquired: LockCounts { read, write: 0 },
            elapsed_ns: 500_000_000,
            operations: 1000,
            by_writer: LockCounts {
                read: 1500,
                write: 1000,
            },
        }),
    }
}

pub(crate) fn outcome() -> LatencyOutcome {
    LatencyOutcome {
        version: "1.2.3".into(),
        kernel: "Linux 6.18.1 #1 SMP x86_64".into(),
        started: "2026-01-02T03:04:05+00:00".into(),
        setup: Setup {
            region: 128 << 20,
            vmas: 100,
            page_size: 4096,
            readers: 1,
            samples: 3,
            sample_ns: 500_000_000,
            pause_ns: 20_000,
            pinned: true,
            niced: false,
            busy_ns: None,
        },
        clock: ClockCheck::default(),
        configurations: vec![
            configuration(Load::NONE, 1000, None),
            configuration(Load(Some(Reader::Maps)), 1050, Some((0.0, 40))),
            configuration(Load(Some(Reader::Smaps)), 30_000, Some((1.0, 2000))),
        ],
        skipped: Vec::new(),
        no_evidence: None,
        notes: Vec::new(),
        dropped: 0,
        interrupted: false,
    }
}
