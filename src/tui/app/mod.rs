//! The application: its views, and what all of them share.
//!
//! * [`update`](mod@update): a message changes it and asks for effects; pure;
//! * [`press`]: the way of a key through the layers; [`mouse`]: of a click;
//! * [`mod@copy`]: what is copied;
//! * [`act`]: what a key asks for;
//! * [`lesson`]: one beside the view; [`goals`]: whether what it asks for is done;
//! * [`past`]: time stopped and gone back in.

pub(crate) mod act;
pub(crate) mod copy;
pub(crate) mod goals;
pub(crate) mod lesson;
pub(crate) mod mouse;
#[cfg(test)]
pub(crate) mod mouse_tests;
#[cfg(test)]
pub(crate) mod page_tests;
pub(crate) mod past;
#[cfg(test)]
pub(crate) mod past_tests;
pub(crate) mod press;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use std::time::Duration;

use super::areas::LEAST;
use super::boundary::Boundary;
use super::coverage::Coverage;
use super::fuzz::FuzzView;
use super::keys::bound::KeyTable;
use super::latency::LatencyView;
use super::learn::render::Drawn;
use super::learn::{self, Learn, LessonStart};
use super::manual::Manual;
use super::overlay::help::{HelpOf, HelpPage};
use super::overlay::menu::ScenarioMenu;
use super::presenter;
use super::protocol::ProtocolView;
use super::query::QueryView;
use super::shown::Shown;
use super::space::Space;
use super::tears::Tears;
use super::theme::Theme;
use super::time::Time;
use super::view::View;
use crate::sampling::options::Rate;
use crate::scenario::catalogue::scenarios;
use crate::scenario::definition::Scenario;

/// The rates that `+` and `-` go through.
pub(crate) const RATES: [Rate; 10] = [
    Rate::PerSecond(1),
    Rate::PerSecond(2),
    Rate::PerSecond(5),
    Rate::PerSecond(10),
    Rate::PerSecond(30),
    Rate::PerSecond(60),
    Rate::PerSecond(100),
    Rate::PerSecond(300),
    Rate::PerSecond(1000),
    Rate::Full,
];

/// The position in [`RATES`] of a rate.
pub fn step_of(rate: Rate) -> usize {
    let found = RATES.iter().position(|one| one.at_least(rate));
    found.unwrap_or(RATES.len() - 1)
}

/// A line that is shown for a moment.
#[derive(Clone, Debug)]
pub struct Notice {
    pub text: String,
    /// Until when, since the start.
    pub until: Duration,
}

/// All that the screen is made from.
#[derive(Clone, Debug)]
pub struct App {
    /// Columns and rows of the terminal; a lesson takes some of them.
    pub(crate) terminal: (u16, u16),
    pub shown: Shown,
    pub(crate) keys: &'static KeyTable,
    /// Since the start; what is shown may be of the past.
    pub clock: Duration,
    pub time: Time,
    pub view: View,
    pub space: Space,
    pub boundary: Boundary,
    pub tears: Tears,
    pub coverage: Coverage,
    pub manual: Manual,
    pub query: QueryView,
    pub latency: LatencyView,
    pub fuzz: FuzzView,
    /// Those that the target may run through; what else runs the model does not know.
    pub(crate) scenarios: &'static [Scenario],
    /// None until it was looked at.
    pub protocol: Option<Box<ProtocolView>>,
    /// The help, where it lies over the view.
    pub(crate) help: Option<HelpPage>,
    /// The row at the top of it, where it is longer than the screen.
    pub(crate) help_top: usize,
    /// The menu of scenarios, where it is open.
    pub menu: Option<ScenarioMenu>,
    /// The lesson that is shown below the view.
    pub(crate) learn: Option<Box<Learn>>,
    /// How large site and verdict are, where nothing else is shown.
    pub(crate) presenter: Option<presenter::Size>,
    /// The position in [`RATES`].
    pub rate: usize,
    /// Whether the modifier was asked to stand still.
    pub still: bool,
    /// When the key for that was pressed the last time.
    pub still_asked: Option<Duration>,
    pub notice: Option<Notice>,
    /// A child of ours does not answer.
    pub silence: Option<Notice>,
    /// Whether the theme is that of the terminal's background.
    pub follows_background: bool,
    /// Whether clicks are ours; else the terminal selects text with them.
    pub has_mouse: bool,
    /// Whether the screen is not what it should be.
    pub dirty: bool,
}

impl App {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(size: (u16, u16), theme: Theme) -> Self {
        App {
            terminal: size,
            shown: Shown::new(size, theme, &KeyTable::built_in().hints),
            keys: KeyTable::built_in(),
            clock: Duration::ZERO,
            time: Time::default(),
            view: View::default(),
            space: Space::default(),
            boundary: Boundary::default(),
            tears: Tears::default(),
            coverage: Coverage::default(),
            manual: Manual::default(),
            query: QueryView::default(),
            latency: LatencyView::default(),
            fuzz: FuzzView::default(),
            scenarios: scenarios(),
            protocol: None,
            help: None,
            help_top: 0,
            menu: None,
            learn: None,
            presenter: None,
            rate: RATES.len() - 1,
            still: false,
            still_asked: None,
            notice: None,
            silence: None,
            follows_background: true,
            has_mouse: true,
            dirty: true,
        }
    }

    /// What the help is of.
    pub(crate) fn help_of(&self) -> HelpOf<'_> {
        HelpOf {
            view: self.view,
            has_modifier: !self.is_foreign(),
            teaches: self.learn.is_some(),
            time: &self.time,
            theme: self.shown.theme,
            keys: self.keys,
            snapshot: self.shown.latest.as_deref(),
        }
    }

    /// Shows a lesson below the view.
    pub(crate) fn teach(&mut self, start: LessonStart) {
        self.learn = Some(Box::new(Learn::new(start)));
        self.lay_out();
    }

    /// The terminal has another size.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.fit(size);
        self.dirty = true;
    }

    /// Lays all out for a screen of this size.
    pub(crate) fn fit(&mut self, size: (u16, u16)) {
        if self.terminal != size {
            self.terminal = size;
            self.lay_out();
        }
    }

    /// Gives the view the rows that a lesson leaves; where it leaves none, the view is not
    /// drawn.
    pub(crate) fn lay_out(&mut self) {
        let (columns, rows) = self.terminal;
        let left = self
            .lesson_rows(self.terminal)
            .map_or(rows, |taken| rows.saturating_sub(taken));
        self.shown.size = (columns, if left == 0 { rows } else { left });
    }

    /// How many rows a lesson takes of a screen of this size; none: there is none.
    pub(crate) fn lesson_rows(&self, size: (u16, u16)) -> Option<u16> {
        let learn = self.learn.as_ref()?;
        Some(learn::render::rows(learn, self.lesson_drawn(), size))
    }

    pub(crate) fn lesson_drawn(&self) -> Drawn<'_> {
        Drawn {
            theme: self.shown.theme,
            keys: self.shown.keys,
        }
    }

    /// The least columns and rows in which something is shown.
    pub(crate) fn least(&self) -> (u16, u16) {
        match self.learn {
            Some(_) => learn::LEAST,
            None => LEAST,
        }
    }

    /// Whether a screen of so many columns and rows shows only that it is too small.
    pub(crate) fn is_too_small(&self, (columns, rows): (u16, u16)) -> bool {
        let least = self.least();
        columns < least.0 || rows < least.1
    }

    /// The same, where scans are made at this rate to begin with.
    pub(crate) fn at_rate(mut self, rate: Rate) -> Self {
        self.rate = step_of(rate);
        self
    }

    /// How large site and verdict are, where the view has such a picture.
    pub(crate) fn presented(&self) -> Option<presenter::Size> {
        self.presenter.filter(|_| presenter::has(self.view))
    }

    /// Whether the next scenario comes by itself.
    pub(crate) fn moves_on(&self) -> bool {
        self.shown.latest.as_ref().is_some_and(|it| it.moves_on)
    }

    /// Whether the target is known not to be ours: it has no modifier.
    pub(crate) fn is_foreign(&self) -> bool {
        let latest = self.shown.latest.as_ref();
        latest.is_some_and(|it| it.is_foreign())
    }
}
