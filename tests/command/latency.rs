//! `vmascope latency` and `vmascope kernel`, the real program on the real
//! kernel. Facts only: how long anything takes is nobody's to say here.

mod inversion;

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::support::{child_called, skip};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use vmascope::internals::linux::LockEvidence;
use vmascope::internals::modifier::{
    ChildError, Timed, TimedWriter, TimedWriterError, TimedWriterOptions,
};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// One at a time: each keeps two CPUs busy.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn vmascope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    vmascope(arguments).output().expect("vmascope runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn options() -> TimedWriterOptions {
    TimedWriterOptions {
        program: env!("CARGO_BIN_EXE_vmascope").into(),
        region: 4 << 20,
        vmas: 10,
        ..TimedWriterOptions::default()
    }
}

/// The lines of the writer's region: readable and writable, no name.
fn region_lines(writer: &TimedWriter) -> Vec<String> {
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", writer.pid())).unwrap();
    let bytes = |line: &str| {
        let (start, rest) = line.split_once('-').unwrap();
        let end = rest.split_once(' ').unwrap().0;
        u64::from_str_radix(end, 16).unwrap() - u64::from_str_radix(start, 16).unwrap()
    };
    maps.lines()
        .filter(|line| line.contains(" rw-p 00000000 00:00 0 ") && !line.ends_with(']'))
        .filter(|line| bytes(line) >= options().region / options().vmas / 2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_writer_leaves_its_region_as_it_was() {
    let _alone = alone();
    let mut writer = TimedWriter::spawn(&options()).unwrap();
    let before = region_lines(&writer);
    assert!(before.len() >= 10, "{before:?}");
    writer.work().unwrap();
    let begin = Instant::now();
    let (mut mapped, mut unmapped) = (0u64, 0u64);
    while mapped < 1000 {
        std::thread::sleep(Duration::from_millis(5));
        writer.take_times(|timed, nanoseconds| {
            assert!(nanoseconds > 0, "a call takes time");
            match timed {
                Timed::Mmap => mapped += 1,
                Timed::Munmap => unmapped += 1,
                _ => panic!("nobody asked for {timed:?}"),
            }
        });
        writer.check().unwrap();
        assert!(begin.elapsed() < PATIENCE, "{mapped} calls");
    }
    writer.pause().unwrap();
    writer.take_times(|timed, _| match timed {
        Timed::Mmap => mapped += 1,
        _ => unmapped += 1,
    });
    // It stands still after whole pairs only.
    assert_eq!(mapped, unmapped);
    assert_eq!(writer.dropped(), 0);
    assert_eq!(region_lines(&writer), before);
    writer.take_times(|_, _| panic!("it stands still"));
}

#[test]
fn clock_and_plain_loop_give_as_many_times_as_they_should() {
    let _alone = alone();
    let mut writer = TimedWriter::spawn(&options()).unwrap();
    let mut counts = [0; 3];
    writer.time_the_clock().unwrap();
    writer.take_times(|timed, _| counts[timed as usize] += 1);
    assert_eq!(counts, [0, 0, 10_000]);
    counts = [0; 3];
    writer.plain_loop().unwrap();
    writer.take_times(|timed, _| counts[timed as usize] += 1);
    assert_eq!(counts, [1000, 1000, 0]);
}

#[test]
fn a_writer_that_cannot_be_says_why() {
    let _alone = alone();
    let limit: u64 = std::fs::read_to_string("/proc/sys/vm/max_map_count")
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    for (region, vmas) in [(4096 << 20, limit), (1, 1), (4 << 20, 0), (64 << 10, 1000)] {
        let error = TimedWriter::spawn(&TimedWriterOptions {
            region,
            vmas,
            ..options()
        })
        .unwrap_err();
        let fits = matches!(
            error,
            TimedWriterError::Shape { .. } | TimedWriterError::TooManyVmas { .. }
        );
        assert!(fits, "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
    let mut writer = TimedWriter::spawn(&options()).unwrap();
    kill(Pid::from_raw(writer.pid() as i32), Signal::SIGKILL).unwrap();
    let begin = Instant::now();
    let error = loop {
        match writer.pause() {
            Err(error) => break error,
            Ok(()) => assert!(begin.elapsed() < PATIENCE),
        }
    };
    assert!(
        matches!(error, TimedWriterError::Child(ChildError::Died { .. })),
        "{error}"
    );
}

#[test]
fn every_reader_is_measured_or_skipped_with_a_reason() {
    let _alone = alone();
    let output = run(&[
        "latency",
        "--duration",
        "1200ms",
        "--samples",
        "2",
        "--region",
        "8MiB",
        "--vmas",
        "20",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let configurations = json["configurations"].as_array().unwrap();
    let skipped = json["skipped"].as_array().unwrap();
    for one in skipped {
        skip(one);
    }
    assert_eq!(configurations.len() + skipped.len(), 6);
    assert_eq!(configurations[0]["reader"], "none");
    for one in configurations {
        let count = |call: &str| one[call]["operations"].as_u64().unwrap();
        assert_eq!(count("both"), count("mmap") + count("munmap"), "{one}");
        let steps: u64 = one["histogram"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step["count"].as_u64().unwrap())
            .sum();
        assert_eq!(steps, count("both"));
        assert_eq!(one["samples"].as_array().unwrap().len(), 2);
        let both = &one["both"];
        let order = ["p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns"];
        assert!(
            order
                .windows(2)
                .all(|pair| both[pair[0]].as_u64() <= both[pair[1]].as_u64())
        );
    }
    // The clock and both loops were tried.
    for loop_name in ["clock", "plain", "writer"] {
        assert!(json["clock"][loop_name]["operations"].as_u64().unwrap() >= 1000);
    }
    if json["no_evidence"].is_string() {
        return skip(&json["no_evidence"]);
    }
    for one in configurations.iter().filter(|one| one["reader"] != "none") {
        let locks = &one["locks"];
        let quiet = locks["quiet_per_piece"].as_f64().unwrap();
        let holds = locks["holds"].as_str().unwrap();
        // All or nothing, while nothing moves.
        assert!(
            (holds == "one_vma" && quiet == 0.0) || (holds == "mmap_lock" && quiet == 1.0),
            "{one}"
        );
    }
}

#[test]
fn formats_and_mistakes() {
    let _alone = alone();
    let short = [
        "--duration",
        "200ms",
        "--samples",
        "2",
        "--region",
        "4MiB",
        "--vmas",
        "5",
    ];
    let with =
        |more: &[&str]| run(&[&["latency", "--reader", "none,maps"], &short[..], more].concat());
    let csv = text(&with(&["--format", "csv"]).stdout);
    assert_eq!(csv.lines().count(), 7, "{csv}");
    let raw = text(&with(&["--format", "raw"]).stdout);
    let rows = raw.lines().filter(|line| !line.starts_with('#'));
    for row in rows {
        assert_eq!(row.split_whitespace().count(), 3, "{raw}");
    }
    let human = text(&with(&["--no-pin", "--niced"]).stdout);
    for word in [
        "nothing is pinned",
        "nice 15",
        "coordinated omission",
        "p99.9",
        "munmap",
    ] {
        assert!(human.contains(word), "{word}:\n{human}");
    }
    for (arguments, status) in [
        (&["latency", "--samples", "1000"][..], 2),
        (&["latency", "--reader", "pagemap"], 2),
        (&["latency", "--region", "12 pages"], 2),
        (&["latency", "--vmas", "100000"], 3),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
}

#[test]
fn the_writer_dies_with_a_program_that_is_killed_and_nothing_is_left_behind() {
    let _alone = alone();
    // Others may mount something meanwhile, but hardly that.
    let mounts = || {
        let all = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let is_tracefs = |line: &&str| line.split(' ').nth(2) == Some("tracefs");
        let lines = all.lines().filter(is_tracefs).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    let before = mounts();
    for signal in [Signal::SIGKILL, Signal::SIGINT] {
        let mut command = vmascope(&["latency", "--duration", "1h", "--samples", "100000"]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let begin = Instant::now();
        let writer = loop {
            if let Some(writer) = child_called(child.id(), "__writer") {
                break writer;
            }
            assert!(begin.elapsed() < PATIENCE, "no writer");
            std::thread::sleep(Duration::from_millis(5));
        };
        kill(Pid::from_raw(child.id() as i32), signal).unwrap();
        let mut said = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        let status = child.wait().unwrap();
        if signal == Signal::SIGINT {
            // What was measured so far is told.
            assert_eq!(status.code(), Some(3));
            assert!(said.contains("interrupted"), "{said}");
        }
        let begin = Instant::now();
        while std::fs::exists(format!("/proc/{writer}/cmdline")).unwrap_or(false)
            && std::fs::read(format!("/proc/{writer}/cmdline")).is_ok_and(|line| !line.is_empty())
        {
            assert!(begin.elapsed() < PATIENCE, "the writer lives");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert_eq!(mounts(), before, "tracefs is as it was");
}

#[test]
fn the_kernel_is_told_by_version_and_as_seen() {
    let _alone = alone();
    let output = run(&["kernel", "--look", "50ms", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let readers = json["readers"].as_array().unwrap();
    assert_eq!(readers.len(), 3);
    let counted = LockEvidence::find();
    assert_eq!(counted.is_err(), json["no_evidence"].is_string());
    if let Some(why) = json["no_evidence"].as_str() {
        skip(format!("the locks taken: {why}"));
    }
    for reader in readers {
        if reader["available"] != true {
            skip(format!("{}: not on this kernel", reader["reader"]));
            continue;
        }
        assert!(
            reader["by_version_why"]
                .as_str()
                .unwrap()
                .starts_with("Linux ")
        );
        // A kernel with a backport may disagree; it must say so.
        let agrees = reader["agrees"].as_bool();
        if let Some(agrees) = agrees {
            assert_eq!(agrees, reader["rule"] == reader["by_version"], "{reader}");
        }
        if counted.is_ok() {
            assert!(reader["granularity_seen"].is_string(), "{reader}");
        }
    }
    let human = text(&run(&["kernel", "--look", "50ms"]).stdout);
    for word in ["by version", "H1, the empty tree", "vm.max_map_count"] {
        assert!(human.contains(word), "{word}:\n{human}");
    }
}
