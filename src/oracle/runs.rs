//! For how long a violation stood: how many scans in a row had it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::states::States;
use super::verdict::{Violation, ViolationKind};
use crate::linux::known_holes::KnownHoles;
use crate::maps::scan_text::Window;
use crate::text::number::{grouped, time};

/// Scans in a row, each with a violation of the same kind and label at the same
/// place, while no operation was finished there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Run {
    /// Nanoseconds from the end of the first to the end of the last: so long it
    /// stood at least.
    pub ns: u64,
    pub scans: u64,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scans {
            0 | 1 => f.write_str("a single scan"),
            scans => write!(
                f,
                "{} in {} scans in a row",
                time(self.ns as f64),
                grouped(scans)
            ),
        }
    }
}

/// The runs under way of one reader.
#[derive(Debug)]
pub(crate) struct Runs {
    /// Those that the scan before had part in, and those that this one has.
    before: Vec<Current>,
    now: Vec<Current>,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    key: Key,
    first_ns: u64,
    run: Run,
}

/// What must be the same in all scans of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    kind: usize,
    known: usize,
    /// The addresses that are missing, or those of the line.
    place: (u64, u64),
    /// Operations that were finished at the site when its lines were generated.
    finished: u64,
}

impl Runs {
    pub(crate) fn new() -> Self {
        Runs {
            before: Vec::with_capacity(MOST),
            now: Vec::with_capacity(MOST),
        }
    }

    /// Takes note of a violation of the scan under way, at this time; how long its
    /// run is by now.
    pub(crate) fn note(&mut self, states: &States, violation: Noted<'_>, at_ns: u64) -> Run {
        let place = match violation.kind {
            ViolationKind::Hole(missing) | ViolationKind::LostTail(missing) => {
                (missing.start, missing.end)
            }
            _ => violation.line.unwrap_or_default(),
        };
        let mut sites = states.sites().iter();
        let site = sites.find(|site| site.range.contains(&place.0));
        let key = Key {
            kind: violation.kind.index(),
            known: violation.known.index(),
            place,
            finished: site.map_or_else(
                || {
                    let finished = violation.window.finished.iter();
                    finished.fold(0, |sum: u64, it| sum.wrapping_add(*it))
                },
                |site| site.own(violation.window).0,
            ),
        };
        let same = |one: &&mut Current| one.key == key;
        match self.now.iter_mut().find(same) {
            // Of one scan several answers may miss the same.
            Some(current) => {
                current.run.ns = at_ns.saturating_sub(current.first_ns);
                current.run
            }
            None => {
                let mut current = match self.before.iter_mut().find(same) {
                    Some(current) => *current,
                    None => Current {
                        key,
                        first_ns: at_ns,
                        run: Run::default(),
                    },
                };
                current.run.scans += 1;
                current.run.ns = at_ns.saturating_sub(current.first_ns);
                if self.now.len() < MOST {
                    self.now.push(current);
                }
                current.run
            }
        }
    }

    /// What comes next does not follow the scan before: no run goes on.
    pub(crate) fn after_gap(&mut self) {
        self.before.clear();
    }

    /// The scan is over: what it did not have is over, too.
    pub(crate) fn end_scan(&mut self) {
        std::mem::swap(&mut self.before, &mut self.now);
        self.now.clear();
    }
}

/// As much of a violation as a run is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted<'a> {
    pub(crate) kind: &'a ViolationKind,
    pub(crate) known: KnownHoles,
    /// `vm_start` and `vm_end` of the line or the answer.
    pub(crate) line: Option<(u64, u64)>,
    pub(crate) window: Window,
}

impl<'a> From<&'a Violation> for Noted<'a> {
    fn from(violation: &'a Violation) -> Self {
        Noted {
            kind: &violation.kind,
            known: violation.known,
            line: violation.line,
            window: violation.window,
        }
    }
}

/// Runs under way at once that are followed; there are hardly ever more.
const MOST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::site::SiteStates;
    use crate::oracle::site::tests::site;

    const HOLE: ViolationKind = ViolationKind::Hole(0x3000..0x4000);

    fn states() -> States {
        let text = |middle: &str| {
            format!(
                "00001000-00003000 r--p 00000000 00:00 0 \n\
                 00003000-00004000 {middle}p 00000000 00:00 0 \n\
                 00004000-00005000 r--p 00000000 00:00 0 \n"
            )
            .into_bytes()
        };
        let site = SiteStates {
            range: 0x3000..0x4000,
            ..site(2)
        };
        States::of_sites(vec![(site, &[text("rw-"), text("r-x")][..])]).unwrap()
    }

    /// The longest run of scans, each of which ends at a time, with so many
    /// operations finished before it, and has a hole or not.
    fn longest(scans: &[(u64, u64, Option<&ViolationKind>)]) -> Run {
        let (states, mut runs, mut longest) = (states(), Runs::new(), Run::default());
        for &(at_ns, finished, kind) in scans {
            if let Some(kind) = kind {
                let noted = Noted {
                    kind,
                    known: KnownHoles::default(),
                    line: Some((0x4000, 0x5000)),
                    window: Window::of_one(finished, finished + 1),
                };
                // An answer to each of two queries.
                for at_ns in [at_ns - 1, at_ns] {
                    longest = longest.max(runs.note(&states, noted, at_ns));
                }
            }
            runs.end_scan();
        }
        longest
    }

    #[test]
    fn a_run_is_of_scans_in_a_row_that_have_the_same_in_the_same_operation() {
        let hole = Some(&HOLE);
        let run = |scans, ns| Run { scans, ns };
        assert_eq!(longest(&[(10, 2, None)]), run(0, 0));
        assert_eq!(
            longest(&[(10, 2, hole), (15, 2, hole), (30, 2, hole)]),
            run(3, 21)
        );
        let apart = [(10, 2, hole), (15, 2, None), (30, 2, hole), (31, 2, hole)];
        assert_eq!(longest(&apart), run(2, 2));
        // Two moves on, the same page is missing again.
        assert_eq!(longest(&[(10, 2, hole), (30, 4, hole)]), run(1, 1));
        let elsewhere = ViolationKind::Hole(0x3000..0x5000);
        assert_eq!(
            longest(&[(10, 2, hole), (30, 2, Some(&elsewhere))]),
            run(1, 1)
        );
    }
}
