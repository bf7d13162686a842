//! Signals of all kinds: the terminal is given back, and the signal is what ends
//! the program.

use std::os::unix::process::ExitStatusExt;

use nix::sys::signal::Signal;

use crate::terminal::Terminal;

#[test]
fn every_signal_that_ends_it_leaves_the_terminal_as_it_was() {
    use Signal::{
        SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGIO, SIGPROF, SIGPWR, SIGQUIT, SIGSEGV,
        SIGSYS, SIGTERM, SIGTRAP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
    };
    for (arguments, shown) in [
        (&["demo"][..], " Scan "),
        // The list of processes.
        (&["attach"], "PID"),
    ] {
        for signal in [
            SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGIO, SIGPROF, SIGPWR, SIGQUIT,
            SIGSEGV, SIGSYS, SIGTERM, SIGTRAP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
        ] {
            let mut terminal = Terminal::start(100, 24, arguments, true);
            terminal.wait_for("first frame", |text| text.contains(shown));
            terminal.signal(signal);
            let ended = terminal.wait_for_end().signal();
            assert_eq!(ended, Some(signal as i32), "{arguments:?} {signal}");
            terminal.assert_sane();
        }
    }
}
