//! Scans with parse and judgement against the bare system calls, and against
//! the procfs crate; the seed's boundary check; allocations a scan.
//!
//! What counts are the ratios, printed last: all of one run, on one machine.

#![allow(clippy::print_stdout)] // what a bench is for

mod support;

use criterion::Criterion;
use support::{Counting, Ratios, bare_boundary, bare_scan, stage_of};
use vmascope::internals::linux::{ChunkReader, NoClock};
use vmascope::internals::linux::{Reader, Rule};
use vmascope::internals::maps::ScanText;
use vmascope::internals::oracle::{Tally, TextJudge};
use vmascope::internals::scenario;
use vmascope::internals::setup::Placement;
use vmascope::internals::setup::open;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// VMAs of the large address space: a little under the default
/// `vm.max_map_count`.
const LARGE: u32 = 64_900;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut ratios = Ratios::default();
    for slots in [2_000, LARGE] {
        scan(&mut criterion, &mut ratios, slots);
    }
    boundary(&mut criterion, &mut ratios);
    criterion.final_summary();
    ratios.print();
    allocations();
}

/// One whole scan of a target that stands still.
fn scan(criterion: &mut Criterion, ratios: &mut Ratios, slots: u32) {
    let mut setup = stage_of(slots);
    let scenario = scenario::find("split").expect("the catalogue has split");
    let prepared = setup
        .set(scenario, Reader::Maps, Placement::Boundary)
        .expect("split can be laid out");
    let pid = setup.pid();
    let mut bare = bare_scan(pid);
    let mut reader = open(pid, Reader::Maps).expect("maps can be opened");
    let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
    let mut text = ScanText::default();
    let mut tally = Tally::default();
    let mut judged = || {
        reader.scan(&NoClock, &mut text).expect("a scan");
        tally.add(judge.judge(&prepared.states, &text));
    };
    let process = procfs::process::Process::new(pid as i32).expect("the modifier lives");
    let mut procfs_maps = || drop(process.maps().expect("maps"));

    let mut group = criterion.benchmark_group(format!("scan {slots} VMAs"));
    group.sample_size(10);
    group.bench_function("bare", |b| b.iter(&mut bare));
    group.bench_function("judged", |b| b.iter(&mut judged));
    group.bench_function("procfs", |b| b.iter(&mut procfs_maps));
    group.finish();

    let turns = if slots > 10_000 { (30, 1) } else { (100, 10) };
    let what = format!("scan, parse and judge {slots} VMAs / bare");
    ratios.measure(&what, turns, &mut judged, &mut bare, "at most 1.25");
    let what = format!("procfs crate, parse {slots} VMAs / bare");
    ratios.measure(&what, turns, &mut procfs_maps, &mut bare, "for comparison");
    assert_eq!(tally.violation_count(), 0, "it stands still");
}

/// The seed's check: two reads of a page, the lines on both sides of the
/// boundary compared; here both chunks are judged whole.
fn boundary(criterion: &mut Criterion, ratios: &mut Ratios) {
    let mut setup = stage_of(260);
    let scenario = scenario::find("split").expect("the catalogue has split");
    let prepared = setup
        .set(scenario, Reader::Maps, Placement::Boundary)
        .expect("split can be laid out");
    let pid = setup.pid();
    let counters = setup.modifier().counters();
    setup.modifier().run().expect("the modifier runs");
    let mut bare = bare_boundary(pid);
    let mut reader = open(pid, Reader::Maps).expect("maps can be opened");
    let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
    let mut text = ScanText::default();
    let mut tally = Tally::default();
    let mut judged = || {
        reader.rewind(&mut text).expect("seek");
        for _ in 0..2 {
            reader.step(&counters, &mut text).expect("a read");
        }
        tally.add(judge.judge_beginning(&prepared.states, &text));
    };
    let mut group = criterion.benchmark_group("boundary check");
    group.sample_size(20);
    group.bench_function("bare", |b| b.iter(&mut bare));
    group.bench_function("judged", |b| b.iter(&mut judged));
    group.finish();
    let what = "the seed's boundary check, judged / bare";
    ratios.measure(
        what,
        (200, 50),
        &mut judged,
        &mut bare,
        "at most 1/0.95 = 1.05",
    );
}

/// Allocations in scans of a running modifier, after the first few.
fn allocations() {
    let mut setup = stage_of(2_000);
    let scenario = scenario::find("split").expect("the catalogue has split");
    let prepared = setup
        .set(scenario, Reader::Maps, Placement::Inside)
        .expect("split can be laid out");
    let counters = setup.modifier().counters();
    setup.modifier().run().expect("the modifier runs");
    let mut reader: ChunkReader<_> = open(setup.pid(), Reader::Maps).expect("maps can be opened");
    let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
    let mut text = ScanText::default();
    let mut tally = Tally::default();
    let mut round = |scans: u32| {
        for _ in 0..scans {
            reader.scan(&counters, &mut text).expect("a scan");
            tally.add(judge.judge(&prepared.states, &text));
        }
        tally.torn
    };
    round(100);
    let before = Counting::count();
    let torn = round(2_000);
    let allocated = Counting::count() - before;
    println!(
        "allocations in 2,000 scans of 2,000 VMAs ({torn} torn so far): {allocated} (0 wanted)"
    );
}
