//! What the catalogue claims of its scenarios is true: the worst that a
//! correct kernel shows, and which of the two known holes can show.

use std::collections::BTreeSet;

use super::{Found, case, look};
use vmascope::kernel::chunk::ScanText;
use vmascope::kernel::features::Rule;
use vmascope::kernel::known_holes::KnownHole;
use vmascope::kernel::line::MapsLine;
use vmascope::simulated::{Fault, Locking, PAGE};
use vmascope::target::scenario::{Scenario, scenarios};

/// First page, end page, permissions.
type Line = (u32, u32, String);

/// The site's lines in one scan.
fn site_lines(scan: &ScanText, site: &std::ops::Range<u64>) -> Vec<Line> {
    scan.text()
        .split_inclusive(|&byte| byte == b'\n')
        .filter_map(|line| MapsLine::parse(line).ok())
        .filter(|line| line.start >= site.start && line.end <= site.end)
        .map(|line| {
            let page = |address: u64| ((address - site.start) / PAGE) as u32;
            (page(line.start), page(line.end), line.perms.to_string())
        })
        .collect()
}

/// Pages in a line that a line before it has too, and whether a start goes
/// backwards.
fn badness(lines: &[Line]) -> (usize, bool) {
    let mut seen = BTreeSet::new();
    let mut again = 0;
    for (start, end, _) in lines {
        again += (*start..*end).filter(|page| !seen.insert(*page)).count();
    }
    let backward = lines.windows(2).any(|pair| pair[1].0 < pair[0].0);
    (again, backward)
}

/// Everything a correct kernel printed of the site, with borders at every
/// line of it and with none.
fn shown(scenario: &Scenario) -> BTreeSet<Vec<Line>> {
    let mut shown = BTreeSet::new();
    for (seed, lines_in_buffer) in [1, 2, 3, 11, 12, 40].into_iter().enumerate() {
        let locking = Locking::LineLastEnd;
        let mut case = case(scenario, locking, None, lines_in_buffer, 7 + seed as u64);
        let site = case.states().sites()[0].range.clone();
        case.scan_text_with(60_000, false, |scan, verdict| {
            assert!(verdict.violations.is_empty(), "{}", scenario.name);
            shown.insert(site_lines(scan, &site));
        });
    }
    shown
}

#[test]
fn a_correct_kernel_shows_the_worst_and_nothing_worse() {
    for scenario in scenarios() {
        let worst = scenario.worst();
        let claimed: Vec<Line> = worst
            .lines
            .iter()
            .map(|vma| {
                let permissions = vma.protection.permissions().to_owned();
                (vma.first_page, vma.end_page(), permissions)
            })
            .collect();
        let (again, backward) = badness(&claimed);
        assert_eq!(again as u32, worst.pages_again(), "{}", scenario.name);
        assert_eq!(backward, worst.is_backward(), "{}", scenario.name);
        let shown = shown(scenario);
        assert!(
            shown.contains(&claimed),
            "{}: never saw {worst}",
            scenario.name
        );
        for lines in &shown {
            let (seen, went_back) = badness(lines);
            assert!(seen <= again, "{}: {lines:?}", scenario.name);
            assert!(!went_back || backward, "{}: {lines:?}", scenario.name);
        }
    }
}

/// Whether a hole with that label, or one that bears both signatures, was
/// seen.
fn labelled(found: &Found, label: &str) -> bool {
    found.names().iter().any(|name| name.contains(label))
}

#[test]
fn the_known_holes_show_where_the_catalogue_says_and_nowhere_else() {
    let mut wrong = Vec::new();
    for scenario in scenarios() {
        let claim = scenario.known_holes.expect("the built-in ones say so");
        for (fault, label, claimed) in [
            (Fault::EmptyTreeBelieved, "H1", claim.has(KnownHole::H1)),
            (Fault::StaleIterator, "H2", claim.has(KnownHole::H2)),
        ] {
            let found = look(scenario, Locking::LineLastEnd, Some(fault), Rule::LINE_END);
            let seen = labelled(&found, label);
            if seen != claimed {
                wrong.push(format!("{} {label}: seen {seen}", scenario.name));
            }
            // The label names the mechanism, and nothing else is broken.
            let all = found.violations();
            if all > 0 && !seen {
                wrong.push(format!("{} {fault:?}: {all} others", scenario.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
