//! What a measurement comes to.

use serde::{Deserialize, Serialize};

use super::clock::ClockCheck;
use super::load::Load;
use super::times::Summary;
use crate::linux::features::rule::Granularity;
use crate::linux::locks::LockCounts;

/// All that was measured. Times are in nanoseconds, sizes in bytes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LatencyOutcome {
    pub version: String,
    /// `uname -srvm`.
    pub kernel: String,
    /// When it started, as RFC 3339.
    pub started: String,
    /// How it was measured.
    pub setup: Setup,
    /// Whether the clock and the writer's loop can be trusted.
    pub clock: ClockCheck,
    /// The configurations, in the order they were asked for.
    pub configurations: Vec<Configuration>,
    /// Readers that this kernel does not have, and why.
    pub skipped: Vec<Skipped>,
    /// Why locks were not counted, if they were not.
    pub no_evidence: Option<String>,
    /// What could not be done as it was asked.
    pub notes: Vec<String>,
    /// Times that were lost for want of room.
    pub dropped: u64,
    /// It was interrupted: not all samples were taken.
    pub interrupted: bool,
}

/// How it was measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Setup {
    /// Bytes of the writer's region.
    pub region: u64,
    /// VMAs of it.
    pub vmas: u64,
    pub page_size: u64,
    /// Threads of each reader.
    pub readers: u16,
    /// Samples of each configuration: rounds.
    pub samples: u32,
    /// The length of each.
    pub sample_ns: u64,
    /// The longest pause of the writer between two calls.
    pub pause_ns: u64,
    /// Whether the writer had a CPU of its own.
    pub pinned: bool,
    /// Whether readers gave way to others.
    pub niced: bool,
    /// How long busy threads spun each time, if there were any.
    pub busy_ns: Option<u64>,
}

/// A reader that this kernel does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Skipped {
    pub reader: Load,
    /// Why, in one line.
    pub reason: String,
}

/// One configuration: who reads, and what that cost.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Configuration {
    pub reader: Load,
    pub mmap: Summary,
    pub munmap: Summary,
    pub both: Summary,
    /// Both, compared with [`Load::NONE`], if that was measured too.
    pub ratio: Option<Ratio>,
    /// How much of the time the writer could have run but had no CPU, which others had or
    /// a hypervisor (`steal` of `/proc/stat`), 0 to 1:
    /// whatever else the machine does is in the times, too.
    pub cpu_wait: f64,
    /// Scans a second, of all threads of the reader.
    pub scans_per_second: f64,
    /// How many calls took how long.
    pub histogram: Vec<HistogramStep>,
    pub samples: Vec<SampleSummary>,
    /// Which locks were taken, if they were counted.
    pub locks: Option<Locks>,
}

/// How many times as long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    pub mean: f64,
    pub p50: f64,
    pub p99: f64,
}

impl Ratio {
    /// `that` over `base`; none where `base` has no times.
    pub(crate) fn of(that: &Summary, base: &Summary) -> Option<Ratio> {
        let divide = |that: f64, base: f64| (base > 0.0).then_some(that / base);
        Some(Ratio {
            mean: divide(that.mean_ns, base.mean_ns)?,
            p50: divide(that.p50_ns as f64, base.p50_ns as f64)?,
            p99: divide(that.p99_ns as f64, base.p99_ns as f64)?,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct HistogramStep {
    /// Its end, in nanoseconds, not included; none: it has no end.
    pub below_ns: Option<u64>,
    /// Calls in it.
    pub count: u64,
}

/// What one sample came to, both calls together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct SampleSummary {
    pub operations: u64,
    pub median_ns: u64,
    pub mean_ns: f64,
    pub max_ns: u64,
}

/// What a reader was seen to lock for each chunk or query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// mmap_lock, each time.
    MmapLock,
    /// No mmap_lock while nothing moves: one VMA at a time.
    OneVma,
}

impl From<Granularity> for Holds {
    fn from(granularity: Granularity) -> Self {
        match granularity {
            Granularity::Line => Holds::OneVma,
            Granularity::Chunk => Holds::MmapLock,
        }
    }
}

/// Which locks a configuration took. While nothing moved: by one thread over a
/// few scans. While the writer worked: in samples of their own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Locks {
    /// mmap_lock read acquisitions a chunk or query, while nothing moved.
    pub quiet_per_piece: f64,
    /// What that says.
    pub holds: Holds,
    /// Scans, while the writer worked.
    pub scans: u64,
    /// Chunks or queries, while the writer worked. A read that finds the end
    /// of the file is none of them, but may take a lock.
    pub pieces: u64,
    /// Acquisitions by readers, while the writer worked.
    pub acquired: LockCounts,
    /// Nanoseconds that took.
    pub elapsed_ns: u64,
    /// Calls of the writer meanwhile.
    pub operations: u64,
    /// Acquisitions by the writer meanwhile.
    pub by_writer: LockCounts,
}

impl Locks {
    /// mmap_lock read acquisitions a scan, while the writer worked: for a
    /// reader that locks one VMA at a time, its fallbacks.
    pub(crate) fn per_scan(&self) -> f64 {
        per(self.acquired.read, self.scans)
    }

    /// [`Self::per_scan`], but for each second.
    pub(crate) fn per_second(&self) -> f64 {
        per(self.acquired.read, self.elapsed_ns) * 1e9
    }
}

fn per(count: u64, of: u64) -> f64 {
    match of {
        0 => 0.0,
        of => count as f64 / of as f64,
    }
}

/// Whether the order of the costs agrees with the locks: no reader that locks
/// one VMA at a time costs more than one that holds mmap_lock. `None` where
/// there are not both kinds.
pub(crate) fn order_agrees(configurations: &[Configuration]) -> Option<bool> {
    let ratios = |wanted: Holds| {
        configurations.iter().filter_map(move |one| {
            let fits = one.locks.is_some_and(|locks| locks.holds == wanted);
            one.ratio.filter(|_| fits).map(|ratio| ratio.mean)
        })
    };
    let dearest = ratios(Holds::OneVma).max_by(f64::total_cmp)?;
    let cheapest = ratios(Holds::MmapLock).min_by(f64::total_cmp)?;
    Some(dearest <= cheapest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::outcome_fixture::outcome;

    #[test]
    fn the_order_is_that_of_the_locks() {
        let mut configurations = outcome().configurations;
        assert_eq!(order_agrees(&configurations), Some(true));
        configurations[2].ratio = configurations[0].ratio;
        assert_eq!(order_agrees(&configurations), Some(false));
        configurations[2].locks = None;
        assert_eq!(order_agrees(&configurations), None);
    }
}
