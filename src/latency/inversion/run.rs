//! Rounds of samples, one of each reader and place, and what comes out.

use std::sync::atomic::{AtomicBool, Ordering};

use rustix::thread::{sched_getaffinity, sched_setaffinity};

use super::outcome::{InversionOutcome, InversionRow, InversionSetup, WriterPlace};
use super::sample::InversionSample;
use super::verdict::{InversionSampleSummary, Verdict, limit_ns};
use crate::latency::bench::{Bench, LabError};
use crate::latency::load::Load;
use crate::latency::run::{LatencyPlan, LatencyProgress};
use crate::latency::times::Times;
use crate::linux::features::KernelFacts;
use crate::linux::features::preemption::Preemption;
use crate::linux::kernel_text::kernel_text;
use crate::linux::process::page_size;
use crate::modifier::timed_writer::FIRST_VMA_PAGES;
use crate::text::number::nanoseconds;

/// Measures, unless it is stopped; then what there is so far.
///
/// # Errors
/// When writer and reader cannot be kept apart, or one of them fails.
pub(crate) fn run(
    plan: &LatencyPlan,
    stop: &AtomicBool,
    mut progress: impl FnMut(LatencyProgress),
) -> Result<InversionOutcome, LabError> {
    let started = chrono::Local::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
    let allowed = sched_getaffinity(None).ok();
    let (readers, skipped) = plan.readers_here();
    let mut measured: Vec<Measured> = readers
        .into_iter()
        .flat_map(|reader| WriterPlace::ALL.map(|place| Measured::new(reader, place)))
        .collect();
    progress(LatencyProgress::Clock);
    let mut bench = Bench::new(plan.bench.clone())?;
    let [writer_cpu, reader_cpu] = bench.shared_cpus().map_err(LabError::NoInversion)?;
    let count = measured.len();
    let stopped = || stop.load(Ordering::Relaxed);
    let (mut stuck, mut notes, mut dropped) = (Vec::new(), Vec::new(), 0);
    'rounds: for round in 0..plan.samples {
        for turn in 0..count {
            // Another one begins each round.
            let one = &mut measured[(turn + round as usize) % count];
            progress(LatencyProgress::Inversion {
                round: round + 1,
                of: plan.samples,
                reader: one.reader,
                place: one.place,
            });
            let sample = bench.inversion_sample(one.reader, one.place, plan.length, stop)?;
            if !stopped() || sample.stuck.is_some() {
                one.add(&sample);
            }
            stuck.extend(sample.stuck);
            if stopped() {
                break 'rounds;
            }
            if !sample.is_over {
                // What hangs may hold a lock of this writer for as long as it likes.
                dropped += bench.dropped();
                notes.extend_from_slice(bench.notes());
                drop(bench);
                if let Some(allowed) = &allowed {
                    // This thread was kept to the reader's CPU.
                    let _ = sched_setaffinity(None, allowed);
                }
                bench = Bench::new(plan.bench.clone())?;
            }
        }
    }
    notes.extend_from_slice(bench.notes());
    notes.sort();
    notes.dedup();
    let limits = WriterPlace::ALL.map(|place| {
        let mut nobody = measured.iter().filter(|one| one.place == place);
        let nobody = nobody.find(|one| one.reader == Load::NONE);
        nobody.and_then(|one| limit_ns(&one.samples))
    });
    Ok(InversionOutcome {
        version: env!("CARGO_PKG_VERSION").into(),
        kernel: kernel_text(),
        preemption: KernelFacts::detect()
            .map_or_else(|_| Preemption::unknown(), |facts| facts.preemption)
            .to_string(),
        started,
        setup: InversionSetup {
            writer_cpu,
            reader_cpu,
            vma_read: FIRST_VMA_PAGES * page_size(),
            region: plan.bench.writer.region,
            vmas: plan.bench.writer.vmas,
            samples: plan.samples,
            sample_ns: nanoseconds(plan.length),
        },
        rows: measured
            .into_iter()
            .map(|one| {
                let limit = limits[one.place as usize];
                let mut row = one.outcome();
                row.judge(limit);
                row
            })
            .collect(),
        limit_ns: limits,
        skipped,
        stuck,
        notes,
        dropped: dropped + bench.dropped(),
        interrupted: stopped(),
    })
}

/// What one reader and place have come to so far.
struct Measured {
    reader: Load,
    place: WriterPlace,
    times: Times,
    pieces: u64,
    lost_cpu: u64,
    samples: Vec<InversionSampleSummary>,
    caught: Option<super::outcome::Caught>,
}

impl Measured {
    fn new(reader: Load, place: WriterPlace) -> Self {
        Measured {
            reader,
            place,
            times: Times::default(),
            pieces: 0,
            lost_cpu: 0,
            samples: Vec::new(),
            caught: None,
        }
    }

    fn add(&mut self, sample: &InversionSample) {
        self.times.merge(&sample.times);
        self.pieces += sample.pieces;
        self.lost_cpu += sample.lost_cpu;
        let summary = sample.times.summary();
        self.samples.push(InversionSampleSummary {
            calls: summary.operations,
            max_ns: summary.max_ns,
            p999_ns: summary.p999_ns,
            mean_ns: summary.mean_ns,
            cpu_wait_ns: sample.cpu_wait_ns,
        });
        if self.caught.is_none() {
            self.caught.clone_from(&sample.caught);
        }
    }

    fn outcome(self) -> InversionRow {
        InversionRow {
            reader: self.reader,
            place: self.place,
            calls: self.times.summary(),
            pieces: self.pieces,
            lost_cpu: self.lost_cpu,
            samples: self.samples,
            verdict: Verdict::NotMeasured,
            caught: self.caught,
        }
    }
}
