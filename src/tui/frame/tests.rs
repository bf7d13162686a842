//! Screens, whole.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::latency::live::LabSnapshot;
use crate::oracle::tally::Tally;
use crate::session::coverage::CoverageState;
use crate::session::snapshot::ScanLocks;
use crate::tui::app::App;
use crate::tui::fixture::screen::{draw, styled, text};
use crate::tui::fixture::snapshot::{Kind, snapshot};
use crate::tui::fixture::target::{blinked_app, explained_app, gone_app, suspected_app};
use crate::tui::fixture::{app, latency, showing};
use crate::tui::input::event::Input;
use crate::tui::keys::bound::KeyTable;
use crate::tui::message::Message;
use crate::tui::overlay::help::HelpPage;
use crate::tui::theme::{Depth, Theme};
use crate::tui::view::View;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

fn press(app: &mut App, code: KeyCode) {
    let key = KeyEvent::new(code, KeyModifiers::NONE);
    app.update(Message::Input(Input::Key(key)));
}

#[test]
fn each_view_at_each_size() {
    for view in View::ALL {
        for size in SIZES {
            let mut app = app(Kind::Duplicate, size, Depth::True);
            app = showing(app, view);
            let name = format!("{}_{}x{}", view.name().to_lowercase(), size.0, size.1);
            insta::assert_snapshot!(name, text(&app));
        }
    }
}

#[test]
fn each_view_with_a_hole() {
    for view in View::ALL {
        for size in [(60, 16), (80, 24)] {
            let mut app = app(Kind::Hole, size, Depth::True);
            app = showing(app, view);
            let name = view.name().to_lowercase();
            let name = format!("hole_{name}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, text(&app));
        }
    }
}

#[test]
fn styles_with_and_without_colours() {
    for view in View::ALL {
        for depth in [Depth::None, Depth::Sixteen, Depth::True] {
            let mut app = app(Kind::Hole, (80, 24), depth);
            app = showing(app, view);
            let name = format!("style_{}_{depth:?}", view.name()).to_lowercase();
            insta::assert_snapshot!(name, styled(&app));
        }
    }
}

#[test]
fn text_does_not_depend_on_colours() {
    for view in View::ALL {
        let shown = |depth| {
            let mut app = app(Kind::Duplicate, (120, 40), depth);
            app = showing(app, view);
            text(&app)
        };
        assert_eq!(shown(Depth::True), shown(Depth::None));
    }
}

#[test]
fn an_open_tear() {
    for size in SIZES {
        let mut app = app(Kind::Hole, size, Depth::True);
        press(&mut app, KeyCode::Char('3'));
        press(&mut app, KeyCode::Enter);
        insta::assert_snapshot!(format!("open_{}x{}", size.0, size.1), text(&app));
    }
}

#[test]
fn an_open_blink_is_quiet() {
    for size in SIZES {
        let mut app = blinked_app(size, Depth::True);
        press(&mut app, KeyCode::Char('3'));
        press(&mut app, KeyCode::Enter);
        insta::assert_snapshot!(format!("blink_{}x{}", size.0, size.1), text(&app));
        // Nobody knows its operations.
        assert!(!text(&app).contains("operation"), "{}", text(&app));
    }
    let mut app = blinked_app((80, 24), Depth::True);
    press(&mut app, KeyCode::Char('3'));
    press(&mut app, KeyCode::Enter);
    insta::assert_snapshot!("blink_style", styled(&app));
}

#[test]
fn a_blink_that_a_call_accounts_for_is_not_what_nobody_can_tell() {
    for size in SIZES {
        let mut app = explained_app(size, Depth::True);
        press(&mut app, KeyCode::Char('3'));
        press(&mut app, KeyCode::Enter);
        press(&mut app, KeyCode::End);
        let shown = text(&app);
        assert!(shown.contains("normal: a call accounts for it"), "{shown}");
        assert!(!shown.contains("nobody can tell"), "{shown}");
        assert!(shown.contains("under way  munmap("), "{shown}");
    }
}

#[test]
fn a_suspected_hole_is_marked_and_explained_by_the_calls() {
    for size in SIZES {
        let mut app = suspected_app(size, Depth::True);
        insta::assert_snapshot!(format!("suspected_space_{}x{}", size.0, size.1), text(&app));
        assert!(text(&app).contains("✗ 1 suspected hole"), "{}", text(&app));
        press(&mut app, KeyCode::Char('3'));
        press(&mut app, KeyCode::Enter);
        insta::assert_snapshot!(format!("suspected_{}x{}", size.0, size.1), text(&app));
    }
    // The map has it without colours, too.
    let app = suspected_app((120, 40), Depth::None);
    assert!(text(&app).contains("✗ suspected hole"), "{}", text(&app));
}

#[test]
fn the_menu_at_each_size() {
    for size in SIZES {
        let mut app = app(Kind::Hole, size, Depth::True);
        press(&mut app, KeyCode::Char('M'));
        insta::assert_snapshot!(format!("menu_{}x{}", size.0, size.1), text(&app));
    }
}

#[test]
fn the_menu_filters_and_keeps_its_meaning_without_colours() {
    let mut app = app(Kind::Duplicate, (80, 24), Depth::None);
    press(&mut app, KeyCode::Char('M'));
    for character in "left".chars() {
        press(&mut app, KeyCode::Char(character));
    }
    press(&mut app, KeyCode::Down);
    insta::assert_snapshot!("style_menu_none", styled(&app));
    press(&mut app, KeyCode::Char('q'));
    let shown = text(&app);
    assert!(shown.contains("No scenario has that"), "{shown}");
}

#[test]
fn the_boundary_shows_every_state_that_finds_room() {
    let mut snapshot = snapshot(Kind::Duplicate);
    if let Some(scene) = &snapshot.scene {
        let mut scene = (**scene).clone();
        let mut third = scene.info.states[1].clone();
        third.strip = "w rr rrr".into();
        scene.info.states.push(third);
        scene.info.boundary.push(scene.info.boundary[1].clone());
        snapshot.scene = Some(scene.into());
    }
    for (width, columns) in [(80, 1), (120, 2)] {
        let mut app = App::new((width, 40), Theme::default());
        app = showing(app, View::Boundary);
        app.update(Message::Snapshot(Box::new(snapshot.clone())));
        let shown = text(&app);
        let seen = ["state 1 of 2", "state 2 of 2"].map(|name| shown.contains(name));
        assert_eq!(seen, [true, columns == 2], "{shown}");
        assert!(shown.contains("live"), "{shown}");
    }
}

#[test]
fn the_help_fits_every_size() {
    for view in View::ALL {
        for size in SIZES {
            let mut app = app(Kind::Duplicate, size, Depth::True);
            app = showing(app, view);
            press(&mut app, KeyCode::Char('?'));
            let shown = text(&app);
            press(&mut app, KeyCode::Char('?'));
            let of_time = text(&app);
            for row in app.keys.useful(view, true) {
                let binding = row.binding;
                let shown = match binding.action.is_of_time() {
                    true => &of_time,
                    false => &shown,
                };
                let says_it = shown.contains(binding.help) || shown.contains(binding.brief);
                assert!(says_it, "{} at {size:?}:\n{shown}", binding.help);
            }
            if view == View::Space {
                insta::assert_snapshot!(format!("help_{}x{}", size.0, size.1), shown);
                insta::assert_snapshot!(format!("help_time_{}x{}", size.0, size.1), of_time);
            }
        }
    }
}

#[test]
fn before_anything_is_known() {
    for view in View::ALL {
        let mut app = App::new((80, 24), Theme::default());
        app = showing(app, view);
        let name = format!("empty_{}", view.name().to_lowercase());
        insta::assert_snapshot!(name, text(&app));
    }
}

#[test]
fn no_scan_is_no_good_news() {
    for kind in [Kind::Duplicate, Kind::Hole] {
        let mut shown = snapshot(kind);
        let earlier = std::mem::take(&mut shown.tally);
        shown.overall = Tally::default();
        let mut app = App::new((80, 24), Theme::default());
        app.update(Message::Snapshot(Box::new(shown.clone())));
        let drawn = text(&app);
        assert!(drawn.contains("no scan is judged yet"), "{drawn}");
        assert!(!drawn.contains("✓ 0 holes"), "{drawn}");
        // Nor anywhere else.
        let mut empty = shown.clone();
        let rows = Arc::make_mut(&mut empty.coverage);
        rows.retain(|row| row.state == CoverageState::Running);
        rows.iter_mut().for_each(|row| row.tally = Tally::default());
        let pairs = Arc::make_mut(&mut empty.pairs);
        pairs.iter_mut().for_each(|pair| pair.count = 0);
        app.update(Message::Snapshot(Box::new(empty)));
        for view in [View::Boundary, View::Coverage] {
            app = showing(app, view);
            let drawn = text(&app);
            // The last rows say what glyphs mean.
            let of_it: Vec<&str> = drawn.lines().take(21).collect();
            assert!(!of_it.join("").contains("✓"), "{drawn}");
        }
        // Nor in a scenario that has only begun.
        shown.overall = earlier;
        app.update(Message::Snapshot(Box::new(shown.clone())));
        assert!(!text(&app).contains("✓ 0 holes in this"));
        shown.scene = None;
        shown.overall = Tally::default();
        shown.missing = Some(crate::oracle::missing::MissingCounts::default());
        app.update(Message::Snapshot(Box::new(shown)));
        assert!(!text(&app).contains("in 0 scans"));
    }
}

#[test]
fn the_tab_of_tears_says_of_how_many_they_are_a_sample() {
    let mut app = app(Kind::Hole, (200, 60), Depth::True);
    assert!(text(&app).contains("Tears (1 of 1,498)"), "{}", text(&app));
    let mut shown = snapshot(Kind::Hole);
    shown.overall.duplicates_inside += 3_471;
    app.update(Message::Snapshot(Box::new(shown)));
    assert!(text(&app).contains("Tears (2 of 4,969)"), "{}", text(&app));
}

#[test]
fn without_a_modifier_and_its_states() {
    for view in View::ALL.into_iter().filter(|view| !view.needs_modifier()) {
        let mut app = gone_app((80, 24), Depth::True);
        app = showing(app, view);
        let name = format!("foreign_{}", view.name().to_lowercase());
        insta::assert_snapshot!(name, text(&app));
    }
    for size in [(60, 16), (200, 60)] {
        let mut app = gone_app(size, Depth::True);
        app = showing(app, View::Boundary);
        insta::assert_snapshot!(format!("foreign_boundary_{}", size.0), text(&app));
    }
}

#[test]
fn the_lines_at_a_boundary_are_shown_where_there_are_some() {
    let app = showing(gone_app((60, 16), Depth::True), View::Boundary);
    let shown = text(&app);
    assert!(shown.contains(" now"), "{shown}");
    // All came in one chunk.
    let mut app = gone_app((80, 24), Depth::True);
    let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
    let boundaries = Arc::make_mut(snapshot.boundaries.as_mut().unwrap());
    (boundaries.boundaries, boundaries.pairs) = (0, Vec::new());
    app.update(Message::Snapshot(Box::new(snapshot)));
    let shown = text(&showing(app, View::Boundary));
    assert!(shown.contains("all of one chunk"), "{shown}");
    assert!(
        !shown.contains("These lines") && !shown.contains("in scans"),
        "{shown}"
    );
}

#[test]
fn no_number_of_the_query_is_cut() {
    use crate::tui::fixture::extreme::{extreme_app, extreme_target};
    for size in SIZES {
        for app in [extreme_app(Kind::Hole, size), extreme_target(size)] {
            let shown = text(&showing(app, View::Query));
            let parts = [" PROCMAP_QUERY ", " answer ", " asked "];
            let mut lines = shown.lines();
            let cut = lines
                .find(|line| parts.iter().any(|part| line.starts_with(part)) && line.contains('…'));
            assert_eq!(cut, None, "{shown}");
        }
    }
}

#[test]
fn without_a_modifier_there_is_no_word_of_what_only_that_has() {
    for size in SIZES {
        let mut app = gone_app(size, Depth::True);
        for view in View::ALL.into_iter().filter(|view| !view.needs_modifier()) {
            app = showing(app, view);
            for key in [KeyCode::Null, KeyCode::Char('?')] {
                press(&mut app, key);
                // The lab, the model and the hunt have a writer of their own.
                let shown = text(&app);
                if matches!(view, View::Latency | View::Protocol | View::Fuzz) {
                    continue;
                }
                for word in [
                    "odifier",
                    "cenario",
                    "iolation",
                    "forbidden",
                    "Coverage",
                    "Manual",
                ] {
                    assert!(!shown.contains(word), "{word} in {view:?}:\n{shown}");
                }
            }
        }
    }
}

#[test]
fn each_key_in_the_help_does_something() {
    for view in View::ALL.into_iter().filter(|view| !view.needs_modifier()) {
        for row in KeyTable::built_in().useful(view, false) {
            let binding = row.binding;
            let mut app = gone_app((80, 24), Depth::True);
            app = showing(app, view);
            app.act(binding.action);
            let notice = app.notice.as_ref().map_or("", |notice| &notice.text);
            assert!(!notice.contains("modifier"), "{binding:?}: {notice}");
        }
    }
}

#[test]
fn what_stands_still_says_so() {
    let mut app = app(Kind::Duplicate, (80, 24), Depth::True);
    for key in ['p', ' ', '-'] {
        press(&mut app, KeyCode::Char(key));
    }
    app.update(Message::Notice("something happened".into()));
    insta::assert_snapshot!("still_80x24", text(&app));
}

#[test]
fn the_lab_in_its_other_states() {
    let show = |snapshot: LabSnapshot| {
        let mut app = app(Kind::Duplicate, (80, 24), Depth::True);
        app = showing(app, View::Latency);
        app.latency.snapshot = Some(snapshot.into());
        text(&app)
    };
    insta::assert_snapshot!("latency_walking_80x24", show(latency::walking()));
    let inversion = [false, true].map(|is_caught| show(latency::inversion(is_caught)));
    insta::assert_snapshot!("latency_inversion_80x24", inversion.join("\n"));
    let failed = LabSnapshot {
        failed: Some("the writer (process 7) died: killed by SIGKILL; run it again".into()),
        ..LabSnapshot::default()
    };
    assert!(show(failed).contains("died: killed by SIGKILL"));
    // Nothing has come yet.
    show(LabSnapshot::default());
}

#[test]
fn what_is_locked_for_each_scan_is_in_the_details_where_it_is_known() {
    for (width, fallbacks, words) in [
        (60, true, "0.310 fallbacks/scan"),
        (120, false, "0.310 mmap_lock/scan"),
    ] {
        let mut app = App::new((width, 24), Theme::default());
        let mut snapshot = snapshot(Kind::Duplicate);
        snapshot.locks = Some(ScanLocks {
            per_scan: 0.31,
            fallbacks,
        });
        app.update(Message::Snapshot(Box::new(snapshot)));
        app.help = Some(HelpPage::Details);
        assert!(text(&app).contains(words), "{}", text(&app));
    }
}

#[test]
fn each_page_of_the_help_at_each_size() {
    for (columns, rows) in SIZES {
        for (page, name) in [
            (HelpPage::Details, "details"),
            (HelpPage::Glossary, "glossary"),
        ] {
            let mut app = app(Kind::Hole, (columns, rows), Depth::True);
            app.help = Some(page);
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), text(&app));
        }
    }
}

#[test]
fn the_glossary_can_be_read_to_its_end() {
    let mut app = app(Kind::Hole, (60, 16), Depth::True);
    app.help = Some(HelpPage::Glossary);
    let mut seen = text(&app);
    for _ in 0..20 {
        press(&mut app, KeyCode::PageDown);
        seen.push_str(&text(&app));
    }
    for word in ["VMA ", "mmap_lock ", "fallback ", "H1 ", "H3 "] {
        assert!(seen.contains(&format!("│ {word}")), "{word}:\n{seen}");
    }
}

#[test]
fn too_small_a_terminal_is_told_politely() {
    for size in [(59, 24), (80, 15), (20, 6), (1, 1)] {
        let mut app = app(Kind::Duplicate, size, Depth::True);
        press(&mut app, KeyCode::Char('?'));
        draw(&app);
        // What cannot be seen is not done, and not laid out in no room at all.
        assert_eq!(app.help, None);
        for view in View::ALL {
            app = showing(app, view);
            for key in [KeyCode::Char('j'), KeyCode::Char('G'), KeyCode::PageDown] {
                press(&mut app, key);
                draw(&app);
            }
        }
    }
    let app = app(Kind::Duplicate, (40, 10), Depth::True);
    insta::assert_snapshot!("small_40x10", text(&app));
}

#[test]
fn every_size_can_be_drawn() {
    for kind in [Kind::Duplicate, Kind::Hole] {
        for view in View::ALL {
            for width in (60..=230).step_by(7) {
                for height in [16, 17, 20, 33, 70] {
                    let mut app = app(kind, (width, height), Depth::True);
                    app = showing(app, view);
                    for key in [
                        KeyCode::End,
                        KeyCode::Enter,
                        KeyCode::End,
                        KeyCode::Char('?'),
                        KeyCode::Char('m'),
                        KeyCode::End,
                    ] {
                        press(&mut app, key);
                        draw(&app);
                    }
                }
            }
        }
    }
}

#[test]
fn a_probe_that_gets_no_answer_says_why() {
    use crate::linux::procmap_query::QueryError;
    use crate::sampling::probe::reading::{ProbeError, Reading};
    for error in [QueryError::NotOnThisKernel, QueryError::TargetGone] {
        let mut app = app(Kind::Duplicate, (60, 24), Depth::True);
        app = showing(app, View::Query);
        let query = app.query.asked.unwrap();
        let mut snapshot = snapshot(Kind::Duplicate);
        let why = error.to_string();
        let reading = Reading::failed(query, ProbeError::Query(error));
        snapshot.probe = Some(reading.into());
        app.update(Message::Snapshot(Box::new(snapshot)));
        let shown = text(&app);
        assert!(shown.contains(" answer E"), "{shown}");
        // All of it, over several rows.
        let words: Vec<&str> = shown.split_whitespace().collect();
        assert!(words.join(" ").contains(&why), "{why}:\n{shown}");
    }
}
