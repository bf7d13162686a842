use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::render::render;
use super::state::{Found, Picker, PickerEffect, PickerMessage};
use crate::process::process_list::ProcessEntry;
use crate::tui::input::event::Input;
use crate::tui::save::capture;
use crate::tui::theme::{Depth, Theme};

fn entry(pid: u32, name: &str, user: &str, vmas: Result<u64, &str>) -> ProcessEntry {
    ProcessEntry {
        pid,
        started: 7,
        name: name.into(),
        command: format!("/usr/bin/{name} --with arguments that are rather long"),
        user: user.into(),
        threads: pid as usize % 7 + 1,
        resident: u64::from(pid) << 16,
        vmas: vmas.map_err(str::to_owned),
    }
}

fn picker(size: (u16, u16)) -> Picker {
    let mut picker = Picker::new(size, Theme::new(Depth::True));
    let all = [
        entry(1, "init", "root (uid 0)", Err("another user's")),
        entry(20, "bash", "alice (uid 1000)", Ok(31)),
        entry(300, "postgres", "alice (uid 1000)", Ok(412)),
        entry(301, "postgres", "alice (uid 1000)", Ok(398)),
        entry(
            4000,
            "a-name-of-15-by",
            "bob-with-a-long-name (uid 7)",
            Ok(65_031),
        ),
        entry(4001, "x\\x1b[31m", "alice (uid 1000)", Ok(2)),
    ];
    picker.update(PickerMessage::Found(Found::Begin(all.len() + 1)));
    for entry in all {
        let found = Found::Process(entry.pid, Some(Box::new(entry)));
        picker.update(PickerMessage::Found(found));
    }
    picker.settle();
    picker
}

#[test]
fn without_utf_8_every_cell_is_ascii() {
    let mut picker = picker((120, 24));
    picker.theme.charset = crate::text::charset::Charset::Ascii;
    let text = text(&picker);
    assert!(text.is_ascii(), "{text}");
}

fn press(picker: &mut Picker, code: KeyCode) -> Option<PickerEffect> {
    picker.update(PickerMessage::Input(Input::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))))
}

fn type_in(picker: &mut Picker, text: &str) {
    for character in text.chars() {
        press(picker, KeyCode::Char(character));
    }
}

fn pids(picker: &Picker) -> Vec<u32> {
    picker.shown().map(|entry| entry.pid).collect()
}

fn text(picker: &Picker) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, picker.size.0, picker.size.1));
    render(picker, buffer.area, &mut buffer);
    capture::to_text(&buffer)
}

#[test]
fn most_vmas_come_first_and_the_unreadable_last() {
    assert_eq!(pids(&picker((80, 24))), [4000, 300, 301, 20, 4001, 1]);
}

#[test]
fn the_search_is_by_name_pid_and_user() {
    for (search, expected) in [
        ("Postgres", &[300, 301][..]),
        ("30", &[300, 301]),
        ("bob", &[4000]),
        ("root", &[1]),
        ("nothing like it", &[]),
    ] {
        let mut picker = picker((80, 24));
        type_in(&mut picker, search);
        assert_eq!(pids(&picker), expected, "{search}");
        assert_eq!(press(&mut picker, KeyCode::Esc), None);
        assert_eq!(pids(&picker).len(), 6);
        assert_eq!(press(&mut picker, KeyCode::Esc), Some(PickerEffect::Quit));
    }
}

#[test]
fn enter_chooses_what_may_be_read_and_says_why_else() {
    let mut picker = picker((80, 24));
    press(&mut picker, KeyCode::Down);
    let Some(PickerEffect::Choose(chosen)) = press(&mut picker, KeyCode::Enter) else {
        panic!("nothing was chosen");
    };
    assert_eq!(chosen.pid, 300);
    press(&mut picker, KeyCode::End);
    assert_eq!(press(&mut picker, KeyCode::Enter), None);
    assert!(text(&picker).contains("process 1 (init) may not be read: another user's"));
    // Nothing to choose.
    type_in(&mut picker, "no such thing");
    assert_eq!(press(&mut picker, KeyCode::Enter), None);
}

#[test]
fn the_selection_stays_with_its_process_while_the_list_changes() {
    let mut picker = picker((80, 24));
    press(&mut picker, KeyCode::Down);
    press(&mut picker, KeyCode::Down);
    let more = entry(5000, "new", "alice (uid 1000)", Ok(100_000));
    picker.update(PickerMessage::Found(Found::Process(
        5000,
        Some(Box::new(more)),
    )));
    picker.settle();
    assert_eq!(pids(&picker)[picker.selected_row()], 301);
    // It is gone in the next round, with all others but one.
    picker.update(PickerMessage::Found(Found::Begin(1)));
    let left = entry(20, "bash", "alice (uid 1000)", Ok(31));
    picker.update(PickerMessage::Found(Found::Process(
        20,
        Some(Box::new(left)),
    )));
    picker.update(PickerMessage::Found(Found::End));
    picker.settle();
    assert_eq!((pids(&picker), picker.selected_row()), (vec![20], 0));
}

#[test]
fn a_long_list_scrolls_with_the_selection() {
    let mut picker = Picker::new((80, 16), Theme::new(Depth::True));
    for pid in 1..200 {
        let one = entry(pid, "one", "alice (uid 1000)", Ok(pid.into()));
        picker.update(PickerMessage::Found(Found::Process(
            pid,
            Some(Box::new(one)),
        )));
    }
    picker.settle();
    let steps = [
        (KeyCode::Down, 1),
        (KeyCode::PageDown, 11),
        (KeyCode::End, 198),
        (KeyCode::Up, 197),
        (KeyCode::PageUp, 187),
        (KeyCode::Home, 0),
    ];
    for (key, row) in steps {
        press(&mut picker, key);
        assert_eq!(picker.selected_row(), row, "{key:?}");
        let (top, rows) = (picker.top, picker.rows());
        assert!((top..top + rows).contains(&row), "{key:?}: {top}");
        assert!(text(&picker).contains('▶'));
    }
}

#[test]
fn each_size() {
    for size in [(60, 16), (80, 24), (120, 40)] {
        let name = format!("picker_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, text(&picker(size)));
    }
    let mut searched = picker((80, 24));
    type_in(&mut searched, "post");
    insta::assert_snapshot!("picker_search_80x24", text(&searched));
    // It can be drawn in any size.
    for size in [(0, 0), (1, 1), (5, 3), (30, 6)] {
        text(&picker(size));
    }
}
