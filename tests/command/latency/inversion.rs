//! `vmascope latency --inversion`.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::Value;

use super::{PATIENCE, alone, run, text, vmascope};
use crate::support::{child_called, skip};

/// A run of `latency --inversion`, or none where it cannot be made here.
fn inversion(more: &[&str]) -> Option<Output> {
    let small = ["--region", "4MiB", "--vmas", "5"];
    let output = run(&[&["latency", "--inversion"], &small[..], more].concat());
    let why = text(&output.stderr);
    if why.contains("an inversion cannot be made here") {
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(why.lines().count(), 1, "{why}");
        skip(why.trim());
        return None;
    }
    Some(output)
}

#[test]
fn the_inversion_is_measured_in_both_places_with_every_reader() {
    let _alone = alone();
    let arguments = ["--duration", "3s", "--samples", "2", "--format", "json"];
    let Some(output) = inversion(&arguments) else {
        return;
    };
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    // On a machine without a CPU to spare for seconds a writer may be stuck.
    let is_stuck = !json["stuck"].as_array().unwrap().is_empty();
    let status = if is_stuck { 3 } else { 0 };
    assert_eq!(output.status.code(), Some(status), "{json}");
    assert_ne!(json["setup"]["writer_cpu"], json["setup"]["reader_cpu"]);
    let rows = json["rows"].as_array().unwrap();
    let skipped = json["skipped"].as_array().unwrap();
    skipped.iter().for_each(skip);
    assert_eq!(rows.len(), 2 * (6 - skipped.len()));
    for (number, row) in rows.iter().enumerate() {
        let place = ["elsewhere", "vma_read"][number % 2];
        assert_eq!(row["place"], place, "{row}");
        assert_eq!(row["reader"] == "none", number < 2, "{row}");
        // One that reads may have had no CPU at all.
        let has_no_reader = row["reader"] == "none";
        assert!(!has_no_reader || row["pieces"] == 0, "{row}");
        let may_tell = has_no_reader || row["lost_cpu"] != 0;
        let samples = row["samples"].as_array().unwrap();
        assert_eq!(samples.len(), 2, "{row}");
        let numbers = |name: &'static str| samples.iter().map(move |it| it[name].as_u64().unwrap());
        assert_eq!(row["calls"]["operations"], numbers("calls").sum::<u64>());
        let longest = numbers("max_ns").max().unwrap();
        assert_eq!(row["calls"]["max_ns"], longest);
        // What is said follows from the figures.
        let limit = json["limit_ns"][number % 2].as_u64().unwrap();
        let waits = numbers("max_ns").zip(numbers("cpu_wait_ns"));
        let waits = waits.filter(|(longest, cpu)| longest.saturating_sub(*cpu) >= limit);
        let unseen = (limit / 5).max(10_000_000);
        match (waits.count() as u64, longest <= unseen) {
            (0, true) if may_tell => assert_eq!(row["verdict"], "not_seen", "{row}"),
            (0, true) => assert_eq!(row["verdict"], "not_measured", "{row}"),
            (0, false) => assert_eq!(row["verdict"], "busy", "{row}"),
            (count, _) => {
                assert_eq!(row["verdict"], "inverted", "{row}");
                assert_eq!(row["in_samples"], count, "{row}");
            }
        }
    }
}

#[test]
fn the_formats_of_the_inversion_and_mistakes() {
    let _alone = alone();
    let short = ["--duration", "800ms", "--samples", "1", "--reader"];
    let with = |more: &[&str]| inversion(&[&short[..], more].concat());
    let Some(csv) = with(&["none,maps", "--format", "csv"]) else {
        return;
    };
    assert_eq!(text(&csv.stdout).lines().count(), 5);
    // Without its own measure of a quiet machine nothing is said of any.
    let human = text(&with(&["maps"]).unwrap().stdout);
    let human: Vec<&str> = human.split_whitespace().collect();
    let human = human.join(" ");
    for words in [
        "SCHED_IDLE",
        "preemption model",
        "nothing to tell by with maps",
    ] {
        assert!(human.contains(words), "{words}:\n{human}");
    }
    for wrong in [
        &["--format", "raw"][..],
        &["--busy", "1ms"],
        &["--no-pin"],
        &["--duration", "1ms"],
    ] {
        let output = run(&[&["latency", "--inversion"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
}

/// The thread of a process that bears this name.
fn thread_called(pid: u32, name: &str) -> Option<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"))
        .ok()?
        .flatten();
    let mut named = tasks.filter(|task| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name)
    });
    named.next()?.file_name().to_str()?.parse().ok()
}

/// A field of `/proc/PID/task/TID/status`.
fn status_field(pid: u32, thread: u32, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{thread}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches(':').trim().to_owned())
}

/// An inversion that lasts, once all three threads of it work: the program, its
/// writer, its reader and its busy thread.
fn lasting_inversion() -> Option<(std::process::Child, [u32; 3])> {
    let mut child = vmascope(&["latency", "--inversion", "--reader", "maps,none"])
        .args(["--duration", "8s", "--samples", "1", "--format", "json"])
        .args(["--region", "4MiB", "--vmas", "5"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    let begin = Instant::now();
    loop {
        let writer = child_called(pid, "__writer");
        let threads = ["lab-maps-0", "lab-busy-0"].map(|name| thread_called(pid, name));
        if let (Some(writer), [Some(reader), Some(busy)]) = (writer, threads) {
            return Some((child, [writer, reader, busy]));
        }
        if child.try_wait().unwrap().is_some() {
            let output = child.wait_with_output().unwrap();
            let why = text(&output.stderr);
            assert!(why.contains("an inversion cannot be made here"), "{why}");
            skip(why.trim());
            return None;
        }
        assert!(begin.elapsed() < PATIENCE, "no inversion");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_idle_reader_and_a_busy_thread_share_a_cpu_and_all_end_with_the_program() {
    let _alone = alone();
    let Some((mut child, [writer, reader, busy])) = lasting_inversion() else {
        return;
    };
    let pid = child.id();
    let cpus = |pid, thread| status_field(pid, thread, "Cpus_allowed_list");
    let begin = Instant::now();
    // The busy thread has been started a moment ago.
    while cpus(pid, busy) != cpus(pid, reader) {
        assert!(begin.elapsed() < PATIENCE, "the busy thread is elsewhere");
        std::thread::sleep(Duration::from_millis(5));
    }
    let shared: u32 = cpus(pid, reader).unwrap().parse().expect("one CPU");
    let own: u32 = cpus(writer, writer).unwrap().parse().expect("one CPU");
    assert_ne!(shared, own);
    // Field 41 of stat(5) is the policy; the name has no brackets or blanks.
    let policy = |thread| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/task/{thread}/stat")).unwrap();
        stat.split_whitespace().nth(40).unwrap().to_owned()
    };
    assert_eq!([policy(reader), policy(busy)], ["5", "0"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let begin = Instant::now();
    while status_field(writer, writer, "State").is_some_and(|state| !state.starts_with('Z')) {
        assert!(begin.elapsed() < PATIENCE, "the writer lives");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_writer_that_does_not_come_back_is_a_result() {
    let _alone = alone();
    let Some((child, [writer, ..])) = lasting_inversion() else {
        return;
    };
    kill(Pid::from_raw(writer as i32), Signal::SIGSTOP).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stuck = &json["stuck"][0];
    assert_eq!(stuck["who"], "writer", "{json}");
    assert_eq!(stuck["reader"], "maps", "{json}");
    assert_eq!(stuck["writer_at"]["state"], "T", "{json}");
    assert_eq!(stuck["came_back"], false, "{json}");
    // The others were measured all the same, with another writer.
    for row in json["rows"].as_array().unwrap() {
        assert_eq!(row["samples"].as_array().unwrap().len(), 1, "{json}");
    }
}

#[test]
fn one_cpu_is_not_enough_for_an_inversion() {
    let _alone = alone();
    let on_one_cpu = || {
        // Children run where the thread that starts them may.
        let all = sched_getaffinity(None).unwrap();
        let first = (0..CpuSet::MAX_CPU).find(|&cpu| all.is_set(cpu));
        let mut one = CpuSet::new();
        one.set(first.unwrap());
        let kept = sched_setaffinity(None, &one);
        kept.map(|()| run(&["latency", "--inversion"]))
    };
    let output = match std::thread::spawn(on_one_cpu).join().unwrap() {
        Ok(output) => output,
        Err(errno) => return skip(format!("threads may not choose their CPU: {errno}")),
    };
    let why = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{why}");
    assert!(why.contains("1 CPU only"), "{why}");
    assert!(
        why.lines().count() == 1 && output.stdout.is_empty(),
        "{why}"
    );
}
