//! The timeline.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::TimeBar;
use super::keys::KEYS;
use crate::replay::step::{Speed, TimeStep};
use crate::text::charset::Charset;
use crate::tui::app::App;
use crate::tui::effect::Effect;
use crate::tui::fixture::past::{eventful, rewound_app};
use crate::tui::fixture::press::press;
use crate::tui::fixture::screen::{styled, text};
use crate::tui::fixture::showing;
use crate::tui::fixture::snapshot::Kind;
use crate::tui::input::event::Input;
use crate::tui::keys::bound::KeyTable;
use crate::tui::message::Message;
use crate::tui::theme::Depth;
use crate::tui::view::View;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

/// The rows in the place of the legend and the keys.
fn rows(app: &App) -> String {
    let text = text(app);
    let rows: Vec<&str> = text.lines().collect();
    rows[usize::from(app.shown.size.1) - 3..].join("\n")
}

fn click(app: &mut App, column: u16, row: u16) -> Vec<Effect> {
    app.update(Message::Input(Input::Click(column, row)))
}

#[test]
fn the_timeline_at_each_size() {
    let shown = SIZES.map(|size| rows(&rewound_app(Kind::Duplicate, size, Depth::True)));
    insta::assert_snapshot!("timeline", shown.join("\n\n"));
}

#[test]
fn what_is_missing_and_what_is_a_part_is_said() {
    for (width, damaged, part) in [
        (60, "⚠ damage", "a part"),
        (
            200,
            "damaged: 2 frames could not be read",
            "a part: totals are of the whole",
        ),
    ] {
        let mut moment = eventful(Kind::Hole);
        let timeline = Arc::make_mut(&mut moment.timeline);
        (timeline.lost_scans, timeline.damaged, timeline.is_part) = (0, 2, true);
        let mut app = rewound_app(Kind::Hole, (width, 16), Depth::True);
        app.update(Message::Moment(Box::new(moment)));
        let rows = rows(&app);
        assert!(rows.contains(damaged) && rows.contains(part), "{rows}");
    }
}

#[test]
fn each_recorded_view_of_the_past() {
    for view in View::ALL.into_iter().filter(|view| view.is_recorded()) {
        let app = showing(rewound_app(Kind::Hole, (80, 24), Depth::True), view);
        let name = format!("past_{}", view.name().to_lowercase());
        insta::assert_snapshot!(name, text(&app));
    }
}

#[test]
fn the_past_is_seen_without_colours_and_in_ascii() {
    let mut app = rewound_app(Kind::Hole, (60, 16), Depth::None);
    app.shown.theme.charset = Charset::Ascii;
    insta::assert_snapshot!("past_ascii_no_colour", styled(&app));
    let ascii = rows(&app);
    assert!(ascii.is_ascii(), "{ascii}");
    // Each sign is another one without colours, too.
    let strip = ascii.lines().next().unwrap();
    for sign in "v.|^o%?x-".chars() {
        assert!(strip.contains(sign), "{sign} in {strip}");
    }
}

#[test]
fn it_says_whether_time_goes_and_whether_there_is_something_live() {
    let mut app = rewound_app(Kind::Hole, (120, 40), Depth::True);
    let mut moment = eventful(Kind::Hole);
    moment.place.has_live = false;
    moment.place.playing = Some(Speed::default().slower().slower());
    app.update(Message::Moment(Box::new(moment.clone())));
    insta::assert_snapshot!("replay_plays", rows(&app));
    // What happens just there is said: its sign is hidden.
    moment.place.at = Duration::from_secs(10);
    moment.place.playing = None;
    app.update(Message::Moment(Box::new(moment)));
    assert!(rows(&app).contains("here: a violation"), "{}", rows(&app));
    assert!(!rows(&app).contains("L live"), "{}", rows(&app));
}

#[test]
fn the_keys_below_it_are_those_of_the_table() {
    for keys in KEYS {
        for action in keys.actions {
            assert!(
                KeyTable::built_in().first(*action).is_some(),
                "{}",
                keys.word
            );
        }
        let is_its = |it: &&super::keys::Keys| it.rank == keys.rank;
        assert_eq!(KEYS.iter().filter(is_its).count(), 1, "{}", keys.word);
    }
}

#[test]
fn a_hidden_timeline_leaves_a_line_that_says_so() {
    for size in SIZES {
        let mut app = rewound_app(Kind::Hole, size, Depth::True);
        press(&mut app, '|');
        assert_eq!(app.time.bar, TimeBar::Line);
        let last = |app: &App| text(app).lines().last().unwrap_or_default().to_owned();
        let line = last(&app);
        assert!(line.starts_with(" REWOUND   5.432 s  stopped"), "{line}");
        // Its keys answer a click where they are shown, and only there.
        let column = |word: &str| line[..line.find(word).unwrap()].chars().count() as u16;
        let live = [Effect::Time(TimeStep::Live)];
        assert_eq!(click(&mut app, column("live"), size.1 - 1), live);
        assert_eq!(click(&mut app, 3, size.1 - 1), []);
        // A line for the user does not take its place.
        press(&mut app, 'c');
        let line = last(&app);
        assert!(
            line.starts_with(" REWOUND ") && line.contains("this is the past"),
            "{line}"
        );
        app.notice = None;
        click(&mut app, column("timeline"), size.1 - 1);
        assert_eq!(app.time.bar, TimeBar::Timeline);
    }
}

#[test]
fn when_it_begins_and_ends_is_said_at_each_size() {
    for size in SIZES {
        let app = rewound_app(Kind::Hole, size, Depth::True);
        let strip = rows(&app).lines().next().unwrap().to_owned();
        assert!(
            strip.starts_with(" 1.0 s ") && strip.ends_with(" 12.3 s"),
            "{strip}"
        );
    }
}

#[test]
fn what_is_not_there_is_said_at_each_size() {
    for size in SIZES {
        let mut moment = eventful(Kind::Hole);
        let timeline = Arc::make_mut(&mut moment.timeline);
        (timeline.lost_scans, timeline.lost_moments) = (1_234, 5);
        timeline.damaged = 1;
        let mut app = rewound_app(Kind::Hole, size, Depth::True);
        app.update(Message::Moment(Box::new(moment.clone())));
        let shown = rows(&app);
        assert!(shown.contains("⚠ damage"), "{shown}");
        if size.0 > 60 {
            assert!(
                shown.contains("⚠ 1,234") && shown.contains("⚠ 5"),
                "{shown}"
            );
        }
        moment.place.is_damaged = true;
        app.update(Message::Moment(Box::new(moment)));
        assert!(rows(&app).contains("⚠ damaged here"), "{}", rows(&app));
    }
}

#[test]
fn keys_and_marks_answer_a_click() {
    for size in SIZES {
        let mut app = rewound_app(Kind::Hole, size, Depth::True);
        let all = rows(&app);
        let mut lines = all.lines();
        let column = |line: &str, word: &str| {
            let at = line.find(word).unwrap_or_else(|| panic!("{word}: {line}"));
            line[..at].chars().count() as u16
        };
        let strip = lines.next().unwrap();
        for (sign, at) in [("✗", 10), ("≈", 8), ("○", 7)] {
            let step = TimeStep::To(Duration::from_secs(at));
            let clicked = click(&mut app, column(strip, sign), size.1 - 3);
            assert_eq!(clicked, [Effect::Time(step)], "{strip}");
        }
        let keys = lines.nth(1).unwrap();
        for (word, step) in [
            (", .", TimeStep::Scans(-1)),
            (". scan", TimeStep::Scans(1)),
            ("scan", TimeStep::Scans(1)),
            ("( )", TimeStep::Finds(-1)),
            ("[ ]", TimeStep::Violations(-1)),
            ("] violation", TimeStep::Violations(1)),
            ("live", TimeStep::Live),
        ] {
            let clicked = click(&mut app, column(keys, word), size.1 - 1);
            assert_eq!(clicked, [Effect::Time(step)], "{keys}");
        }
        assert_eq!(click(&mut app, 5, size.1 - 2), []);
    }
}

#[test]
fn a_hundred_thousand_marks_are_taken_once() {
    let mut moment = eventful(Kind::Hole);
    let timeline = Arc::make_mut(&mut moment.timeline);
    let more = timeline.marks.clone();
    timeline.marks = more.iter().copied().cycle().take(100_000).collect();
    timeline.marks.sort_by_key(|mark| mark.at);
    let mut app = rewound_app(Kind::Hole, (200, 60), Depth::True);
    app.update(Message::Moment(Box::new(moment)));
    assert!(rows(&app).contains('✗'));
}

proptest! {
    #[test]
    fn every_timeline_can_be_drawn(
        times in (0..=u64::MAX, 0..=u64::MAX, 0..=u64::MAX),
        lost in 0..=u64::MAX,
        width in 60..=230_u16,
        column in 0..=230_u16,
    ) {
        let mut moment = eventful(Kind::Hole);
        let timeline = Arc::make_mut(&mut moment.timeline);
        let time = |seconds| Duration::new(seconds, 999_999_999);
        (timeline.first, timeline.last) = (time(times.0), time(times.1));
        timeline.lost_scans = lost;
        moment.place.at = time(times.2);
        let mut app = rewound_app(Kind::Hole, (width, 16), Depth::True);
        app.update(Message::Moment(Box::new(moment)));
        prop_assert!(rows(&app).contains("REWOUND"));
        click(&mut app, column, 13);
    }

    #[test]
    fn a_click_goes_into_its_column(column in 12..=65_u16, last in 200..100_000_u64) {
        let mut moment = eventful(Kind::Hole);
        let timeline = Arc::make_mut(&mut moment.timeline);
        timeline.marks.clear();
        timeline.last = timeline.first + Duration::from_nanos(last);
        let mut app = rewound_app(Kind::Hole, (80, 24), Depth::True);
        app.update(Message::Moment(Box::new(moment.clone())));
        let clicked = click(&mut app, column, 21);
        let [Effect::Time(TimeStep::To(at))] = clicked[..] else {
            panic!("{clicked:?}")
        };
        moment.place.at = at;
        app.update(Message::Moment(Box::new(moment)));
        let place = rows(&app).lines().next().and_then(|strip| strip.find('▼').map(|at| strip[..at].chars().count()));
        prop_assert_eq!(place, Some(usize::from(column)));
    }
}
