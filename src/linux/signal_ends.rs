//! Signals that end this process: which there are, ending by one, and what is
//! done before a crash.

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::libc;
use nix::libc::{c_int, c_void, siginfo_t};

/// Those that a program makes happen to itself, mostly.
const CRASHES: [c_int; 7] = [
    libc::SIGABRT,
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGSYS,
    libc::SIGTRAP,
];

/// Those from elsewhere that nobody asks to end a program by, and that do so all
/// the same.
const UNUSUAL: [c_int; 9] = [
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGXCPU,
    libc::SIGIO,
    libc::SIGPWR,
    libc::SIGSTKFLT,
];

/// What is done before a crash. Only what is
/// async-signal-safe.
pub(crate) type LastAct = fn();

/// The exit status of what could not run to its end.
const COULD_NOT_RUN: c_int = 3;

static LAST_ACT: OnceLock<LastAct> = OnceLock::new();

/// What the signals of [`CRASHES`] did before.
static BEFORE: OnceLock<[libc::sigaction; CRASHES.len()]> = OnceLock::new();

/// The unusual signals, those of real time too, that would have ended this process
/// when this was asked first: not those that somebody else has a handler for, or
/// ignores.
pub(crate) fn unusual_ends() -> &'static [i32] {
    static ENDS: OnceLock<Vec<i32>> = OnceLock::new();
    ENDS.get_or_init(|| {
        let of_real_time = libc::SIGRTMIN()..=libc::SIGRTMAX();
        let all = UNUSUAL.into_iter().chain(of_real_time);
        let is_default = |action: libc::sigaction| action.sa_sigaction == libc::SIG_DFL;
        all.filter(|signal| action_of(*signal).is_some_and(is_default))
            .collect()
    })
}

/// Ends this process as this signal would have, had nobody a handler for it. The
/// first process of a PID namespace is spared by its own signals: it exits with the
/// status that shells give.
pub(crate) fn end_by(signal: i32) -> ! {
    // SAFETY: all zeros is a sigaction and a sigset_t; the calls read and write
    // these two values, which outlive them; all are async-signal-safe.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = libc::SIG_DFL;
        libc::sigaction(signal, &raw const action, null_mut());
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, null_mut());
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
}

/// From now on `act` is called before a crash ends this process. The first time
/// counts.
pub(crate) fn before_a_crash(act: LastAct) {
    let before = CRASHES.map(action_of);
    if before.iter().any(Option::is_none) || LAST_ACT.set(act).is_err() {
        return;
    }
    // Nobody else sets it.
    let _ = BEFORE.set(before.map(|action| action.unwrap_or_else(none)));
    for signal in CRASHES {
        let mut action = none();
        action.sa_sigaction = crashed as *const () as usize;
        // On the stack that Rust's threads have for that: their own may be full.
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: the action is a whole one, and its handler makes only calls
        // that are async-signal-safe.
        unsafe { libc::sigaction(signal, &raw const action, null_mut()) };
    }
}

/// Ends this process where there is no memory, after what is done before a crash.
#[cold]
pub(crate) fn end_without_memory() -> ! {
    static ENDS: AtomicBool = AtomicBool::new(false);
    if ENDS.swap(true, Ordering::Relaxed) {
        // Another thread had none either, and is about to end all.
        // SAFETY: sleeps.
        unsafe { libc::sleep(2) };
    } else {
        if let Some(act) = LAST_ACT.get() {
            act();
        }
        let line = b"vmascope: there is no more memory; free some, or raise the limits on it \
                     (`ulimit -v`, memory.max)\n";
        let _ = rustix::io::write(rustix::stdio::stderr(), line);
    }
    // SAFETY: ends the process, and touches no memory of it.
    unsafe { libc::_exit(COULD_NOT_RUN) }
}

extern "C" fn crashed(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
    if let Some(act) = LAST_ACT.get() {
        act();
    }
    // SAFETY: the kernel passes a siginfo_t to a handler with SA_SIGINFO.
    let by_kernel = unsafe { (*info).si_code } > 0;
    let is_fault = matches!(
        signal,
        libc::SIGSEGV | libc::SIGBUS | libc::SIGFPE | libc::SIGILL
    );
    let at = CRASHES.iter().position(|crash| *crash == signal);
    match BEFORE.get().zip(at) {
        // It happens again, and what was there before deals with it: Rust says
        // that the stack is full.
        Some((before, at)) if by_kernel && is_fault => {
            // SAFETY: the action is what sigaction(2) has returned.
            unsafe { libc::sigaction(signal, &raw const before[at], null_mut()) };
        }
        _ => end_by(signal),
    }
}

/// What a signal does now; none: there is no such signal.
fn action_of(signal: c_int) -> Option<libc::sigaction> {
    let mut now = MaybeUninit::uninit();
    // SAFETY: nothing is set, and where it returns 0 it has written the value.
    unsafe { (libc::sigaction(signal, null(), now.as_mut_ptr()) == 0).then(|| now.assume_init()) }
}

fn none() -> libc::sigaction {
    // SAFETY: all zeros is the default action, with no flags and an empty mask.
    unsafe { std::mem::zeroed() }
}
