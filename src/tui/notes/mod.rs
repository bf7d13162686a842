//! What a speaker sees on a second terminal: the notes of a demonstration, and a clock.
//!
//! * [`script`]: the notes; [`state`]: where one is in them; [`render`]: the screen.

pub(crate) mod render;
pub(crate) mod script;
pub(crate) mod state;

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTSTP};
use signal_hook::low_level::emulate_default_handler;

use super::input::event::Input;
use super::input::threads::{CANNOT_START, start};
use super::keys::bound::KeyTable;
use super::keys::quit::QuitKeys;
use super::last_way_out::{self, Last};
use super::message::Message;
use super::run::End;
use super::terminal::{self, Screen};
use super::theme::ChosenTheme;
use crate::linux::job_control::somebody_can_continue_us;
use crate::threads::panic_text::catch;
use state::NotesView;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(200);

/// Shows the notes, from the demonstration of this position on, until the speaker leaves.
///
/// # Errors
/// When the terminal cannot be used.
pub(crate) fn show(at: usize, theme: ChosenTheme, keys: &'static KeyTable) -> anyhow::Result<End> {
    terminal::note_panics();
    let ended = catch(|| show_until_end(at, theme, keys));
    terminal::give_back();
    match ended {
        Ok(Err(error)) if terminal::is_hangup(&error) => Ok(End::Signal(SIGHUP)),
        Ok(ended) => ended,
        Err(panic) => {
            let place = terminal::noted_panic().unwrap_or_default();
            anyhow::bail!("{place}: {panic}; please report this")
        }
    }
}

fn show_until_end(at: usize, theme: ChosenTheme, keys: &'static KeyTable) -> anyhow::Result<End> {
    let inbox = start(false, keys).context(CANNOT_START)?;
    let mut screen = Screen::take().context("cannot take the terminal")?;
    let mut view = NotesView::new(at, keys, theme.theme);
    if theme.asks {
        screen.ask_background()?;
    }
    let began = Instant::now();
    let mut drawn = None;
    loop {
        last_way_out::note_turn(QuitKeys::ControlCOrQ);
        view.since_start = began.elapsed();
        // The clock shows seconds.
        let shown = (view.clone().at_seconds(), terminal::size().0);
        if drawn.as_ref() != Some(&shown) {
            screen.draw(|area, buffer| render::render(&view, area, buffer))?;
            drawn = Some(shown);
        }
        let message = match inbox.messages.recv_timeout(TICK) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(End::Quit),
        };
        let end = match message {
            Message::Input(Input::Key(key)) if view.press(&key) => Some(End::Quit),
            Message::Input(Input::Background(background)) => {
                view.theme.background = background;
                None
            }
            Message::Terminate(SIGINT) => Some(End::Quit),
            Message::Terminate(signal) => Some(End::Signal(signal)),
            Message::TerminalLost => Some(End::Signal(SIGHUP)),
            Message::Failed(why) => anyhow::bail!(why),
            Message::Suspend if somebody_can_continue_us() => {
                terminal::give_back();
                // Stops here until somebody continues us.
                emulate_default_handler(SIGTSTP)?;
                screen.retake()?;
                drawn = None;
                None
            }
            Message::Continued => {
                screen.retake()?;
                drawn = None;
                None
            }
            _ => None,
        };
        if let Some(end) = end {
            last_way_out::open(match end {
                End::Quit => Last::Exit(0),
                End::Signal(signal) => Last::Signal(signal),
            });
            return Ok(end);
        }
    }
}
