//! What this kernel's readers lock, and where they resume: the table from
//! which the oracle takes its rule.
//!
//! | reader | mmap_lock for a chunk | one VMA at a time | resumes at |
//! |---|---|---|---|
//! | `maps` | to 6.16 | since 6.17 | `vm_start` of the next to 6.16, then `vm_end` of the last |
//! | `smaps`, `numa_maps` | to 7.1 | since 7.2 | the same |
//! | `smaps_rollup` | always | never | the same |
//! | `PROCMAP_QUERY` | 6.11 to 6.17 | since 6.18 | searches afresh |
//!
//! One VMA at a time needs CONFIG_PER_VMA_LOCK. Distributions backport, so
//! [evidence](KernelFacts::with_evidence) beats the version number.

use std::fmt;

use super::scanner::Scanner;

pub(crate) mod by_version;
pub(crate) mod config;
pub(crate) mod preemption;
pub(crate) mod release;
pub(crate) mod rule;

use super::reader::Reader;
use by_version::by_version;
use config::Configuration;
use preemption::Preemption;
use release::{ParseReleaseError, Release};
use rule::{Granularity, Position, Rule};

/// The option that gives each VMA a lock of its own.
const PER_VMA_LOCK: &str = "CONFIG_PER_VMA_LOCK";

/// What was seen of a reader, against what the version says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where it was seen to resume, if that was seen.
    pub position: Option<Position>,
    /// What it was seen to hold still, if that was seen.
    pub granularity: Option<Granularity>,
    /// What was seen, as the end of a sentence: `a chunk resumed at vm_end`.
    pub what: String,
}

/// A rule, and why it is believed to be this reader's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderRule {
    /// What it is judged by.
    pub rule: Rule,
    /// The reason, in one plain sentence.
    pub why: String,
}

impl fmt::Display for ReaderRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.why)
    }
}

/// What is known of a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelFacts {
    /// Its release.
    pub release: Release,
    /// Whether it was built with CONFIG_PER_VMA_LOCK; `None` where nothing
    /// says.
    pub per_vma_lock: Option<bool>,
    /// Where that is known from, such as `/proc/config.gz`; empty where it is
    /// not known.
    pub per_vma_lock_from: String,
    /// Whether and how the kernel preempts itself.
    pub preemption: Preemption,
    /// Whether `PROCMAP_QUERY` works here, tried on this process's own maps.
    pub procmap_query: bool,
    /// What was seen, in order; later evidence beats earlier.
    evidence: Vec<(Reader, Evidence)>,
}

impl KernelFacts {
    /// Facts from elsewhere than the running kernel: for tests, and for
    /// judging what was recorded on another machine.
    #[must_use]
    pub fn new(
        release: Release,
        per_vma_lock: Option<(bool, String)>,
        procmap_query: bool,
    ) -> Self {
        let (per_vma_lock, per_vma_lock_from) = per_vma_lock.unzip();
        Self {
            release,
            per_vma_lock,
            per_vma_lock_from: per_vma_lock_from.unwrap_or_default(),
            preemption: Preemption::unknown(),
            procmap_query,
            evidence: Vec::new(),
        }
    }

    /// Looks at the running kernel: its release, its configuration where it
    /// or the distribution gives one, and whether it answers `PROCMAP_QUERY`.
    /// Takes a few milliseconds, most of them to unpack the configuration.
    ///
    /// # Errors
    /// [`ParseReleaseError`] where the release is unlike any kernel's.
    pub fn detect() -> Result<Self, ParseReleaseError> {
        let release = Release::running()?;
        let configuration = Configuration::find(&release.text);
        let per_vma_lock = configuration
            .as_ref()
            .map(|options| (options.is_set(PER_VMA_LOCK), options.file.clone()));
        let procmap_query = Scanner::try_here(Reader::Query).is_ok();
        let preemption = Preemption::detect(configuration.as_ref());
        Ok(Self {
            preemption,
            ..Self::new(release, per_vma_lock, procmap_query)
        })
    }

    /// Adds what was seen of a reader; it beats the version number.
    pub fn with_evidence(&mut self, reader: Reader, evidence: Evidence) -> &mut Self {
        self.evidence.push((reader, evidence));
        self
    }

    /// The rule for a reader on this kernel, and why. For `query` the position
    /// says nothing: it starts at the address asked for.
    #[must_use]
    pub fn rule_for(&self, reader: Reader) -> ReaderRule {
        let ReaderRule { mut rule, mut why } = by_version(self, reader);
        for (of, seen) in &self.evidence {
            if *of == reader && (seen.position.is_some() || seen.granularity.is_some()) {
                let shown = Rule {
                    position: seen.position.unwrap_or(rule.position),
                    granularity: seen.granularity.unwrap_or(rule.granularity),
                };
                why.push_str(match (shown == rule, seen.granularity) {
                    (true, Some(_)) => "; confirmed here: ",
                    // What is held still cannot be seen from where it resumes.
                    (true, None) => "; where it resumes is confirmed here: ",
                    (false, _) => "; but seen here: ",
                });
                rule = shown;
                why.push_str(&crate::text::sanitise::sanitise(seen.what.as_bytes()));
            }
        }
        ReaderRule { rule, why }
    }

    /// The rule that the version and the configuration alone say, and why.
    #[must_use]
    pub fn version_rule(&self, reader: Reader) -> ReaderRule {
        by_version(self, reader)
    }

    /// What was seen of a reader, in order.
    pub fn evidence_of(&self, reader: Reader) -> impl Iterator<Item = &Evidence> {
        let seen = self.evidence.iter();
        seen.filter(move |(of, _)| *of == reader)
            .map(|(_, evidence)| evidence)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn facts(release: &str, per_vma_lock: Option<bool>) -> KernelFacts {
        let release: Release = release.parse().unwrap();
        let query = release.at_least(6, 11);
        KernelFacts::new(
            release,
            per_vma_lock.map(|set| (set, "/proc/config.gz".to_owned())),
            query,
        )
    }

    #[test]
    fn evidence_beats_the_version() {
        let mut facts = facts("6.6.30-android15", None);
        facts.with_evidence(
            Reader::Maps,
            Evidence {
                position: Some(Position::LastEnd),
                granularity: None,
                what: "a chunk resumed at vm_end".to_owned(),
            },
        );
        assert_eq!(facts.rule_for(Reader::Maps).rule, Rule::CHUNK_END);
        assert!(
            facts
                .rule_for(Reader::Maps)
                .why
                .ends_with("; but seen here: a chunk resumed at vm_end")
        );
        assert_eq!(facts.rule_for(Reader::Smaps).rule, Rule::CHUNK_START);
        facts.with_evidence(
            Reader::Maps,
            Evidence {
                position: None,
                granularity: Some(Granularity::Line),
                what: "two states were seen in one chunk".to_owned(),
            },
        );
        assert_eq!(facts.rule_for(Reader::Maps).rule, Rule::LINE_END);
    }

    #[test]
    fn the_running_kernel_is_recognised() {
        let facts = KernelFacts::detect().unwrap();
        // Older kernels may have it by a backport.
        assert!(facts.procmap_query || !facts.release.at_least(6, 11));
        assert_eq!(
            facts.per_vma_lock.is_some(),
            !facts.per_vma_lock_from.is_empty()
        );
    }
}
