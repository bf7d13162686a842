//! How fast torn scans and the two known holes are found on this kernel: each
//! placement against the plain loop of the kernel's selftest, which reads two
//! pages and looks at the boundary between them. In turns, so that what else
//! the machine does hits all alike.
//!
//! `cargo bench --bench finding`; steps to the first violation on broken
//! simulated kernels are counted by the test `simulated_kernels`.

#![allow(clippy::print_stdout)] // what a bench is for

use std::time::{Duration, Instant};

use vmascope::internals::linux::ChunkReader;
use vmascope::internals::linux::KnownHole;
use vmascope::internals::linux::ProcFile;
use vmascope::internals::linux::{Reader, Rule};
use vmascope::internals::maps::ScanText;
use vmascope::internals::modifier::{ModifierOptions, Pace};
use vmascope::internals::oracle::{Tally, TextJudge};
use vmascope::internals::sampling::{Dwell, Rate, Sampler, SamplerOptions, Watched};
use vmascope::internals::scenario::find;
use vmascope::internals::setup::Placement;
use vmascope::internals::setup::{CaseSetup, ModifierSetup, PreparedScenario, keep_apart, open};

/// How long each is read in a turn.
const TURN: Duration = Duration::from_millis(400);

/// Turns; the first warms up and finds the pauses, and is not counted.
const TURNS: usize = 5;

/// The scenarios of the selftest, and those that show the holes soonest.
const SCENARIOS: [&str; 6] = [
    "split",
    "resize",
    "remap",
    "replace",
    "merge-left-partial",
    "split-tail",
];

fn main() {
    // What cargo passes to a bench is for criterion.
    let mut setup = ModifierSetup::new(&ModifierOptions {
        program: env!("CARGO_BIN_EXE_vmascope").into(),
        slots: 620,
        ..ModifierOptions::default()
    })
    .expect("the modifier starts");
    keep_apart(setup.pid());
    println!("torn scans a second; in brackets H1 and H2 a second; last, times the plain loop");
    for name in SCENARIOS {
        scenario(&mut setup, name);
    }
}

fn scenario(setup: &mut ModifierSetup, name: &str) {
    let scenario = find(name).expect("a catalogue scenario");
    let mut ways: Vec<(String, CaseSetup)> = Vec::new();
    for placement in Placement::ALL {
        for setting in CaseSetup::new(Reader::Maps, placement).variants(scenario) {
            ways.push((format!("{} {}", placement.name(), setting.variant), setting));
        }
    }
    let mut loops = Vec::new();
    let mut found: Vec<Vec<Figures>> = vec![Vec::new(); ways.len()];
    for turn in 0..TURNS {
        let plain = CaseSetup::new(Reader::Maps, Placement::Boundary);
        let prepared = setup
            .set_up(scenario, &plain)
            .expect("a site at a boundary");
        let figures = boundary_loop(setup, &prepared);
        if turn > 0 {
            loops.push(figures);
        }
        for ((_, setting), all) in ways.iter().zip(&mut found) {
            let Ok(prepared) = setup.set_up(scenario, setting) else {
                continue;
            };
            let figures = sampled(setup, &prepared);
            if turn > 0 {
                all.push(figures);
            }
        }
    }
    let plain = median(&loops);
    println!("\n{name}");
    print("plain loop", plain, plain.torn);
    for ((way, _), all) in ways.iter().zip(&found) {
        if !all.is_empty() {
            print(way, median(all), plain.torn);
        }
    }
}

/// A second's finds.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    torn: f64,
    h1: f64,
    h2: f64,
}

impl Figures {
    fn of(tally: &Tally, elapsed: Duration) -> Self {
        let each_second = |count: u64| count as f64 / elapsed.as_secs_f64();
        Figures {
            torn: each_second(tally.torn),
            h1: each_second(tally.possibly(KnownHole::H1)),
            h2: each_second(tally.possibly(KnownHole::H2)),
        }
    }
}

fn median(all: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| {
        let mut values: Vec<f64> = all.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Figures {
        torn: of(|it| it.torn),
        h1: of(|it| it.h1),
        h2: of(|it| it.h2),
    }
}

fn print(way: &str, figures: Figures, plain: f64) {
    let Figures { torn, h1, h2 } = figures;
    println!(
        "  {way:<12} {torn:>8.0}  ({h1:>6.0} {h2:>5.0})  ×{:.2}",
        torn / plain
    );
}

/// `lseek`, two reads of a page, and the pair of lines between them: nothing
/// else is looked at, and nothing pauses.
fn boundary_loop(setup: &mut ModifierSetup, prepared: &PreparedScenario) -> Figures {
    let mut reader: ChunkReader<ProcFile> =
        open(setup.pid(), Reader::Maps).expect("maps can be opened");
    let counters = setup.modifier().counters();
    let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
    let (mut text, mut tally) = (ScanText::default(), Tally::default());
    setup.modifier().set_pace(Pace::Steady);
    setup.modifier().run().expect("the modifier runs");
    let start = Instant::now();
    while start.elapsed() < TURN {
        reader.rewind(&mut text).expect("seek");
        for _ in 0..2 {
            reader.step(&counters, &mut text).expect("a read");
        }
        tally.add(judge.judge_beginning(&prepared.states, &text));
    }
    let elapsed = start.elapsed();
    setup.modifier().pause_at_original().expect("it pauses");
    Figures::of(&tally, elapsed)
}

/// The same by a sampler that finds its pause, as `check` reads.
fn sampled(setup: &mut ModifierSetup, prepared: &PreparedScenario) -> Figures {
    let counters = setup.modifier().counters();
    setup.modifier().set_pace(prepared.usual_pace());
    setup.modifier().run().expect("the modifier runs");
    let mut sampler = Sampler::start(&SamplerOptions {
        pid: setup.pid(),
        reader: Reader::Maps,
        rule: Rule::LINE_END,
        extent: prepared.extent,
        schedule: Dwell::Find.into(),
        shared_file: None,
        rate: Rate::Full,
        watched: Watched::Modifier {
            states: prepared.states.clone(),
            counters,
        },
    })
    .expect("the sampler starts");
    // The pause is found first; that is not counted.
    while sampler.published().found_dwell.is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let (before, start) = (sampler.published().tally, Instant::now());
    std::thread::sleep(TURN);
    let (after, elapsed) = (sampler.published().tally, start.elapsed());
    sampler.stop().expect("the modifier lives");
    setup.modifier().pause_at_original().expect("it pauses");
    Figures::of(&after.since(&before), elapsed)
}
