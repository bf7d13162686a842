//! The judge against simulated kernels: it never blames a correct one, it
//! catches and names every fault, and it tells the rules apart.

#![expect(
    clippy::print_stdout,
    reason = "the table of faults and the number of lines are findings"
)]

mod claims;
mod faulty;
mod hunt;
mod sound;
mod wrong_rule;

use vmascope::kernel::features::Rule;
use vmascope::scan::Tally;
use vmascope::simulated::{Fault, Locking, SimulatedCase, Workload};
use vmascope::target::scenario::Scenario;

/// Bytes of a simulated kernel's line, `[vsyscall]` apart.
const LINE: usize = 49;

/// A seq_file buffer that holds this many lines: it is never quite full.
fn buffer_of(lines: usize) -> usize {
    lines * LINE + 1
}

/// What a text reader and a querier of one simulated kernel found.
#[derive(Default)]
struct Found {
    text: Tally,
    query: Tally,
}

impl Found {
    fn add(&mut self, (text, query): (&Tally, &Tally)) {
        self.text.merge(text);
        self.query.merge(query);
    }

    fn violations(&self) -> u64 {
        self.text.violation_count() + self.query.violation_count()
    }

    /// Whether text and query, in this order, saw a violation of this name
    /// and label (`hole H1`).
    fn saw(&self, name: &str) -> (bool, bool) {
        let saw = |tally: &Tally| names(tally).iter().any(|(seen, _)| seen == name);
        (saw(&self.text), saw(&self.query))
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

fn case(
    scenario: &Scenario,
    locking: Locking,
    fault: Option<Fault>,
    lines_in_buffer: usize,
    seed: u64,
) -> SimulatedCase {
    let workload = Workload::of_scenario(scenario);
    let buffer = buffer_of(lines_in_buffer);
    SimulatedCase::new(&workload, locking, fault, buffer, seed)
        .expect("the catalogue's scenarios change nothing but their site")
}

/// Scans and queries of one scenario with borders at several places.
fn look(scenario: &Scenario, locking: Locking, fault: Option<Fault>, rule: Rule) -> Found {
    let mut found = Found::default();
    for (seed, lines_in_buffer) in [2, 3, 5, 11, 40].into_iter().enumerate() {
        let mut case =
            case(scenario, locking, fault, lines_in_buffer, seed as u64 + 1).judged_by(rule);
        let (text, _) = case.scan_text(16_000, false);
        let (query, _) = case.query(4_000, false);
        found.add((&text, &query));
    }
    found
}
