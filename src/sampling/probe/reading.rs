//! What a probe tells.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::latency::Latency;
use super::slices::Slices;
use crate::linux::procmap_query::{NameBuffers, QueriedVma, Query, QueryError};
use crate::text::sanitise::sanitise;

/// Different answers that are counted each by itself.
pub(super) const KINDS: usize = 12;

/// The place of an answer that is none of those.
pub(crate) const OTHER: u8 = KINDS as u8;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProbeAnswer {
    Vma(QueriedVma),
    /// `ENOENT`: there is none.
    Nothing,
    /// None could be had.
    Failed(ProbeError),
}

/// Why no answer could be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ProbeError {
    /// The file could not be opened; why.
    #[error("{0}")]
    Open(String),
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The thread that asks has panicked.
    #[error("the probe's thread panicked: {0}; please report this")]
    Panicked(String),
}

impl ProbeAnswer {
    /// What the ioctl returned: `0`, or the name of the error.
    #[must_use]
    pub(crate) fn errno(&self) -> String {
        match self {
            ProbeAnswer::Vma(_) => "0".into(),
            ProbeAnswer::Nothing => "ENOENT".into(),
            ProbeAnswer::Failed(ProbeError::Query(error)) => match error {
                QueryError::NotOnThisKernel | QueryError::WrongFile { .. } => "ENOTTY".into(),
                QueryError::TargetGone => "ESRCH".into(),
                QueryError::NameTooLong { .. } => "ENAMETOOLONG".into(),
                QueryError::Other { errno, .. } => format!("{errno:?}"),
            },
            ProbeAnswer::Failed(_) => "not asked".into(),
        }
    }
}

/// One of the answers seen, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenAnswer {
    pub answer: ProbeAnswer,
    pub count: u64,
    /// Its share of the answers of each [`SLICE`](super::slices::SLICE) of time, 0 to
    /// [`FULL`](super::slices::FULL), the oldest slice first; the last one is under way.
    #[serde(default)]
    pub shares: Vec<u8>,
}

/// What a probe has to tell of one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub query: Query,
    pub answer: ProbeAnswer,
    /// The name of the VMA, sanitised; empty if it has none.
    pub name: String,
    /// How often it was asked.
    pub asked: u64,
    /// Asked for how long.
    pub elapsed: Duration,
    /// How often the answer was another than the one before.
    pub changes: u64,
    /// How long ago the answer changed last.
    pub last_change: Option<Duration>,
    /// How long the kernel took.
    pub latency: Latency,
    /// The answers seen, in the order in which they came first.
    pub seen: Vec<SeenAnswer>,
    /// Answers that were none of these, for want of room.
    pub others: u64,
    /// The latest answers one by one, the oldest first: their places in `seen`, or
    /// [`OTHER`].
    #[serde(default)]
    pub latest: Vec<u8>,
}

impl Reading {
    #[must_use]
    pub(crate) fn failed(query: Query, error: ProbeError) -> Self {
        Reading {
            query,
            answer: ProbeAnswer::Failed(error),
            name: String::new(),
            asked: 0,
            elapsed: Duration::ZERO,
            changes: 0,
            last_change: None,
            latency: Latency::default(),
            seen: Vec::new(),
            others: 0,
            latest: Vec::new(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct AnswerCounts {
    query: Query,
    since: Instant,
    asked: u64,
    last: ProbeAnswer,
    changes: u64,
    changed: Option<Instant>,
    latency: Latency,
    seen: Vec<SeenAnswer>,
    others: u64,
    slices: Slices,
}

impl AnswerCounts {
    pub(crate) fn new(query: Query, now: Instant) -> Self {
        AnswerCounts {
            query,
            since: now,
            asked: 0,
            last: ProbeAnswer::Nothing,
            changes: 0,
            changed: None,
            latency: Latency::default(),
            seen: Vec::new(),
            others: 0,
            slices: Slices::default(),
        }
    }

    pub(crate) fn add(
        &mut self,
        result: &Result<Option<QueriedVma>, QueryError>,
        took: Duration,
        now: Instant,
    ) {
        let answer = match result {
            Ok(Some(vma)) => ProbeAnswer::Vma(*vma),
            Ok(None) => ProbeAnswer::Nothing,
            Err(error) => ProbeAnswer::Failed(error.clone().into()),
        };
        self.latency.add(took);
        if self.asked > 0 && answer != self.last {
            self.changes += 1;
            self.changed = Some(now);
        }
        self.asked += 1;
        let known = self.seen.iter().position(|seen| seen.answer == answer);
        let place = match known {
            Some(place) => {
                self.seen[place].count += 1;
                place
            }
            None if self.seen.len() < KINDS => {
                self.seen.push(SeenAnswer {
                    answer: answer.clone(),
                    count: 1,
                    shares: Vec::new(),
                });
                self.seen.len() - 1
            }
            None => {
                self.others += 1;
                usize::from(OTHER)
            }
        };
        let elapsed = now.saturating_duration_since(self.since);
        self.slices.add(place, elapsed);
        self.last = answer;
    }

    pub(crate) fn reading(&self, names: &NameBuffers, now: Instant) -> Reading {
        let name = match self.last {
            ProbeAnswer::Vma(_) => sanitise(&names.name).into_owned(),
            _ => String::new(),
        };
        Reading {
            query: self.query,
            answer: self.last.clone(),
            name,
            asked: self.asked,
            elapsed: now.saturating_duration_since(self.since),
            changes: self.changes,
            last_change: self
                .changed
                .map(|changed| now.saturating_duration_since(changed)),
            latency: self.latency.clone(),
            seen: (self.seen.iter().enumerate())
                .map(|(place, seen)| SeenAnswer {
                    shares: self.slices.shares(place),
                    ..seen.clone()
                })
                .collect(),
            others: self.others,
            latest: self.slices.latest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_an_answer_unlike_the_one_before() {
        let now = Instant::now();
        let mut counts = AnswerCounts::new(Query::default(), now);
        let vma = |start| {
            let end = start + 0x1000;
            let vma = QueriedVma {
                start,
                end,
                ..QueriedVma::default()
            };
            Ok(Some(vma))
        };
        let gone = || Err(QueryError::TargetGone);
        for result in [vma(0x1000), vma(0x1000), Ok(None), vma(0x1000), gone()] {
            counts.add(&result, Duration::from_nanos(200), now);
        }
        let reading = counts.reading(&NameBuffers::default(), now);
        assert_eq!((reading.asked, reading.changes), (5, 3));
        let times: Vec<_> = reading.seen.iter().map(|seen| seen.count).collect();
        assert_eq!(times, [3, 1, 1]);
        assert_eq!(reading.answer.errno(), "ESRCH");
        assert_eq!(reading.latency.count(), 5);
        for start in 0..100 {
            counts.add(&vma(start * 0x1000), Duration::ZERO, now);
        }
        let reading = counts.reading(&NameBuffers::default(), now);
        let counted: u64 = reading.seen.iter().map(|seen| seen.count).sum();
        assert_eq!(counted + reading.others, reading.asked);
        assert_eq!(reading.seen.len(), KINDS);
    }
}
