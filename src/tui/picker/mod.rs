//! The list of processes to choose a target from, before there is a session.
//!
//! A thread of its own looks at one process after another and says what it
//! found; the list fills while it is used.

pub(crate) mod list;
pub(crate) mod render;
pub(crate) mod state;
#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::{emulate_default_handler, unregister};

use super::input::reader::InputReader;
use super::input::threads::is_there;
use super::last_way_out;
use super::last_way_out::Last;
use super::terminal;
use super::terminal::Screen;
use super::theme::ChosenTheme;
use crate::linux::job_control::somebody_can_continue_us;
use crate::linux::signal_ends::{end_by, unusual_ends};
use crate::process::process_list::ProcessEntry;
use crate::threads::panic_text::catch;
use crate::tui::app::act::mouse_notice;
use state::{Picker, PickerEffect, PickerMessage};

/// How often what the thread found is taken in, and the least time between two
/// frames.
const TICK: Duration = Duration::from_millis(50);

/// How often the terminal is asked whether it is still there.
const STILL_THERE: Duration = Duration::from_millis(250);

const CANNOT_TAKE_SIGNALS: &str = "cannot take signals";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Picked {
    Process(Box<ProcessEntry>),
    /// None: the user left.
    None,
    /// None: this signal asked for the end.
    Signal(i32),
}

/// Shows the list until the user chooses or leaves; then the terminal is as it
/// was.
///
/// # Errors
/// When the terminal cannot be used or the thread not started.
pub(crate) fn pick(theme: ChosenTheme) -> anyhow::Result<Picked> {
    let signal = Arc::new(AtomicUsize::new(0));
    let mut registered = Vec::new();
    let ends = [SIGTERM, SIGINT, SIGQUIT, SIGTSTP];
    for number in ends.iter().chain(unusual_ends()).copied() {
        let value = usize::try_from(number).unwrap_or_default();
        let flag = signal_hook::flag::register_usize(number, signal.clone(), value);
        registered.push(flag.context(CANNOT_TAKE_SIGNALS)?);
    }
    // While the list waits for something else, a thread of its own ends the
    // program when the terminal hangs up.
    let usual = [SIGHUP, SIGTERM, SIGINT, SIGQUIT];
    let mut hangup =
        Signals::new(usual.iter().chain(unusual_ends())).context(CANNOT_TAKE_SIGNALS)?;
    let handle = hangup.handle();
    let watcher = std::thread::Builder::new()
        .name("hangup".into())
        .spawn(move || {
            for signal in hangup.forever() {
                last_way_out::open(Last::Signal(signal));
                if signal == SIGHUP {
                    terminal::give_back();
                    end_by(SIGHUP);
                }
            }
        })
        .context(CANNOT_TAKE_SIGNALS)?;
    // A panic would leave the terminal taken: `Screen` gives it back on the way
    // out, but the message would be lost on the other screen.
    terminal::note_panics();
    let ended = catch(|| show(theme, &signal));
    terminal::give_back();
    handle.close();
    // It only waited.
    let _ = watcher.join();
    registered.into_iter().for_each(|id| {
        unregister(id);
    });
    ended.unwrap_or_else(|panic| {
        let place = terminal::noted_panic().unwrap_or_default();
        anyhow::bail!("{place}: {panic}; please report this")
    })
}

fn show(theme: ChosenTheme, signal: &AtomicUsize) -> anyhow::Result<Picked> {
    let found = list::start().context("cannot start the thread that lists processes")?;
    let mut screen = Screen::take().context("cannot take the terminal")?;
    let mut reader = InputReader::open().context("cannot read keys")?;
    let mut picker = Picker::new(terminal::size().0, theme.theme);
    if theme.asks {
        screen.ask_background()?;
    }
    let mut asked = Instant::now();
    loop {
        while let Ok(found) = found.try_recv() {
            picker.update(PickerMessage::Found(found));
        }
        picker.settle();
        if std::mem::take(&mut picker.dirty) {
            screen.draw(|area, buffer| render::render(&picker, area, buffer))?;
        }
        let mut effects = Vec::new();
        // All that waits belongs into one frame.
        let mut patience = TICK;
        loop {
            let input = match reader.next(patience) {
                Ok(Some(input)) => input,
                Ok(None) => break,
                Err(_) => return Ok(Picked::Signal(SIGHUP)),
            };
            patience = Duration::ZERO;
            effects.extend(picker.update(PickerMessage::Input(input)));
            if !effects.is_empty() {
                break;
            }
        }
        let size = terminal::size().0;
        if size != picker.size {
            picker.update(PickerMessage::Resize(size));
        }
        match i32::try_from(signal.swap(0, Ordering::Relaxed)).unwrap_or_default() {
            0 => {}
            SIGTSTP => effects.push(PickerEffect::Suspend),
            SIGINT => return Ok(Picked::None),
            number => return Ok(Picked::Signal(number)),
        }
        for effect in effects {
            match effect {
                PickerEffect::Choose(entry) => return Ok(Picked::Process(entry)),
                PickerEffect::Quit => return Ok(Picked::None),
                PickerEffect::Suspend => suspend(&mut screen, &mut picker)?,
                PickerEffect::Redraw => screen.retake()?,
                PickerEffect::Mouse => {
                    let has_mouse = !screen.has_mouse();
                    screen.set_mouse(has_mouse)?;
                    picker.notice = Some(mouse_notice(has_mouse).into());
                    picker.dirty = true;
                }
            }
        }
        if asked.elapsed() >= STILL_THERE {
            asked = Instant::now();
            if !is_there() {
                return Ok(Picked::Signal(SIGHUP));
            }
        }
    }
}

fn suspend(screen: &mut Screen, picker: &mut Picker) -> io::Result<()> {
    if !somebody_can_continue_us() {
        picker.notice = Some("no shell could continue vmascope after a stop: it goes on".into());
        picker.dirty = true;
        return Ok(());
    }
    terminal::give_back();
    // Stops here until somebody continues us.
    emulate_default_handler(SIGTSTP)?;
    screen.retake()?;
    picker.update(PickerMessage::Resize(terminal::size().0));
    Ok(())
}
