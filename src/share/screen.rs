//! The application on a recording, without a terminal.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::recording::open::Recording;
use crate::replay::player::{Player, PlayerError};
use crate::replay::step::{Speed, TimeStep};
use crate::session::SessionCommand;
use crate::session::snapshot::FoundEvent;
use crate::tui::app::App;
use crate::tui::chosen::Chosen;
use crate::tui::effect::Effect;
use crate::tui::frame;
use crate::tui::input::event::Input;
use crate::tui::keys::action::Action;
use crate::tui::message::Message;
use crate::tui::theme::Theme;
use crate::tui::time::TimeBar;
use crate::tui::view::View;

/// How a recording is shown.
#[derive(Clone, Debug)]
pub(crate) struct ScreenOptions {
    /// Columns and rows.
    pub(crate) size: (u16, u16),
    pub(crate) theme: Theme,
    pub(crate) chosen: Chosen,
    pub(crate) view: View,
    pub(crate) timeline: bool,
    /// What is shown first.
    pub(crate) begin: Begin,
    /// Keys that are pressed then.
    pub(crate) keys: Vec<KeyEvent>,
}

/// A moment of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// The last that was shown by this time since the session started.
    At(Duration),
    /// The scan of this number, of the first stream that is shown and has it.
    Scan(u64),
    /// What was found as the Nth, from 1.
    Find(u64),
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScreenError {
    #[error(transparent)]
    Player(#[from] PlayerError),
    #[error(
        "scan {0} is not in this recording, or was not one of those shown; --at shows a time instead"
    )]
    NoScan(u64),
    #[error("there is no find {asked}: the recording has {}", crate::text::number::count(*.found, "find"))]
    NoFind { asked: u64, found: u64 },
    #[error("there is no view {0} of this recording: its target is not ours")]
    NoView(&'static str),
}

/// A screen that shows a recording.
#[derive(Debug)]
pub(crate) struct ReplayedScreen {
    app: App,
    player: Player,
}

impl ReplayedScreen {
    /// Opens a recording where `options` say, and presses the keys.
    ///
    /// # Errors
    /// When there is no such moment, or no such view of it.
    pub(crate) fn new(
        recording: Arc<Recording>,
        options: &ScreenOptions,
    ) -> Result<Self, ScreenError> {
        let mut screen = ReplayedScreen {
            app: App::with(options.size, options.theme, &options.chosen),
            player: Player::new(recording, false)?,
        };
        if !options.timeline {
            screen.app.time.bar = TimeBar::Nothing;
        }
        screen.go_to(options.begin)?;
        screen.show();
        let shown = screen.app.act(Action::Show(options.view));
        screen.carry_out(shown);
        if screen.app.view != options.view {
            return Err(ScreenError::NoView(options.view.name()));
        }
        for key in &options.keys {
            screen.update(Message::Input(Input::Key(*key)));
        }
        Ok(screen)
    }

    fn go_to(&mut self, begin: Begin) -> Result<(), ScreenError> {
        match begin {
            Begin::At(at) => self.player.step(TimeStep::To(at)),
            Begin::Scan(number) if !self.player.go_to_scan(number) => {
                return Err(ScreenError::NoScan(number));
            }
            Begin::Find(asked) if !self.player.go_to_find(asked) => {
                let found = self.player.index().found.len() as u64;
                return Err(ScreenError::NoFind { asked, found });
            }
            Begin::Scan(_) | Begin::Find(_) => {}
        }
        Ok(())
    }

    /// Where in the recording it is, since the session started.
    pub(crate) fn at(&self) -> Duration {
        self.player.place().at
    }

    /// The last moment of the recording.
    pub(crate) fn last(&self) -> Duration {
        self.player.index().timeline.last
    }

    /// All that was found, with its times.
    pub(crate) fn found(&self) -> impl Iterator<Item = &FoundEvent> {
        self.player.index().found.iter().map(|(_, found)| found)
    }

    /// What is watched, in the words of the header.
    pub(crate) fn title(&self) -> String {
        let target = self.app.shown.latest.as_ref().map(|it| it.target.clone());
        target.map_or_else(String::new, |it| format!("{}, {}", it.name, it.kernel))
    }

    /// Has it play from here on at this speed.
    pub(crate) fn play(&mut self, speed: Speed) {
        self.player.play(speed);
    }

    /// Lets so much real time pass: whether there may be something else to draw.
    pub(crate) fn pass(&mut self, clock: Duration, passed: Duration) -> bool {
        self.app.dirty = false;
        if self.app.wants_time() {
            self.update(Message::Time(clock));
        }
        if self.player.pass(passed) {
            self.show();
        }
        self.app.dirty
    }

    /// What is on the screen.
    pub(crate) fn draw(&self) -> Buffer {
        let (columns, rows) = self.app.shown.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        frame::render(&self.app, buffer.area, &mut buffer);
        buffer
    }

    /// Shows where the player is.
    fn show(&mut self) {
        let moment = self.player.moment();
        self.update(Message::Moment(Box::new(moment)));
    }

    fn update(&mut self, message: Message) {
        let effects = self.app.update(message);
        self.carry_out(effects);
    }

    /// What concerns the past; the rest needs a terminal, or a target.
    fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Time(step) => self.player.step(step),
                Effect::Session(SessionCommand::Explore(request)) => self.player.explore(request),
                _ => continue,
            }
            let moment = self.player.moment();
            effects.extend(self.app.update(Message::Moment(Box::new(moment))));
        }
    }
}
