//! The touch thread: proof that a page is mapped, whatever a reader of maps says.
//! This thread of the modifier's process reads one byte of every page that all
//! states map, round and round. If one were unmapped for a moment, the read
//! would fault; the handler then records the address and ends the process.
//!
//! A read of a page never written to maps the shared zero page and gives the
//! VMA no `anon_vma` (`do_anonymous_page()`, mm/memory.c), so VMAs still merge.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use nix::libc;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use rustix::io::Errno;

use super::child_process::serve::{Request, Server, exit, start_thread};
use super::mailbox::{ModifierMailbox, TouchCommand, TouchThreadCells};

/// Exit status: a read faulted; the mailbox says where.
const EXIT_FAULT: i32 = 104;

/// Enough for a signal frame with every register set there is.
const SIGNAL_STACK_BYTES: usize = 64 * 1024;

/// The mailbox for the fault handler, which is passed nothing.
static MAILBOX: AtomicPtr<ModifierMailbox> = AtomicPtr::new(ptr::null_mut());

/// Starts the thread and returns when it has made every allocation it will
/// ever make and stands still.
pub(crate) fn start(mailbox: &'static ModifierMailbox) -> Result<(), Errno> {
    MAILBOX.store(ptr::from_ref(mailbox).cast_mut(), Ordering::Release);
    let flags = SaFlags::SA_SIGINFO | SaFlags::SA_ONSTACK;
    let action = SigAction::new(SigHandler::SigAction(on_fault), flags, SigSet::empty());
    for signal in [Signal::SIGSEGV, Signal::SIGBUS] {
        // SAFETY: the handler only stores to atomics and makes async-signal-safe calls.
        unsafe { sigaction(signal, &action) }
            .map_err(|errno| Errno::from_raw_os_error(errno as i32))?;
    }
    let cells = &mailbox.touch_thread;
    start_thread("vmascope-prove", &cells.requests, || {
        let stack = vec![0u8; SIGNAL_STACK_BYTES].leak();
        let stack = libc::stack_t {
            ss_sp: stack.as_mut_ptr().cast(),
            ss_flags: 0,
            ss_size: stack.len(),
        };
        // SAFETY: the stack is leaked, so it lives as long as the thread. Without
        // it the handler would run on the thread's own stack, which also works.
        unsafe { libc::sigaltstack(&stack, ptr::null_mut()) };
        TouchThread { cells }
    })
}

struct TouchThread {
    cells: &'static TouchThreadCells,
}

impl Server for TouchThread {
    type Command = TouchCommand;

    fn carry_out(&mut self, _: TouchCommand) {}

    fn go_on(&mut self, command: TouchCommand, request: &Request<'_>) {
        if command == TouchCommand::StandStill {
            return;
        }
        let count = self.cells.page_count.load(Ordering::Relaxed) as usize;
        while request.is_last() {
            for page in self.cells.pages.iter().take(count) {
                let address = page.load(Ordering::Relaxed) as usize;
                // SAFETY: every state maps the page readable, so the read is
                // of memory that is there, all zeros; if it is not there after
                // all, the fault handler ends the process. Volatile: the read
                // is the point.
                unsafe { ptr::read_volatile(ptr::with_exposed_provenance::<u8>(address)) };
            }
            self.cells.rounds.fetch_add(1, Ordering::Relaxed);
        }
    }
}

extern "C" fn on_fault(signal: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: the kernel passes valid information; `si_addr` is meaningful for
    // these signals when the kernel itself sent them (`si_code` above 0).
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr()) };
    // SAFETY: `start` stored a mailbox that is never unmapped.
    let mailbox = unsafe { MAILBOX.load(Ordering::Acquire).as_ref() };
    match mailbox {
        Some(mailbox) if code > 0 => {
            let cells = &mailbox.touch_thread;
            cells
                .fault_address
                .store(address.addr() as u64, Ordering::Relaxed);
            cells
                .fault_signal
                .store(signal.cast_unsigned(), Ordering::Release);
            exit(EXIT_FAULT)
        }
        // Sent by a process: die of it, as it was meant.
        // SAFETY: both are async-signal-safe.
        _ => unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        },
    }
}
