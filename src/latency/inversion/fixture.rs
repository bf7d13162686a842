//! An outcome in known numbers, for tests.

use super::outcome::{Caught, InversionOutcome, InversionRow, InversionSetup, WriterPlace};
use super::verdict::{InversionSampleSummary, Verdict, limit_ns};
use crate::latency::load::Load;
use crate::latency::times::Times;
use crate::linux::reader::Reader;
use crate::linux::thread_place::ThreadPlace;

const MS: u64 = 1_000_000;

/// Two samples, whose longest calls take so many milliseconds.
fn row(reader: Load, place: WriterPlace, longest: [u64; 2], cpu_wait: u64) -> InversionRow {
    let mut times = Times::default();
    (0..5000).for_each(|i| times.add(2_000 + i % 100));
    longest.iter().for_each(|longest| times.add(longest * MS));
    InversionRow {
        reader,
        place,
        calls: times.summary(),
        pieces: 4711,
        lost_cpu: 12,
        samples: longest
            .map(|longest| InversionSampleSummary {
                calls: 2501,
                max_ns: longest * MS,
                p999_ns: 2_100,
                mean_ns: 50_000.0,
                cpu_wait_ns: cpu_wait * MS,
            })
            .to_vec(),
        verdict: Verdict::NotMeasured,
        caught: None,
    }
}

/// The middle of a call.
pub(crate) fn caught() -> Caught {
    let place = |thread, state, stack: &[&str]| ThreadPlace {
        thread,
        state,
        sleeps_in: None,
        stack: stack.iter().map(|&name| name.into()).collect(),
    };
    Caught {
        after_ns: 21 * MS,
        writer: place(4242, 'D', &["__vma_start_write", "mprotect_fixup"]),
        reader: place(4243, 'R', &["show_map_vma", "show_map", "seq_read_iter"]),
    }
}

/// `maps` delays the writer on the VMA being read, `smaps_rollup` everywhere; of
/// `smaps` nobody can tell.
pub(crate) fn outcome() -> InversionOutcome {
    let [elsewhere, vma_read] = WriterPlace::ALL;
    let reader = |reader: Reader| Load::from(reader);
    let mut rows = vec![
        row(Load::NONE, elsewhere, [1, 1], 0),
        row(Load::NONE, vma_read, [1, 2], 0),
        row(reader(Reader::Maps), elsewhere, [1, 3], 0),
        row(reader(Reader::Maps), vma_read, [264, 620], 5),
        row(reader(Reader::Smaps), elsewhere, [1, 30], 25),
        row(reader(Reader::Smaps), vma_read, [100, 200], 0),
        row(reader(Reader::SmapsRollup), elsewhere, [90, 175], 0),
        row(reader(Reader::SmapsRollup), vma_read, [80, 201], 0),
    ];
    let limits = [0, 1].map(|place| limit_ns(&rows[place].samples));
    for row in &mut rows {
        row.judge(limits[row.place as usize]);
    }
    rows[3].caught = Some(caught());
    InversionOutcome {
        version: "1.2.3".into(),
        kernel: "Linux 6.18.1 #1 SMP x86_64".into(),
        preemption: "lazy (from /sys/kernel/debug/sched/preempt)".into(),
        started: "2026-01-02T03:04:05+00:00".into(),
        setup: InversionSetup {
            writer_cpu: 1,
            reader_cpu: 0,
            vma_read: 16 << 10,
            region: 128 << 20,
            vmas: 100,
            samples: 2,
            sample_ns: 1_500 * MS,
        },
        rows,
        limit_ns: limits,
        skipped: Vec::new(),
        stuck: Vec::new(),
        notes: Vec::new(),
        dropped: 0,
        interrupted: false,
    }
}
