//! What this kernel's readers do, tried rather than looked up.
//!
//! Where a reader resumes is certain from one deterministic experiment: read
//! up to a chunk boundary, let the VMA before the boundary grow while nobody
//! reads, and see whether the next chunk shows it again. What a reader holds
//! still is certain where its locks can be counted: while nothing moves it
//! takes mmap_lock once a chunk, or not at all. Where they cannot, it is
//! certain one way only: a duplicate inside a chunk cannot be had under one
//! hold of mmap_lock.

use std::time::{Duration, Instant};

use super::case_setup::CaseSetup;
use super::error::SetupError;
use super::modifier_setup::ModifierSetup;
use super::placement::Placement;
use super::text_file::TextFile;
use crate::linux::chunk::{NoClock, Step};
use crate::linux::features::rule::{Granularity, Position};
use crate::linux::features::{Evidence, KernelFacts};
use crate::linux::locks::LockEvidence;
use crate::linux::reader::Reader;
use crate::linux::scanner::quiet_locks;
use crate::maps::line::parse_range;
use crate::scenario::arena::Site;

/// How long to look for a duplicate inside a chunk, at most.
const LOOK: Duration = Duration::from_millis(60);

/// Tries out where each text reader resumes, whether it tears inside chunks,
/// and which locks each reader takes, and adds what was seen to `facts`.
///
/// # Errors
/// When the modifier fails or its files cannot be read. Where the experiment
/// cannot be set up, nothing is added.
pub(crate) fn gather_evidence(
    setup: &mut ModifierSetup,
    facts: &mut KernelFacts,
    readers: &[Reader],
) -> Result<(), SetupError> {
    let gathered = gather(setup, facts, readers);
    setup.or_its_death(gathered)
}

fn gather(
    setup: &mut ModifierSetup,
    facts: &mut KernelFacts,
    readers: &[Reader],
) -> Result<(), SetupError> {
    let Ok(resize) = crate::scenario::catalogue::find("resize") else {
        return Ok(());
    };
    let locks = LockEvidence::find().ok();
    for &reader in readers {
        if let Some(locks) = locks
            && let Some(evidence) = seen_locks(setup, reader, locks)
        {
            facts.with_evidence(reader, evidence);
        }
        if reader.queries() {
            continue;
        }
        let mut file = TextFile::open(setup.pid(), reader)?;
        let at = |placement| CaseSetup {
            sites: Some(1),
            ..CaseSetup::new(reader, placement)
        };
        let position = match setup.place(resize, &mut file, &at(Placement::Boundary)) {
            Ok(sites) => try_position(setup, &mut file, &sites[0])?,
            Err(error) if error.is_skip() => None,
            Err(error) => return Err(error),
        };
        let torn_inside = match setup.place(resize, &mut file, &at(Placement::Inside)) {
            Ok(_) => tears_inside(setup, &mut file)?,
            Err(error) if error.is_skip() => false,
            Err(error) => return Err(error),
        };
        let mut seen = Vec::new();
        match position {
            Some(Position::LastEnd) => {
                seen.push("a VMA that grew at a chunk boundary was printed again");
            }
            Some(Position::NextStart) => {
                seen.push("a VMA that grew at a chunk boundary was not printed again");
            }
            None => {}
        }
        if torn_inside {
            seen.push("a duplicate inside a chunk was seen");
        }
        if !seen.is_empty() {
            let evidence = Evidence {
                position,
                granularity: torn_inside.then_some(Granularity::Line),
                what: seen.join(", "),
            };
            facts.with_evidence(reader, evidence);
        }
    }
    Ok(())
}

/// What a reader locks while the modifier stands still; nothing where this
/// kernel does not have it.
fn seen_locks(setup: &ModifierSetup, reader: Reader, locks: LockEvidence) -> Option<Evidence> {
    let totals = quiet_locks(reader, setup.pid(), locks).ok()?;
    let granularity = totals.granularity();
    let what = match granularity {
        Granularity::Line => format!(
            "no mmap_lock was taken in {} scans while nothing moved",
            totals.scans
        ),
        Granularity::Chunk => format!(
            "mmap_lock was taken {} times for {} {}",
            totals.locks.read,
            totals.pieces,
            match reader {
                Reader::Query | Reader::QueryWalk => "queries",
                _ => "chunks",
            }
        ),
    };
    Some(Evidence {
        position: None,
        granularity: Some(granularity),
        what,
    })
}

/// `resize`: its first VMA, last in its chunk, is one page before the next
/// chunk is read and three pages while it is.
fn try_position(
    setup: &mut ModifierSetup,
    file: &mut TextFile,
    site: &Site,
) -> Result<Option<Position>, SetupError> {
    setup.modifier.step()?;
    file.file.rewind(&mut file.raw)?;
    let shrunk_end = site.start + site.letter_bytes;
    let mut before = 0;
    loop {
        if file.file.step(&NoClock, &mut file.raw)? == Step::End {
            return Ok(None);
        }
        file.keep_vma_lines();
        let scan = file.text();
        before = scan.chunks.len().max(before);
        let last = scan
            .chunks
            .last()
            .and_then(|chunk| scan.lines(chunk).last());
        match last.and_then(parse_range) {
            Some((_, end)) if end == shrunk_end => break,
            Some((_, end)) if end > shrunk_end => return Ok(None),
            _ => {}
        }
    }
    setup.modifier.step()?;
    file.file.step(&NoClock, &mut file.raw)?;
    file.keep_vma_lines();
    let scan = file.text();
    let next = scan
        .chunks
        .get(before)
        .and_then(|chunk| scan.lines(chunk).next());
    Ok(next.and_then(parse_range).map(|(start, _)| {
        if start == site.start {
            Position::LastEnd
        } else {
            Position::NextStart
        }
    }))
}

/// Whether some line starts before the line before it, in the same chunk,
/// ends.
fn tears_inside(setup: &mut ModifierSetup, file: &mut TextFile) -> Result<bool, SetupError> {
    setup.modifier.run()?;
    let start = Instant::now();
    let mut torn = false;
    while !torn && start.elapsed() < LOOK {
        let scan = file.scan()?;
        torn = scan.chunks.iter().any(|chunk| {
            let mut end = 0;
            scan.lines(chunk).filter_map(parse_range).any(|line| {
                let duplicate = line.0 < end;
                end = line.1;
                duplicate
            })
        });
    }
    setup.modifier.pause_at_original()?;
    Ok(torn)
}
