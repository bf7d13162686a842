//! The screen as it plays, as an asciicast of version 3
//! (<https://docs.asciinema.org/manual/asciicast/v3/>): a line of JSON a header, and
//! one for each event.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ratatui::backend::{Backend as _, CrosstermBackend};
use ratatui::buffer::Buffer;
use serde::Serialize;

use super::screen::{ReplayedScreen, ScreenError, ScreenOptions};
use crate::events::event::{Event, EventKind};
use crate::recording::open::Recording;
use crate::replay::step::Speed;
use crate::text::number::grouped;
use crate::tui::theme::Background;

/// The time between two frames.
const FRAME: Duration = Duration::from_micros(33_300);

/// The longest cast: a frame may come every [`FRAME`] of it.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Hides the cursor and clears the screen.
const BEGIN: &str = "\x1b[?25l\x1b[2J\x1b[H";

/// The palette of xterm, which no colour of ours is from with true colour.
const PALETTE: &str = "#000000:#cd0000:#00cd00:#cdcd00:#0000ee:#cd00cd:#00cdcd:#e5e5e5:\
                       #7f7f7f:#ff0000:#00ff00:#ffff00:#5c5cff:#ff00ff:#00ffff:#ffffff";

/// What a cast is made of.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) recording: Arc<Recording>,
    pub(crate) screen: ScreenOptions,
    /// Until when it plays, since the session started.
    pub(crate) end: Duration,
    pub(crate) speed: Speed,
    /// The longest time in which nothing changes that a player is to show.
    pub(crate) idle: Option<Duration>,
}

/// Why there is no cast.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CastError {
    #[error(transparent)]
    Screen(#[from] ScreenError),
    #[error("the cast would last longer than a day: play less (--at) or faster (--speed)")]
    TooLong,
}

#[derive(Serialize)]
struct Header<'a> {
    version: u8,
    term: Term,
    /// Seconds since 1970.
    timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_time_limit: Option<f64>,
    command: &'a str,
    title: String,
}

#[derive(Serialize)]
struct Term {
    cols: u16,
    rows: u16,
    r#type: &'static str,
    theme: TermTheme,
}

#[derive(Serialize)]
struct TermTheme {
    fg: &'static str,
    bg: &'static str,
    palette: &'static str,
}

impl Cast {
    /// The screen at its beginning.
    ///
    /// # Errors
    /// When it cannot be shown, or would be too long.
    pub(crate) fn begin(&self) -> Result<ReplayedScreen, CastError> {
        let screen = ReplayedScreen::new(self.recording.clone(), &self.screen)?;
        let plays = self.end.min(screen.last()).saturating_sub(screen.at());
        if self.speed.real(plays) > LONGEST {
            return Err(CastError::TooLong);
        }
        Ok(screen)
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// When `out` takes no more, or [`begin`](Self::begin) fails.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut screen = self.begin().map_err(io::Error::other)?;
        let begin = screen.at();
        serde_json::to_writer(&mut *out, &self.header(&screen, begin))?;
        writeln!(out)?;
        let mut markers = self.markers(&screen, begin).into_iter().peekable();
        let mut events = Events::new(out);
        let mut shown = screen.draw();
        let blank = Buffer::empty(shown.area);
        events.put("o", &format!("{BEGIN}{}", difference(&blank, &shown)?))?;
        screen.play(self.speed);
        let end = self.end.min(screen.last());
        while screen.at() < end {
            // Not behind the end.
            let passed = FRAME.min(self.speed.real(end.saturating_sub(screen.at())));
            let passed = passed.max(Duration::from_nanos(1_000));
            events.clock += passed;
            let is_new = screen.pass(events.clock, passed);
            while let Some((_, text)) = markers.next_if(|(at, _)| *at <= screen.at()) {
                events.put("m", &text)?;
            }
            if is_new {
                let next = screen.draw();
                let changed = difference(&shown, &next)?;
                if !changed.is_empty() {
                    events.put("o", &changed)?;
                    shown = next;
                }
            }
        }
        Ok(())
    }

    fn header(&self, screen: &ReplayedScreen, begin: Duration) -> Header<'_> {
        let header = self.recording.header();
        let (cols, rows) = self.screen.size;
        let begin = chrono::Duration::from_std(begin).unwrap_or_default();
        let began: Option<DateTime<Utc>> = header.began.checked_add_signed(begin);
        let (fg, bg) = match self.screen.theme.background {
            Background::Dark => ("#e5e5e5", "#000000"),
            Background::Light => ("#000000", "#ffffff"),
        };
        Header {
            version: 3,
            term: Term {
                cols,
                rows,
                r#type: "xterm-256color",
                theme: TermTheme {
                    fg,
                    bg,
                    palette: PALETTE,
                },
            },
            timestamp: began.unwrap_or(header.began).timestamp(),
            idle_time_limit: self.idle.map(|idle| idle.as_secs_f64()),
            command: &header.command_line,
            title: format!("vmascope: {}", screen.title()),
        }
    }

    /// The times of the first tear and of the violations, and what they are called; of
    /// those that come in one frame the first.
    fn markers(&self, screen: &ReplayedScreen, begin: Duration) -> Vec<(Duration, String)> {
        let mut markers: Vec<(Duration, String)> = Vec::new();
        let mut had_tear = false;
        for found in screen.found().filter(|found| found.at >= begin) {
            let is_marked = match found.event.kind {
                EventKind::Violation | EventKind::SuspectedHole => true,
                EventKind::Tear => !std::mem::replace(&mut had_tear, true),
                EventKind::Blink => false,
            };
            let frame = self.speed.of(FRAME);
            let is_apart = (markers.last()).is_none_or(|(last, _)| found.at >= *last + frame);
            if is_marked && is_apart {
                markers.push((found.at, marker(&found.event)));
            }
        }
        markers
    }
}

fn marker(event: &Event) -> String {
    let known = event.known.as_deref();
    let known = known.map_or_else(String::new, |known| format!(" ({known})"));
    let scan = grouped(event.scan);
    format!("{}{known}, {}, scan {scan}", event.title(), event.case)
}

/// What turns one screen into the next on a terminal.
fn difference(from: &Buffer, to: &Buffer) -> io::Result<String> {
    let mut bytes = Vec::new();
    let changed = from.diff(to);
    if !changed.is_empty() {
        CrosstermBackend::new(&mut bytes).draw(changed.into_iter())?;
    }
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Writes events with the time since the one before.
struct Events<'a> {
    out: &'a mut dyn Write,
    /// Since the cast began.
    clock: Duration,
    /// Of the latest event, in microseconds.
    last: u128,
}

impl<'a> Events<'a> {
    fn new(out: &'a mut dyn Write) -> Self {
        Events {
            out,
            clock: Duration::ZERO,
            last: 0,
        }
    }

    fn put(&mut self, code: &str, data: &str) -> io::Result<()> {
        let now = self.clock.as_micros();
        // Of the times themselves, so that what is rounded does not add up.
        let interval = now - self.last;
        self.last = now;
        write!(
            self.out,
            "[{}.{:06}, \"{code}\", ",
            interval / 1_000_000,
            interval % 1_000_000
        )?;
        serde_json::to_writer(&mut *self.out, data)?;
        writeln!(self.out, "]")
    }
}
