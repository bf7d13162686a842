//! A kernel that hides VMAs: the running one, whose answers to `read()` of
//! `/proc/PID/maps` are tampered with on their way to the program under test.
//!
//! The program is traced (ptrace(2)); where a read of such a file returns,
//! lines are cut out of what it read. The modifier is not traced.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::libc;
use nix::sys::ptrace;
use nix::sys::ptrace::Options;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// Runs a command under a kernel that never shows it the lines of
/// `/proc/PID/maps` that `hides` says; its exit status, or none where it
/// cannot be traced.
///
/// Call it where this process has no other children.
#[allow(unsafe_code, reason = "PTRACE_TRACEME between fork and exec")]
pub(crate) fn run_where_lines_are_hidden(
    command: &mut Command,
    hides: impl Fn(&str) -> bool,
) -> Option<i32> {
    // SAFETY: one system call, which is async-signal-safe.
    unsafe { command.pre_exec(|| ptrace::traceme().map_err(Into::into)) };
    let child = command.spawn().ok()?;
    let main = Pid::from_raw(child.id().cast_signed());
    waitpid(main, None).ok()?;
    let options =
        Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
    ptrace::setoptions(main, options).ok()?;
    ptrace::syscall(main, None).ok()?;
    let mut reads: HashMap<Pid, u64> = HashMap::new();
    loop {
        let (thread, signal) = match waitpid(None, Some(WaitPidFlag::__WALL)).ok()? {
            WaitStatus::Exited(pid, status) if pid == main => return Some(status),
            WaitStatus::Signaled(pid, signal, _) if pid == main => panic!("killed by {signal}"),
            WaitStatus::PtraceSyscall(thread) => {
                at_system_call(thread, &mut reads, &hides);
                (thread, None)
            }
            WaitStatus::PtraceEvent(thread, ..) => (thread, None),
            // How a new thread begins.
            WaitStatus::Stopped(thread, Signal::SIGSTOP) => (thread, None),
            WaitStatus::Stopped(thread, signal) => (thread, Some(signal)),
            _ => continue,
        };
        // It may have been killed meanwhile.
        let _ = ptrace::syscall(thread, signal);
    }
}

/// Notes a read that begins, by the address of its buffer, and cuts lines out
/// of one that ends.
fn at_system_call(thread: Pid, reads: &mut HashMap<Pid, u64>, hides: &impl Fn(&str) -> bool) {
    let Ok(mut registers) = ptrace::getregs(thread) else {
        return;
    };
    let is_entry = registers.rax.cast_signed() == -i64::from(libc::ENOSYS);
    if is_entry {
        if registers.orig_rax == libc::SYS_read as u64 && is_maps(thread, registers.rdi) {
            reads.insert(thread, registers.rsi);
        }
        return;
    }
    let (Some(buffer), length) = (reads.remove(&thread), registers.rax) else {
        return;
    };
    if length.cast_signed() <= 0 {
        return;
    }
    let memory = File::options()
        .read(true)
        .write(true)
        .open(format!("/proc/{thread}/mem"))
        .unwrap();
    let mut bytes = vec![0; length as usize];
    memory.read_exact_at(&mut bytes, buffer).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let shown: String = text
        .split_inclusive('\n')
        .filter(|line| !hides(line))
        .collect();
    // Nothing at all would be the end of the file.
    if shown.is_empty() || shown.len() == text.len() {
        return;
    }
    memory.write_all_at(shown.as_bytes(), buffer).unwrap();
    registers.rax = shown.len() as u64;
    ptrace::setregs(thread, registers).unwrap();
}

fn is_maps(thread: Pid, file: u64) -> bool {
    std::fs::read_link(format!("/proc/{thread}/fd/{file}"))
        .is_ok_and(|path| path.to_string_lossy().ends_with("/maps"))
}
