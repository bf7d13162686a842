//! Rounds of samples, one of each configuration, and what comes out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::bench::{Bench, BenchOptions, LabError};
use super::outcome::{
    Configuration, HistogramStep, LatencyOutcome, Locks, Ratio, SampleSummary, Setup, Skipped,
};
use super::sample::Sample;
use super::times::{Times, logarithmic_steps};
use crate::latency::inversion::outcome::WriterPlace;
use crate::latency::load::Load;
use crate::linux::kernel_text::kernel_text;
use crate::linux::process::page_size;
use crate::linux::scanner::ReadTotals;
use crate::text::number::nanoseconds;

/// A sample in which locks are counted is no longer than this.
const COUNTING: Duration = Duration::from_millis(300);

/// What to measure.
#[derive(Clone, Debug)]
pub(crate) struct LatencyPlan {
    pub readers: Vec<Load>,
    /// Rounds.
    pub samples: u32,
    /// The length of each sample.
    pub length: Duration,
    pub bench: BenchOptions,
}

impl LatencyPlan {
    /// The readers that can read here, and why the others cannot.
    pub(super) fn readers_here(&self) -> (Vec<Load>, Vec<Skipped>) {
        let (mut here, mut skipped) = (Vec::new(), Vec::new());
        for &reader in &self.readers {
            match reader.try_here() {
                Ok(()) => here.push(reader),
                Err(reason) => skipped.push(Skipped { reader, reason }),
            }
        }
        (here, skipped)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum LatencyProgress {
    /// The writer is started, the clock is tried.
    Clock,
    Sample {
        /// The round, from 1.
        round: u32,
        /// How many rounds there are.
        of: u32,
        reader: Load,
    },
    Locks {
        reader: Load,
    },
    Inversion {
        round: u32,
        of: u32,
        reader: Load,
        place: WriterPlace,
    },
}

/// Measures, unless it is stopped; then what there is so far.
pub(crate) fn run(
    plan: &LatencyPlan,
    stop: &AtomicBool,
    mut progress: impl FnMut(LatencyProgress),
) -> Result<LatencyOutcome, LabError> {
    let started = chrono::Local::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
    let (readers, skipped) = plan.readers_here();
    let mut measured: Vec<Measured> = readers.into_iter().map(Measured::new).collect();
    progress(LatencyProgress::Clock);
    let mut bench = Bench::new(plan.bench.clone())?;
    let clock = bench.check_clock()?;
    let count = measured.len();
    let stopped = || stop.load(Ordering::Relaxed);
    'rounds: for round in 0..plan.samples {
        for turn in 0..count {
            // Another one begins each round: nobody always comes after the
            // same neighbour.
            let one = &mut measured[(turn + round as usize) % count];
            progress(LatencyProgress::Sample {
                round: round + 1,
                of: plan.samples,
                reader: one.reader,
            });
            let sample = bench.sample(one.reader, plan.length, false, stop)?;
            if stopped() {
                break 'rounds;
            }
            one.add(&sample);
        }
    }
    if bench.evidence().is_ok() {
        for one in &mut measured {
            if stopped() {
                break;
            }
            progress(LatencyProgress::Locks { reader: one.reader });
            let quiet = bench.quiet(one.reader)?;
            let counted = bench.sample(one.reader, plan.length.min(COUNTING), true, stop)?;
            one.locks = quiet.map(|quiet| locks(quiet, &counted));
        }
    }
    let base = measured.iter().find(|one| one.reader == Load::NONE);
    let base = base.map(|one| one.both().summary());
    Ok(LatencyOutcome {
        version: env!("CARGO_PKG_VERSION").into(),
        kernel: kernel_text(),
        started,
        setup: Setup {
            region: plan.bench.writer.region,
            vmas: plan.bench.writer.vmas,
            page_size: page_size(),
            readers: plan.bench.reader_count,
            samples: plan.samples,
            sample_ns: nanoseconds(plan.length),
            pause_ns: nanoseconds(plan.bench.writer.pause),
            pinned: bench.is_pinned(),
            niced: plan.bench.niced,
            busy_ns: plan.bench.busy.map(nanoseconds),
        },
        clock,
        configurations: measured.iter().map(|one| one.outcome(base)).collect(),
        skipped,
        no_evidence: bench.evidence().err().map(|why| why.to_string()),
        notes: bench
            .notes()
            .iter()
            .cloned()
            .chain(measured.iter().filter_map(Measured::empty_note))
            .collect(),
        dropped: bench.dropped(),
        interrupted: stopped(),
    })
}

/// What one configuration has come to so far.
struct Measured {
    reader: Load,
    mmap: Times,
    munmap: Times,
    samples: Vec<SampleSummary>,
    scans: u64,
    elapsed_ns: u64,
    cpu_wait_ns: u64,
    locks: Option<Locks>,
}

impl Measured {
    fn new(reader: Load) -> Self {
        Measured {
            reader,
            mmap: Times::default(),
            munmap: Times::default(),
            samples: Vec::new(),
            scans: 0,
            elapsed_ns: 0,
            cpu_wait_ns: 0,
            locks: None,
        }
    }

    fn add(&mut self, sample: &Sample) {
        self.mmap.merge(&sample.mmap);
        self.munmap.merge(&sample.munmap);
        self.scans += sample.read.scans;
        self.elapsed_ns += sample.elapsed_ns;
        self.cpu_wait_ns += sample.cpu_wait_ns;
        let summary = both(&sample.mmap, &sample.munmap).summary();
        self.samples.push(SampleSummary {
            operations: summary.operations,
            median_ns: summary.p50_ns,
            mean_ns: summary.mean_ns,
            max_ns: summary.max_ns,
        });
    }

    /// How much of something there was in each nanosecond.
    fn per_ns(&self, of: u64) -> f64 {
        match self.elapsed_ns {
            0 => 0.0,
            elapsed => of as f64 / elapsed as f64,
        }
    }

    /// A note where no call or no scan was finished.
    fn empty_note(&self) -> Option<String> {
        let what = if self.both().count() == 0 {
            "no call of the writer was finished"
        } else if self.scans == 0 && self.reader != Load::NONE {
            "no scan was finished"
        } else {
            return None;
        };
        Some(format!("{}: {what}; use a longer --duration", self.reader))
    }

    fn both(&self) -> Times {
        both(&self.mmap, &self.munmap)
    }

    fn outcome(&self, base: Option<super::times::Summary>) -> Configuration {
        let times = self.both();
        let summary = times.summary();
        let ends = logarithmic_steps();
        let counts = times.steps(&ends);
        let ends = ends.iter().copied().map(Some).chain([None]);
        Configuration {
            reader: self.reader,
            mmap: self.mmap.summary(),
            munmap: self.munmap.summary(),
            both: summary,
            ratio: base.and_then(|base| Ratio::of(&summary, &base)),
            cpu_wait: self.per_ns(self.cpu_wait_ns),
            scans_per_second: self.per_ns(self.scans) * 1e9,
            histogram: ends
                .zip(counts)
                .map(|(below_ns, count)| HistogramStep { below_ns, count })
                .collect(),
            samples: self.samples.clone(),
            locks: self.locks,
        }
    }
}

fn both(mmap: &Times, munmap: &Times) -> Times {
    let mut both = mmap.clone();
    both.merge(munmap);
    both
}

fn locks(quiet: ReadTotals, counted: &Sample) -> Locks {
    Locks {
        quiet_per_piece: quiet.locks_per_piece(),
        holds: quiet.granularity().into(),
        scans: counted.read.scans,
        pieces: counted.read.pieces,
        acquired: counted.read.locks,
        elapsed_ns: counted.elapsed_ns,
        operations: counted.mmap.count() + counted.munmap.count(),
        by_writer: counted.written,
    }
}
