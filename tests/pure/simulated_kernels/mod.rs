//! The judge against simulated kernels: it never blames a correct one, it
//! catches and names every fault, and it tells the rules apart.

#![expect(
    clippy::print_stdout,
    reason = "the table of faults and the number of lines are findings"
)]

mod cells;
mod claims;
mod drawn;
mod excused;
mod faulty;
mod hunt;
mod priorities;
mod sound;
mod wrong_rule;

use crate::simulated::Locking;
use crate::simulated::fault::Fault;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::Workload;
use vmascope::internals::linux::{Reader, Rule};
use vmascope::internals::oracle::Tally;
use vmascope::internals::scenario::Scenario;

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

    /// Whether some reader's violations bear labels, all of them.
    fn is_partly_excused(&self) -> bool {
        let mut cases = self.cases().into_iter().map(|it| it.1);
        cases.any(|case| case.known_count() > 0 && case.violation_count() == case.known_count())
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

/// How many lines are judged by default, for each border.
const LINES: u64 = 10_000;

/// Scans and queries of one scenario with borders at several places.
fn look(scenario: &Scenario, locking: Locking, fault: Option<Fault>, rule: Rule) -> Found {
    let workload = Workload::of_scenario(scenario);
    let mut found = Found::default();
    for border in 0..BORDERS.len() as u64 {
        found.add(&look_once(&workload, (locking, fault), rule, border, LINES));
    }
    found
}

/// Lines in the buffer, one after the other.
const BORDERS: [usize; 5] = [2, 3, 5, 11, 40];

/// The look number `look`: each has another seed, and the next border. So many
/// lines are judged, and three tenths of that in answers.
fn look_once(
    workload: &Workload,
    kernel: (Locking, Option<Fault>),
    rule: Rule,
    look: u64,
    lines: u64,
) -> Found {
    let border = BORDERS[look as usize % BORDERS.len()];
    let case = || case_of(workload, kernel, border, look + 1).judged_by(rule);
    let mut maps = case();
    let mut smaps = case().read_by(Reader::Smaps);
    Found {
        maps: maps.scan_text(lines, false).0,
        smaps: smaps.scan_text(lines, false).0,
        query: maps.query(lines * 3 / 10, false).0,
    }
}
