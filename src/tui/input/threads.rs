//! The threads that turn keys, the mouse and signals into messages. They do
//! nothing else, and run on while one screen takes the place of another.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use super::event::Input;
use super::reader::InputReader;
use crate::linux::signal_ends::unusual_ends;
use crate::threads::worker::start_for_good;
use crate::tui::keys::bound::KeyTable;
use crate::tui::keys::quit::QuitKeys;
use crate::tui::last_way_out;
use crate::tui::last_way_out::Last;
use crate::tui::message::Message;
use crate::tui::terminal;

/// How often the terminal is asked whether it is still there.
const STILL_THERE: Duration = Duration::from_millis(250);

/// How often reading it may fail in a row while it is there, and when it is read
/// again.
const FAILURES: u32 = 20;
const AGAIN: Duration = Duration::from_millis(50);

/// What has failed, if they cannot be started.
pub(crate) const CANNOT_START: &str = "cannot take keys and signals";

/// Messages that may wait to be taken.
const MESSAGES: usize = 64;

/// Inputs that wait for room. More are lost.
const WAITING: usize = 1000;

/// How long the next input is waited for while others wait for room.
const ROOM: Duration = Duration::from_millis(20);

/// What comes to whoever draws.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub messages: Receiver<Message>,
    /// For those who have something else to tell.
    pub sender: SyncSender<Message>,
}

/// Starts the threads, once: they end with the process. `keys` say which quit.
///
/// # Errors
/// When keys or signals cannot be taken.
pub(crate) fn start(panic_in_input: bool, keys: &'static KeyTable) -> io::Result<Inbox> {
    let (sender, messages) = sync_channel(MESSAGES);
    start_telling(&sender, panic_in_input, keys)?;
    Ok(Inbox { messages, sender })
}

fn start_telling(
    messages: &SyncSender<Message>,
    panic_in_input: bool,
    keys: &'static KeyTable,
) -> io::Result<()> {
    // An error: nobody is left to be told.
    let tell = |sender: &mut SyncSender<Message>, text| drop(sender.send(Message::Failed(text)));
    let usual = [SIGTERM, SIGINT, SIGQUIT, SIGHUP];
    let mut ends = Signals::new(usual.iter().chain(unusual_ends()))?;
    let tell_ends = move |sender: &mut SyncSender<Message>| {
        for signal in ends.forever() {
            // Whoever takes messages may hang.
            last_way_out::open(Last::Signal(signal));
            let _ = sender.send(Message::Terminate(signal));
        }
    };
    start_for_good("signals", messages.clone(), tell_ends, tell)?;
    // On a thread of its own: it may have to wait for room.
    let mut changes = Signals::new([SIGTSTP, SIGCONT, SIGWINCH])?;
    let tell_changes = move |sender: &mut SyncSender<Message>| {
        for signal in changes.forever() {
            let message = match signal {
                SIGTSTP => Message::Suspend,
                SIGCONT => Message::Continued,
                _ => {
                    let (columns, rows) = terminal::size().0;
                    Message::Resize(columns, rows)
                }
            };
            if sender.send(message).is_err() {
                return;
            }
        }
    };
    start_for_good("job control", messages.clone(), tell_changes, tell)?;
    let mut reader = InputReader::open()?;
    let tell_input = move |sender: &mut SyncSender<Message>| {
        assert!(!panic_in_input, "a panic on purpose, asked for by a test");
        // An error: the screen may be gone already.
        let _ = pass_on(&mut reader, sender, keys);
    };
    start_for_good("input", messages.clone(), tell_input, tell)
}

/// Passes input on until there is none any more. It never waits for room: among
/// what comes meanwhile may be the wish to leave.
fn pass_on(
    reader: &mut InputReader,
    sender: &SyncSender<Message>,
    keys: &'static KeyTable,
) -> Result<(), TrySendError<Message>> {
    let mut waiting = VecDeque::new();
    loop {
        let patience = if waiting.is_empty() {
            STILL_THERE
        } else {
            ROOM
        };
        match next_message(reader, patience) {
            Some(Message::Input(input)) => {
                watch_over(&input, sender, keys);
                if waiting.len() < WAITING {
                    waiting.push_back(input);
                }
            }
            Some(last) => return Ok(sender.send(last)?),
            None => {}
        }
        while let Some(input) = waiting.pop_front() {
            match sender.try_send(Message::Input(input)) {
                Ok(()) => {}
                Err(TrySendError::Full(Message::Input(input))) => {
                    waiting.push_front(input);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Sees to it that a key that quits does so, though nobody may take it.
fn watch_over(input: &Input, sender: &SyncSender<Message>, keys: &'static KeyTable) {
    if let Input::Key(key) = input
        && QuitKeys::ALL.iter().any(|quit| quit.contain(key, keys))
    {
        let sender = sender.clone();
        // An error: there is no room, or nobody to draw.
        let redraw = move || drop(sender.try_send(Message::Continued));
        last_way_out::unless_taken(last_way_out::turns(), *key, keys, redraw);
    }
}

/// The next input, or why there will be none; none: nothing for so long.
fn next_message(reader: &mut InputReader, patience: Duration) -> Option<Message> {
    let mut failed = 0;
    loop {
        match reader.next(patience) {
            Ok(Some(input)) => return Some(Message::Input(input)),
            _ if !is_there() => return Some(Message::TerminalLost),
            Ok(None) => return None,
            // Nothing is read while its modes change, and by a job that no shell
            // can bring to the front.
            Err(_) if failed < FAILURES => {
                failed += 1;
                std::thread::sleep(AGAIN);
            }
            Err(error) => {
                let text = format!("cannot read keys from the terminal: {error}");
                return Some(Message::Failed(text));
            }
        }
    }
}

/// Whether standard output has not been hung up.
fn is_there() -> bool {
    let stdout = io::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    match poll(&mut fds, Some(&Timespec::default())) {
        Ok(_) => !fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR),
        Err(_) => true,
    }
}
