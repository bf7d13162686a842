//! Takes the terminal and gives it back, whatever happens.

use std::io;
use std::io::{BufWriter, Stdout, Write};
use std::mem::ManuallyDrop;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, MoveTo};
use crossterm::event::{DisableMouseCapture, EnableBracketedPaste};
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::linux::signal_ends::before_a_crash;

/// Bytes of a frame that are collected before they are written: one frame is
/// mostly one write.
const FRAME: usize = 1 << 18;

/// The size of a terminal that does not know its own: a serial line.
const USUAL: (u16, u16) = (80, 24);

/// Clicks and the wheel are reported, in the form without limits (SGR); not
/// what the mouse passes over.
const REPORT_MOUSE: &str = "\x1b[?1000h\x1b[?1006h";

/// Undoes all that a terminal is asked for, one command for each. It is cleared, as tmux
/// keeps rows of it where the terminal was resized meanwhile.
const GIVE_BACK: &str = "\x1b[?2026l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l\
                         \x1b[?2004l\x1b[2J\x1b[?1049l\x1b[?25h";

/// How long it may take to tell the terminal that, where all else hangs.
const LAST_WORD: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

const FREE: u8 = 0;
const TAKEN: u8 = 1;
const GIVING_BACK: u8 = 2;
/// It was wrested from whoever had it, and is not taken again.
const LOST: u8 = 3;

/// Whether the terminal is taken: one of the four.
static STATE: AtomicU8 = AtomicU8::new(FREE);

/// Its modes before it was taken the first time: for the end by a crash.
static MODES: OnceLock<Termios> = OnceLock::new();

/// What the last panic said.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// The terminal, taken: raw mode, alternate screen, no cursor. Dropping it
/// gives it back.
#[derive(Debug)]
pub(crate) struct Screen {
    /// Never dropped: it would print to standard error where the terminal is
    /// gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
    /// Whether clicks are ours, or select text as the terminal does it.
    has_mouse: bool,
}

/// Columns and rows, and whether the terminal knows them.
pub(crate) fn size() -> ((u16, u16), bool) {
    let size = crossterm::terminal::size().unwrap_or_default();
    let is_known = size.0 > 0 && size.1 > 0;
    (if is_known { size } else { USUAL }, is_known)
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn take() -> io::Result<Self> {
        enter(true)?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(FRAME, io::stdout()));
        // Not the size that the backend would ask for: it may be unknown.
        let viewport = Viewport::Fixed(area());
        match Terminal::with_options(backend, TerminalOptions { viewport }) {
            Ok(terminal) => Ok(Screen {
                terminal: ManuallyDrop::new(terminal),
                has_mouse: true,
            }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Whether clicks are ours.
    pub(crate) fn has_mouse(&self) -> bool {
        self.has_mouse
    }

    /// Takes clicks, or leaves them to the terminal, which selects text then.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn set_mouse(&mut self, has_mouse: bool) -> io::Result<()> {
        self.has_mouse = has_mouse;
        report_mouse(has_mouse)
    }

    /// Asks the terminal what it draws on (OSC 11). Whether and when it answers
    /// does not matter: that is an input like others.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn ask_background(&mut self) -> io::Result<()> {
        execute!(self.terminal.backend_mut(), Print("\x1b]11;?\x1b\\"))
    }

    /// Has the terminal put a text into the clipboard (OSC 52).
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(
            self.terminal.backend_mut(),
            CopyToClipboard::to_clipboard_from(text)
        )
    }

    /// Draws one frame, which the terminal shows at once or not at all.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn draw(&mut self, render: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        let area = area();
        if self.terminal.get_frame().area() != area {
            self.terminal.resize(area)?;
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| {
            let area = frame.area();
            render(area, frame.buffer_mut());
        })?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Takes the terminal again after a suspension; the next frame is drawn
    /// in full.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn retake(&mut self) -> io::Result<()> {
        give_back();
        enter(self.has_mouse)?;
        // `Terminal::clear` would ask the terminal where its cursor is, and
        // wait for an answer that the thread that reads keys has taken.
        self.terminal.resize(area())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn area() -> Rect {
    let (columns, rows) = size().0;
    Rect::new(0, 0, columns, rows)
}

fn report_mouse(has_mouse: bool) -> io::Result<()> {
    if has_mouse {
        execute!(io::stdout(), Print(REPORT_MOUSE))
    } else {
        execute!(io::stdout(), DisableMouseCapture)
    }
}

fn enter(has_mouse: bool) -> io::Result<()> {
    if let Ok(modes) = tcgetattr(io::stdout()) {
        MODES.get_or_init(|| modes);
    }
    before_a_crash(wrest_back);
    let lost = || io::Error::other("this process is ending");
    if STATE.load(Ordering::SeqCst) == LOST {
        return Err(lost());
    }
    enable_raw_mode()?;
    if STATE.compare_exchange(FREE, TAKEN, Ordering::SeqCst, Ordering::SeqCst) == Err(LOST) {
        disable_raw_mode()?;
        return Err(lost());
    }
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        Hide,
        MoveTo(0, 0)
    )?;
    report_mouse(has_mouse)
}

/// Whether the terminal is not taken, or has been given back.
pub(crate) fn is_free() -> bool {
    matches!(STATE.load(Ordering::SeqCst), FREE | LOST)
}

/// Whether an error of whoever draws says that the terminal is gone.
pub(crate) fn is_hangup(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.raw_os_error() == Some(Errno::IO.raw_os_error()))
}

/// Gives the terminal back, if it is taken.
pub(crate) fn give_back() {
    let begun = STATE.compare_exchange(TAKEN, GIVING_BACK, Ordering::SeqCst, Ordering::SeqCst);
    if begun.is_err() {
        return;
    }
    // If the terminal is gone there is nobody to give it back to.
    let _ = execute!(io::stdout(), Print(GIVE_BACK));
    let _ = disable_raw_mode();
    let _ = io::stdout().flush();
    let _ = STATE.compare_exchange(GIVING_BACK, FREE, Ordering::SeqCst, Ordering::SeqCst);
}

/// Gives the terminal back for good, where whoever should do that cannot: what it
/// does not take in a moment is lost. Makes only calls that are
/// async-signal-safe.
pub(crate) fn wrest_back() {
    if matches!(STATE.swap(LOST, Ordering::SeqCst), FREE | LOST) {
        return;
    }
    let stdout = rustix::stdio::stdout();
    say_at_last(stdout, GIVE_BACK);
    if let Some(modes) = MODES.get() {
        let _ = tcsetattr(stdout, OptionalActions::Now, modes);
    }
}

/// Writes what can be written in a moment: somebody may hang in a write already.
fn say_at_last(to: BorrowedFd<'_>, text: &str) {
    let mut fds = [PollFd::from_borrowed_fd(to, PollFlags::OUT)];
    if poll(&mut fds, Some(&LAST_WORD)).is_ok_and(|ready| ready > 0) {
        let _ = rustix::io::write(to, text.as_bytes());
    }
}

/// From now on a panic in any thread is noted and not printed: whoever waits
/// for that thread says so, after the terminal has been given back.
pub(crate) fn note_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or(String::new(), |at| {
            format!(" at {}:{}", at.file(), at.line())
        });
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("unnamed").to_owned();
        if let Ok(mut last) = PANIC.lock() {
            last.get_or_insert(format!("the {name} thread panicked{place}"));
        }
    }));
}

/// Where the first panic was, if there was one.
pub(crate) fn noted_panic() -> Option<String> {
    PANIC.lock().ok().and_then(|last| last.clone())
}
