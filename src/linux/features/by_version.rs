//! The rule of a reader as the version and the configuration of a kernel say.

use super::rule::{Granularity, Position, Rule};
use super::{KernelFacts, PER_VMA_LOCK, ReaderRule};
use crate::linux::reader::Reader;

/// The version since which a reader locks one VMA at a time.
const fn per_vma_since(reader: Reader) -> Option<(u32, u32)> {
    match reader {
        Reader::Maps => Some((6, 17)),
        Reader::Query | Reader::QueryWalk => Some((6, 18)),
        Reader::Smaps | Reader::NumaMaps => Some((7, 2)),
        Reader::SmapsRollup => None,
    }
}

/// The rule for a reader, and why.
pub(super) fn by_version(facts: &KernelFacts, reader: Reader) -> ReaderRule {
    let release = &facts.release;
    let queries = reader.queries();
    if queries && !facts.procmap_query && !release.at_least(6, 11) {
        let why =
            format!("Linux {release}: PROCMAP_QUERY is not on this kernel, it came with 6.11");
        let rule = Rule::CHUNK_END;
        return ReaderRule { rule, why };
    }
    let position = if queries || release.at_least(6, 17) {
        Position::LastEnd
    } else {
        Position::NextStart
    };
    let since = per_vma_since(reader);
    let per_vma = since.is_some_and(|(major, minor)| release.at_least(major, minor));
    let granularity = if per_vma && facts.per_vma_lock != Some(false) {
        Granularity::Line
    } else {
        Granularity::Chunk
    };
    let resume = match position {
        _ if queries => "",
        Position::LastEnd => " and resume at the end of the last VMA, since 6.17",
        Position::NextStart => " and resume at the start of the next VMA, to 6.16",
    };
    let (holds, locks) = if queries {
        let who = "PROCMAP_QUERY";
        (
            format!("{who} holds mmap_lock for a query"),
            format!("{who} locks one VMA at a time"),
        )
    } else {
        let who = format!("{reader} reads");
        (
            format!("{who} hold mmap_lock for a chunk"),
            format!("{who} lock one VMA at a time"),
        )
    };
    let from = &facts.per_vma_lock_from;
    let version = since.map_or_else(String::new, |(major, minor)| format!("{major}.{minor}"));
    let why = match (per_vma, facts.per_vma_lock) {
        (false, _) if since.is_none() => format!("Linux {release}: {holds}{resume}"),
        (false, _) => format!("Linux {release}: {holds} before {version}{resume}"),
        (true, Some(true)) => {
            format!("Linux {release} with {PER_VMA_LOCK} (from {from}): {locks} since {version}")
        }
        (true, Some(false)) => {
            format!("Linux {release} without {PER_VMA_LOCK} (from {from}): {holds}{resume}")
        }
        (true, None) => format!(
            "Linux {release}, its configuration not found and {PER_VMA_LOCK} assumed, as is the default: {locks} since {version}"
        ),
    };
    let rule = Rule {
        granularity,
        position,
    };
    ReaderRule { rule, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::features::tests::facts;

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
                for (reader, expected) in Reader::JUDGED.into_iter().zip(expected) {
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
}
