//! What a sampler reads and how that is judged: one of four ways.

use std::sync::Arc;

use super::clock::Clock;
use super::events::Finds;
use super::query::{Asker, QuerySampling};
use super::text::TextSampling;
use super::thread::{SamplerError, SamplerOptions};
use super::unknown::UnknownSampling;
use super::walk::WalkSampling;
use crate::linux::chunk::ChunkReader;
use crate::linux::dwell::Pause;
use crate::linux::features::rule::Reader;
use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::process::page_size;
use crate::maps::scan_text::ScanText;
use crate::oracle::pairs::PairTable;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::oracle::unknown_judge::MissingCounts;
use crate::oracle::verdict::Verdict;

/// The reader and its judge.
#[derive(Debug)]
pub(crate) enum Sampling {
    Text(Box<TextSampling>),
    Query(Box<QuerySampling>),
    Walk(Box<WalkSampling>),
    Unknown(Box<UnknownSampling>),
}

impl Sampling {
    pub(crate) fn of_modifier(
        options: &SamplerOptions,
        file: ChunkReader<ProcFile>,
        pause: Pause,
        states: &Arc<States>,
    ) -> Result<Self, SamplerError> {
        let (states, rule) = (states.clone(), options.rule);
        let asker = |file: ChunkReader<ProcFile>| -> Result<_, SamplerError> {
            let own = file.into_file();
            let asked = match &options.shared_file {
                Some(shared) => shared.clone(),
                None => Arc::new(ProcFile::open(options.pid, ProcFileName::Maps)?),
            };
            let judge = QueryJudge::new(rule.granularity);
            Ok((Asker::new(asked, own, pause), judge))
        };
        Ok(match options.reader {
            Reader::Maps | Reader::Smaps => {
                let (reader, extent) = (options.reader, options.extent);
                Self::Text(Box::new(TextSampling::new(
                    file, reader, states, rule, extent,
                )))
            }
            Reader::Query => {
                let (asker, judge) = asker(file)?;
                Self::Query(Box::new(QuerySampling::new(
                    asker,
                    states,
                    judge,
                    page_size(),
                )))
            }
            Reader::QueryWalk => {
                let (asker, judge) = asker(file)?;
                let until = options.extent.until;
                Self::Walk(Box::new(WalkSampling::new(asker, states, judge, until)))
            }
            Reader::SmapsRollup | Reader::NumaMaps => {
                return Err(SamplerError::NotJudged(options.reader));
            }
        })
    }

    /// One scan or pass; whether it was torn, or violates a promise.
    pub(crate) fn sample(
        &mut self,
        clock: &Clock,
        finds: &mut Finds<'_>,
    ) -> Result<bool, SamplerError> {
        Ok(match self {
            Self::Text(text) => text.scan(clock, finds)?,
            Self::Query(query) => query.pass(clock, finds)?,
            Self::Walk(walk) => walk.pass(clock, finds)?,
            Self::Unknown(unknown) => unknown.scan(clock, finds)?,
        })
    }

    pub(crate) fn set_pause(&mut self, pause: Pause) {
        match self {
            Self::Text(text) => text.set_pause(pause),
            Self::Query(query) => query.asker().set_pause(pause),
            Self::Walk(walk) => walk.asker().set_pause(pause),
            Self::Unknown(_) => {}
        }
    }

    /// Whether the address space that is read still exists.
    pub(crate) fn is_alive(&mut self) -> bool {
        match self {
            Self::Text(text) => text.is_alive(),
            Self::Query(query) => query.asker().is_alive(),
            Self::Walk(walk) => walk.asker().is_alive(),
            Self::Unknown(unknown) => unknown.is_alive(),
        }
    }

    /// What was missing and came back; none where the states are known.
    pub(crate) fn missing(&self) -> MissingCounts {
        match self {
            Self::Unknown(unknown) => unknown.missing(),
            _ => MissingCounts::default(),
        }
    }

    /// The pairs of lines counted so far.
    pub(crate) fn pairs(&self) -> Option<&PairTable> {
        match self {
            Self::Text(text) => Some(text.pairs()),
            _ => None,
        }
    }

    /// The latest scan and its verdict, where a text is read.
    pub(crate) fn latest(&self) -> Option<(&ScanText, &Verdict)> {
        match self {
            Self::Text(text) => Some((text.latest(), text.verdict())),
            Self::Unknown(unknown) => Some((unknown.latest(), unknown.verdict())),
            Self::Query(_) | Self::Walk(_) => None,
        }
    }

    /// Puts the latest scan into `other`; where nobody here needs it any more,
    /// in exchange for it.
    pub(crate) fn give_scan(&mut self, other: &mut ScanText) {
        match self {
            Self::Text(text) => text.swap_scan(other),
            // The judge compares the next scan with it.
            Self::Unknown(unknown) => other.copy_from(unknown.latest()),
            Self::Query(_) | Self::Walk(_) => {}
        }
    }
}
