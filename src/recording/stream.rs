//! What the scans of one stream are judged by, as JSON.
//!
//! A stream is what one sampler reads, scan by scan or pass by pass.

use serde::{Deserialize, Serialize};

use super::pass::ANSWER;
use super::scans::Unit;
use crate::events::case::CaseKey;
use crate::linux::features::rule::Rule;
use crate::linux::process::page_size;
use crate::linux::reader::Reader;
use crate::maps::scan_text::MAX_WRITERS;
use crate::oracle::site::SiteStates;
use crate::oracle::states::parts::StatesParts;
use crate::oracle::states::{States, StatesError};
use crate::scenario::definition::MAX_SITES;
use crate::scenario::page_layout::MAX_PAGES;
use crate::setup::placement::Placement;
use crate::setup::read_range::ReadRange;
use crate::setup::schedule::Schedule;

/// What the scans of one stream are judged by, and what is said of its finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamInfo {
    /// Its number in the recording.
    pub(crate) stream: u32,
    pub(crate) case: CaseKey,
    #[serde(with = "by_name")]
    pub(crate) reader: Reader,
    /// The rule by which the kernel that was read is judged.
    #[serde(with = "by_name")]
    pub(crate) rule: Rule,
    pub(crate) placement: Placement,
    /// How reader and writer share CPUs; none where the writer stands still, or is not
    /// ours.
    pub(crate) schedule: Option<Schedule>,
    /// Which of several readers it is.
    pub(crate) reader_index: usize,
    /// How much of the address space is read each time; of queries of the sites always
    /// with the distance of what is asked for.
    pub(crate) extent: ReadRange,
    /// Queries ask for exactly the VMA at an address, and nothing else: as a screen
    /// does for each page of the site.
    #[serde(default)]
    pub(crate) asks_exactly: bool,
    /// When the sampler started, in nanoseconds since the recording did.
    pub(crate) started_ns: u64,
    /// How many writers are counted; none where the states are unknown.
    pub writers: usize,
    /// Bytes that a letter of the page layout stands for, where it is known.
    #[serde(default)]
    pub(crate) letter_bytes: Option<u64>,
    /// None for a target whose states nobody knows.
    pub(crate) states: Option<StatesInfo>,
}

/// Lines as they were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Bytes(#[serde(with = "crate::text::bytes_as_text")] Vec<u8>);

impl Bytes {
    fn get(&self) -> &[u8] {
        &self.0
    }
}

/// The states of an address space: what lies in a site once for each of its states,
/// what lies in none once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StatesInfo {
    /// In address order.
    sites: Vec<SiteInfo>,
    /// The lines before the first site, between the sites, behind the last.
    outside: Vec<Bytes>,
    /// The line of the gate VMA, where there is one.
    gate: Option<Bytes>,
}

/// A site, its cycle and its states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SiteInfo {
    site: SiteStates,
    /// The lines of each state.
    states: Vec<Bytes>,
}

/// Why a stream cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error("cannot judge stream {stream}: {why}; the recording is damaged")]
    States { stream: u32, why: StatesError },
    #[error("cannot judge stream {stream}: {why}; the recording is damaged")]
    Invalid { stream: u32, why: &'static str },
}

impl StatesInfo {
    /// Writes states down; none where they are unknown.
    pub(crate) fn of(states: &States) -> Option<Self> {
        let parts = states.parts();
        let bytes = |texts: &[&[u8]]| texts.iter().map(|text| Bytes(text.to_vec())).collect();
        let sites = parts.sites.into_iter().map(|(site, states)| SiteInfo {
            site,
            states: bytes(&states),
        });
        let sites: Vec<SiteInfo> = sites.collect();
        (!sites.is_empty()).then(|| StatesInfo {
            sites,
            outside: bytes(&parts.outside),
            gate: parts.gate.map(|gate| Bytes(gate.to_vec())),
        })
    }

    /// How many writers work on the sites.
    pub(crate) fn writers(&self) -> usize {
        let writers = self.sites.iter().map(|it| it.site.clock.writer);
        writers.max().map_or(0, |last| last.saturating_add(1))
    }

    fn states(&self) -> Result<States, StatesError> {
        States::of_parts(&StatesParts {
            sites: (self.sites.iter())
                .map(|it| (it.site.clone(), it.states.iter().map(Bytes::get).collect()))
                .collect(),
            outside: self.outside.iter().map(Bytes::get).collect(),
            gate: self.gate.as_ref().map(Bytes::get),
        })
    }
}

impl StreamInfo {
    /// What its records are made of.
    pub(crate) fn unit(&self) -> Unit {
        match self.reader.queries() {
            true => Unit::Fixed(ANSWER),
            false => Unit::Line,
        }
    }

    /// What is judged by these states ([`States::unknown`] where nobody knows them) and
    /// this rule: the first stream of a recording, read to the end from its beginning
    /// on by the only reader.
    #[must_use]
    pub fn new(case: CaseKey, reader: Reader, rule: Rule, states: &States) -> Self {
        let states = StatesInfo::of(states);
        let mut extent = ReadRange::default();
        if reader == Reader::Query {
            extent.ask_every = Some(page_size());
        }
        StreamInfo {
            stream: 0,
            case,
            reader,
            rule,
            placement: Placement::Boundary,
            schedule: None,
            reader_index: 0,
            extent,
            asks_exactly: false,
            started_ns: 0,
            writers: states.as_ref().map_or(0, StatesInfo::writers),
            letter_bytes: None,
            states,
        }
    }

    /// The states by which it is judged; [`States::unknown`] where nobody knows them.
    ///
    /// # Errors
    /// When what is written down cannot be what a sampler judged by.
    pub fn states(&self) -> Result<States, StreamError> {
        self.check().map_err(|why| StreamError::Invalid {
            stream: self.stream,
            why,
        })?;
        let Some(info) = &self.states else {
            return Ok(States::unknown());
        };
        let states = info.states().map_err(|why| StreamError::States {
            stream: self.stream,
            why,
        })?;
        let mut writers = states.sites().iter().map(|site| site.clock.writer);
        match writers.all(|writer| writer < self.writers) {
            true => Ok(states),
            false => Err(StreamError::Invalid {
                stream: self.stream,
                why: "a site is worked on by a writer that is not counted",
            }),
        }
    }

    /// Why it cannot be what a sampler judged by, or would take forever to judge by.
    fn check(&self) -> Result<(), &'static str> {
        let Some(states) = &self.states else {
            return match (self.writers, self.reader.queries()) {
                (0, false) => Ok(()),
                (0, true) => Err("answers to queries are not judged where states are unknown"),
                _ => Err("writers are counted, and the states are unknown"),
            };
        };
        if self.writers == 0 || self.writers > MAX_WRITERS {
            return Err("the number of writers is none that can be");
        }
        if states.sites.is_empty() || states.sites.len() > MAX_SITES {
            return Err("the number of sites is none that can be");
        }
        if self.reader == Reader::Query && self.extent.ask_every.is_none_or(|every| every == 0) {
            return Err("how far apart it asks is missing");
        }
        let sites = || states.sites.iter();
        let mut operations = sites().flat_map(|it| &it.site.operations);
        let most = MAX_PAGES as usize;
        if operations.any(|it| it.moves.len() > most || it.unmaps.len() > most) {
            return Err("an operation does more than one call can");
        }
        let mut texts = sites().flat_map(|it| &it.states);
        if texts.any(|it| memchr::memchr_iter(b'\n', it.get()).count() > MOST_LINES) {
            return Err("a state of a site has more lines than there is room for");
        }
        Ok(())
    }
}

/// Lines of a site in one state: one a page, and some that the kernel adds.
const MOST_LINES: usize = 4 * MAX_PAGES as usize;

/// As its name on the command line.
mod by_name {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(it: &impl Display, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(it)
    }

    pub(super) fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let name = String::deserialize(from)?;
        name.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
