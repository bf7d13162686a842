//! The threads that turn keys, the mouse and signals into messages. They do
//! nothing else.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use crossterm::event;
use crossterm::event::{Event, KeyEventKind, MouseEventKind};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use super::message::Message;
use crate::threads::worker::{Failure, WorkerThread};

/// How often the terminal is asked whether it is still there.
const STILL_THERE: Duration = Duration::from_millis(250);

/// Starts both threads. They end with the process.
pub(crate) fn start(messages: &SyncSender<Message>, panic_in_input: bool) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT])?;
    let sender = messages.clone();
    spawn("signals", messages, move || {
        for signal in signals.forever() {
            let message = match signal {
                SIGTSTP => Message::Suspend,
                SIGCONT => Message::Continued,
                other => Message::Terminate(other),
            };
            if sender.send(message).is_err() {
                return;
            }
        }
    })?;
    let sender = messages.clone();
    spawn("input", messages, move || {
        assert!(!panic_in_input, "a panic on purpose, asked for by a test");
        while let Some(message) = next_message() {
            if sender.send(message).is_err() {
                return;
            }
        }
        // Whoever took messages may be gone already.
        let _ = sender.send(Message::TerminalLost);
    })
}

/// A thread whose panic is told.
fn spawn(
    name: &'static str,
    messages: &SyncSender<Message>,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let work = |_: &mut SyncSender<Message>, _: &Arc<AtomicBool>| -> Result<(), Infallible> {
        work();
        Ok(())
    };
    let tell = move |sender: &mut SyncSender<Message>, failure: &Failure<Infallible>| {
        if let Failure::Panic(text) = failure {
            let text = format!("the {name} thread panicked: {text}; please report this");
            // Waits for room; an error: nobody is left to be told.
            let _ = sender.send(Message::Failed(text));
        }
        true
    };
    let thread = WorkerThread::start_telling(name, messages.clone(), work, tell)?;
    // It goes on until the process ends.
    drop(thread.not_awaited());
    Ok(())
}

/// The next message; none: the terminal is gone.
fn next_message() -> Option<Message> {
    loop {
        if !event::poll(STILL_THERE).ok()? {
            if !is_there() {
                return None;
            }
            continue;
        }
        match event::read().ok()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                return Some(Message::Key(key));
            }
            Event::Mouse(mouse) => match mouse.kind {
                MouseEventKind::ScrollDown => return Some(Message::Wheel(1)),
                MouseEventKind::ScrollUp => return Some(Message::Wheel(-1)),
                _ => {}
            },
            Event::Resize(columns, rows) => return Some(Message::Resize(columns, rows)),
            _ => {}
        }
    }
}

/// Whether standard output has not been hung up.
pub(crate) fn is_there() -> bool {
    let stdout = io::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    match poll(&mut fds, Some(&Timespec::default())) {
        Ok(_) => !fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR),
        Err(_) => true,
    }
}
