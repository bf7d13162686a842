//! Time, stopped and gone back in.

use std::fs;
use std::path::Path;

use super::{alone, demo, first_scan};
use crate::terminal::Terminal;

#[test]
fn escape_and_a_key_read_at_once_are_two_keys() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    terminal.send(",");
    terminal.wait_for("the past", |text| text.contains(" REWOUND "));
    terminal.send("?");
    terminal.wait_for("its keys", |text| text.contains(" keys of time "));
    terminal.send("\x1bL");
    terminal.wait_for("what is live", |text| {
        !text.contains("REWOUND") && !text.contains(" keys of time ") && first_scan(text)
    });
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

/// The name of the file that it says it wrote.
fn wrote(terminal: &mut Terminal, end: &str) -> (String, String) {
    let shown = terminal.wait_for("the file", |text| text.contains("wrote "));
    let (_, line) = shown.split_once("wrote ").unwrap();
    let line = line.lines().next().unwrap().trim_end();
    let at = line.find(end).unwrap_or_else(|| panic!("{line}")) + end.len();
    (line[..at].into(), line[at..].into())
}

/// Looks at the past, and says when that is, in seconds: a report is recorded each.
fn rewound_at(terminal: &mut Terminal) -> f64 {
    terminal.send(",");
    let shown = terminal.wait_for("the past", |text| text.contains(" REWOUND "));
    let (_, at) = shown.split_once(" REWOUND ").unwrap();
    let at = at.trim_start().split(' ').next().unwrap().parse().unwrap();
    terminal.send("L");
    terminal.wait_for("what is live", |text| !text.contains(" REWOUND "));
    at
}

#[test]
fn the_past_says_that_it_is_and_what_is_saved_of_it() {
    let _alone = alone();
    let mut terminal = Terminal::start(100, 24, &[], true);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    terminal.wait_for("first scan", first_scan);
    while rewound_at(&mut terminal) < 2.0 {}
    terminal.send("B");
    let (saved, figures) = wrote(&mut terminal, ".rec");
    let parts: Vec<&str> = figures.trim_start_matches(": ").split(", ").collect();
    assert!(
        parts[0].ends_with('B') && parts[1].ends_with(" s"),
        "{figures}"
    );
    assert!(
        parts[2].ends_with(" scans") && !parts[2].starts_with('0'),
        "{figures}"
    );
    terminal.send(",");
    terminal.wait_for("the past", |text| text.contains(" REWOUND "));
    terminal.send("|");
    terminal.wait_for("a line of the past", |text| {
        text.contains(" REWOUND ") && text.contains("| timeline")
    });
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));

    let mut terminal = Terminal::start(100, 24, &["replay", &saved], true);
    terminal.send("^");
    terminal.wait_for("its beginning", |text| text.contains("stopped"));
    terminal.send("^");
    terminal.wait_for("that there is nothing before", |text| {
        text.contains("no earlier moment: the recording begins at ")
    });
    terminal.send("w");
    let (report, of) = wrote(&mut terminal, ".txt");
    assert!(of.starts_with(", of "), "{of}");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    let text = fs::read_to_string(folder.join(&report)).unwrap();
    assert!(text.contains("scans"), "{text}");
    for name in [saved, report] {
        fs::remove_file(folder.join(name)).unwrap();
    }
}
