//! The modifier on the running kernel: does it do what the scenarios declare,
//! and nothing else?

use std::io::{BufRead, BufReader, Read, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::wait_for;
use nix::libc;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procfs::process::Process;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, pidfd_open};
use vmascope::internals::linux::{ExitStatus, Reader};
use vmascope::internals::modifier::{ChildError, Death, ModifierError};
use vmascope::internals::modifier::{Modifier, ModifierOptions, Pace};
use vmascope::internals::scenario::PageLayout;
use vmascope::internals::scenario::Site;
use vmascope::internals::scenario::{Scenario, find, parse_scenarios, scenarios};
use vmascope::internals::setup::{ModifierSetup, Placement, SetupError};

const DEADLINE: Duration = Duration::from_secs(120);

/// The program under test: another one where the tests run on another machine
/// than the one that built them.
fn options() -> ModifierOptions {
    let program = std::env::var_os("VMASCOPE_TEST_PROGRAM").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
        PathBuf::from,
    );
    ModifierOptions {
        program,
        ..ModifierOptions::default()
    }
}

fn modifier() -> Modifier {
    Modifier::spawn(&options()).unwrap()
}

/// A scenario from its original strip and its operations, as in the catalogue.
fn scenario(original: &str, operations: &str) -> Scenario {
    let text = format!(
        "[[scenario]]\nname = \"own\"\nsummary = \"s\"\noriginal = \"{original}\"\n\
         operations = [{operations}]"
    );
    parse_scenarios(&text, "the test").unwrap().remove(0)
}

/// A line of maps: the addresses, the permissions, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    addresses: Range<u64>,
    permissions: String,
    text: String,
}

fn maps(modifier: &Modifier) -> Vec<Line> {
    let text = std::fs::read_to_string(format!("/proc/{}/maps", modifier.pid())).unwrap();
    let line = |text: &str| {
        let (addresses, rest) = text.split_once(' ')?;
        let (start, end) = addresses.split_once('-')?;
        let address = |text| u64::from_str_radix(text, 16).ok();
        let permissions = rest.get(..4)?.to_owned();
        Some(Line {
            addresses: address(start)?..address(end)?,
            permissions,
            text: text.into(),
        })
    };
    text.lines().map(|text| line(text).unwrap()).collect()
}

/// The lines that touch the site, and all others.
fn split_at_site(lines: Vec<Line>, site: &Site) -> (Vec<Line>, Vec<Line>) {
    lines
        .into_iter()
        .partition(|line| line.addresses.start < site.end && line.addresses.end > site.start)
}

fn assert_state(lines: &[Line], site: &Site, state: &PageLayout, context: &str) {
    let seen: Vec<_> = lines
        .iter()
        .map(|line| (line.addresses.clone(), &*line.permissions))
        .collect();
    let declared: Vec<_> = site
        .vmas(state)
        .map(|(addresses, protection)| (addresses, protection.permissions()))
        .collect();
    assert_eq!(seen, declared, "{context}: not `{state}`");
}

#[test]
fn every_scenario_takes_effect_and_restores_and_nothing_else_changes() {
    let mut modifier = modifier();
    for scenario in scenarios() {
        for slot in [1, 84, 250] {
            let name = format!("{} at slot {slot}", scenario.name);
            let site = modifier.layout(scenario, slot).unwrap();
            let (inside, outside) = split_at_site(maps(&modifier), &site);
            assert_state(&inside, &site, &scenario.original, &name);
            let fences = outside.iter().filter(|line| {
                line.permissions == "---p"
                    && (line.addresses.end == site.start || line.addresses.start == site.end)
            });
            assert_eq!(fences.count(), 2, "{name}: fences");
            for operation in 1..=2 * scenario.operations.len() as u64 {
                assert_eq!(modifier.step().unwrap(), operation);
                let (inside, others) = split_at_site(maps(&modifier), &site);
                let context = format!("{name}, operation {operation}");
                assert_state(&inside, &site, scenario.state_after(operation), &context);
                assert_eq!(others, outside, "{context}: something else changed");
            }
        }
    }
}

#[test]
fn the_arena_is_slots_that_alternate() {
    let modifier = modifier();
    let arena = modifier.arena();
    let lines = maps(&modifier);
    let first = lines
        .iter()
        .position(|line| line.addresses.start == arena.base)
        .unwrap();
    for slot in 0..arena.slots {
        let line = &lines[first + slot as usize];
        assert_eq!(
            line.addresses,
            arena.slot_address(slot)..arena.slot_address(slot + 1)
        );
        assert_eq!(
            line.permissions,
            if slot % 2 == 0 { "rw-p" } else { "r--p" }
        );
    }
    assert!(lines.iter().all(|line| {
        line.addresses.end != arena.range().start && line.addresses.start != arena.range().end
    }));
}

#[test]
fn a_free_run_counts_and_a_pause_stands_still_in_the_state_it_tells() {
    let mut modifier = modifier();
    let counters = modifier.counters();
    for scenario in scenarios() {
        let site = modifier.layout(scenario, 20).unwrap();
        assert_eq!((counters.finished()[0], counters.begun()[0]), (0, 0));
        let (_, outside) = split_at_site(maps(&modifier), &site);
        modifier.run().unwrap();
        wait_for("1000 operations", || counters.operations() > 1000);
        let finished = modifier.pause().unwrap();
        for _ in 0..2 {
            let (inside, others) = split_at_site(maps(&modifier), &site);
            let context = format!("{} after {finished}", scenario.name);
            assert_state(&inside, &site, scenario.state_after(finished), &context);
            assert_eq!(others, outside, "{context}: something else changed");
            assert_eq!(
                (counters.finished()[0], counters.begun()[0]),
                (finished, finished)
            );
        }
        modifier.run().unwrap();
        let finished = modifier.pause_at_original().unwrap();
        assert_eq!(finished % scenario.operations.len() as u64, 0);
        let (inside, _) = split_at_site(maps(&modifier), &site);
        assert_state(&inside, &site, &scenario.original, &scenario.name);
    }
}

#[test]
fn several_writers_work_on_several_sites_steadily_and_in_bursts() {
    const WRITERS: usize = 2;
    let mut modifier = Modifier::spawn(&ModifierOptions {
        writers: WRITERS,
        ..options()
    })
    .unwrap();
    let counters = modifier.counters();
    let bursts = Pace::Burst {
        operations: 3,
        rest_ns: 20_000,
    };
    for (name, pace) in [("split", Pace::Steady), ("replace", bursts)] {
        let scenario = find(name).unwrap();
        let sites = modifier.layout_sites(scenario, &[20, 40, 60]).unwrap();
        assert_eq!(sites.len(), 3);
        modifier.set_pace(pace);
        modifier.run().unwrap();
        wait_for("operations of both", || {
            modifier.check_alive().unwrap();
            counters.finished()[..WRITERS]
                .iter()
                .all(|finished| *finished > 200)
        });
        modifier.pause().unwrap();
        let finished = counters.finished();
        assert_eq!(finished, counters.begun(), "both stand still");
        let declared = |i: usize| {
            // Sites 0 and 2 are the first writer's, in turns; 1 is the second's.
            let count = finished[i % WRITERS];
            match i {
                0 => count / 2 + count % 2,
                2 => count / 2,
                _ => count,
            }
        };
        for (i, site) in sites.iter().enumerate() {
            let (inside, _) = split_at_site(maps(&modifier), site);
            let context = format!("{name} site {i} after {finished:?}");
            assert_state(&inside, site, scenario.state_after(declared(i)), &context);
        }
        modifier.pause_at_original().unwrap();
        for site in &sites {
            let (inside, _) = split_at_site(maps(&modifier), site);
            assert_state(&inside, site, &scenario.original, name);
        }
    }
}

#[test]
fn a_writer_that_is_to_sleep_does_so_after_each_operation() {
    let mut modifier = modifier();
    modifier.layout(find("split").unwrap(), 20).unwrap();
    modifier.set_pace(Pace::Asleep {
        longest_ns: 1_000_000,
    });
    let sleeps = |pid| {
        let status = Process::new(pid).unwrap().status().unwrap();
        status.voluntary_ctxt_switches.unwrap()
    };
    let pid = modifier.pid().cast_signed();
    let before = sleeps(pid);
    modifier.run().unwrap();
    wait_for("operations", || modifier.counters().operations() > 200);
    let operations = modifier.pause().unwrap();
    // With SCHED_FIFO it would else keep a machine of one CPU for itself. Where
    // others, or the host, take its CPU from it a sleep may be over before it has
    // begun; of one of half a millisecond that is rare.
    let slept = sleeps(pid) - before;
    assert!(slept >= operations / 2, "{slept} of {operations}");
}

#[test]
fn a_large_arena_is_laid_out_too() {
    let options = ModifierOptions {
        slots: 65_000,
        ..options()
    };
    let mut modifier = Modifier::spawn(&options).unwrap();
    let scenario = find("merge-both").unwrap();
    let site = modifier.layout(scenario, 64_000).unwrap();
    assert!(maps(&modifier).len() > 64_990);
    modifier.step().unwrap();
    let (inside, _) = split_at_site(maps(&modifier), &site);
    assert_state(&inside, &site, scenario.state_after(1), "65 000 slots");
}

#[test]
fn the_proof_thread_never_faults_in_any_scenario() {
    let mut modifier = Modifier::spawn(&ModifierOptions {
        touch_thread: true,
        ..options()
    })
    .unwrap();
    let counters = modifier.counters();
    for scenario in scenarios() {
        let site = modifier.layout(scenario, 20).unwrap();
        modifier.set_touching(true).unwrap();
        let (_, outside) = split_at_site(maps(&modifier), &site);
        modifier.run().unwrap();
        // Ten times as many were tried once; this is what takes a second or two.
        wait_for("20 000 operations and 100 rounds of proof", || {
            modifier.check_alive().unwrap();
            counters.operations() > 20_000 && modifier.touch_counts().rounds > 100
        });
        let finished = modifier.pause().unwrap();
        let (inside, others) = split_at_site(maps(&modifier), &site);
        assert_state(
            &inside,
            &site,
            scenario.state_after(finished),
            &scenario.name,
        );
        assert_eq!(others, outside, "{}: something else changed", scenario.name);
        let proof = modifier.touch_counts();
        assert!(proof.rounds > 100, "{}: {proof:?}", scenario.name);
        assert_eq!(proof.pages as usize, scenario.always_mapped().len());
        assert_eq!(proof.fault, None);
    }
    modifier.set_touching(false).unwrap();
    let rounds = modifier.touch_counts().rounds;
    modifier.step().unwrap();
    assert_eq!(modifier.touch_counts().rounds, rounds);
}

#[test]
fn the_proof_thread_finds_a_page_that_is_unmapped_against_the_declaration() {
    let liar = scenario(
        "rrr",
        "{ call = \"munmap 1..2\", state = \"rrr\" }, { call = \"mmap 1..2 r\", state = \"rrr\" }",
    );
    let mut modifier = Modifier::spawn(&ModifierOptions {
        touch_thread: true,
        ..options()
    })
    .unwrap();
    let site = modifier.layout(&liar, 5).unwrap();
    modifier.set_touching(true).unwrap();
    modifier.run().unwrap();
    let mut error = None;
    wait_for("a fault", || {
        error = modifier.check_alive().err();
        error.is_some()
    });
    match error {
        Some(ModifierError::PageGone { address, signal }) => {
            assert_eq!((address, signal), (site.page_address(1), libc::SIGSEGV));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(modifier.touch_counts().fault, Some(site.page_address(1)));
}

#[test]
fn a_proof_that_was_not_asked_for_is_refused() {
    let mut modifier = modifier();
    modifier.layout(find("split").unwrap(), 5).unwrap();
    assert!(matches!(
        modifier.set_touching(true),
        Err(ModifierError::NoTouchThread { .. })
    ));
}

/// Its second operation fails.
fn failing_scenario() -> Scenario {
    scenario(
        "r . r",
        "{ call = \"mprotect 0..1 w\", state = \"w . r\" }, \
         { call = \"mprotect 1..3 r\", state = \"r . r\" }",
    )
}

#[test]
fn a_failed_operation_has_its_number_whatever_writer_made_it() {
    let mut modifier = Modifier::spawn(&ModifierOptions {
        writers: 2,
        ..options()
    })
    .unwrap();
    // Two sites for the first writer, one for the second.
    let slots = [5, 20, 35];
    modifier.layout_sites(&failing_scenario(), &slots).unwrap();
    assert_eq!(modifier.step_writer(1).unwrap(), 1);
    let error = modifier.step_writer(1).unwrap_err().to_string();
    let expected = "operation 1 of scenario `own`, mprotect 1..3 r, failed";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn an_operation_that_fails_is_told_until_the_next_layout() {
    let bad = failing_scenario();
    let error = std::io::Error::from_raw_os_error(libc::ENOMEM);
    let expected = format!("operation 1 of scenario `own`, mprotect 1..3 r, failed: {error}");
    let mut modifier = modifier();
    modifier.layout(&bad, 5).unwrap();
    assert_eq!(modifier.step().unwrap(), 1);
    assert_eq!(modifier.step().unwrap_err().to_string(), expected);
    assert_eq!(modifier.run().unwrap_err().to_string(), expected);
    modifier.layout(&bad, 5).unwrap();
    modifier.run().unwrap();
    wait_for("the failure", || modifier.check_alive().is_err());
    assert_eq!(modifier.pause().unwrap_err().to_string(), expected);
    modifier.layout(find("split").unwrap(), 5).unwrap();
    modifier.check_alive().unwrap();
    assert_eq!(modifier.step().unwrap(), 1);
}

#[test]
fn requests_that_make_no_sense_are_refused_and_change_nothing() {
    let mut modifier = modifier();
    assert!(matches!(modifier.step(), Err(ModifierError::NoScenario)));
    assert!(matches!(modifier.run(), Err(ModifierError::NoScenario)));
    let before = maps(&modifier);
    let error = modifier.layout(find("split").unwrap(), 259).unwrap_err();
    assert!(
        error.to_string().ends_with("use a slot from 1 to 258"),
        "{error}"
    );
    assert_eq!(maps(&modifier), before);
}

#[test]
fn a_program_that_is_no_modifier_is_told_at_once() {
    let spawn = |program: &str| {
        let program = PathBuf::from(program);
        Modifier::spawn(&ModifierOptions {
            program,
            ..options()
        })
        .unwrap_err()
    };
    assert!(matches!(
        spawn("/bin/sh"),
        ModifierError::Child(ChildError::NotReady { .. })
    ));
    assert!(matches!(
        spawn("/nowhere"),
        ModifierError::Child(ChildError::Spawn { .. })
    ));
    let slots = Modifier::spawn(&ModifierOptions {
        slots: 2,
        ..options()
    });
    assert!(matches!(slots, Err(ModifierError::Slots { slots: 2 })));
}

#[test]
fn a_killed_modifier_is_reported_and_nothing_hangs() {
    let mut modifier = modifier();
    modifier.layout(find("split").unwrap(), 5).unwrap();
    modifier.run().unwrap();
    modifier.check_alive().unwrap();
    kill(Pid::from_raw(modifier.pid().cast_signed()), Signal::SIGKILL).unwrap();
    wait_for("its death", || modifier.check_alive().is_err());
    match modifier.pause() {
        Err(ModifierError::Child(ChildError::Died { how, pid, .. })) => {
            let killed = Death::Status(ExitStatus::Signal(libc::SIGKILL));
            assert_eq!((how, pid), (killed, modifier.pid()));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_read_of_a_killed_modifier_is_told_as_its_death() {
    let mut setup = ModifierSetup::new(&options()).unwrap();
    let pid = setup.pid();
    kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).unwrap();
    let scenario = find("split").unwrap();
    // It may still be on its way out: the error is the same then.
    match setup.set(scenario, Reader::Maps, Placement::Low) {
        Err(SetupError::Modifier(ModifierError::Child(ChildError::Died { pid: of, .. }))) => {
            assert_eq!(of, pid);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_dropped_modifier_is_gone() {
    let modifier = modifier();
    let pid = Pid::from_raw(modifier.pid().cast_signed());
    drop(modifier);
    assert!(kill(pid, None).is_err());
}

#[test]
fn the_modifier_is_out_of_reach_of_the_terminal() {
    let modifier = modifier();
    let pid = Pid::from_raw(modifier.pid().cast_signed());
    assert_eq!(nix::unistd::getpgid(Some(pid)), Ok(pid));
}

/// Says that this process is to be [`a_parent_to_kill`] only.
const PARENT: &str = "VMASCOPE_TEST_PARENT";

#[test]
fn the_modifier_dies_when_its_parent_is_killed() {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "modifier::a_parent_to_kill",
            "--ignored",
            "--nocapture",
        ])
        .env(PARENT, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let pid = lines
        .map_while(Result::ok)
        .find_map(|line| line.split_once("modifier ")?.1.parse().ok())
        .expect("the parent tells its modifier's PID");
    let modifier = pidfd_open(
        rustix::process::Pid::from_raw(pid).unwrap(),
        PidfdFlags::empty(),
    );
    let modifier = modifier.unwrap();
    let ended = |limit: Duration| {
        let mut polled = [PollFd::new(&modifier, PollFlags::IN)];
        poll(&mut polled, Some(&Timespec::try_from(limit).unwrap())).unwrap() == 1
    };
    assert!(!ended(Duration::ZERO));
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(ended(DEADLINE), "the modifier outlived its parent");
}

#[test]
#[ignore = "the parent of the test above, which runs it in a process of its own"]
fn a_parent_to_kill() {
    if std::env::var_os(PARENT).is_none() {
        return;
    }
    let mut modifier = modifier();
    modifier.layout(find("split").unwrap(), 5).unwrap();
    modifier.run().unwrap();
    writeln!(std::io::stdout(), "\nmodifier {}", modifier.pid()).unwrap();
    // Until the test kills this process, or has ended itself.
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn a_touch_tells_what_can_be_read_and_leaves_no_trace() {
    let mut modifier = modifier();
    let scenario = find("merge-both").unwrap();
    let site = modifier.layout(scenario, 20).unwrap();
    let page = site.letter_bytes;
    let pages = |first: u32, end: u32| site.page_address(first)..site.page_address(end);
    if !modifier.can_read(pages(0, 9)).unwrap() {
        crate::support::skip("this kernel has no MADV_POPULATE_READ");
        return;
    }
    assert!(modifier.can_read(pages(4, 5)).unwrap());
    // A fence cannot be read, and nothing is mapped at the lowest addresses.
    assert!(!modifier.can_read(pages(8, 10)).unwrap());
    assert!(!modifier.can_read(page..2 * page).unwrap());
    assert_eq!(modifier.counters().operations(), 0);
    // The VMAs still merge, and each state is as declared.
    for finished in 1..5 {
        assert_eq!(modifier.step().unwrap(), finished);
        assert!(modifier.can_read(pages(0, 9)).unwrap());
        let (inside, _) = split_at_site(maps(&modifier), &site);
        assert_state(&inside, &site, scenario.state_after(finished), "touched");
    }
    let gap = find("new-both").unwrap();
    let site = modifier.layout(gap, 20).unwrap();
    let middle = site.page_address(3)..site.page_address(6);
    assert!(!modifier.can_read(middle.clone()).unwrap());
    modifier.step().unwrap();
    assert!(modifier.can_read(middle).unwrap());
}
