//! What keys do in the Space.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::columns::Column;
use super::window::ListWindow;
use crate::report::export::ExportFormat;
use crate::session::SessionCommand;
use crate::session::explorer::filter::LineFilter;
use crate::session::explorer::request::ExplorerRequest;
use crate::session::picture::Picture;
use crate::session::rows::Row;
use crate::tui::app::App;
use crate::tui::effect::Effect;
use crate::tui::fixture;
use crate::tui::input::event::Input;
use crate::tui::message::Message;
use crate::tui::save::export::export_shown;
use crate::tui::theme::Depth;
use crate::tui::view::View;

fn app() -> App {
    fixture::target::target_app((120, 40), Depth::True)
}

/// Shows a scan of the target, arranged as it was asked for.
fn show(app: &mut App, text: &str, at: Duration) -> Vec<Effect> {
    let snapshot = fixture::target::target_snapshot(app, text, at);
    app.update(Message::Snapshot(Box::new(snapshot)))
}

fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
    app.update(Message::Input(Input::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))))
}

fn types(app: &mut App, text: &str) {
    for character in text.chars() {
        press(app, KeyCode::Char(character));
    }
}

fn picture(app: &App) -> Arc<Picture> {
    app.shown
        .snapshot
        .as_ref()
        .unwrap()
        .picture
        .clone()
        .unwrap()
}

fn window(app: &App) -> ListWindow {
    app.space.window(&app.shown, &picture(app))
}

/// Where the line one is on starts.
fn here(app: &App) -> u64 {
    let picture = picture(app);
    let row = picture.rows[app.space.row(&picture).unwrap()];
    picture.range_of(row).unwrap().start
}

fn looks(effects: &[Effect]) -> Vec<Arc<ExplorerRequest>> {
    let request = |effect: &Effect| match effect {
        Effect::Session(SessionCommand::Explore(request)) => Some(request.clone()),
        _ => None,
    };
    effects.iter().filter_map(request).collect()
}

#[test]
fn arrows_go_from_line_to_line_and_the_list_follows() {
    let mut app = app();
    press(&mut app, KeyCode::Home);
    let first = here(&app);
    assert_eq!(window(&app).top, 0);
    press(&mut app, KeyCode::Down);
    let second = here(&app);
    assert!(second > first);
    press(&mut app, KeyCode::Up);
    assert_eq!(here(&app), first);
    let mut seen = vec![first];
    loop {
        press(&mut app, KeyCode::Down);
        let ListWindow { top, rows } = window(&app);
        let row = app.space.row(&picture(&app)).unwrap();
        assert!(
            (top..top + rows).contains(&row),
            "{row} not in {rows} rows from {top}"
        );
        if seen.last() == Some(&here(&app)) {
            break;
        }
        seen.push(here(&app));
    }
    assert_eq!(seen.len(), picture(&app).lines.len());
    press(&mut app, KeyCode::End);
    assert_eq!(Some(&here(&app)), seen.last());
    press(&mut app, KeyCode::Char('f'));
    assert_eq!(app.space.cursor, None);
}

#[test]
fn one_stays_at_ones_vma_when_others_come_before_it() {
    let mut app = app();
    press(&mut app, KeyCode::Char('g'));
    types(&mut app, "7f0000123000");
    press(&mut app, KeyCode::Enter);
    let (start, offset) = (here(&app), app.space.offset);
    let more =
        "00001000-00002000 rw-p 00000000 00:00 0 \n".to_owned() + &fixture::target::target_text();
    show(&mut app, &more, Duration::from_secs(2));
    assert_eq!(here(&app), start);
    let top = window(&app).top;
    let row = app.space.row(&picture(&app)).unwrap();
    assert_eq!(row - top, usize::from(offset));
}

#[test]
fn going_to_an_address_finds_what_covers_it_or_the_next() {
    let mut app = app();
    let mut go = |text: &str| {
        press(&mut app, KeyCode::Char('g'));
        types(&mut app, text);
        press(&mut app, KeyCode::Enter);
        let told = app.notice.take().map(|notice| notice.text);
        (here(&app), told)
    };
    assert_eq!(go("0x7f0000123456"), (0x7f00_0012_0000, None));
    let (at, told) = go("10");
    assert_eq!(at, 0x5555_0000_0000);
    assert!(told.unwrap().contains("nothing is mapped at 10"));
    let (at, told) = go("nonsense");
    assert_eq!(at, 0x5555_0000_0000);
    assert!(told.unwrap().contains("no address: nonsense"));
    let (_, told) = go("fffffffffffffff0");
    assert!(told.unwrap().contains("or above"));
}

#[test]
fn a_filter_is_asked_for_as_it_is_typed_and_esc_takes_it_back() {
    let mut app = app();
    press(&mut app, KeyCode::Char('/'));
    let mut asked = Vec::new();
    for character in "libc".chars() {
        asked.extend(looks(&press(&mut app, KeyCode::Char(character))));
    }
    let filters: Vec<_> = asked
        .iter()
        .map(|request| request.arrangement.filter.clone())
        .collect();
    let expected: Vec<_> = ["l", "li", "lib", "libc"].map(LineFilter::parse).into();
    assert_eq!(filters, expected);
    // A key that is a command elsewhere is text here.
    assert_eq!(app.space.filter, "libc");
    press(&mut app, KeyCode::Enter);
    assert_eq!(app.space.prompt, None);
    show(
        &mut app,
        &fixture::target::target_text(),
        Duration::from_secs(2),
    );
    let shown = picture(&app);
    assert_eq!(shown.fitting, 4);
    let effects = press(&mut app, KeyCode::Esc);
    assert!(looks(&effects)[0].arrangement.filter.is_empty());
    press(&mut app, KeyCode::Char('/'));
    types(&mut app, "q");
    press(&mut app, KeyCode::Esc);
    assert_eq!(app.space.filter, "");
}

#[test]
fn what_the_session_did_not_hear_is_asked_for_again() {
    let mut app = app();
    press(&mut app, KeyCode::Char('z'));
    let again = |app: &mut App, at| {
        let text = fixture::target::target_text();
        looks(&show(app, &text, Duration::from_millis(at))).len()
    };
    // Other lines are on the screen now: that is told once.
    assert_eq!(again(&mut app, 1_100), 1);
    assert_eq!(again(&mut app, 1_500), 0);
    assert_eq!(again(&mut app, 1_700), 1);
    assert_eq!(again(&mut app, 1_800), 0);
}

#[test]
fn folding_makes_one_row_of_a_file_and_enter_opens_the_group() {
    let mut app = app();
    let before = picture(&app).rows.len();
    press(&mut app, KeyCode::Char('z'));
    show(
        &mut app,
        &fixture::target::target_text(),
        Duration::from_secs(2),
    );
    let folded = picture(&app);
    let group = folded
        .rows
        .iter()
        .position(|row| matches!(row, Row::Group(_, 4)));
    assert!(group.is_some() && folded.rows.len() < before);
    assert_eq!(folded.fitting, folded.lines.len());
    let start = folded.range_of(folded.rows[group.unwrap()]).unwrap().start;
    press(&mut app, KeyCode::Char('g'));
    types(&mut app, &format!("{start:x}"));
    press(&mut app, KeyCode::Enter);
    let effects = press(&mut app, KeyCode::Enter);
    assert!(looks(&effects)[0].arrangement.unfolded.contains(&start));
    assert_eq!(app.space.open, None);
}

#[test]
fn enter_opens_a_vma_and_arrows_open_the_next() {
    let mut app = app();
    press(&mut app, KeyCode::Home);
    let effects = press(&mut app, KeyCode::Enter);
    let first = here(&app);
    assert_eq!(looks(&effects)[0].open, Some(first));
    let effects = press(&mut app, KeyCode::Down);
    assert_eq!(looks(&effects)[0].open, Some(here(&app)));
    assert_ne!(here(&app), first);
    let effects = press(&mut app, KeyCode::Char('u'));
    assert_eq!(
        effects,
        [Effect::Session(SessionCommand::Usage(here(&app)))]
    );
    let effects = press(&mut app, KeyCode::Esc);
    assert_eq!(looks(&effects)[0].open, None);
}

#[test]
fn an_address_inside_a_vma_is_what_is_asked_about() {
    let mut app = app();
    press(&mut app, KeyCode::Char('g'));
    types(&mut app, "7f0000123456");
    press(&mut app, KeyCode::Enter);
    let effects = press(&mut app, KeyCode::Enter);
    assert_eq!(looks(&effects)[0].open, Some(0x7f00_0012_3456));
}

#[test]
fn tears_are_gone_to_round_and_round() {
    let mut app = fixture::app(fixture::snapshot::Kind::Duplicate, (80, 24), Depth::True);
    press(&mut app, KeyCode::Home);
    press(&mut app, KeyCode::Char('t'));
    let picture = picture(&app);
    let row = app.space.row(&picture).unwrap();
    assert!(matches!(picture.rows[row + 1], Row::Note(_)));
    press(&mut app, KeyCode::Char('T'));
    assert!(app.notice.as_ref().unwrap().text.contains("no other tear"));
    let mut app = fixture::target::target_app((80, 24), Depth::True);
    press(&mut app, KeyCode::Char('t'));
    assert_eq!(app.notice.as_ref().unwrap().text, "no tear in this scan");
}

#[test]
fn changes_are_gone_to_in_both_directions() {
    let mut app = app();
    let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
    let lines = picture(&app).lines.clone();
    snapshot.explored.recent = Arc::new(fixture::target::recent(&[lines[2].start, lines[9].start]));
    app.update(Message::Snapshot(Box::new(snapshot)));
    press(&mut app, KeyCode::Home);
    let mut seen = Vec::new();
    for character in ['n', 'n', 'n', 'N', 'N'] {
        press(&mut app, KeyCode::Char(character));
        seen.push(here(&app));
    }
    let [a, b] = [lines[2].start, lines[9].start];
    assert_eq!(seen, [a, b, a, b, a]);
}

#[test]
fn a_vma_that_moved_since_it_was_compared_still_fits_a_filter_on_changes() {
    let mut app = app();
    press(&mut app, KeyCode::Char('/'));
    types(&mut app, "~grew");
    press(&mut app, KeyCode::Enter);
    // Its start was another when texts were last compared.
    let moved = fixture::target::target_text().replace("555510000000-", "55550ffff000-");
    let arrangement = app.space.arrangement();
    let mut snapshot = fixture::target::target_snapshot(&app, &moved, Duration::from_secs(2));
    let mut picture = (**snapshot.picture.as_ref().unwrap()).clone();
    picture.recent = snapshot.explored.recent.clone();
    snapshot.picture = Some(Arc::new(picture.arranged(arrangement)));
    app.update(Message::Snapshot(Box::new(snapshot)));
    assert_eq!(picture_rows(&app), 1);
    let shown = fixture::screen::text(&app);
    assert!(shown.contains("55550ffff000-555510040000"), "{shown}");
    assert!(shown.contains("grow"), "{shown}");
}

#[test]
fn a_map_that_is_kept_is_that_of_what_is_shown() {
    let mut app = app();
    let fresh = |app: &App| {
        let mut app = app.clone();
        app.space.map = super::render::minimap::KeptMap::default();
        fixture::screen::text(&app)
    };
    assert_eq!(fixture::screen::text(&app), fresh(&app));
    let other = fixture::target::target_text().replace("555510000000-", "55550ff00000-");
    show(&mut app, &other, Duration::from_secs(9));
    assert_eq!(fixture::screen::text(&app), fresh(&app));
    app.update(Message::Resize(90, 30));
    assert_eq!(fixture::screen::text(&app), fresh(&app));
}

/// What is exported, as maps has it.
fn exported(app: &App) -> Vec<u8> {
    let mut out = Vec::new();
    export_shown(&picture(app), ExportFormat::Maps, &mut out).unwrap();
    out
}

fn picture_rows(app: &App) -> usize {
    picture(app).fitting
}

#[test]
fn what_was_asked_before_a_line_was_read_is_not_shown_beside_it() {
    let mut app = app();
    let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
    let asked = |app: &App| fixture::screen::text(app).matches("iB …").count();
    assert!(fixture::screen::text(&app).contains("≠") && asked(&app) == 0);
    let mut newer = (**snapshot.picture.as_ref().unwrap()).clone();
    newer.at += Duration::from_millis(33);
    snapshot.picture = Some(Arc::new(newer));
    app.update(Message::Snapshot(Box::new(snapshot)));
    let shown = fixture::screen::text(&app);
    let list = shown.split(" ≈ duplicate: ").next().unwrap();
    assert!(!list.contains("≠") && !list.contains(" = "), "{shown}");
    let rows = window(&app).visible(picture(&app).rows.len());
    let lines = rows.filter(|&row| matches!(picture(&app).rows[row], Row::Line(_)));
    assert_eq!(asked(&app), lines.count(), "{shown}");
}

#[test]
fn columns_are_chosen_in_a_menu_that_takes_the_keys() {
    let mut app = app();
    press(&mut app, KeyCode::Char('v'));
    press(&mut app, KeyCode::Down);
    press(&mut app, KeyCode::Char(' '));
    press(&mut app, KeyCode::Esc);
    assert_eq!((app.space.menu, app.shown.frozen), (None, None));
    let shown = app
        .space
        .shown_columns(app.shown.snapshot.as_ref().unwrap());
    assert!(shown.has(Column::Offset) && shown.has(Column::Name));
    assert!(fixture::screen::text(&app).contains("offset"));
}

#[test]
fn an_export_asks_for_a_format() {
    for (key, format) in [
        ('j', ExportFormat::Json),
        ('c', ExportFormat::Csv),
        ('m', ExportFormat::Maps),
    ] {
        let mut app = app();
        press(&mut app, KeyCode::Char('x'));
        assert_eq!(
            press(&mut app, KeyCode::Char(key)),
            [Effect::Export(format)]
        );
        assert_eq!(app.space.menu, None);
    }
}

#[test]
fn what_is_exported_is_what_is_shown() {
    let mut app = app();
    let all = exported(&app);
    assert_eq!(
        String::from_utf8(all).unwrap(),
        fixture::target::target_text()
    );
    press(&mut app, KeyCode::Char('z'));
    press(&mut app, KeyCode::Char('/'));
    types(&mut app, "libc r-xp");
    show(
        &mut app,
        &fixture::target::target_text(),
        Duration::from_secs(2),
    );
    let some = exported(&app);
    let text = String::from_utf8(some).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains("r-xp") && text.contains("libc"), "{text}");
}

#[test]
fn a_frozen_picture_is_arranged_anew_and_stays_frozen() {
    let mut app = app();
    press(&mut app, KeyCode::Char(' '));
    let frozen = picture(&app);
    press(&mut app, KeyCode::Char('/'));
    let effects = {
        types(&mut app, "lib");
        press(&mut app, KeyCode::Char('c'))
    };
    let request = looks(&effects).pop().unwrap();
    let still = request.still.clone().unwrap().0;
    assert!(Arc::ptr_eq(&still, &frozen));
    // The session's answer.
    let mut snapshot = (**app.shown.latest.as_ref().unwrap()).clone();
    snapshot.at = Duration::from_secs(3);
    snapshot.picture = None;
    snapshot.explored.still = Some(Arc::new(still.arranged(request.arrangement.clone())));
    snapshot.explored.request = request;
    let effects = app.update(Message::Snapshot(Box::new(snapshot)));
    assert_eq!((picture(&app).fitting, picture(&app).scan.number), (4, 7));
    assert!(app.shown.frozen.is_some());
    assert_eq!(looks(&effects)[0].still, None);
}

#[test]
fn keys_of_the_explorer_do_nothing_elsewhere() {
    for view in [View::Boundary, View::Tears] {
        let mut app = app();
        app.view = view;
        for character in "/gntzvexlu".chars() {
            press(&mut app, KeyCode::Char(character));
        }
        assert_eq!(app.space.prompt, None);
        assert_eq!(
            (app.space.menu, app.space.log, app.space.open),
            (None, None, None)
        );
    }
}
