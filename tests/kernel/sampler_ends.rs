//! A sampler whose target dies or runs another program, on the running kernel:
//! it ends by itself, says which, and blames nobody.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::{Resting, skip, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use vmascope::internals::linux::DwellTime;
use vmascope::internals::linux::MmEnd;
use vmascope::internals::linux::{Granularity, Position, Reader, Rule};
use vmascope::internals::modifier::ModifierOptions;
use vmascope::internals::oracle::{MissingCounts, ViolationKind};
use vmascope::internals::sampling::{
    Rate, Sampler, SamplerError, SamplerOptions, ScanWanted, Watched,
};
use vmascope::internals::scenario::find;
use vmascope::internals::setup::ModifierSetup;
use vmascope::internals::setup::Placement;
use vmascope::internals::setup::ReadRange;

fn options(pid: u32, reader: Reader, watched: Watched) -> SamplerOptions {
    SamplerOptions {
        pid,
        reader,
        // The most that any kernel may do.
        rule: Rule {
            granularity: Granularity::Line,
            position: Position::LastEnd,
        },
        extent: ReadRange::default(),
        schedule: DwellTime::NONE.into(),
        shared_file: None,
        rate: Rate::Full,
        watched,
    }
}

#[track_caller]
fn why_it_ended(sampler: &mut Sampler) -> MmEnd {
    wait_for("the sampler to end", || sampler.has_ended());
    match sampler.stop() {
        Err(SamplerError::Ended(end)) => end,
        other => panic!("it should have ended because the target did: {other:?}"),
    }
}

#[test]
fn killing_the_modifier_is_never_a_violation() {
    let modern = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if modern.starts_with("5.") || modern.starts_with("6.1.") {
        let release = modern.trim();
        return skip(format!(
            "Linux {release} does not keep to the rule used here"
        ));
    }
    for round in 0..60u32 {
        let mut setup = ModifierSetup::new(&ModifierOptions {
            program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
            ..ModifierOptions::default()
        })
        .unwrap();
        let reader = [Reader::Maps, Reader::Smaps][round as usize % 2];
        // It merges with nothing before it, and moves nothing: neither of the
        // known holes can show.
        let scenario = find("new-right").unwrap();
        let prepared = setup.set(scenario, reader, Placement::Boundary).unwrap();
        let watched = Watched::Modifier {
            states: prepared.states.clone(),
            counters: setup.modifier().counters(),
        };
        setup.modifier().run().unwrap();
        let pid = setup.pid();
        let mut samplers: Vec<_> = (0..2)
            .map(|_| Sampler::start(&options(pid, reader, watched.clone())).unwrap())
            .collect();
        // Published at most every 2 ms; then at some moment of a scan.
        wait_for("some scans", || samplers[0].published().tally.scans > 0);
        let spin = Instant::now();
        while spin.elapsed() < Duration::from_micros(u64::from(round) * 37) {}
        kill(Pid::from_raw(pid as i32), Signal::SIGKILL).unwrap();
        for sampler in &mut samplers {
            let end = why_it_ended(sampler);
            assert_eq!(end, MmEnd::Exited { pid }, "round {round}");
            let tally = sampler.published().tally;
            let lost = ViolationKind::LostTail(0..0).index();
            assert_eq!(tally.violations[lost], [0; 8], "round {round}");
            if reader == Reader::Maps {
                assert_eq!(tally.violation_count(), 0, "round {round}");
            }
        }
    }
}

/// Waits for scans that began after this was called.
fn wait_for_scans(sampler: &Sampler) {
    let before = sampler.published().tally.scans;
    wait_for("scans", || sampler.published().tally.scans > before + 10);
}

#[test]
fn an_unknown_target_is_read_until_it_ends() {
    for reader in [Reader::Maps, Reader::Smaps] {
        let mut target = Resting::start();
        let pid = target.pid();
        let mut sampler =
            Sampler::start(&options(pid, reader, Watched::Unknown { see_calls: true })).unwrap();
        wait_for_scans(&sampler);
        sampler.request_scan(ScanWanted::Any);
        let mut taken = vmascope::internals::sampling::TakenScan::default();
        wait_for("a scan", || sampler.take_scan(&mut taken));
        assert!(taken.text.text().ends_with(b"\n") && !taken.text.chunks.is_empty());
        let published = sampler.published();
        assert!(published.tally.lines > published.tally.scans);
        assert_eq!(published.tally.torn, 0);
        assert_eq!(published.missing, MissingCounts::default());
        // A zombie, until it is reaped.
        target.kill();
        assert_eq!(why_it_ended(&mut sampler), MmEnd::Exited { pid });
        assert_eq!(sampler.published().missing, MissingCounts::default());
    }
}

#[test]
fn an_exec_is_told_from_an_exit() {
    let mut target = Resting::before_exec("sleep 1000");
    let pid = target.pid();
    let mut sampler = Sampler::start(&options(
        pid,
        Reader::Maps,
        Watched::Unknown { see_calls: true },
    ))
    .unwrap();
    wait_for_scans(&sampler);
    target.go_on();
    assert_eq!(why_it_ended(&mut sampler), MmEnd::Execed { pid });
    assert_eq!(sampler.published().missing, MissingCounts::default());
}

#[test]
fn queries_about_unknown_states_are_refused() {
    let pid = std::process::id();
    let refused = Sampler::start(&options(
        pid,
        Reader::Query,
        Watched::Unknown { see_calls: true },
    ))
    .unwrap_err();
    assert!(matches!(refused, SamplerError::QueryOfUnknown), "{refused}");
}

#[test]
fn pairs_are_published_when_asked_for() {
    let mut setup = ModifierSetup::new(&ModifierOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
        ..ModifierOptions::default()
    })
    .unwrap();
    let scenario = find("new-right").unwrap();
    let prepared = setup.set(scenario, Reader::Maps, Placement::Boundary);
    let prepared = prepared.unwrap();
    let watched = Watched::Modifier {
        states: prepared.states.clone(),
        counters: setup.modifier().counters(),
    };
    setup.modifier().run().unwrap();
    let options = options(setup.pid(), Reader::Maps, watched);
    let sampler = Sampler::start(&options).unwrap();
    assert!(sampler.pairs().is_none());
    let mut rows = Vec::new();
    wait_for("a pair across the boundary", || {
        if let Some(pairs) = sampler.pairs() {
            rows = pairs.rows();
        }
        rows.iter().any(|row| row.across_boundary && row.count > 0)
    });
    assert!(rows.iter().any(|row| row.must_never), "{rows:?}");
    assert!(rows.iter().all(|row| !row.must_never || row.count == 0));
}
