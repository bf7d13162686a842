//! Steps against simulated kernels of each kind, whose writer waits.

use crate::stepping::narration::Narration;
use crate::stepping::script::Script;
use crate::stepping::step::ManualStep;
use crate::stepping::step::keys;
use crate::stepping::step::parse_steps;
use crate::stepping::stepper::Stepper;
use crate::stepping::way_to_duplicate::WayToDuplicate;
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use proptest::prelude::*;

use crate::linux::maps_file::MapsFile;
use crate::maps::line::parse_range;
use crate::maps::scan_text::Lines;
use crate::scenario::catalogue::{find, scenarios};
use crate::scenario::definition::Scenario;
use crate::simulated::Locking;
use crate::simulated::address_space::PAGE;
use crate::simulated::fault::Fault;
use crate::simulated::file::SimulatedKernel;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::Workload;

const KINDS: [Locking; 3] = [
    Locking::ChunkNextStart,
    Locking::ChunkLastEnd,
    Locking::LineLastEnd,
];

/// A kernel that reader and writer share.
#[derive(Clone, Debug)]
struct Shared(Rc<RefCell<SimulatedKernel>>);

impl MapsFile for Shared {
    fn rewind(&mut self) -> io::Result<()> {
        self.0.borrow_mut().rewind()
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

/// A scenario, stepped by hand on a simulated kernel.
struct Bench {
    kernel: Shared,
    manual: Stepper<Shared>,
}

impl Bench {
    /// On a kernel whose buffer has room for the lines up to the first of the
    /// site.
    fn new(scenario: &Scenario, locking: Locking, fault: Option<Fault>) -> Self {
        let workload = Workload::of_scenario(scenario);
        let case = SimulatedCase::new(&workload, locking, None, 4096, 1).unwrap();
        let states = case.states();
        let site = states.sites()[0].range.clone();
        let first = Lines::of(states.site_text(0, 0)).next().unwrap().len();
        let page = states.bytes_outside_below(site.start) + first + 1;
        let kernel = SimulatedKernel::new(&workload, locking, fault, page, 1).by_hand();
        let kernel = Shared(Rc::new(RefCell::new(kernel)));
        let operations = scenario.operations.iter();
        let script = Script {
            operations: operations
                .map(|operation| operation.call.code_at(site.start, 0x1000, PAGE))
                .collect(),
            calls: (scenario.operations.iter())
                .map(|operation| operation.call.to_string())
                .collect(),
            strips: scenario.states().map(ToString::to_string).collect(),
            states: Arc::new(states.clone()),
            site,
            page_size: page as u64,
        };
        let manual = Stepper::new(script, locking.rule(), kernel.clone(), 0).unwrap();
        Bench { kernel, manual }
    }

    fn step(&mut self, step: ManualStep) {
        let kernel = self.kernel.clone();
        let operate = || Ok(kernel.0.borrow_mut().operate());
        self.manual.step(step, operate).unwrap();
    }

    /// Whether some line starts before the one before it ends.
    fn has_duplicate(&self) -> bool {
        let mut last_end = 0;
        let text = self.manual.text().text();
        Lines::of(text)
            .filter_map(parse_range)
            .any(|(start, end)| start < std::mem::replace(&mut last_end, end))
    }
}

fn any_step() -> impl Strategy<Value = ManualStep> {
    prop_oneof![
        8 => Just(ManualStep::Read),
        5 => Just(ManualStep::Operate),
        2 => Just(ManualStep::Size),
        1 => Just(ManualStep::Rewind),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The model says what each kernel does, whatever is done by hand; and
    /// where the search finds no way, there is none.
    #[test]
    fn a_kernel_that_keeps_its_rule_does_what_is_told(
        scenario in 0..scenarios().len(),
        kind in 0..KINDS.len(),
        steps in prop::collection::vec(any_step(), 1..60),
    ) {
        let mut bench = Bench::new(&scenarios()[scenario], KINDS[kind], None);
        let none = matches!(bench.manual.way_to_duplicate(), WayToDuplicate::None(_));
        for step in steps {
            bench.step(step);
            prop_assert!(!bench.manual.is_astray(), "{}", bench.manual.narration().happened);
            prop_assert_eq!(bench.manual.violations(), 0);
            prop_assert!(!(none && bench.has_duplicate()));
            let told = bench.manual.narration().happened.starts_with("A duplicate");
            let last_chunk = bench.manual.text().chunks.len().wrapping_sub(1);
            let seen = step == ManualStep::Read && bench.manual.verdict().tears.last()
                .is_some_and(|tear| tear.chunk == last_chunk && !bench.manual.has_ended());
            prop_assert_eq!(told, seen);
        }
    }

    /// What the kernel is said to do next, it does.
    #[test]
    fn the_next_line_is_as_told(
        scenario in 0..scenarios().len(),
        kind in 0..KINDS.len(),
        steps in prop::collection::vec(any_step(), 1..40),
    ) {
        let mut bench = Bench::new(&scenarios()[scenario], KINDS[kind], None);
        for step in steps {
            bench.step(step);
        }
        let told = bench.manual.next_line().map(<[u8]>::to_vec);
        let before = bench.manual.text().text().len();
        bench.step(ManualStep::Read);
        let printed = &bench.manual.text().text()[before..];
        let first = Lines::of(printed).next().map(|line| line.trim_ascii_end().to_vec());
        prop_assert_eq!(first, told.map(|line| line.trim_ascii_end().to_vec()));
    }
}

/// The fewest steps to a duplicate among all sequences of at most `most`,
/// tried out on the kernel.
fn by_trying(scenario: &Scenario, locking: Locking, most: usize) -> Option<usize> {
    (1..=most).find(|&length| {
        (0..4usize.pow(length as u32)).any(|number| {
            let mut bench = Bench::new(scenario, locking, None);
            for place in 0..length {
                bench.step(ManualStep::ALL[number >> (2 * place) & 3]);
            }
            bench.has_duplicate()
        })
    })
}

#[test]
fn the_way_is_the_shortest_there_is() {
    const MOST: usize = 4;
    for name in [
        "split",
        "resize",
        "remap",
        "merge-both",
        "new-right",
        "replace-two",
    ] {
        let scenario = find(name).unwrap();
        for locking in KINDS {
            let way = Bench::new(scenario, locking, None)
                .manual
                .way_to_duplicate();
            match (way, by_trying(scenario, locking, MOST)) {
                (WayToDuplicate::Steps(steps), Some(tried)) => {
                    assert_eq!(steps.len(), tried, "{name}")
                }
                (WayToDuplicate::Steps(steps), None) => {
                    assert!(steps.len() > MOST, "{name} {steps:?}")
                }
                (WayToDuplicate::None(_), None) => {}
                (way, tried) => panic!("{name} {locking:?}: {way:?}, tried {tried:?}"),
            }
        }
    }
}

#[test]
fn each_way_leads_to_a_duplicate_in_few_steps() {
    for scenario in scenarios() {
        for locking in KINDS {
            let mut bench = Bench::new(scenario, locking, None);
            let WayToDuplicate::Steps(steps) = bench.manual.way_to_duplicate() else {
                continue;
            };
            assert!(steps.len() < 10, "{}: {}", scenario.name, keys(&steps));
            for (at, step) in steps.iter().enumerate() {
                assert!(!bench.has_duplicate());
                // From any place on the way the rest is the shortest way.
                let rest = bench.manual.way_to_duplicate();
                assert!(
                    matches!(rest, WayToDuplicate::Steps(rest) if rest.len() == steps.len() - at)
                );
                bench.step(*step);
            }
            assert!(bench.has_duplicate(), "{}", scenario.name);
            assert_eq!(bench.manual.repeats(), 1);
        }
    }
}

#[test]
fn which_scenarios_have_a_way_is_as_the_kernels_are() {
    let has_way = |name: &str, locking| {
        let bench = Bench::new(find(name).unwrap(), locking, None);
        matches!(bench.manual.way_to_duplicate(), WayToDuplicate::Steps(_))
    };
    for name in ["split", "remap"] {
        assert!(KINDS.iter().all(|kind| has_way(name, *kind)), "{name}");
    }
    // It resumes at the start of the VMA behind, which never moves.
    assert!(!has_way("resize", Locking::ChunkNextStart));
    assert!(has_way("resize", Locking::ChunkLastEnd));
    assert!(has_way("resize", Locking::LineLastEnd));
    for scenario in scenarios() {
        let never = scenario.most_repeats().pages_again() == 0;
        let way = has_way(&scenario.name, Locking::LineLastEnd);
        assert_eq!(way, !never, "{}", scenario.name);
    }
}

#[test]
fn a_kernel_that_breaks_its_rule_is_found_out() {
    let scenario = find("resize").unwrap();
    let mut bench = Bench::new(
        scenario,
        Locking::LineLastEnd,
        Some(Fault::ResumesAtLastStart),
    );
    bench.step(ManualStep::Read);
    assert!(!bench.manual.is_astray());
    bench.step(ManualStep::Read);
    assert!(bench.manual.is_astray());
    assert!(bench.manual.narration().happened.contains("something else"));
    assert_eq!(bench.manual.way_to_duplicate(), WayToDuplicate::Unknown);
    bench.step(ManualStep::Rewind);
    assert!(!bench.manual.is_astray());
}

#[test]
fn the_sentences() {
    let mut told = String::new();
    for locking in [Locking::LineLastEnd, Locking::ChunkNextStart] {
        for name in ["split", "resize", "remap", "new-right"] {
            let mut bench = Bench::new(find(name).unwrap(), locking, None);
            told.push_str(&format!("== {name}, {locking:?}\n"));
            let way = bench.manual.way_to_duplicate();
            if let WayToDuplicate::None(elsewhere) = &way {
                bench.manual.tell_none(elsewhere.as_deref());
                told.push_str(&format!("none: {}\n", bench.manual.narration().happened));
            }
            let steps = match way {
                WayToDuplicate::Steps(steps) => steps,
                _ => parse_steps("m r m r").unwrap(),
            };
            for step in steps {
                bench.step(step);
                let Narration { happened, next } = bench.manual.narration();
                told.push_str(&format!("{step}: {happened}\n   {next}\n"));
            }
        }
    }
    insta::assert_snapshot!(told);
}
