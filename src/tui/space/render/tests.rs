//! The explorer's screens, whole.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use nix::libc;

use super::log::row_text;
use crate::linux::calls::call::tests::call;
use crate::linux::procmap_query::QueriedVma;
use crate::maps::diff::compare::Diff;
use crate::maps::line::Device;
use crate::maps::permissions::Permissions;
use crate::oracle::changed_by::ChangedBy;
use crate::report::export::ExportFormat;
use crate::session::explorer::change_log::{ChangeLog, LoggedChange};
use crate::session::explorer::filter::LineFilter;
use crate::session::explorer::history::{History, Past, listed};
use crate::session::explorer::inspection::{Inspection, NamedVma};
use crate::session::explorer::request::RowText;
use crate::session::explorer::usage::Usage;
use crate::tui::app::App;
use crate::tui::effect::Effect;
use crate::tui::fixture::app;
use crate::tui::fixture::screen::{draw, styled, text};
use crate::tui::fixture::snapshot::Kind;
use crate::tui::fixture::target::{GROWN, target_app, target_text};
use crate::tui::input::event::Input;
use crate::tui::message::Message;
use crate::tui::theme::Depth;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

fn press(app: &mut App, code: KeyCode) {
    let key = KeyEvent::new(code, KeyModifiers::NONE);
    app.update(Message::Input(Input::Key(key)));
}

fn types(app: &mut App, text: &str) {
    for character in text.chars() {
        let code = match character {
            '\n' => KeyCode::Enter,
            character => KeyCode::Char(character),
        };
        press(app, code);
    }
}

/// What happened to the heap.
fn changes() -> Vec<LoggedChange> {
    let after = target_text();
    let before = after.replace("55551000000-55551004000", "x");
    let before = before.replace("555510000000-555510040000", "555510000000-555510030000");
    let mut diff = Diff::new();
    diff.compare(before.as_bytes(), after.as_bytes());
    let mut log = ChangeLog::default();
    for change in diff.drain() {
        log.push(Duration::from_millis(800), change, ChangedBy::Unknown);
    }
    log.iter().cloned().collect()
}

/// The heap is open, and everything is known of it.
fn with_open(size: (u16, u16), depth: Depth) -> App {
    let mut app = target_app(size, depth);
    types(&mut app, "g555510000123");
    press(&mut app, KeyCode::Enter);
    press(&mut app, KeyCode::Enter);
    let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
    let address = GROWN + 0x123;
    snapshot.explored.inspection = Some(Arc::new(Inspection {
        address,
        at: snapshot.at,
        covering: Some(NamedVma {
            vma: QueriedVma {
                start: GROWN,
                end: GROWN + 0x41000,
                permissions: Permissions::from_bytes(*b"rw-p").unwrap(),
                page_size: 0x1000,
                device: Device::default(),
                ..QueriedVma::default()
            },
            name: b"[heap]".to_vec(),
            build_id: Vec::new(),
        }),
        ..Inspection::default()
    }));
    let figure = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    snapshot.explored.usage = Some(Arc::new(Usage {
        address,
        at: snapshot.at,
        took: Duration::from_micros(1234),
        passed: 5,
        figures: vec![
            figure("Size", "256 kB"),
            figure("Rss", "200 kB"),
            figure("Swap", "0 kB"),
            figure("VmFlags", "rd wr mr mw me ac sd and some more of them"),
        ],
        error: None,
    }));
    snapshot.explored.past = Arc::new(Past {
        changes: changes(),
        ..Past::default()
    });
    snapshot.explored.log = Arc::new(changes());
    app.update(Message::Snapshot(Box::new(snapshot)));
    app
}

#[test]
fn a_target_at_each_size() {
    for size in SIZES {
        let app = target_app(size, Depth::True);
        insta::assert_snapshot!(format!("target_{}x{}", size.0, size.1), text(&app));
    }
}

#[test]
fn an_open_vma_at_each_size() {
    for size in SIZES {
        let app = with_open(size, Depth::True);
        insta::assert_snapshot!(format!("vma_{}x{}", size.0, size.1), text(&app));
    }
}

#[test]
fn the_log_of_changes() {
    for size in [(80, 24), (200, 60)] {
        let mut app = with_open(size, Depth::True);
        press(&mut app, KeyCode::Char('l'));
        insta::assert_snapshot!(format!("log_{}x{}", size.0, size.1), text(&app));
    }
}

#[test]
fn a_change_of_the_log_is_told_whole() {
    for size in SIZES {
        let mut app = with_open(size, Depth::True);
        let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
        let mut log = changes();
        let arguments = [GROWN + 0x30000, 0x10000, 3, 0x22, u64::MAX, 0];
        let last = call(libc::SYS_mmap, &arguments, Some(GROWN as i64 + 0x30000));
        log[0].by = ChangedBy::Call { last, others: 2 };
        let whole = row_text(&log[0]);
        snapshot.explored.log = Arc::new(log);
        app.update(Message::Snapshot(Box::new(snapshot)));
        types(&mut app, "l\n");
        let shown = text(&app);
        for word in whole.split_whitespace() {
            assert!(
                shown.contains(word),
                "{word} of {whole} at {size:?}:\n{shown}"
            );
        }
        press(&mut app, KeyCode::Esc);
        assert!(app.space.log.is_some_and(|log| log.open.is_none()));
    }
    // Why there is no call.
    let mut app = with_open((80, 24), Depth::True);
    types(&mut app, "l");
    assert!(
        text(&app).contains("its calls are not seen"),
        "{}",
        text(&app)
    );
}

#[test]
fn the_export_menu_marks_what_enter_writes() {
    let mut app = target_app((80, 24), Depth::True);
    types(&mut app, "x");
    assert!(text(&app).contains("▶ m   plain text"), "{}", text(&app));
    press(&mut app, KeyCode::Down);
    assert!(text(&app).contains("▶ j   JSON"), "{}", text(&app));
    let key = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
    let effects = app.update(Message::Input(Input::Key(key)));
    assert_eq!(effects, [Effect::Export(ExportFormat::Json)]);
}

#[test]
fn a_filter_for_no_change_says_so() {
    let mut app = target_app((80, 24), Depth::True);
    types(&mut app, "/~foo");
    assert!(
        text(&app).contains("~foo: ~ is for what changed"),
        "{}",
        text(&app)
    );
}

#[test]
fn of_the_same_text_the_last_scan_is_named() {
    let mut app = target_app((120, 40), Depth::True);
    let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
    snapshot.same_until = 224;
    app.update(Message::Snapshot(Box::new(snapshot)));
    let shown = text(&app);
    assert!(shown.contains("Scan 224: no duplicate"), "{shown}");
    assert!(shown.contains("the same text as scan 7"), "{shown}");
}

#[test]
fn a_filter_finds_every_word_that_a_row_of_the_log_shows() {
    let line = |range: &str, permissions: &str, name: &str| {
        format!("{range} {permissions} 00000000 00:00 0 {name}\n")
    };
    let before = line("00010000-00012000", "rw-p", "")
        + &line("00014000-00015000", "rw-p", "")
        + &line("00020000-00021000", "r--p", "[anon:deadbeef 00ff00ff0 >1k]")
        + &line("00030000-00032000", "r--p", "[anon:two]");
    let after = line("00010000-00015000", "rw-p", "")
        + &line("00020000-00024000", "r--p", "[anon:deadbeef 00ff00ff0 >1k]")
        + &line("00030000-00031000", "r--p", "[anon:two]")
        + &line("00031000-00032000", "rw-p", "[anon:two]");
    let history = History::of([before, after]);
    let listed_for =
        |word: &str| listed(history.log(), &LineFilter::parse(word), RowText(row_text));
    let all = listed_for("");
    assert_eq!(all.len(), 3);
    for logged in all {
        for word in row_text(&logged).split_whitespace() {
            let found = listed_for(word).contains(&logged);
            assert!(found, "{word} of {}", row_text(&logged));
        }
    }
}

#[test]
fn what_is_typed_and_chosen() {
    let mut app = target_app((80, 24), Depth::True);
    types(&mut app, "/lib");
    insta::assert_snapshot!("typing_80x24", text(&app));
    press(&mut app, KeyCode::Enter);
    types(&mut app, "ezv");
    insta::assert_snapshot!("columns_80x24", text(&app));
    press(&mut app, KeyCode::Esc);
    press(&mut app, KeyCode::Char('x'));
    assert!(text(&app).contains("Export the lines shown"));
}

#[test]
fn styles_of_the_explorer() {
    for depth in [Depth::None, Depth::True] {
        let mut app = target_app((80, 24), depth);
        press(&mut app, KeyCode::Down);
        let name = format!("style_target_{depth:?}").to_lowercase();
        insta::assert_snapshot!(name, styled(&app));
    }
}

#[test]
fn a_hole_is_told_whole_where_there_is_little_room() {
    let app = app(Kind::Hole, (60, 16), Depth::True);
    let shown = text(&app);
    assert!(
        shown.contains("HOLE (H1): 10127000-10128000 is mapped but missing"),
        "{shown}"
    );
    insta::assert_snapshot!("hole_space_60x16", shown);
}

#[test]
fn every_size_can_be_drawn_with_something_open() {
    for width in (60..=230).step_by(17) {
        for height in [16, 17, 24, 33, 70] {
            let mut app = with_open((width, height), Depth::True);
            for key in ['z', 'e', 'l', 'v'] {
                draw(&app);
                press(&mut app, KeyCode::Char(key));
                press(&mut app, KeyCode::PageDown);
                draw(&app);
            }
        }
    }
}
