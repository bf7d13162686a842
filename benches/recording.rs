//! What the black box costs: scans a second with it, and with a file besides, as
//! ratios against the same without. In turns, so that what else the machine does
//! hits all alike.
//!
//! `cargo bench --bench recording [-- PLACEMENT|READER]`.

#![allow(clippy::print_stdout)] // what a bench is for

use std::path::PathBuf;
use std::time::Duration;

use vmascope::internals::events::CaseKey;
use vmascope::internals::linux::{DwellTime, Reader, Rule};
use vmascope::internals::modifier::ModifierOptions;
use vmascope::internals::recording::{
    Header, Keep, RecordedScans, RecordedSubject, Recorder, RecorderThread, RecordingFile,
};
use vmascope::internals::sampling::{FindContext, Rate, Sampler, SamplerOptions, Watched};
use vmascope::internals::scenario::find;
use vmascope::internals::setup::{ModifierSetup, Placement, PreparedScenario, keep_apart};

/// How long each is read in a turn.
const TURN: Duration = Duration::from_millis(700);

/// Turns; the first warms up and is not counted.
const TURNS: usize = 16;

/// Where sites stand, how many there are slots for, and who reads.
const CASES: [(&str, Reader, Placement, u32); 5] = [
    ("resize", Reader::Maps, Placement::Boundary, 140),
    ("resize", Reader::Maps, Placement::Inside, 140),
    ("split", Reader::Maps, Placement::Boundary, 2_000),
    ("split", Reader::Maps, Placement::Low, 140),
    ("split", Reader::QueryWalk, Placement::Boundary, 140),
];

fn main() {
    println!(
        "scans a second, and with the black box and with --record, of those without; the same of the \
         time on a CPU"
    );
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for (name, reader, placement, slots) in CASES {
        let names = [placement.name(), reader.name()];
        if !wanted.is_empty() && !wanted.iter().any(|wanted| names.contains(&&wanted[..])) {
            continue;
        }
        let mut setup = ModifierSetup::new(&ModifierOptions {
            program: env!("CARGO_BIN_EXE_vmascope").into(),
            slots,
            ..ModifierOptions::default()
        })
        .expect("the modifier starts");
        keep_apart(setup.pid());
        let scenario = find(name).expect("a catalogue scenario");
        let prepared = setup
            .set(scenario, reader, placement)
            .expect("it can be laid out");
        let ways = [None, Some(false), Some(true)];
        let mut rates: [Vec<Rates>; 3] = Default::default();
        for turn in 0..TURNS {
            // No way is the first in every turn.
            for way in (0..ways.len()).map(|way| (way + turn) % ways.len()) {
                let rate = read(&mut setup, &prepared, reader, ways[way]);
                if turn > 0 {
                    rates[way].push(rate);
                }
            }
        }
        let by_the_clock = ratios(&rates, |it| it.by_the_clock);
        let on_cpu = ratios(&rates, |it| it.on_cpu);
        let place = placement.name();
        println!("{name:8} {reader:10} {place:9} {slots:6} slots  {by_the_clock}  {on_cpu}");
    }
}

/// Scans a second; recorded, if so to a file.
fn read(
    setup: &mut ModifierSetup,
    prepared: &PreparedScenario,
    reader: Reader,
    recorded: Option<bool>,
) -> Rates {
    let options = SamplerOptions {
        pid: setup.pid(),
        reader,
        rule: Rule::LINE_END,
        extent: prepared.extent,
        schedule: DwellTime::NONE.into(),
        shared_file: None,
        rate: Rate::Full,
        watched: Watched::Modifier {
            states: prepared.states.clone(),
            counters: setup.modifier().counters(),
        },
    };
    let path = std::env::temp_dir().join(format!("vmascope-bench-{}", std::process::id()));
    let thread = recorded.map(|to_file| {
        let _ = std::fs::remove_file(&path);
        let file = to_file.then(|| RecordingFile::create(&path).expect("a file"));
        let header = Header::of_now(RecordedSubject::Check);
        RecorderThread::start(header, Keep::default(), file).expect("a thread")
    });
    let sink = |recorder: &Recorder| -> RecordedScans {
        let case = CaseKey {
            scenario: prepared.scenario.name.clone(),
            reader: reader.to_string(),
        };
        let found_in = FindContext {
            case: &case,
            placement: prepared.placement,
            schedule: None,
            reader_index: 0,
            states: &prepared.states,
        };
        RecordedScans::new(recorder, &options, &found_in)
    };
    setup.modifier().run().expect("the modifier runs");
    let sink = thread.as_ref().map(|thread| sink(&thread.recorder));
    let mut sampler = Sampler::start_recorded(&options, sink).expect("a sampler");
    std::thread::sleep(TURN);
    let on_cpu_ns = on_cpu_ns();
    let published = sampler.stop().expect("it reads to the end");
    setup.modifier().pause_at_original().expect("it pauses");
    if let Some(thread) = thread {
        assert_eq!(thread.recorder.lost(), (0, 0), "something was lost");
        assert_eq!(thread.finish(), None);
        let _ = std::fs::remove_file(&path);
    }
    let per_second = |ns: u64| published.tally.scans as f64 / (ns as f64 / 1e9);
    Rates {
        by_the_clock: per_second(published.elapsed_ns),
        on_cpu: per_second(on_cpu_ns),
    }
}

/// How long the sampler's thread was on a CPU.
fn on_cpu_ns() -> u64 {
    let threads = std::fs::read_dir("/proc/self/task").expect("our threads");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let mut folders = threads.flatten().map(|thread| thread.path());
    let sampler = folders.find(|it| read(it.join("comm")).starts_with("sample-"));
    let times = read(sampler.expect("it reads").join("schedstat"));
    let first = times.split(' ').next().expect("three numbers");
    first.parse().expect("nanoseconds")
}

/// Scans a second: of all time, and of the time that the sampler's thread was on a CPU.
/// The first depends on how often it meets the writer, and sleeps.
#[derive(Clone, Copy)]
struct Rates {
    by_the_clock: f64,
    on_cpu: f64,
}

/// The first rate, and what the others are of it.
fn ratios(rates: &[Vec<Rates>; 3], of: fn(&Rates) -> f64) -> String {
    let [bare, kept, written] = rates
        .each_ref()
        .map(|it| median(it.iter().map(of).collect()));
    format!("{bare:9.0}  {:.3}  {:.3}", kept / bare, written / bare)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
