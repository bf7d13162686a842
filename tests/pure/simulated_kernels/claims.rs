//! What the catalogue claims of its scenarios is true: the worst that a
//! correct kernel shows, and which of the known holes can show.

use std::collections::BTreeSet;

use super::cells::{KNOWN, cell, cells};
use super::{LINES, case, look, look_once};
use crate::simulated::Locking;
use crate::simulated::address_space::PAGE;
use crate::simulated::fault::Fault;
use crate::simulated::writer::Workload;
use vmascope::internals::linux::Rule;
use vmascope::internals::linux::{KnownHole, KnownHoles};
use vmascope::internals::maps::MapsLine;
use vmascope::internals::maps::ScanText;
use vmascope::internals::scenario::{Scenario, parse_scenarios, scenarios};

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
        let worst = scenario.most_repeats();
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

#[test]
fn at_the_end_the_believed_end_shows_where_what_is_last_grows_over_a_gap() {
    for fault in [Fault::EndBelieved, Fault::Released] {
        let last = cells().iter().filter(|cell| cell.last);
        let of_fault = last.filter(|cell| cell.fault == fault);
        // In a chunk of maps, what H2 would leave out too bears both labels.
        let shows_h3 = of_fault.filter(|cell| {
            let seen = cell.found.cases().map(|(_, tally)| {
                let mut holes = tally.named().map(|(_, known, _)| known);
                holes.any(|known| known.has(KnownHole::H3))
            });
            seen == [true; 3]
        });
        let names: Vec<&str> = shows_h3.map(|cell| &*cell.scenario.name).collect();
        assert_eq!(
            names,
            ["new-both", "new-right", "replace-last"],
            "{fault:?}"
        );
    }
}

#[test]
fn the_known_holes_show_where_the_catalogue_says_and_nowhere_else() {
    let mut wrong = Vec::new();
    for scenario in scenarios() {
        // Those that have one hole each.
        let shown: KnownHoles = KNOWN[..3]
            .iter()
            .filter(|(fault, _)| cell(*fault, &scenario.name).found.violations() > 0)
            .map(|(_, holes)| holes[0])
            .collect();
        let claimed = scenario.known_holes.expect("the built-in ones say so");
        if shown != claimed {
            let (shown, claimed) = (shown.label(), claimed.label());
            wrong.push(format!("{}: {shown:?}, not {claimed:?}", scenario.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A move onto a whole VMA with unmapped pages behind it, as anybody may write
/// it down.
const OF_A_USER: &str = r#"
    [[scenario]]
    name = "mine"
    summary = "move a page to the border of a gap"
    original = "r w .. r"
    source = "x"
    operations = [
        { call = "mremap source 0..1 onto 1", state = "r x .. r" },
        { call = "mmap 1..2 w", state = "r w .. r" },
    ]
"#;

/// Two that drawn sequences have found on a released kernel: a reader finds a VMA
/// that is freed, and what it locks is one made of the same structure in front of
/// it; its iterator steps on from the one behind.
const OF_A_HUNT: &str = include_str!("../../support/of_a_hunt.toml");

#[test]
fn a_structure_that_is_used_again_in_front_of_where_it_was_found_shows_the_stale_iterator() {
    // Looks that meet it.
    let looks = [[1, 5, 6, 9], [18, 19, 27, 33]];
    let scenarios = parse_scenarios(OF_A_HUNT, "a hunt").expect("they are sound");
    for (scenario, looks) in scenarios.iter().zip(looks) {
        let workload = Workload::of_scenario(scenario);
        let look = |fault, look| {
            let kernel = (Locking::LineLastEnd, fault);
            look_once(&workload, kernel, Rule::LINE_END, look, LINES)
        };
        for number in looks {
            let found = look(Some(Fault::StaleIterator), number);
            let names = found.names();
            assert!(names.contains(&"hole H2".to_owned()), "{}", scenario.name);
            assert!(!found.fails(), "{}: {names:?}", scenario.name);
        }
        let cured = look(None, looks[0]);
        assert_eq!(cured.violations(), 0, "{}", scenario.name);
    }
}

#[test]
fn a_scenario_of_a_user_shows_the_empty_tree_under_its_name() {
    let scenarios = parse_scenarios(OF_A_USER, "a file").expect("it is sound");
    let kernel = |fault| {
        let locking = Locking::LineLastEnd;
        look(&scenarios[0], locking, Some(fault), Rule::LINE_END)
    };
    let found = kernel(Fault::EmptyTreeBelieved);
    assert!(found.saw("hole H1") == (true, true) && !found.fails());
    assert!(found.names().iter().all(|name| name == "hole H1"));
    for fault in [Fault::StaleIterator, Fault::EndBelieved] {
        assert_eq!(kernel(fault).violations(), 0, "{fault:?}");
    }
}

/// From inside what moves a reader finds the destination empty only after the end of
/// what moves is unmapped, too.
const OF_WHAT_GETS_SMALLER: &str = r#"
    [[scenario]]
    name = "smaller"
    summary = "move what gets smaller onto the VMA behind it"
    original = "r xxx w r"
    operations = [
        { call = "mprotect 2..4 w", state = "r x www r" },
        { call = "mprotect 2..4 x", state = "r xxx w r" },
        { call = "mremap 1..4 onto 4 leaving nothing to 1", state = "r ... x r" },
        { call = "mmap 4..5 w", state = "r ... w r" },
        { call = "mmap 1..4 x", state = "r xxx w r" },
    ]
"#;

#[test]
fn what_gets_smaller_on_its_way_shows_the_empty_tree_from_its_own_pages_too() {
    let scenarios = parse_scenarios(OF_WHAT_GETS_SMALLER, "a file").expect("it is sound");
    let kernel = |fault| look(&scenarios[0], Locking::LineLastEnd, fault, Rule::LINE_END);
    let found = kernel(Some(Fault::EmptyTreeBelieved));
    assert_eq!(found.saw("hole H1"), (true, true));
    assert!(!found.fails(), "{:?}", found.names());
    assert_eq!(kernel(None).violations(), 0);
}
