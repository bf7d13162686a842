//! The keys of the past, below the timeline.

use super::Rewound;
use crate::replay::step::TimeStep;
use crate::tui::keys::action::Action;

/// Actions that belong together, whose keys are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    pub(crate) actions: &'static [Action],
    /// What they do, in a word.
    pub(crate) word: &'static str,
    /// Where there is no room for all, those of the highest rank are left out.
    pub(crate) rank: usize,
}

const fn time(step: TimeStep) -> Action {
    Action::Time(step)
}

const fn keys(actions: &'static [Action], word: &'static str, rank: usize) -> Keys {
    Keys {
        actions,
        word,
        rank,
    }
}

const HELP: Keys = keys(&[Action::Help], "help", 5);
const LIVE: Keys = keys(&[time(TimeStep::Live)], "live", 2);

/// In the order in which they are shown.
pub(crate) const KEYS: [Keys; 11] = [
    keys(
        &[time(TimeStep::Scans(-1)), time(TimeStep::Scans(1))],
        "scan",
        0,
    ),
    keys(
        &[time(TimeStep::Finds(-1)), time(TimeStep::Finds(1))],
        "find",
        1,
    ),
    keys(
        &[
            time(TimeStep::Violations(-1)),
            time(TimeStep::Violations(1)),
        ],
        "violation",
        4,
    ),
    keys(
        &[time(TimeStep::Seconds(-1)), time(TimeStep::Seconds(1))],
        "second",
        6,
    ),
    keys(&[time(TimeStep::StopOrPlay)], "play", 3),
    LIVE,
    HELP,
    keys(&[time(TimeStep::First), time(TimeStep::Last)], "ends", 8),
    keys(
        &[time(TimeStep::Slower), time(TimeStep::Faster)],
        "speed",
        9,
    ),
    keys(&[Action::Timeline], "hide", 10),
    keys(&[Action::Quit], "quit", 7),
];

/// Those that do something now, and what.
pub(crate) fn of_timeline(rewound: &Rewound, is_foreign: bool) -> impl Iterator<Item = Keys> {
    let plays = rewound.place.playing.is_some();
    let does_something = does_something(rewound);
    KEYS.into_iter()
        .filter(does_something)
        .map(move |it| match it.word {
            "play" if plays => Keys { word: "stop", ..it },
            // What is suspected to be one.
            "violation" if is_foreign => Keys { word: "hole", ..it },
            _ => it,
        })
}

/// The same where the timeline is hidden.
pub(crate) fn of_line(rewound: &Rewound) -> impl Iterator<Item = Keys> {
    let timeline = keys(&[Action::Timeline], "timeline", 0);
    [timeline, LIVE, HELP]
        .into_iter()
        .filter(does_something(rewound))
}

fn does_something(rewound: &Rewound) -> impl Fn(&Keys) -> bool + use<> {
    let has_live = rewound.place.has_live;
    move |it| has_live || !it.actions.contains(&time(TimeStep::Live))
}
