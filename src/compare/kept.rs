//! A run that was kept: what `check --format json` printed.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use crate::events::case::{CaseKey, place_name};
use crate::events::document::CHECK;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// The largest document that is read, in bytes: a run of all cases takes less
/// than one MiB.
const LARGEST: u64 = 64 << 20;

/// Why a file is no run that can be compared with.
#[derive(Debug, Error)]
pub(crate) enum KeptError {
    #[error("cannot read {path}: {problem}; give a file that `vmascope check --format json` wrote")]
    Read { path: String, problem: String },
    #[error(
        "cannot compare with {path}: {problem}; give a file that `vmascope check --format json` wrote"
    )]
    Wrong { path: String, problem: String },
}

/// What is needed of a run to compare it with another.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeptRun {
    /// What ran, and where.
    pub run: KeptInfo,
    pub cases: Vec<KeptCase>,
}

/// What ran, and where.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeptInfo {
    /// `uname -srvm`.
    pub kernel: String,
    pub started: String,
    /// How many of the reader ran at once.
    pub readers_at_once: u16,
    /// None in runs of before that was possible.
    pub populated: Option<KeptPopulated>,
}

/// How large a letter was where what was mapped was faulted in.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeptPopulated {
    pub letter_bytes: u64,
}

/// A case that was run.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeptCase {
    pub case: CaseKey,
    /// Nanoseconds of reading.
    pub elapsed_ns: u64,
    /// The results at each place where the site stood.
    pub placements: Vec<KeptPlacement>,
}

/// The results of a case at one place.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeptPlacement {
    pub placement: Placement,
    /// Which of the placement's variants, from 0.
    pub variant: usize,
    /// How reader and writer shared CPUs.
    pub schedule: Schedule,
    /// Operations the modifier finished.
    pub operations: u64,
    pub tally: KeptTally,
    /// The totals of each of some rounds of about equal length.
    pub rounds: Vec<KeptTally>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeptTally {
    /// Finished scans.
    pub scans: u64,
    torn: u64,
    duplicates_at_boundary: u64,
    duplicates_inside: u64,
    backward: u64,
    violations: Vec<KeptViolations>,
}

#[derive(Clone, Debug, Deserialize)]
struct KeptViolations {
    kind: String,
    label: Option<String>,
    count: u64,
}

impl KeptPlacement {
    /// The placement, its variant and the schedule: `boundary, storm`, `low 2, dwell`.
    pub(crate) fn place(&self) -> String {
        let place = place_name(self.placement, self.variant);
        format!("{place}, {}", self.schedule)
    }

    /// Whether `other` is the result of the same layout under the same schedule.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let key = |of: &Self| (of.placement, of.variant, of.schedule);
        key(self) == key(other)
    }
}

impl KeptTally {
    /// How often each figure was counted; of violations only what was seen.
    pub(crate) fn figures(&self) -> BTreeMap<Figure, u64> {
        let tears = [
            (Figure::Torn, self.torn),
            (Figure::AtBoundary, self.duplicates_at_boundary),
            (Figure::Inside, self.duplicates_inside),
            (Figure::Backward, self.backward),
        ];
        let violations = self.violations.iter().map(|row| {
            let figure = Figure::Violation {
                kind: row.kind.clone(),
                label: row.label.clone(),
            };
            (figure, row.count)
        });
        tears.into_iter().chain(violations).collect()
    }
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    /// Scans that mix states.
    Torn,
    /// Duplicates across a chunk boundary.
    AtBoundary,
    /// Duplicates inside a chunk.
    Inside,
    /// Starts that go backwards.
    Backward,
    /// Violations of one kind and label.
    Violation {
        /// `hole`, `stale line`, …
        kind: String,
        /// `H1`, `H2`, `H1 or H2`, or none.
        label: Option<String>,
    },
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Figure::Torn => f.write_str("torn scans"),
            Figure::AtBoundary => f.write_str("duplicates at boundaries"),
            Figure::Inside => f.write_str("duplicates inside chunks"),
            Figure::Backward => f.write_str("backward starts"),
            Figure::Violation {
                kind,
                label: Some(label),
            } => write!(f, "{kind} {label}"),
            Figure::Violation { kind, label: None } => {
                write!(f, "{kind}, mechanism not known")
            }
        }
    }
}

impl KeptRun {
    /// The placements of its cases, in order; without the end of the address
    /// space where just those cases had it that are always placed there.
    pub(crate) fn placements(&self) -> Vec<Placement> {
        let of = |case: &KeptCase| -> Vec<Placement> {
            case.placements.iter().map(|at| at.placement).collect()
        };
        let is_last = |placement: &Placement| *placement == Placement::Last;
        let cases: Vec<_> = self.cases.iter().map(of).collect();
        let chosen: Vec<Placement> = cases
            .iter()
            .filter(|places| !places.iter().all(is_last))
            .flatten()
            .copied()
            .collect();
        if chosen.is_empty() {
            return cases.concat();
        }
        chosen
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not such a document.
    pub(crate) fn read(path: &Path) -> Result<Self, KeptError> {
        let name = path.display().to_string().escape_debug().to_string();
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| KeptError::Read {
            path: name.clone(),
            problem: error.to_string(),
        })?;
        if bytes.len() as u64 > LARGEST {
            return Err(KeptError::Wrong {
                path: name,
                problem: format!("it is larger than {LARGEST} bytes"),
            });
        }
        Self::parse(&bytes).map_err(|problem| KeptError::Wrong {
            path: name,
            problem,
        })
    }

    /// Reads a document; the error says what is wrong with it, on one line.
    ///
    /// # Errors
    /// When it is not a document of a check, or contradicts itself.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        /// What every version has.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            shape: u32,
        }
        let one_line = |error: serde_json::Error| {
            let text = error.to_string();
            text.escape_debug().to_string()
        };
        let head: Head = serde_json::from_slice(bytes).map_err(one_line)?;
        if head.format != CHECK.format {
            let found = head.format.escape_debug().to_string();
            return Err(format!("its format is `{found}`, not `{}`", CHECK.format));
        }
        if head.shape != CHECK.shape {
            return Err(format!(
                "its shape is number {}, this version reads {}",
                head.shape, CHECK.shape
            ));
        }
        let run: KeptRun = serde_json::from_slice(bytes).map_err(one_line)?;
        run.check()?;
        Ok(run)
    }

    /// What no check would have written.
    fn check(&self) -> Result<(), String> {
        let mut seen = std::collections::HashSet::new();
        for case in &self.cases {
            let name = case.case.to_string().escape_debug().to_string();
            if !seen.insert(&case.case) {
                return Err(format!("it has {name} twice"));
            }
            for at in &case.placements {
                let place = at.place();
                if at.tally.torn > at.tally.scans {
                    return Err(format!("{name}, {place}, has more torn scans than scans"));
                }
                let whole = at.tally.figures();
                let sum = |of: &dyn Fn(&KeptTally) -> u64| -> u64 {
                    at.rounds.iter().map(of).fold(0, u64::saturating_add)
                };
                let same = sum(&|round| round.scans) == at.tally.scans
                    && whole.iter().all(|(figure, total)| {
                        sum(&|round| round.figures().get(figure).copied().unwrap_or(0)) == *total
                    });
                if !same {
                    return Err(format!("the rounds of {name}, {place}, are not its total"));
                }
            }
        }
        if self.cases.is_empty() {
            return Err("it has no case".into());
        }
        Ok(())
    }

    /// The case of that name, if it was run.
    pub(crate) fn case(&self, key: &CaseKey) -> Option<&KeptCase> {
        self.cases.iter().find(|case| case.case == *key)
    }
}
