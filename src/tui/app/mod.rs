//! The state of the application: all that the screen is made from.

#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod update;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::latency::LabView;
use super::manual::ManualView;
use super::overlay::menu::Menu;
use super::protocol::ModelView;
use super::query::ProbeView;
use super::space::Explorer;
use super::theme::Theme;
use crate::events::event::EventKind;
use crate::sampling::thread::Rate;
use crate::session::snapshot::{FoundEvent, Snapshot};
use crate::session::trigger::Trigger;

/// The least size that a screen is shown in.
pub(crate) const LEAST: (u16, u16) = (60, 16);

/// Tears kept in the list.
const TEARS: usize = 400;
/// Violations kept in the list.
const VIOLATIONS: usize = 100;
/// Of one name, one more is listed each so often: oftener could not be read.
const LIST_EVERY: Duration = Duration::from_millis(500);
/// Violations of one name that are listed however fast they come.
const AT_ONCE: u64 = 5;

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

/// The views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The scan, chunk by chunk.
    #[default]
    Space,
    /// Original, modified, live.
    Boundary,
    /// What was found.
    Tears,
    /// How far each scenario has been looked at.
    Coverage,
    /// Manual mode.
    Manual,
    /// One address, asked for over and over.
    Query,
    /// What reading costs a writer.
    Latency,
    /// The model of the locking protocols, stepped through.
    Protocol,
}

impl View {
    /// All of them, in the order of their digits.
    pub const ALL: [View; 8] = [
        View::Space,
        View::Boundary,
        View::Tears,
        View::Coverage,
        View::Manual,
        View::Query,
        View::Latency,
        View::Protocol,
    ];

    /// The name on its tab.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            View::Space => "Space",
            View::Boundary => "Boundary",
            View::Tears => "Tears",
            View::Coverage => "Coverage",
            View::Manual => "Manual",
            View::Query => "Query",
            View::Latency => "Latency",
            View::Protocol => "Protocol",
        }
    }

    /// Whether it needs a modifier: there is none in a target that is not ours.
    #[must_use]
    pub fn needs_modifier(self) -> bool {
        self == View::Manual
    }

    /// The next one, or by `1` less than the number of views the one before.
    #[must_use]
    pub fn step(self, by: usize) -> View {
        let at = View::ALL.iter().position(|view| *view == self);
        View::ALL[(at.unwrap_or(0) + by) % View::ALL.len()]
    }
}

/// What the list of tears has of one find.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its number, from 1: newer ones have higher numbers.
    pub number: u64,
    /// The find.
    pub found: FoundEvent,
}

/// The state of the view of tears.
#[derive(Clone, Debug, Default)]
pub struct Tears {
    /// Violations, newest first.
    pub violations: VecDeque<Listed>,
    /// Tears, newest first.
    pub tears: VecDeque<Listed>,
    /// The one that is selected; none: the first.
    pub selected: Option<u64>,
    /// Whether it is open, and the rows scrolled in it.
    pub open: Option<u16>,
    listed: u64,
    /// For each name and label: how many were seen, when the last was listed.
    names: Vec<(String, Option<String>, u64, Duration)>,
}

impl Tears {
    /// Lists a find, unless there were too many like it just now.
    pub fn add(&mut self, found: FoundEvent) {
        let event = &found.event;
        let known = self
            .names
            .iter_mut()
            .find(|(name, label, ..)| *name == event.name && *label == event.known);
        let (count, last) = match known {
            Some((_, _, count, last)) => (count, last),
            None => {
                let name = (event.name.clone(), event.known.clone(), 0, Duration::ZERO);
                self.names.push(name);
                let Some((_, _, count, last)) = self.names.last_mut() else {
                    return;
                };
                (count, last)
            }
        };
        *count += 1;
        let violation = event.kind == EventKind::Violation;
        let at_once = if violation { AT_ONCE } else { 1 };
        if *count > at_once && found.at < *last + LIST_EVERY {
            return;
        }
        *last = found.at;
        self.listed += 1;
        let (list, most) = if violation {
            (&mut self.violations, VIOLATIONS)
        } else {
            (&mut self.tears, TEARS)
        };
        list.push_front(Listed {
            number: self.listed,
            found,
        });
        list.truncate(most);
    }

    /// The list as shown: violations first.
    pub fn list(&self) -> impl Iterator<Item = &Listed> {
        self.violations.iter().chain(&self.tears)
    }

    /// How many there are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.violations.len() + self.tears.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of the selected one.
    #[must_use]
    pub fn position(&self) -> usize {
        let found = |number| self.list().position(|listed| listed.number == number);
        self.selected.and_then(found).unwrap_or(0)
    }

    /// The selected one.
    #[must_use]
    pub fn current(&self) -> Option<&Listed> {
        self.list().nth(self.position())
    }
}

/// A line that is shown for a moment.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The text.
    pub text: String,
    /// Until when, since the start.
    pub until: Duration,
}

/// All that the screen is made from.
#[derive(Clone, Debug)]
pub struct App {
    /// Columns and rows.
    pub size: (u16, u16),
    /// How things look.
    pub theme: Theme,
    /// The view that is shown.
    pub view: View,
    /// Whether the help lies over it.
    pub help: bool,
    /// Since the start.
    pub now: Duration,
    /// The latest snapshot: the header shows it.
    pub latest: Option<Arc<Snapshot>>,
    /// The snapshot that the views show: the latest, unless they are frozen.
    pub shown: Option<Arc<Snapshot>>,
    /// Whether the views are frozen, and since when.
    pub frozen: Option<Duration>,
    /// The Space.
    pub explorer: Explorer,
    /// The top row of the Boundary.
    pub boundary_top: u16,
    /// The top row of the Coverage; none: it follows the scenario that runs.
    pub coverage_top: Option<usize>,
    /// The menu of scenarios, where it is open.
    pub menu: Option<Menu>,
    /// The Tears.
    pub tears: Tears,
    /// The tears listed before the views were frozen, if they are.
    pub frozen_tears: Option<Box<Tears>>,
    /// Manual mode.
    pub manual: ManualView,
    /// The probe.
    pub probe: ProbeView,
    /// The latency lab.
    pub lab: LabView,
    /// The model, once it was looked at.
    pub model: Option<Box<ModelView>>,
    /// The position in [`RATES`].
    pub rate: usize,
    /// Which scans are held.
    pub trigger: Trigger,
    /// Whether the modifier was asked to stand still.
    pub still: bool,
    /// When the key for that was pressed the last time, as [`Self::now`].
    pub still_asked: Option<Duration>,
    /// Something to tell.
    pub notice: Option<Notice>,
    /// Whether the screen is not what it should be.
    pub dirty: bool,
}

impl App {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(size: (u16, u16), theme: Theme) -> Self {
        App {
            size,
            theme,
            view: View::default(),
            help: false,
            now: Duration::ZERO,
            latest: None,
            shown: None,
            frozen: None,
            explorer: Explorer::default(),
            boundary_top: 0,
            coverage_top: None,
            menu: None,
            tears: Tears::default(),
            frozen_tears: None,
            manual: ManualView::default(),
            probe: ProbeView::default(),
            lab: LabView::default(),
            model: None,
            rate: RATES.len() - 1,
            trigger: Trigger::default(),
            still: false,
            still_asked: None,
            notice: None,
            dirty: true,
        }
    }

    /// The same, where scans are made at this rate to begin with.
    #[must_use]
    pub fn at_rate(mut self, rate: Rate) -> Self {
        let found = RATES.iter().position(|one| one.at_least(rate));
        self.rate = found.unwrap_or(RATES.len() - 1);
        self
    }

    /// Whether the next scenario comes by itself.
    #[must_use]
    pub fn moves_on(&self) -> bool {
        self.latest.as_ref().is_some_and(|it| it.moves_on)
    }

    /// Whether the target is known to have no modifier.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.latest.as_ref().is_some_and(|it| it.still.is_none())
    }

    /// The tears as the view shows them.
    #[must_use]
    pub fn shown_tears(&self) -> &Tears {
        self.frozen_tears.as_deref().unwrap_or(&self.tears)
    }

    /// The same, to move about in.
    pub fn shown_tears_mut(&mut self) -> &mut Tears {
        self.frozen_tears.as_deref_mut().unwrap_or(&mut self.tears)
    }
}
