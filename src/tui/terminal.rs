//! Takes the terminal and gives it back, whatever happens.

use std::io;
use std::io::{BufWriter, Stdout, Write};
use std::mem::ManuallyDrop;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Bytes of a frame that are collected before they are written: one frame is
/// mostly one write.
const FRAME: usize = 1 << 18;

/// Whether the terminal is taken.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What the last panic said.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// The terminal, taken: raw mode, alternate screen, no cursor. Dropping it
/// gives it back.
#[derive(Debug)]
pub(crate) struct Screen {
    /// Never dropped: it would print to standard error where the terminal is
    /// gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn take() -> io::Result<Self> {
        enter()?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(FRAME, io::stdout()));
        match Terminal::new(backend) {
            Ok(terminal) => Ok(Screen {
                terminal: ManuallyDrop::new(terminal),
            }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Draws one frame, which the terminal shows at once or not at all.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn draw(&mut self, render: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
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
        enter()?;
        // `Terminal::clear` would ask the terminal where its cursor is, and
        // wait for an answer that the thread that reads keys has taken.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableMouseCapture,
        Hide,
        MoveTo(0, 0)
    )
}

/// Whether the terminal is taken, and giving it back has not begun.
pub(crate) fn is_taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Gives the terminal back, if it is taken.
pub(crate) fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // If the terminal is gone there is nobody to give it back to.
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
    let _ = io::stdout().flush();
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
