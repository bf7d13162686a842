//! The model, driven by keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::ProtocolView;
use super::drawn::ModelStart;
use crate::model::machine::ModelStep;
use crate::scenario::catalogue::{own_scenario, scenarios, scenarios_and};
use crate::tui::app::App;
use crate::tui::fixture::app as fixture;
use crate::tui::fixture::screen::text;
use crate::tui::fixture::snapshot::{Kind, snapshot};
use crate::tui::input::event::Input;
use crate::tui::message::Message;
use crate::tui::theme::Depth;
use crate::tui::view::View;

fn app() -> App {
    let mut app = fixture(Kind::Hole, (120, 40), Depth::True);
    press(&mut app, KeyCode::Char('8'));
    // The changelog's case.
    app.protocol = ProtocolView::new(None, scenarios()).map(Box::new);
    app
}

fn press(app: &mut App, code: KeyCode) {
    app.update(Message::Input(Input::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))));
}

fn keys(app: &mut App, keys: &str) {
    for key in keys.chars() {
        press(app, KeyCode::Char(key));
    }
}

fn view(app: &App) -> &ProtocolView {
    app.protocol.as_deref().unwrap()
}

#[test]
fn it_opens_on_the_scenario_that_runs_until_it_is_touched() {
    let show = |app: &mut App| {
        press(app, KeyCode::Char('1'));
        press(app, KeyCode::Char('8'));
        text(app)
    };
    let mut app = fixture(Kind::Hole, (120, 40), Depth::True);
    assert!(show(&mut app).contains("case   replace "));
    let resize = || Box::new(snapshot(Kind::Duplicate));
    app.update(Message::Snapshot(resize()));
    assert!(show(&mut app).contains("case   resize "));
    keys(&mut app, "r");
    app.update(Message::Snapshot(Box::new(snapshot(Kind::Hole))));
    assert!(show(&mut app).contains("case   resize "));
    assert_eq!(view(&app).trace().1, 1);
}

#[test]
fn steps_are_made_and_taken_back() {
    let mut app = app();
    let start = *view(&app).state();
    keys(&mut app, "rrw");
    assert_eq!(view(&app).trace().1, 3);
    assert_eq!(view(&app).state().writer, 1);
    for _ in 0..5 {
        press(&mut app, KeyCode::Left);
    }
    assert_eq!(*view(&app).state(), start);
    // What was taken back is still there to be made again.
    press(&mut app, KeyCode::End);
    assert_eq!(view(&app).trace().1, 3);
    // Another step from before makes it another interleaving.
    press(&mut app, KeyCode::Home);
    keys(&mut app, "w");
    assert_eq!(view(&app).trace().0.rows.len(), 1);
}

#[test]
fn a_step_that_cannot_be_made_says_why() {
    let mut app = app();
    keys(&mut app, "b");
    assert!(
        app.notice
            .unwrap()
            .text
            .contains("a chunk ends only behind a line")
    );
}

#[test]
fn switches_change_the_verdict() {
    let mut app = app();
    assert_eq!(view(&app).verdict().words(), "H2");
    keys(&mut app, "H");
    assert_eq!(view(&app).verdict().words(), "holds");
    assert_eq!(view(&app).name(), ("merged-h2-cure", false));
    keys(&mut app, "x");
    assert_eq!(view(&app).verdict().words(), "moved start");
    assert_eq!(view(&app).name(), ("merged", true));
    keys(&mut app, "xht");
    assert_eq!(view(&app).name(), ("merged-all-cures", false));
    keys(&mut app, "m");
    assert_eq!(view(&app).name(), ("merged-h1-cure", false));
    keys(&mut app, "m");
    assert_eq!(view(&app).name(), ("merged-h2-cure", false));
    keys(&mut app, "m");
    assert_eq!(view(&app).name(), ("merged-h3-cure", false));
    keys(&mut app, "t");
    assert_eq!(view(&app).name(), ("merged", false));
}

#[test]
fn a_reader_that_searches_afresh_has_no_cure_of_h2_to_switch() {
    let mut app = app();
    while view(&app).name().0 != "smaps" {
        keys(&mut app, "m");
    }
    let shown = text(&app);
    assert!(shown.contains("t □ cure of H3"), "{shown}");
    assert!(!shown.contains("cure of H2"), "{shown}");
    keys(&mut app, "H");
    assert!(app.notice.as_ref().unwrap().text.contains("no H2"));
    assert_eq!(view(&app).name(), ("smaps", false));
    keys(&mut app, "ht");
    assert_eq!(view(&app).name(), ("smaps-all-cures", false));
    while view(&app).name().0 != "query" {
        keys(&mut app, "m");
    }
    keys(&mut app, "th");
    assert_eq!(view(&app).name(), ("query-all-cures", false));
    // Without a lock of a VMA there is nothing to switch.
    while view(&app).name().0 != "rcu-sequence" {
        keys(&mut app, "M");
    }
    keys(&mut app, "xhHt");
    assert_eq!(view(&app).name(), ("rcu-sequence", false));
}

#[test]
fn a_lost_tail_is_played_to_its_end() {
    let mut app = app();
    while view(&app).model().case.name != "replace-last" {
        keys(&mut app, "c");
    }
    assert_eq!(view(&app).verdict().words(), "H3");
    keys(&mut app, "n");
    press(&mut app, KeyCode::End);
    let shown = text(&app);
    assert!(shown.contains("✗ lost tail"), "{shown}");
    insta::assert_snapshot!("protocol_lost_tail_120x40", shown);
    keys(&mut app, "t");
    assert_eq!(view(&app).verdict().words(), "holds");
}

#[test]
fn the_worst_is_loaded_and_played() {
    let mut app = app();
    keys(&mut app, "xn");
    assert_eq!(view(&app).loaded().unwrap().kind.name(), "hole");
    press(&mut app, KeyCode::End);
    let shown = text(&app);
    assert!(shown.contains("✗ hole"), "{shown}");
    insta::assert_snapshot!("protocol_changelog_120x40", shown);
}

#[test]
fn a_walk_is_drawn_and_its_number_brings_it_back() {
    let mut app = app();
    while view(&app).model().case.name != "replace" {
        keys(&mut app, "c");
    }
    keys(&mut app, "d");
    press(&mut app, KeyCode::End);
    let shown = text(&app);
    assert!(shown.contains(" seed 3, step "), "{shown}");
    assert!(shown.contains("✗ hole"), "{shown}");
    let steps = |view: &ProtocolView| -> Vec<_> {
        let (trace, _) = view.trace();
        trace.rows.iter().map(|row| row.step).collect()
    };
    let start = ModelStart {
        case: "replace".into(),
        protocol: view(&app).model().protocol,
        walk: Some((3, 4)),
    };
    let (again, notice) = ProtocolView::starting(&start, scenarios()).unwrap();
    assert_eq!(steps(&again), steps(view(&app)));
    assert_eq!(notice, None);
    // The next one is another, and another step makes it nobody's.
    keys(&mut app, "d");
    assert!(!text(&app).contains("seed 3,"));
    assert!(text(&app).contains(" seed "));
    press(&mut app, KeyCode::Home);
    let first = steps(view(&app))[0];
    keys(&mut app, if first == ModelStep::Writer { "r" } else { "w" });
    assert!(!text(&app).contains(" seed "));
    // Where nothing is found, that is said.
    keys(&mut app, "hHtd");
    let notice = app.notice.as_ref().unwrap();
    assert!(notice.text.contains("proves nothing"), "{}", notice.text);
}

#[test]
fn a_hole_of_the_kernel_is_explained_by_the_same_lines_of_the_model() {
    let mut app = fixture(Kind::Hole, (120, 40), Depth::True);
    keys(&mut app, "3e");
    assert_eq!(app.view, View::Protocol);
    let view = view(&app);
    assert_eq!(view.model().case.name, "replace");
    let (trace, _) = view.trace();
    assert_eq!(
        trace.lines(0)[..3],
        [(0, 1, b'-'), (1, 2, b'r'), (3, 4, b'r')]
    );
}

#[test]
fn an_explanation_is_played_to_the_step_that_matters_and_from_there_to_its_end() {
    let mut app = fixture(Kind::Hole, (120, 40), Depth::True);
    keys(&mut app, "3e ");
    let play = |app: &mut App, from: u64| {
        for second in from..from + 100 {
            app.update(Message::Time(std::time::Duration::from_secs(second)));
        }
    };
    assert!(app.wants_time());
    play(&mut app, 0);
    let shown = text(&app);
    assert!(shown.contains("H1"), "{shown}");
    assert!(shown.contains("believed the empty tree"), "{shown}");
    insta::assert_snapshot!("explained_hole_120x40", shown);
    let stopped = view(&app).trace().1;
    assert!(stopped < view(&app).trace().0.rows.len() && !app.wants_time());
    keys(&mut app, " ");
    play(&mut app, 100);
    assert_eq!(view(&app).trace().1, view(&app).trace().0.rows.len());
    // Another step makes it nobody's explanation.
    press(&mut app, KeyCode::Home);
    keys(&mut app, "w");
    assert!(!text(&app).contains("may have come about so"));
}

#[test]
fn a_duplicate_of_the_kernel_is_explained_too() {
    let mut app = fixture(Kind::Duplicate, (120, 40), Depth::True);
    keys(&mut app, "3e");
    let view = view(&app);
    assert_eq!(view.model().case.name, "resize");
    let (trace, _) = view.trace();
    let pair = [(1, 2, b'w'), (1, 4, b'w')];
    assert!(trace.lines(0).windows(2).any(|lines| lines == pair));
}

/// A scenario of a file is a case as those of the catalogue are.
#[test]
fn a_scenario_of_ones_own_is_modelled() {
    let own = own_scenario(include_str!("../../lesson/own-scenario.toml"), "own.toml").unwrap();
    let start = ModelStart::named("own", "merged").unwrap();
    let all = scenarios_and(own);
    let (view, _) = ProtocolView::starting(&start, all).unwrap();
    assert_eq!(view.case_name(), "own");
    assert!(!view.model().case.catalogued && view.number().is_none());
    let why = ProtocolView::starting(&start, scenarios()).unwrap_err();
    assert!(why.starts_with("no case `own`; there are split, "), "{why}");
}
