//! Two runs of the same cases, compared: what got better or worse, as far as
//! the counts can show.
//!
//! * [`kept`]: a run that was kept as a file;
//! * [`statistics`]: what two counts can show.

pub(crate) mod kept;
pub(crate) mod statistics;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;

use crate::events::case::CaseKey;
use kept::{Figure, KeptPlacement, KeptRun};
use statistics::{Compared, Counted, Dispersion, compare_rates, dispersion, holm};

/// The chance of any trend at all between two runs of equal rates.
pub(crate) const LEVEL: f64 = 0.01;

/// The least ratio, either way, that is a trend. Between two runs of one
/// kernel the rates of tears differ for reasons that the rounds of a run do not
/// show: other load, other clocks, another layout.
pub(crate) const LEAST_RATIO: f64 = 2.0;

/// Operations a scan that differ by this ratio are another pace of reader and writer.
const PACE_RATIO: f64 = 1.5;

/// Two runs, compared.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    /// Where and when the run that was kept ran.
    pub then: String,
    /// All figures of which at least one run has an event.
    pub rows: Vec<ComparisonRow>,
    /// What only one run has: case and placement.
    pub not_compared: Vec<String>,
    /// Case and placement in which writer and reader kept another pace: the
    /// operations a scan, then and now.
    pub other_pace: Vec<(String, f64, f64)>,
    /// Violations without the signature of a known hole of a kind that the
    /// kept run has in no case.
    pub new_violations: Vec<String>,
}

/// One figure of one case at one placement.
#[derive(Clone, Debug)]
pub(crate) struct ComparisonRow {
    pub case: CaseKey,
    /// Where the site stood, and in which variant.
    pub place: String,
    /// What was counted.
    pub figure: Figure,
    /// Events and scans of the kept run.
    pub then: (u64, u64),
    /// Events and scans of this run.
    pub now: (u64, u64),
    /// Whether writer and reader kept another pace: then their rates say
    /// nothing of the kernel.
    pub other_pace: bool,
    /// How much more the events vary than independent ones.
    pub dispersion: Dispersion,
    /// What the two counts say.
    pub compared: Compared,
    /// The chance of these counts among all rows, by Holm.
    pub corrected: f64,
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trend {
    /// It is seen more rarely.
    Better,
    /// It is seen more often.
    Worse,
    /// These counts cannot show a difference.
    NoDifference,
    /// No counts of so few events could.
    TooFew,
}

impl ComparisonRow {
    pub(crate) fn trend(&self) -> Trend {
        let ratio = self.compared.ratio;
        if self.compared.least_p > LEVEL {
            Trend::TooFew
        } else if self.other_pace || self.corrected > LEVEL {
            Trend::NoDifference
        } else if ratio >= LEAST_RATIO {
            Trend::Worse
        } else if ratio <= 1.0 / LEAST_RATIO {
            Trend::Better
        } else {
            Trend::NoDifference
        }
    }
}

impl Comparison {
    pub(crate) fn of(then: &KeptRun, now: &KeptRun) -> Self {
        let mut comparison = Comparison {
            then: format!("{}, {}", then.run.kernel, then.run.started),
            rows: Vec::new(),
            not_compared: Vec::new(),
            other_pace: Vec::new(),
            new_violations: new_violations(then, now),
        };
        for case in &now.cases {
            let before = then.case(&case.case);
            for at in &case.placements {
                let place = format!("{}, {}", case.case, at.place());
                let same = before.and_then(|before| {
                    let mut all = before.placements.iter();
                    all.find(|one| one.is_like(at))
                });
                match same {
                    Some(same) if same.tally.scans > 0 && at.tally.scans > 0 => {
                        comparison.add(&case.case, place, same, at);
                    }
                    _ => comparison.not_compared.push(place),
                }
            }
        }
        for case in &then.cases {
            for at in &case.placements {
                let mine = now.case(&case.case);
                let here = |one: &KeptPlacement| one.is_like(at);
                if !mine.is_some_and(|mine| mine.placements.iter().any(here)) {
                    let place = format!("{}, {}", case.case, at.place());
                    comparison.not_compared.push(place);
                }
            }
        }
        let chances: Vec<f64> = comparison.rows.iter().map(|row| row.compared.p).collect();
        for (row, corrected) in comparison.rows.iter_mut().zip(holm(&chances)) {
            row.corrected = corrected;
        }
        comparison
    }

    fn add(&mut self, case: &CaseKey, place: String, then: &KeptPlacement, now: &KeptPlacement) {
        let pace = |at: &KeptPlacement| at.operations as f64 / at.tally.scans as f64;
        let (before, after) = (pace(then), pace(now));
        let other_pace = before > after * PACE_RATIO || after > before * PACE_RATIO;
        if other_pace {
            self.other_pace.push((place, before, after));
        }
        let (old, new) = (then.tally.figures(), now.tally.figures());
        let names: BTreeSet<&Figure> = old.keys().chain(new.keys()).collect();
        for figure in names {
            let count =
                |of: &std::collections::BTreeMap<Figure, u64>| of.get(figure).copied().unwrap_or(0);
            let (k1, k2) = (count(&old), count(&new));
            if k1 + k2 == 0 {
                continue;
            }
            let rounds = |at: &KeptPlacement| {
                let each = at.rounds.iter();
                each.map(|round| (count(&round.figures()), round.scans))
                    .collect()
            };
            let operations = then.operations.saturating_add(now.operations);
            let dispersion = dispersion(&[rounds(then), rounds(now)], operations);
            let counted = |events: u64, scans: u64| Counted {
                events: events as f64,
                scans: scans as f64,
            };
            let (n1, n2) = (then.tally.scans, now.tally.scans);
            self.rows.push(ComparisonRow {
                case: case.clone(),
                place: now.place(),
                figure: figure.clone(),
                then: (k1, n1),
                now: (k2, n2),
                other_pace,
                dispersion,
                compared: compare_rates(counted(k1, n1), counted(k2, n2), dispersion),
                corrected: 1.0,
            });
        }
    }

    /// The rows with that verdict.
    pub(crate) fn with(&self, trend: Trend) -> impl Iterator<Item = &ComparisonRow> {
        self.rows.iter().filter(move |row| row.trend() == trend)
    }

    /// Whether this run is to be held against its kernel.
    pub(crate) fn got_worse(&self) -> bool {
        self.with(Trend::Worse).next().is_some() || !self.new_violations.is_empty()
    }
}

/// Violations of no known mechanism, of a kind that `then` has nowhere.
fn new_violations(then: &KeptRun, now: &KeptRun) -> Vec<String> {
    let unknown = |run: &KeptRun| -> Vec<(String, String)> {
        let mut all = Vec::new();
        for case in &run.cases {
            for at in &case.placements {
                for (figure, count) in at.tally.figures() {
                    if let Figure::Violation { kind, label: None } = figure
                        && count > 0
                    {
                        let place = format!("{}, {}", case.case, at.place());
                        all.push((kind.clone(), format!("{place}: {kind}, {count} times")));
                    }
                }
            }
        }
        all
    };
    let before = unknown(then);
    unknown(now)
        .into_iter()
        .filter(|(kind, _)| before.iter().all(|(known, _)| known != kind))
        .map(|(_, text)| text)
        .collect()
}
