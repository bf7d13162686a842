//! The judge against simulated kernels: it never blames a correct one, it
//! catches and names every fault, and it tells the rules apart.

#![expect(
    clippy::print_stdout,
    reason = "the table of faults and the number of lines are findings"
)]

mod cells;
mod claims;
mod excused;
mod faulty;
mod hunt;
mod sound;
mod wrong_rule;

use vmascope::kernel::features::{Reader, Rule};
use vmascope::scan::Tally;
use vmascope::simulated::{Fault, Locking, SimulatedCase, Workload};
use vmascope::target::scenario::Scenario;

/// Bytes of a simulated kernel's line, `[vsyscall]` apart.
const LINE: usize = 49;

/// A seq_file buffer that holds this many lines: it is never quite full.
fn buffer_of(lines: usize) -> usize {
    lines * LINE + 1
}

/// What the readers of one simulated kernel found, each a case of a run.
#[derive(Default)]
struct Found {
    maps: Tally,
    smaps: Tally,
    query: Tally,
}

impl Found {
    fn cases(&self) -> [(&'static str, &Tally); 3] {
        [
            ("maps", &self.maps),
            ("smaps", &self.smaps),
            ("query", &self.query),
        ]
    }

    fn add(&mut self, other: &Found) {
        self.maps.merge(&other.maps);
        self.smaps.merge(&other.smaps);
        self.query.merge(&other.query);
    }

    fn violations(&self) -> u64 {
        self.cases().iter().map(|it| it.1.violation_count()).sum()
    }

    /// Whether the run fails though known holes are allowed: some case has a
    /// violation that bears no label.
    fn fails(&self) -> bool {
        let mut cases = self.cases().into_iter();
        cases.any(|(_, case)| case.violation_count() > case.known_count())
    }

    /// Whether maps and query, in this order, saw a violation of this name
    /// and label (`hole H1`).
    fn saw(&self, name: &str) -> (bool, bool) {
        let saw = |tally: &Tally| names(tally).iter().any(|(seen, _)| seen == name);
        (saw(&self.maps), saw(&self.query))
    }

    /// All names and labels that some reader saw.
    fn names(&self) -> Vec<String> {
        let cases = self.cases().into_iter();
        cases
            .flat_map(|(_, tally)| names(tally).into_iter().map(|(name, _)| name))
            .collect()
    }
}

/// The violations that were seen, as `hole H1`, and how many.
fn names(tally: &Tally) -> Vec<(String, u64)> {
    tally
        .named()
        .map(|(name, known, count)| match known.label() {
            Some(known) => (format!("{name} {known}"), count),
            None => (name.to_owned(), count),
        })
        .collect()
}

/// Where the site of a workload is.
type Layout = fn(&Scenario) -> Workload;

fn case(
    scenario: &Scenario,
    locking: Locking,
    fault: Option<Fault>,
    lines_in_buffer: usize,
    seed: u64,
) -> SimulatedCase {
    let kernel = (locking, fault);
    case_of(
        &Workload::of_scenario(scenario),
        kernel,
        lines_in_buffer,
        seed,
    )
}

fn case_of(
    workload: &Workload,
    (locking, fault): (Locking, Option<Fault>),
    lines_in_buffer: usize,
    seed: u64,
) -> SimulatedCase {
    SimulatedCase::new(workload, locking, fault, buffer_of(lines_in_buffer), seed)
        .expect("the catalogue's scenarios change nothing but their site")
}

/// Lines of `maps` and as many of `smaps` that a look reads for each border,
/// and answers.
#[derive(Clone, Copy)]
struct Effort {
    lines: u64,
    answers: u64,
}

impl Effort {
    const USUAL: Effort = Effort {
        lines: 16_000,
        answers: 4_000,
    };
}

/// Scans and queries of one scenario with borders at several places.
fn look(scenario: &Scenario, locking: Locking, fault: Option<Fault>, rule: Rule) -> Found {
    let workload = Workload::of_scenario(scenario);
    look_at(&workload, (locking, fault), rule, Effort::USUAL)
}

fn look_at(
    workload: &Workload,
    kernel: (Locking, Option<Fault>),
    rule: Rule,
    effort: Effort,
) -> Found {
    let mut found = Found::default();
    for (seed, lines_in_buffer) in [2, 3, 5, 11, 40].into_iter().enumerate() {
        let case = || case_of(workload, kernel, lines_in_buffer, seed as u64 + 1).judged_by(rule);
        let mut maps = case();
        found.maps.merge(&maps.scan_text(effort.lines, false).0);
        found.query.merge(&maps.query(effort.answers, false).0);
        let mut smaps = case().read_by(Reader::Smaps);
        found.smaps.merge(&smaps.scan_text(effort.lines, false).0);
    }
    found
}
