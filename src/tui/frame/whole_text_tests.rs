//! Long names, big numbers and many rows, in every view and at every size: no
//! cell is overwritten (`put` asserts it), and no word or number is cut without
//! a `…`. No view is known here, so a new one is tested as it is.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::text::charset::Charset;
use crate::tui::app::App;
use crate::tui::fixture::extreme::{extreme_app, extreme_target};
use crate::tui::fixture::screen::text;
use crate::tui::fixture::showing;
use crate::tui::fixture::snapshot::Kind;
use crate::tui::input::event::Input;
use crate::tui::message::Message;
use crate::tui::view::View;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

/// So large that nothing need be cut.
const HUGE: (u16, u16) = (500, 150);

static HUGE_SCREENS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| screens(HUGE));

/// Keys to press in a view before it is drawn, each set from its beginning.
const KEYS: [&str; 13] = [
    "", "?", "M", "\n", "l", "v", "x", "/", "/qqq", "g", "z", "p -", "j\nu",
];

fn press(app: &mut App, character: char) {
    let code = match character {
        '\n' => KeyCode::Enter,
        character => KeyCode::Char(character),
    };
    app.update(Message::Input(Input::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))));
}

/// Everything that is drawn at a size: what it is, and the screen.
fn screens(size: (u16, u16)) -> Vec<(String, String)> {
    screens_in(Charset::Utf8, size)
}

fn screens_in(charset: Charset, size: (u16, u16)) -> Vec<(String, String)> {
    type Make = fn((u16, u16)) -> App;
    let makers: [(&str, Make); 3] = [
        ("duplicate", |size| extreme_app(Kind::Duplicate, size)),
        ("hole", |size| extreme_app(Kind::Hole, size)),
        ("foreign", extreme_target),
    ];
    let mut screens = Vec::new();
    for (name, make) in makers {
        let mut made = make(size);
        made.shown.theme.charset = charset;
        for view in View::ALL {
            for keys in KEYS {
                let mut app = made.clone();
                if view.needs_modifier() && app.is_foreign() {
                    continue;
                }
                app = showing(app, view);
                keys.chars()
                    .for_each(|character| press(&mut app, character));
                let what = format!("{name}, {view:?}, keys {keys:?}, at {size:?}");
                screens.push((what, text(&app)));
            }
        }
    }
    screens
}

/// Words of three and more letters that nothing says were cut.
fn words(text: &str) -> impl Iterator<Item = &str> {
    // A box covers what is beneath it; inside it no text touches the border.
    let free = text
        .split_whitespace()
        .filter(|it| !it.contains(['│', '╭', '╮', '╰', '╯']));
    let is_letter = |character: char| character.is_alphabetic() || character == '…';
    free.flat_map(move |it| it.split(move |character| !is_letter(character)))
        .filter(|it| !it.contains('…') && it.chars().count() > 2 && !is_map(it))
}

/// Cells of the map of an address space.
fn is_map(word: &str) -> bool {
    word.chars().all(|character| "axfhsk".contains(character))
}

/// The words of the sources, and of the huge screens: their data.
static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut known = HashSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_source = path
                .extension()
                .is_some_and(|it| it == "rs" || it == "toml");
            if path.is_dir() {
                folders.push(path);
            } else if is_source && !path.ends_with("whole_text_tests.rs") {
                let source = std::fs::read_to_string(path).unwrap();
                known.extend(words(&source).map(str::to_owned));
            }
        }
    }
    for (_, screen) in HUGE_SCREENS.iter() {
        known.extend(words(screen).map(str::to_owned));
    }
    known
});

#[test]
fn no_word_is_cut_without_a_sign_and_nothing_is_overwritten() {
    let mut cut = Vec::new();
    for size in SIZES {
        for (what, screen) in screens(size) {
            for row in screen.lines() {
                let unknown = words(row).filter(|word| !KNOWN.contains(*word));
                cut.extend(unknown.map(|word| format!("{word:?} in {row:?}: {what}")));
            }
        }
    }
    assert!(cut.is_empty(), "{} words:\n{}", cut.len(), cut.join("\n"));
}

/// Numbers as they stand in a row: of a `…` beside one nobody takes it for the
/// whole.
fn numbers(row: &str) -> impl Iterator<Item = &str> {
    let of_number = |character: char| character.is_alphanumeric() || ".,…".contains(character);
    let free = row
        .split_whitespace()
        .filter(|it| !it.contains(['│', '╭', '╮', '╰', '╯']));
    // A tab is its key and its name.
    let is_tab = |piece: &str| View::ALL.iter().any(|view| piece.ends_with(view.name()));
    free.flat_map(move |it| it.split(move |character| !of_number(character)))
        .filter(move |piece| {
            let is_number = piece.starts_with(|character: char| character.is_ascii_digit());
            is_number && !piece.contains('…') && !is_tab(piece)
        })
}

/// A number that is cut where there is no more room is longer where there is.
#[test]
fn no_number_is_cut_without_a_sign() {
    let mut cut = Vec::new();
    for (columns, rows) in SIZES {
        // The huge ones, for what a box covers in the others.
        let wider = [1, 3].map(|more| screens((columns + more, rows)));
        let wider = [&*HUGE_SCREENS, &wider[0], &wider[1]];
        for (at, (what, screen)) in screens((columns, rows)).iter().enumerate() {
            let of_wider: HashSet<&str> = wider
                .iter()
                .flat_map(|screens| screens[at].1.lines().flat_map(numbers))
                .collect();
            for row in screen.lines().filter(|row| !row.contains(" more")) {
                let missing = numbers(row).filter(|number| !of_wider.contains(number));
                cut.extend(missing.map(|number| format!("{number} in {row:?}: {what}")));
            }
        }
    }
    assert!(cut.is_empty(), "{} numbers:\n{}", cut.len(), cut.join("\n"));
}

/// Without UTF-8 every glyph has an ASCII form, and names are escaped: no `?`.
#[test]
fn without_utf_8_every_cell_is_ascii() {
    for size in SIZES {
        for (what, screen) in screens_in(Charset::Ascii, size) {
            let other = screen.chars().find(|character| !character.is_ascii());
            assert_eq!(other, None, "{what}:\n{screen}");
            let has_name = screen.contains("j\\xc3\\xbcrgen");
            assert!(has_name || !screen.contains("j?rgen"), "{what}:\n{screen}");
        }
    }
}

/// What holds of `put` holds of all that is drawn.
#[test]
fn all_text_is_drawn_by_put() {
    let draws = [
        "set_line(",
        "set_string(",
        "set_stringn(",
        "set_span(",
        "Paragraph",
    ];
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_it = path.ends_with("widgets/text.rs") || path.ends_with("whole_text_tests.rs");
            if path.is_dir() {
                folders.push(path);
            } else if !is_it && path.extension().is_some_and(|it| it == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let (code, _) = source.split_once("#[cfg(test)]").unwrap_or((&source, ""));
                let found = draws.iter().find(|draw| code.contains(**draw));
                assert_eq!(found, None, "{}", path.display());
            }
        }
    }
}
