//! What this kernel's readers lock, and where they resume: the table from
//! which the oracle takes its rule.
//!
//! | reader | mmap_lock for a chunk | one VMA at a time | resumes at |
//! |---|---|---|---|
//! | `maps` | to 6.16 | since 6.17 | `vm_start` of the next to 6.16, then `vm_end` of the last |
//! | `smaps` | to 7.1 | since 7.2 | the same |
//! | `PROCMAP_QUERY` | 6.11 to 6.17 | since 6.18 | searches afresh |
//!
//! One VMA at a time needs CONFIG_PER_VMA_LOCK. Distributions backport, so
//! [evidence](KernelFacts::with_evidence) beats the version number.

use std::fmt;

use super::file::{ProcFile, Which};
use super::procmap_query::{Lookup, Query, VmaQuery};

pub(crate) mod config;
pub(crate) mod release;
pub(crate) mod rule;

use release::{ParseReleaseError, Release};
use rule::{Granularity, Position, Reader, Rule};

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
    /// The rule.
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
        let per_vma_lock = config::option(&release.text, PER_VMA_LOCK);
        Ok(Self::new(release, per_vma_lock, try_query()))
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
        let (rule, mut why) = self.by_version(reader);
        let mut rule = rule;
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
        let (rule, why) = self.by_version(reader);
        ReaderRule { rule, why }
    }

    /// What was seen of a reader, in order.
    pub fn evidence_of(&self, reader: Reader) -> impl Iterator<Item = &Evidence> {
        let seen = self.evidence.iter();
        seen.filter(move |(of, _)| *of == reader)
            .map(|(_, evidence)| evidence)
    }

    fn by_version(&self, reader: Reader) -> (Rule, String) {
        let release = &self.release;
        let (who, per_vma_since) = match reader {
            Reader::Maps => ("maps reads", (6, 17)),
            Reader::Smaps => ("smaps reads", (7, 2)),
            Reader::Query | Reader::QueryWalk => ("PROCMAP_QUERY", (6, 18)),
        };
        let verb = |plural: &'static str, singular| match reader {
            Reader::Query | Reader::QueryWalk => singular,
            _ => plural,
        };
        if reader.queries() && !self.procmap_query && !release.at_least(6, 11) {
            let why =
                format!("Linux {release}: PROCMAP_QUERY is not on this kernel, it came with 6.11");
            return (Rule::CHUNK_END, why);
        }
        let since_6_17 = release.at_least(6, 17);
        let position = match reader {
            Reader::Query | Reader::QueryWalk => Position::LastEnd,
            _ if since_6_17 => Position::LastEnd,
            _ => Position::NextStart,
        };
        let (major, minor) = per_vma_since;
        let per_vma = release.at_least(major, minor);
        let granularity = if per_vma && self.per_vma_lock != Some(false) {
            Granularity::Line
        } else {
            Granularity::Chunk
        };
        let resume = match (reader, position) {
            (Reader::Query | Reader::QueryWalk, _) => "",
            (_, Position::LastEnd) => " and resume at the end of the last VMA, since 6.17",
            (_, Position::NextStart) => " and resume at the start of the next VMA, to 6.16",
        };
        let what = match reader {
            Reader::Query | Reader::QueryWalk => "query",
            _ => "chunk",
        };
        let why = match (per_vma, self.per_vma_lock) {
            (false, _) => format!(
                "Linux {release}: {who} {} mmap_lock for a {what} before {major}.{minor}{resume}",
                verb("hold", "holds")
            ),
            (true, Some(true)) => format!(
                "Linux {release} with {PER_VMA_LOCK} (from {}): {who} {} one VMA at a time since {major}.{minor}",
                self.per_vma_lock_from,
                verb("lock", "locks")
            ),
            (true, Some(false)) => format!(
                "Linux {release} without {PER_VMA_LOCK} (from {}): {who} {} mmap_lock for a {what}{resume}",
                self.per_vma_lock_from,
                verb("hold", "holds")
            ),
            (true, None) => format!(
                "Linux {release}, its configuration not found and {PER_VMA_LOCK} assumed, as is the default: {who} {} one VMA at a time since {major}.{minor}",
                verb("lock", "locks")
            ),
        };
        let rule = Rule {
            granularity,
            position,
        };
        (rule, why)
    }
}

/// Asks for the first VMA of this process.
fn try_query() -> bool {
    let query = Query {
        lookup: Lookup::CoveringOrNext,
        ..Query::default()
    };
    ProcFile::open(std::process::id(), Which::Maps)
        .is_ok_and(|mut file| matches!(file.query(&query), Ok(Some(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(release: &str, per_vma_lock: Option<bool>) -> KernelFacts {
        let release: Release = release.parse().unwrap();
        let query = release.at_least(6, 11);
        KernelFacts::new(
            release,
            per_vma_lock.map(|set| (set, "/proc/config.gz".to_owned())),
            query,
        )
    }

    #[test]
    fn the_table_of_versions() {
        // Version; maps, smaps, query with the option; the same without it.
        for (release, with, without) in [
            (
                "6.1.0-18",
                ["chunk-start", "chunk-start", "chunk-end"],
                ["chunk-start", "chunk-start", "chunk-end"],
            ),
            (
                "6.10.3",
                ["chunk-start", "chunk-start", "chunk-end"],
                ["chunk-start", "chunk-start", "chunk-end"],
            ),
            (
                "6.11",
                ["chunk-start", "chunk-start", "chunk-end"],
                ["chunk-start", "chunk-start", "chunk-end"],
            ),
            (
                "6.12.43",
                ["chunk-start", "chunk-start", "chunk-end"],
                ["chunk-start", "chunk-start", "chunk-end"],
            ),
            (
                "6.16.9",
                ["chunk-start", "chunk-start", "chunk-end"],
                ["chunk-start", "chunk-start", "chunk-end"],
            ),
            (
                "6.17.0-rc1",
                ["line-end", "chunk-end", "chunk-end"],
                ["chunk-end", "chunk-end", "chunk-end"],
            ),
            (
                "6.18.44",
                ["line-end", "chunk-end", "line-end"],
                ["chunk-end", "chunk-end", "chunk-end"],
            ),
            (
                "7.1.2",
                ["line-end", "chunk-end", "line-end"],
                ["chunk-end", "chunk-end", "chunk-end"],
            ),
            (
                "7.2.0",
                ["line-end", "line-end", "line-end"],
                ["chunk-end", "chunk-end", "chunk-end"],
            ),
            (
                "7.3",
                ["line-end", "line-end", "line-end"],
                ["chunk-end", "chunk-end", "chunk-end"],
            ),
        ] {
            for (set, expected) in [(Some(true), with), (Some(false), without), (None, with)] {
                let facts = facts(release, set);
                for (reader, expected) in Reader::ALL.into_iter().zip(expected) {
                    let found = facts.rule_for(reader);
                    assert_eq!(
                        found.rule.name(),
                        expected,
                        "{reader} of {release}, {set:?}"
                    );
                    assert_eq!(found.why.lines().count(), 1);
                    assert!(found.why.starts_with("Linux "), "{}", found.why);
                }
            }
        }
    }

    #[test]
    fn the_reason_is_a_plain_sentence() {
        let why = |release, set, reader| facts(release, set).rule_for(reader).why;
        assert_eq!(
            why("6.18.44-x", Some(true), Reader::Maps),
            "Linux 6.18 with CONFIG_PER_VMA_LOCK (from /proc/config.gz): maps reads lock one VMA at a time since 6.17"
        );
        assert_eq!(
            why("6.18.44-x", Some(true), Reader::Smaps),
            "Linux 6.18: smaps reads hold mmap_lock for a chunk before 7.2 and resume at the end of the last VMA, since 6.17"
        );
        assert_eq!(
            why("6.18.44-x", Some(false), Reader::Maps),
            "Linux 6.18 without CONFIG_PER_VMA_LOCK (from /proc/config.gz): maps reads hold mmap_lock for a chunk and resume at the end of the last VMA, since 6.17"
        );
        assert_eq!(
            why("6.12.3", None, Reader::Maps),
            "Linux 6.12: maps reads hold mmap_lock for a chunk before 6.17 and resume at the start of the next VMA, to 6.16"
        );
        assert_eq!(
            why("6.12.3", None, Reader::Query),
            "Linux 6.12: PROCMAP_QUERY holds mmap_lock for a query before 6.18"
        );
        assert_eq!(
            why("6.1.0", None, Reader::Query),
            "Linux 6.1: PROCMAP_QUERY is not on this kernel, it came with 6.11"
        );
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
