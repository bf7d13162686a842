//! What this kernel does, as it was tried: the outcome of `vmascope kernel`.

use serde::Serialize;

use super::rights::Rights;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct KernelSurvey {
    pub version: String,
    /// `uname -srvm`.
    pub kernel: String,
    /// `CONFIG_PER_VMA_LOCK=y (from /proc/config.gz)` or why that is unknown.
    pub per_vma_lock: String,
    /// `lazy (from /sys/kernel/debug/sched/preempt)` or why that is unknown.
    pub preemption: String,
    /// The readers that are judged.
    pub readers: Vec<SurveyedReader>,
    /// Readers that are not judged, only looked at.
    pub others: Vec<OtherReader>,
    pub holes: Vec<SurveyedHole>,
    pub procmap_query: QuerySurvey,
    pub limits: Limits,
    pub rights: Rights,
    /// Why locks could not be counted, if they could not.
    pub no_evidence: Option<String>,
    /// Why a target's system calls could not be seen, if they could not.
    pub no_calls: Option<String>,
}

/// A reader: what its version says, what was seen, what it is judged by.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SurveyedReader {
    pub reader: String,
    /// Whether this kernel has it.
    pub available: bool,
    /// The rule by version and configuration, such as `line-end`.
    pub by_version: String,
    /// Why, in one sentence.
    pub by_version_why: String,
    /// What it was seen to hold: `line` (one VMA) or `chunk` (mmap_lock).
    pub granularity_seen: Option<String>,
    /// Where it was seen to resume: `last-end` or `next-start`.
    pub position_seen: Option<String>,
    /// What was seen, in words.
    pub seen: Vec<String>,
    /// Whether what was seen is what the version says; none: nothing was seen.
    pub agrees: Option<bool>,
    /// The rule it is judged by in `check --rule auto`: evidence wins.
    pub rule: String,
    /// That rule in plain words.
    pub rule_words: String,
}

/// A reader that is not judged.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OtherReader {
    pub reader: String,
    /// mmap_lock read acquisitions a chunk, while nothing moved.
    pub locks_per_chunk: Option<f64>,
    /// Why it was not looked at, if it was not.
    pub problem: Option<String>,
}

/// One of the known holes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SurveyedHole {
    /// `H1`, `H2` or `H3`.
    pub label: &'static str,
    pub name: &'static str,
    /// The scenario in which it was looked for.
    pub scenario: String,
    pub reader: String,
    /// Scans, or passes of queries.
    pub scans: u64,
    /// How often it was seen.
    pub seen: u64,
    /// Violations of other kinds.
    pub others: u64,
    /// Why it was not looked for, if it was not.
    pub problem: Option<String>,
}

/// What was tried of `PROCMAP_QUERY`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct QuerySurvey {
    /// It answers.
    pub available: bool,
    /// It answers on an open `smaps` too.
    pub on_smaps: Option<bool>,
    /// It finds the gate VMA, `[vsyscall]`; none: there is none here.
    pub finds_gate: Option<bool>,
    /// It refuses to give a name that is longer than the room for it.
    pub refuses_long_names: Option<bool>,
    /// It gives the build ID of this program.
    pub build_id: Option<bool>,
}

/// Limits of this system.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Limits {
    /// Bytes of a page.
    pub page_size: u64,
    /// `vm.max_map_count`.
    pub max_map_count: Option<u64>,
    /// `vm.mmap_min_addr`, in bytes.
    pub mmap_min_addr: Option<u64>,
    /// `kernel.yama.ptrace_scope`; none: no Yama.
    pub ptrace_scope: Option<u64>,
    /// `kernel.perf_event_paranoid`.
    pub perf_event_paranoid: Option<i64>,
}
