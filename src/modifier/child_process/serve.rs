//! The child's end: ties the process to its parent and serves requests.
//!
//! A child is quiet: once it is ready, nothing in its address space changes but
//! what it is told to change. So it allocates nothing, its stack has been
//! touched as deep as it will ever grow, and all its threads are started before.
//!
//! It dies with its parent: `PR_SET_PDEATHSIG`, which the kernel ties to the
//! parent's *thread* that started it (prctl(2)), and a check that the parent
//! was still there when that was set.

use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::Ordering;
use std::thread;

use nix::libc;
use rustix::io::Errno;
use rustix::process::{Signal, getppid, set_parent_process_death_signal};

use super::mailbox::{Code, Command, Failure, Mailbox, RequestCells};
use super::shared_memory::Mapping;
use super::{futex, own_stack};

/// Exit status: no mailbox of this version on the descriptor it was given.
pub(crate) const EXIT_NO_MAILBOX: i32 = 101;
/// Exit status: the parent was gone before it could be tied to it.
pub(crate) const EXIT_ORPHAN: i32 = 102;
/// Exit status: it could not get ready; the mailbox says why.
pub(crate) const EXIT_NOT_READY: i32 = 103;

/// Exit status: the kernel, or a sandbox, refuses to end it with its parent.
pub(crate) const EXIT_NOT_TIED: i32 = 104;

/// `reply` of a thread that is ready and has not been asked anything.
const READY: u32 = u32::MAX;

/// If this process was started as the child with such a mailbox, runs as that
/// and does not return. Call it first thing in `main`, before anything
/// allocates much.
pub(crate) fn run_if_child<M: Mailbox>(main: fn(&'static M) -> !) {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|word| word != M::WORD) {
        return;
    }
    let fd = arguments
        .next()
        .and_then(|number| number.to_str()?.parse().ok());
    let Some(mailbox) = fd.and_then(open_mailbox::<M>) else {
        exit(EXIT_NO_MAILBOX)
    };
    if set_parent_process_death_signal(Some(Signal::KILL)).is_err() {
        exit(EXIT_NOT_TIED);
    }
    let _ = rustix::thread::set_name(M::COMM);
    // Asked afterwards: it may have ended before.
    if !is_parent_alive(mailbox) {
        exit(EXIT_ORPHAN);
    }
    own_stack::touch_main_thread();
    main(mailbox)
}

/// Ends a process that cannot get ready.
pub(crate) fn give_up<M: Mailbox>(mailbox: &M, failure: Failure<M::Task>) -> ! {
    mailbox.header().failure.set(failure);
    exit(EXIT_NOT_READY)
}

pub(crate) fn exit(status: i32) -> ! {
    // SAFETY: ends the process at once; nothing is left to clean up.
    unsafe { libc::_exit(status) }
}

/// Maps the mailbox on a descriptor, for as long as the process lives.
fn open_mailbox<M: Mailbox>(fd: RawFd) -> Option<&'static M> {
    // SAFETY: only asks whether the descriptor is open.
    if fd < 0 || unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
        return None;
    }
    // SAFETY: it is open, and the parent opened it for this process to own.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let mapping = Mapping::map(&fd).ok()?;
    let mailbox: &'static Mapping<M> = Box::leak(Box::new(mapping));
    (mailbox.header().magic.load(Ordering::Acquire) == M::MAGIC).then_some(mailbox)
}

fn is_parent_alive<M: Mailbox>(mailbox: &M) -> bool {
    let parent = getppid().map(|pid| pid.as_raw_pid().cast_unsigned());
    parent == Some(mailbox.header().parent_pid.load(Ordering::Relaxed))
}

/// What a thread of a child does on request.
pub(crate) trait Server {
    type Command: Command;

    /// What is done before the answer.
    fn carry_out(&mut self, command: Self::Command);

    /// What goes on after the answer: it must end when there is another
    /// request.
    fn go_on(&mut self, command: Self::Command, request: &Request<'_>);
}

/// A request that has been answered.
pub(crate) struct Request<'a> {
    cells: &'a RequestCells,
    number: u32,
}

impl Request<'_> {
    /// Whether there is no other request yet.
    #[inline]
    pub(crate) fn is_last(&self) -> bool {
        self.cells.request.load(Ordering::Relaxed) == self.number
    }
}

/// Serves requests until the process is killed.
pub(crate) fn serve<S: Server>(server: &mut S, cells: &RequestCells) -> ! {
    let mut served = 0;
    loop {
        let number = futex::wait_while(&cells.request, served, None);
        if number == served {
            continue;
        }
        served = number;
        let command = S::Command::from_code(cells.command.load(Ordering::Relaxed));
        if let Some(command) = command {
            server.carry_out(command);
        }
        futex::publish(&cells.reply, number);
        if let Some(command) = command {
            server.go_on(command, &Request { cells, number });
        }
    }
}

/// Starts another thread that serves requests, and returns when it waits for
/// the first. `get_ready` makes its server, on the thread; whatever that has to
/// allocate, it has by then.
pub(crate) fn start_thread<S: Server>(
    name: &str,
    cells: &'static RequestCells,
    get_ready: impl FnOnce() -> S + Send + 'static,
) -> Result<(), Errno> {
    thread::Builder::new()
        .name(name.into())
        .spawn(move || {
            own_stack::touch_thread();
            let mut server = get_ready();
            futex::publish(&cells.reply, READY);
            serve(&mut server, cells)
        })
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))?;
    while futex::wait_while(&cells.reply, 0, None) == 0 {}
    cells.reply.store(0, Ordering::Release);
    Ok(())
}
