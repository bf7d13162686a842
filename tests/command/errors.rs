//! Errors of whatever kind: one line that says what failed once, why, and what
//! to do, and never more than a screen of it.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::support::{has_one_cpu, skip};
use nix::libc;

const PROGRAM: &str = env!("CARGO_BIN_EXE_vmascope");

/// The longest line, in bytes: a few lines of a terminal.
const LONGEST: usize = 2500;

/// What it said, if it failed: one line, in which no part stands twice.
#[track_caller]
fn error(output: &Output, of: &str) -> Option<String> {
    let said = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    let code = output.status.code();
    if code == Some(0) {
        return None;
    }
    assert!(matches!(code, Some(2..=4)), "{of}: {code:?} {said}");
    let mut lines = said.lines().filter(|line| line.starts_with("vmascope: "));
    let line = lines
        .next()
        .unwrap_or_else(|| panic!("{of}: {code:?} {said}"));
    assert_eq!(lines.next(), None, "{of}");
    assert!(line.len() < LONGEST, "{of}: {} bytes", line.len());
    assert!(line.matches("(os error").count() < 2, "{of}: {line}");
    let mut parts: Vec<&str> = line.split([':', ';']).map(str::trim).collect();
    parts.retain(|part| part.len() > 10);
    let count = parts.len();
    parts.sort_unstable();
    parts.dedup();
    assert_eq!(parts.len(), count, "{of}: {line}");
    Some(line.to_owned())
}

#[test]
fn no_error_echoes_all_of_an_argument() {
    let directory = tempfile::tempdir().expect("a directory");
    let long_line = directory.path().join("long");
    std::fs::write(&long_line, "x".repeat(100_000)).expect("a file");
    let long_line = long_line.to_str().expect("UTF-8");
    for long in ["x".repeat(100_000), "x y ".repeat(25_000)] {
        for words in [
            &[&*long][..],
            &["--help-me", &long],
            &["attach", &long],
            &["check", "--compare", &long],
            &["check", "--compare", long_line],
            &["check", "--duration", &long],
            &["check", "--placement", &long],
            &["check", "--reader", &long],
            &["check", "--report", &long],
            &["check", "--scenario", &long],
            &["check", "--scenario-file", &long],
            &["check", "--scenario-file", long_line],
            &["completions", &long],
            &["diff", &long, &long],
            &["diff", "1", long_line],
            &["latency", "--region", &long],
            &["man", &long],
            &["protocol", "--reader", &long],
            &["run", "--output", &long, "true"],
            &["run", &long],
            &["scenarios", &long],
            &["step", "--scenario", &long],
            &["watch", &long],
            &["watch", "1", "--interval", &long],
        ] {
            let output = Command::new(PROGRAM).args(words).output().expect("it runs");
            let of = format!(
                "{:?}",
                words
                    .iter()
                    .map(|word| &word[..word.len().min(20)])
                    .collect::<Vec<_>>()
            );
            assert!(error(&output, &of).is_some(), "{of}");
        }
    }
}

/// Whatever cannot be opened, wherever the limit strikes.
#[test]
fn without_descriptors_the_cause_is_said_once_with_what_helps() {
    let own = std::process::id().to_string();
    let mut failed = 0;
    for limit in 3..12 {
        for words in [
            &["check", "--scenario", "split", "--duration", "10ms"][..],
            &["diff", &own, &own],
            &["kernel"],
            &["latency", "--duration", "300ms"],
            &["run", "true"],
            &["step", "--scenario", "split", "r"],
            &["watch", &own, "--for", "1ms"],
        ] {
            let script = format!("ulimit -n {limit}; exec \"$0\" \"$@\"");
            let mut limited = Command::new("sh");
            limited.args(["-c", &script, PROGRAM]).args(words);
            let output = limited.output().expect("sh");
            // Below that the program itself cannot be loaded.
            if output.status.code() == Some(127) {
                continue;
            }
            let of = format!("{words:?} with {limit} descriptors");
            let stdout = String::from_utf8_lossy(&output.stdout);
            assert!(!stdout.contains("exited"), "{of}: {stdout}");
            let stderr = String::from_utf8_lossy(&output.stderr);
            // Rights would not help.
            for line in stderr.lines().filter(|line| line.contains("os error 24")) {
                assert!(!line.contains("CAP_"), "{of}: {line}");
            }
            if let Some(said) = error(&output, &of)
                && said.contains("os error 24")
            {
                assert!(said.contains("ulimit -n"), "{of}: {said}");
                failed += 1;
            }
        }
    }
    assert!(failed > 5, "the limit struck {failed} times");
}

/// Its threads on its CPUs take more of them than there are: the reading does not.
#[test]
fn without_descriptors_for_the_calls_of_the_target_it_is_watched_without_them() {
    let target = std::process::id().to_string();
    let watch = |limit: &str| {
        let script = format!("{limit} exec \"$0\" watch \"$1\" --for 200ms");
        let mut watch = Command::new("sh");
        let output = watch.args(["-c", &script, PROGRAM, &target]).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{said}");
        said
    };
    let are_not_seen = "system calls are not seen";
    if watch("").contains(are_not_seen) {
        return skip("the calls of a process may not be seen here");
    }
    let said = watch("ulimit -n 16;");
    assert!(said.contains(are_not_seen), "{said}");
    assert!(said.contains("open files"), "{said}");
}

/// Runs a command where a script has hidden something; none, and said: it cannot
/// be hidden here.
fn where_hidden(what: &str, script: &str, words: &[&str]) -> Option<Output> {
    let mut bare = Command::new("unshare");
    bare.args(["-m", "sh", "-c", script, PROGRAM]).args(words);
    match bare.output() {
        Ok(output) if output.stderr.starts_with(b"vmascope: ") => return Some(output),
        Ok(output) => skip(format!(
            "cannot hide {what}: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => skip(format!("no unshare: {error}")),
    }
    None
}

#[test]
fn where_there_is_no_dev_that_is_what_is_missing() {
    let script = "mount -t tmpfs none /dev && exec \"$0\" \"$@\"";
    for words in [
        &["check", "--scenario", "split", "--duration", "10ms"][..],
        &["latency", "--duration", "1s"],
        &["run", "true"],
    ] {
        let Some(output) = where_hidden("/dev", script, words) else {
            return;
        };
        let of = format!("{words:?}");
        let said = error(&output, &of).expect("an error");
        assert!(
            said.contains("/dev/null") && said.contains("mount"),
            "{of}: {said}"
        );
    }
}

#[test]
fn where_there_is_no_proc_that_is_what_is_missing() {
    let script = "while umount -l /proc 2>/dev/null; do :; done; exec \"$0\" \"$@\"";
    for words in [
        &["check", "--scenario", "split", "--duration", "10ms"][..],
        &["diff", "1", "2"],
        &["kernel"],
        &["latency", "--duration", "1s"],
        &["run", "true"],
        &["step", "--scenario", "split", "r"],
        &["watch", "1"],
        &["watch", "sh"],
    ] {
        let Some(output) = where_hidden("/proc", script, words) else {
            return;
        };
        let of = format!("{words:?}");
        let said = error(&output, &of).expect("an error");
        let says = "/proc is not mounted; run `mount -t proc proc /proc`";
        assert!(said.contains(says), "{of}: {said}");
    }
}

/// Has a system call fail in what a command runs.
fn forbid(command: &mut Command, call: libc::c_long, errno: i32) {
    use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W};
    let step = |code: u32, if_not: u8, value: u32| libc::sock_filter {
        code: code as u16,
        jt: 0,
        jf: if_not,
        k: value,
    };
    let filter = [
        step(BPF_LD | BPF_W | BPF_ABS, 0, 0),
        step(BPF_JMP | BPF_JEQ | BPF_K, 1, call as u32),
        step(BPF_RET | BPF_K, 0, libc::SECCOMP_RET_ERRNO | errno as u32),
        step(BPF_RET | BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    // SAFETY: runs between fork and exec, and makes two calls of prctl(2), the
    // second with a program that it owns.
    unsafe {
        command.pre_exec(move || {
            let program = libc::sock_fprog {
                len: filter.len() as u16,
                filter: filter.as_ptr().cast_mut(),
            };
            let is_set = libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                && libc::prctl(libc::PR_SET_SECCOMP, 2, &raw const program) == 0;
            is_set
                .then_some(())
                .ok_or_else(std::io::Error::last_os_error)
        });
    }
}

#[test]
fn what_a_sandbox_forbids_is_told_as_that() {
    let own = std::process::id().to_string();
    for (call, words) in [
        (libc::SYS_lseek, &["watch", &own, "--for", "1ms"][..]),
        (libc::SYS_lseek, &["kernel"]),
        (libc::SYS_clone3, &["kernel"]),
        (libc::SYS_prctl, &["kernel"]),
        (libc::SYS_prctl, &["latency", "--duration", "300ms"]),
        (libc::SYS_prctl, &["run", "true"]),
        (libc::SYS_mremap, &["step", "--scenario", "resize", "m"]),
        (libc::SYS_memfd_create, &["step"]),
        (libc::SYS_pidfd_open, &["diff", &own, &own]),
        (
            libc::SYS_sched_setscheduler,
            &["latency", "--inversion", "--reader", "maps"],
        ),
        (
            libc::SYS_sched_setaffinity,
            &["latency", "--inversion", "--reader", "maps"],
        ),
    ] {
        if words.contains(&"--inversion") && has_one_cpu() {
            skip("an inversion takes two CPUs");
            continue;
        }
        let mut sandboxed = Command::new(PROGRAM);
        sandboxed.args(words);
        forbid(&mut sandboxed, call, libc::EPERM);
        let output = match sandboxed.output() {
            Ok(output) => output,
            Err(error) => return skip(format!("no seccomp filter: {error}")),
        };
        let of = format!("{words:?} without call {call}");
        let said = error(&output, &of).unwrap_or_else(|| panic!("{of}: no error"));
        assert!(said.contains("a sandbox (seccomp)"), "{of}: {said}");
    }
}

/// What can be neither waited for nor killed would outlive us, and the standard
/// library hangs or panics where it cannot receive.
#[test]
fn nothing_is_started_that_a_sandbox_does_not_let_us_end() {
    let own = std::process::id().to_string();
    for errno in [libc::EPERM, libc::ENOSYS] {
        for (call, words) in [
            (libc::SYS_wait4, &["kernel"][..]),
            (libc::SYS_wait4, &["run", "true"]),
            (libc::SYS_waitid, &["run", "true"]),
            (libc::SYS_kill, &["run", "true"]),
            (libc::SYS_kill, &["latency", "--duration", "300ms"]),
            (libc::SYS_recvfrom, &["run", "true"]),
            (libc::SYS_recvfrom, &["kernel"]),
            (libc::SYS_recvfrom, &["watch", &own, "--for", "1ms"]),
            (libc::SYS_ppoll, &["run", "true"]),
            (libc::SYS_ppoll, &["attach", &own]),
            (libc::SYS_ioctl, &["attach", &own]),
            (libc::SYS_ioctl, &["run", "true"]),
            (libc::SYS_readlink, &["watch", &own, "--for", "1ms"]),
        ] {
            let mut sandboxed = Command::new(PROGRAM);
            sandboxed.args(words);
            forbid(&mut sandboxed, call, errno);
            let output = match sandboxed.output() {
                Ok(output) => output,
                Err(error) => return skip(format!("no seccomp filter: {error}")),
            };
            let of = format!("{words:?} where call {call} fails by {errno}");
            let said = error(&output, &of).unwrap_or_else(|| panic!("{of}: no error"));
            assert!(said.contains("a sandbox (seccomp)"), "{of}: {said}");
            assert_eq!(output.status.code(), Some(3), "{of}");
            let of_another = "another PID namespace";
            assert!(!said.contains(of_another), "{of}: {said}");
        }
    }
}

#[test]
fn where_tracing_is_refused_nobody_is_told_to_be_what_he_is() {
    let own = std::process::id().to_string();
    let is_root = nix::unistd::geteuid().is_root();
    for errno in [libc::EPERM, libc::ENOSYS] {
        let mut sandboxed = Command::new(PROGRAM);
        sandboxed.args(["watch", &own, "--for", "1ms"]);
        forbid(&mut sandboxed, libc::SYS_perf_event_open, errno);
        let output = match sandboxed.output() {
            Ok(output) => output,
            Err(error) => return skip(format!("no seccomp filter: {error}")),
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find(|line| line.contains("perf_event_open"));
        let Some(line) = line else {
            return skip(format!("tracing failed before: {said}"));
        };
        assert!(!is_root || line.contains("a sandbox (seccomp)"), "{line}");
    }
}

/// A process of a user namespace outside of ours, where we are root all the same.
#[test]
fn root_is_not_told_to_run_as_root() {
    if !nix::unistd::geteuid().is_root() {
        return skip("not root, so that there is no process of a root outside");
    }
    let mut inside = Command::new("unshare");
    inside.args(["-U", "-r", PROGRAM, "diff", "1", "1"]);
    let output = match inside.output() {
        Ok(output) if output.stderr.starts_with(b"vmascope: ") => output,
        other => return skip(format!("no user namespace: {other:?}")),
    };
    let said = error(&output, "diff 1 1").expect("an error");
    assert!(said.contains("user namespace"), "{said}");
    assert!(!said.contains("as root"), "{said}");
}

/// Every command that prints.
const PRINTING: [&[&str]; 10] = [
    &["--help"],
    &["--version"],
    &["check", "--scenario", "split", "--duration", "10ms"],
    &["completions", "bash"],
    &["kernel"],
    &["latency", "--duration", "300ms"],
    &["man"],
    &["protocol"],
    &["scenarios"],
    &["step"],
];

#[test]
fn a_closed_standard_output_is_an_error_as_a_full_disk_is() {
    for words in PRINTING {
        let mut closed = Command::new("sh");
        closed
            .args(["-c", "exec \"$0\" \"$@\" >&-", PROGRAM])
            .args(words);
        let output = closed.output().expect("sh");
        let said = error(&output, words[0]).expect("an error");
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("standard output"), "{said}");
        assert!(said.contains("closed"), "{said}");
    }
}

/// Wherever memory runs out: as threads are started, or later.
#[test]
fn without_memory_one_line_says_so() {
    let mut failed = 0;
    for kibibytes in [12_000, 16_000, 20_000, 22_000, 24_000, 28_000, 40_000] {
        for words in [&["man"][..], &["kernel"], &["protocol"], &["scenarios"]] {
            let script = format!("ulimit -c 0; ulimit -v {kibibytes}; exec \"$0\" \"$@\"");
            let mut limited = Command::new("sh");
            limited.args(["-c", &script, PROGRAM]).args(words);
            let output = limited.output().expect("sh");
            // Below that the program itself cannot be loaded; a violation is no
            // failure.
            if matches!(output.status.code(), Some(1 | 127))
                || matches!(output.status.signal(), Some(libc::SIGKILL | libc::SIGSEGV))
            {
                continue;
            }
            let of = format!("{words:?} with {kibibytes} KiB");
            if let Some(said) = error(&output, &of) {
                assert_eq!(output.status.code(), Some(3), "{of}: {said}");
                assert!(said.contains("ulimit -v"), "{of}: {said}");
                failed += 1;
            }
        }
    }
    assert!(failed > 3, "the limit struck {failed} times");
}

#[test]
fn the_cause_comes_before_what_helps() {
    let full = || std::fs::File::options().write(true).open("/dev/full");
    for words in [&["man"][..], &["completions", "bash"], &["scenarios"]] {
        let mut command = Command::new(PROGRAM);
        let output = command.args(words).stdout(full().expect("/dev/full"));
        let output = output.stderr(Stdio::piped()).spawn();
        let output = output.and_then(Child::wait_with_output).expect("it runs");
        let said = error(&output, words[0]).expect("an error");
        let cause = said.find("No space left");
        assert!(cause.is_some() && cause < said.find("make room"), "{said}");
    }
}

#[test]
fn a_program_that_was_started_through_the_loader_says_so() {
    let program = std::fs::read(PROGRAM).expect("the program");
    let interpreter = program.get(..8192).unwrap_or(&program);
    let interpreter = interpreter.split(|byte| *byte == 0).find(|text| {
        text.starts_with(b"/lib") && Path::new(std::ffi::OsStr::from_bytes(text)).exists()
    });
    let Some(interpreter) = interpreter else {
        return skip("the program is static and has no loader");
    };
    let mut loaded = Command::new(std::ffi::OsStr::from_bytes(interpreter));
    loaded.args([
        PROGRAM,
        "check",
        "--scenario",
        "split",
        "--duration",
        "10ms",
    ]);
    let said = error(&loaded.output().expect("it runs"), "through the loader").expect("an error");
    assert!(
        said.contains("loader") && said.contains("vmascope by itself"),
        "{said}"
    );
}
