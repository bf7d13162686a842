//! Every lesson can be gone through on this kernel: what is to be done can be done, and is
//! seen to be done.

use std::path::Path;

use crate::support::{has_one_cpu, skip};
use crate::terminal::Terminal;

/// Where a lesson is: what one does on the page, its number, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    word: String,
    page: usize,
    pages: usize,
}

/// What the rule above the lesson says.
fn place(text: &str) -> Option<Place> {
    let rule = text.lines().rfind(|line| line.contains(" · page "))?;
    let (before, behind) = rule.split_once(" · page ")?;
    let word = before.rsplit("─ ").next()?.trim().to_owned();
    let mut numbers = behind.split(' ');
    let page = numbers.next()?.parse().ok()?;
    let pages = numbers.nth(1)?.parse().ok()?;
    Some(Place { word, page, pages })
}

fn learn(state: &Path, columns: u16, rows: u16, arguments: &[&str]) -> Terminal {
    let state = format!("XDG_STATE_HOME={}", state.display());
    let program = ["env", &state, env!("CARGO_BIN_EXE_vmascope"), "learn"];
    Terminal::start_as(&program, (columns, rows), arguments, true)
}

/// Goes through a lesson: predicts anything, has the program do what is to be done, and sees
/// it done.
fn go_through(terminal: &mut Terminal, name: &str) -> usize {
    let mut steps = 0;
    let text = terminal.wait_for("a lesson", |text| place(text).is_some());
    let mut here = place(&text).unwrap();
    loop {
        let keys = match &*here.word {
            "predict" | "explained" => "\r",
            "the end" => return steps,
            // Done before the page was drawn: a hole that had been found already.
            "see" => {
                steps += 1;
                "J"
            }
            "do" => {
                // What is asked for must be there: the target, the lab, a find.
                terminal.send("A");
                let text = terminal.wait_for("the hint", |text| {
                    let is_done = place(text).is_some_and(|it| it.word == "see");
                    is_done || text.contains("do it for me")
                });
                // Some of it comes by itself.
                if text.contains("do it for me") {
                    terminal.send("A");
                }
                let what = format!("end of page {} of {name}", here.page);
                let page = here.page;
                terminal.wait_for(&what, |text| {
                    place(text).is_some_and(|it| it.page == page && it.word == "see")
                });
                steps += 1;
                "J"
            }
            word => panic!("{word} is no word of a lesson"),
        };
        terminal.send(keys);
        let what = format!("page behind {} of {name}", here.page);
        let before = here.page;
        let text = terminal.wait_for(&what, |text| {
            place(text).is_some_and(|it| it.page == before + 1)
        });
        here = place(&text).unwrap();
    }
}

fn play(lesson: usize) {
    let state = tempfile::tempdir().unwrap();
    let number = lesson.to_string();
    let mut terminal = learn(state.path(), 80, 24, &[&number]);
    let steps = go_through(&mut terminal, &number);
    assert!(steps >= 2, "lesson {lesson} has only {steps} things to do");
    let text = terminal.screen().contents();
    assert!(text.contains("came true"), "{text}");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    let kept = std::fs::read_to_string(state.path().join("vmascope/learn.json")).unwrap();
    assert!(kept.contains("\"done\": true"), "{kept}");
}

macro_rules! lessons {
    ($($name:ident $number:literal)*) => {
        $(#[test]
        fn $name() {
            let _alone = super::tui_pty::alone();
            if $number == 6 && has_one_cpu() {
                return skip("the lab needs two CPUs");
            }
            play($number);
        })*
    };
}

lessons! {
    lesson_1_the_address_space 1
    lesson_2_split_and_merge 2
    lesson_3_chunks 3
    lesson_4_the_duplicate 4
    lesson_5_backward 5
    lesson_6_one_lock 6
    lesson_7_one_lock_a_vma 7
    lesson_8_the_gap_check 8
    lesson_9_three_holes 9
    lesson_10_a_scenario_of_ones_own 10
}
