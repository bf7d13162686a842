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
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::Context as _;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTSTP};
use signal_hook::low_level::emulate_default_handler;

use super::input::threads::Inbox;
use super::last_way_out;
use super::last_way_out::Last;
use super::message::Message;
use super::terminal;
use super::terminal::Screen;
use super::theme::ChosenTheme;
use crate::linux::job_control::somebody_can_continue_us;
use crate::process::process_list::ProcessEntry;
use crate::threads::panic_text::catch;
use crate::tui::app::act::mouse_notice;
use crate::tui::keys::bound::KeyTable;
use state::{Picker, PickerEffect, PickerMessage};

/// How often what the thread found is taken in.
const TICK: Duration = Duration::from_millis(50);

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
pub(crate) fn pick(theme: ChosenTheme, inbox: &Inbox) -> anyhow::Result<Picked> {
    // A panic would leave the terminal taken: `Screen` gives it back on the way
    // out, but the message would be lost on the other screen.
    terminal::note_panics();
    let ended = catch(|| show(theme, inbox));
    terminal::give_back();
    match ended {
        Ok(Err(error)) if terminal::is_hangup(&error) => Ok(Picked::Signal(SIGHUP)),
        Ok(ended) => ended,
        Err(panic) => {
            let place = terminal::noted_panic().unwrap_or_default();
            anyhow::bail!("{place}: {panic}; please report this")
        }
    }
}

fn show(theme: ChosenTheme, inbox: &Inbox) -> anyhow::Result<Picked> {
    let found = list::start().context("cannot start the thread that lists processes")?;
    let mut screen = Screen::take().context("cannot take the terminal")?;
    let mut picker = Picker::new(terminal::size().0, theme.theme);
    if theme.asks {
        screen.ask_background()?;
    }
    loop {
        last_way_out::note_turn(picker.quit_keys());
        while let Ok(found) = found.try_recv() {
            picker.update(PickerMessage::Found(found));
        }
        picker.settle();
        if std::mem::take(&mut picker.dirty) {
            screen.draw(|area, buffer| render::render(&picker, area, buffer))?;
        }
        let first = match inbox.messages.recv_timeout(TICK) {
            Err(RecvTimeoutError::Disconnected) => return Ok(Picked::None),
            first => first.ok(),
        };
        // All that waits belongs into one frame.
        for message in first.into_iter().chain(inbox.messages.try_iter()) {
            let picked = take(message, &mut picker, &mut screen)?;
            if let Some(picked) = picked {
                let last = match picked {
                    Picked::Process(_) => None,
                    Picked::None => Some(Last::Exit(0)),
                    Picked::Signal(signal) => Some(Last::Signal(signal)),
                };
                last.into_iter().for_each(last_way_out::open);
                return Ok(picked);
            }
        }
    }
}

/// Takes a message in; what was picked by it, if something was.
fn take(
    message: Message,
    picker: &mut Picker,
    screen: &mut Screen,
) -> anyhow::Result<Option<Picked>> {
    let effect = match message {
        Message::Input(input) => picker.update(PickerMessage::Input(input)),
        Message::Resize(columns, rows) => picker.update(PickerMessage::Resize((columns, rows))),
        Message::Suspend => Some(PickerEffect::Suspend),
        Message::Continued => Some(PickerEffect::Redraw),
        Message::Terminate(SIGINT) => Some(PickerEffect::Quit),
        Message::Terminate(signal) => return Ok(Some(Picked::Signal(signal))),
        Message::TerminalLost => return Ok(Some(Picked::Signal(SIGHUP))),
        Message::Failed(why) => anyhow::bail!(why),
        // There is no session yet to send the others.
        _ => None,
    };
    match effect {
        None => {}
        Some(PickerEffect::Choose(entry)) => return Ok(Some(Picked::Process(entry))),
        Some(PickerEffect::Quit) => return Ok(Some(Picked::None)),
        Some(PickerEffect::Suspend) => suspend(screen, picker)?,
        Some(PickerEffect::Redraw) => {
            screen.retake()?;
            picker.update(PickerMessage::Resize(terminal::size().0));
        }
        Some(PickerEffect::Mouse) => {
            let has_mouse = !screen.has_mouse();
            screen.set_mouse(has_mouse)?;
            picker.notice = Some(KeyTable::built_in().hint(mouse_notice(has_mouse)));
            picker.dirty = true;
        }
    }
    Ok(None)
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
