//! The threads that turn keys, the mouse and signals into messages. They do
//! nothing else.

use std::io;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use super::reader::InputReader;
use crate::threads::worker::start_for_good;
use crate::tui::last_way_out;
use crate::tui::last_way_out::Last;
use crate::tui::message::Message;
use crate::tui::terminal;

/// How often the terminal is asked whether it is still there.
const STILL_THERE: Duration = Duration::from_millis(250);

/// Starts both threads. They end with the process.
pub(crate) fn start(messages: &SyncSender<Message>, panic_in_input: bool) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH])?;
    // An error: nobody is left to be told.
    let tell = |sender: &mut SyncSender<Message>, text| drop(sender.send(Message::Failed(text)));
    let tell_signals = move |sender: &mut SyncSender<Message>| {
        for signal in signals.forever() {
            let message = match signal {
                SIGTSTP => Message::Suspend,
                SIGCONT => Message::Continued,
                SIGWINCH => {
                    let (columns, rows) = terminal::size().0;
                    Message::Resize(columns, rows)
                }
                other => {
                    // Whoever takes messages may hang.
                    last_way_out::open(Last::Signal(other));
                    Message::Terminate(other)
                }
            };
            if sender.send(message).is_err() {
                return;
            }
        }
    };
    start_for_good("signals", messages.clone(), tell_signals, tell)?;
    let mut reader = InputReader::open()?;
    let tell_input = move |sender: &mut SyncSender<Message>| {
        assert!(!panic_in_input, "a panic on purpose, asked for by a test");
        while let Some(message) = next_message(&mut reader) {
            if sender.send(message).is_err() {
                return;
            }
        }
        // The screen may be gone already.
        let _ = sender.send(Message::TerminalLost);
    };
    start_for_good("input", messages.clone(), tell_input, tell)
}

/// The next message; none: the terminal is gone.
fn next_message(reader: &mut InputReader) -> Option<Message> {
    loop {
        match reader.next(STILL_THERE).ok()? {
            Some(input) => return Some(Message::Input(input)),
            None if !is_there() => return None,
            None => {}
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
