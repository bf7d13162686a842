//! `vmascope kernel`: what this kernel's readers do, by its version and as
//! seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;

use super::exit::{Exit, Failure, unless_unread};
use super::signals::{patience, stop_flag};
use crate::checking::case::{Case, CaseRun};
use crate::checking::case_options::CaseOptions;
use crate::cli::kernel::{KernelArguments, KernelFormat};
use crate::events::case::Outcome;
use crate::linux::calls::trace::CallTrace;
use crate::linux::features::rule::{Granularity, Position};
use crate::linux::features::{Evidence, KernelFacts};
use crate::linux::file::ProcFile;
use crate::linux::kernel_text::{in_plain_words, kernel_text, per_vma_lock_text};
use crate::linux::known_holes::KnownHole;
use crate::linux::limits;
use crate::linux::locks::LockEvidence;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::process::page_size;
use crate::linux::procmap_query::{Lookup, NameBuffers, Query, QueryError, VmaQuery};
use crate::linux::reader::Reader;
use crate::linux::rights::Rights;
use crate::linux::scanner::{Scanner, quiet_locks};
use crate::linux::survey::{
    KernelSurvey, Limits, OtherReader, QuerySurvey, SurveyedHole, SurveyedReader,
};
use crate::modifier::options::ModifierOptions;
use crate::report::output::print;
use crate::report::survey::survey_text;
use crate::setup::cpus::keep_apart;
use crate::setup::evidence::gather_evidence;
use crate::setup::modifier_setup::ModifierSetup;

/// The scenario in which each hole shows most often.
const HOLES: [(KnownHole, &str); 3] = [
    (KnownHole::H1, "replace"),
    (KnownHole::H2, "merge-left-partial"),
    (KnownHole::H3, "replace-last"),
];

pub(crate) fn run(arguments: &KernelArguments) -> Result<Exit, Failure> {
    let stop = stop_flag()?;
    let survey = survey(arguments.look, &stop)?;
    if stop.load(Ordering::Relaxed) {
        return Err(anyhow::anyhow!("interrupted before all was looked at; run it again").into());
    }
    let text = match arguments.format {
        KernelFormat::Human => survey_text(&survey),
        KernelFormat::Json => serde_json::to_string_pretty(&survey)? + "\n",
    };
    unless_unread(print(&text).context("cannot write the results"), ())?;
    Ok(Exit::Held)
}

fn survey(look: Duration, stop: &Arc<AtomicBool>) -> anyhow::Result<KernelSurvey> {
    let mut facts = KernelFacts::detect()?;
    let mut setup = ModifierSetup::new(&ModifierOptions {
        patience: patience(stop),
        ..ModifierOptions::default()
    })?;
    keep_apart(setup.pid());
    // A reader that this kernel does not have is not tried.
    let mut here = vec![Reader::Maps];
    if Scanner::try_here(Reader::Smaps).is_ok() {
        here.push(Reader::Smaps);
    }
    if facts.procmap_query {
        here.push(Reader::Query);
    }
    gather_evidence(&mut setup, &mut facts, &here)?;
    let evidence = LockEvidence::find();
    setup.modifier().plain_layout()?;
    let others = [Reader::SmapsRollup, Reader::NumaMaps]
        .map(|reader| other(reader, setup.pid(), evidence.as_ref().ok().copied()));
    let mut holes = Vec::new();
    for (label, scenario) in HOLES {
        holes.push(hole(label, scenario, &facts, &mut setup, look, stop)?);
    }
    Ok(KernelSurvey {
        version: env!("CARGO_PKG_VERSION").into(),
        kernel: kernel_text(),
        per_vma_lock: per_vma_lock_text(&facts),
        preemption: facts.preemption.to_string(),
        readers: [Reader::Maps, Reader::Smaps, Reader::Query]
            .map(|reader| surveyed(reader, &facts, here.contains(&reader)))
            .to_vec(),
        others: others.to_vec(),
        holes,
        procmap_query: query(facts.procmap_query),
        limits: Limits {
            page_size: page_size(),
            max_map_count: limits::max_map_count(),
            mmap_min_addr: limits::mmap_min_addr(),
            ptrace_scope: limits::ptrace_scope(),
            perf_event_paranoid: limits::perf_event_paranoid(),
        },
        rights: Rights::here(),
        no_evidence: evidence.err().map(|missing| missing.to_string()),
        no_calls: CallTrace::open(std::process::id())
            .err()
            .map(|why| why.to_string()),
    })
}

fn surveyed(reader: Reader, facts: &KernelFacts, available: bool) -> SurveyedReader {
    let by_version = facts.version_rule(reader);
    let rule = facts.rule_for(reader).rule;
    let last = |of: fn(&Evidence) -> bool| facts.evidence_of(reader).filter(|it| of(it)).last();
    let granularity = last(|it| it.granularity.is_some()).and_then(|it| it.granularity);
    let position = last(|it| it.position.is_some()).and_then(|it| it.position);
    let was_seen = granularity.is_some() || position.is_some();
    SurveyedReader {
        reader: reader.to_string(),
        available,
        by_version: by_version.rule.to_string(),
        by_version_why: by_version.why,
        granularity_seen: granularity.map(|it| {
            match it {
                Granularity::Line => "line",
                Granularity::Chunk => "chunk",
            }
            .into()
        }),
        position_seen: position.map(|it| {
            match it {
                Position::LastEnd => "last-end",
                Position::NextStart => "next-start",
            }
            .into()
        }),
        seen: facts
            .evidence_of(reader)
            .map(|it| it.what.clone())
            .collect(),
        agrees: was_seen.then_some(rule == by_version.rule),
        rule: rule.to_string(),
        rule_words: in_plain_words(reader, rule),
    }
}

fn other(reader: Reader, pid: u32, evidence: Option<LockEvidence>) -> OtherReader {
    let mut other = OtherReader {
        reader: reader.to_string(),
        locks_per_chunk: None,
        problem: Scanner::try_here(reader).err(),
    };
    if let (None, Some(evidence)) = (&other.problem, evidence) {
        match quiet_locks(reader, pid, evidence) {
            Ok(totals) => other.locks_per_chunk = Some(totals.locks_per_piece()),
            Err(error) => other.problem = Some(format!("cannot be read: {error}")),
        }
    }
    other
}

fn hole(
    label: KnownHole,
    scenario: &str,
    facts: &KernelFacts,
    setup: &mut ModifierSetup,
    look: Duration,
    stop: &AtomicBool,
) -> anyhow::Result<SurveyedHole> {
    let reader = Reader::Maps;
    let scenario = crate::scenario::catalogue::find(scenario)?;
    let case = Case {
        scenario,
        reader,
        rule: facts.rule_for(reader).rule,
        number: (1, 1),
        duration: look,
        options: &CaseOptions::usual(),
    };
    let CaseRun { result, failed, .. } = case.run(setup, stop, &mut |_| Ok(()));
    if let Some(failed) = failed {
        return Err(failed);
    }
    let seen = result.tally.possibly(label);
    Ok(SurveyedHole {
        label: label.label(),
        name: label.name(),
        scenario: scenario.name.clone(),
        reader: reader.to_string(),
        scans: result.tally.scans,
        seen,
        others: result.tally.violation_count() - seen,
        problem: match result.outcome {
            Outcome::Skipped { reason } | Outcome::Failed { reason } => Some(reason),
            _ => None,
        },
    })
}

/// Tries what `PROCMAP_QUERY` does, on this process.
fn query(available: bool) -> QuerySurvey {
    let mut survey = QuerySurvey {
        available,
        on_smaps: None,
        finds_gate: None,
        refuses_long_names: None,
        build_id: None,
    };
    let me = std::process::id();
    let Ok(mut maps) = ProcFile::open(me, ProcFileName::Maps) else {
        return survey;
    };
    if !available {
        return survey;
    }
    let first = Query {
        lookup: Lookup::CoveringOrNext,
        ..Query::default()
    };
    survey.on_smaps = ProcFile::open(me, ProcFileName::Smaps)
        .ok()
        .map(|mut smaps| smaps.query(&first).is_ok());
    let text = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    survey.finds_gate = text
        .lines()
        .find(|line| line.ends_with("[vsyscall]"))
        .and_then(|line| crate::maps::line::parse_range(line.as_bytes()))
        .map(|(start, _)| {
            let gate = Query {
                address: start,
                ..Query::default()
            };
            matches!(maps.query(&gate), Ok(Some(_)))
        });
    // This very function lies in a VMA that maps the program's file.
    let here = Query {
        address: query as fn(bool) -> QuerySurvey as usize as u64,
        ..Query::default()
    };
    let mut names = NameBuffers::default();
    let named = maps.query_named(&here, &mut names);
    survey.build_id = named.is_ok().then_some(!names.build_id.is_empty());
    let mut short = NameBuffers {
        name: Vec::with_capacity(2),
        build_id: Vec::with_capacity(64),
    };
    survey.refuses_long_names = match maps.query_named(&here, &mut short) {
        Err(QueryError::NameTooLong { .. }) => Some(true),
        Ok(_) => Some(false),
        Err(_) => None,
    };
    survey
}
