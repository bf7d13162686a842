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

/// What Manual says of a step is never cut.
fn assert_told_whole(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let operation = lines.iter().position(|line| {
        let line = line.trim_start();
        line.starts_with("m: ") || line.starts_with("m will call ")
    });
    let account = operation.map_or(&[][..], |at| &lines[at..]);
    let is_cut = account.iter().any(|line| line.trim_end().ends_with(" …"));
    assert!(!is_cut, "{text}");
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
                let text = terminal.wait_for(&what, |text| {
                    place(text).is_some_and(|it| it.page == page && it.word == "see")
                });
                assert_told_whole(&text);
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

/// Who takes other steps is told so, and how to come back.
#[test]
fn steps_that_lead_elsewhere_are_taken_back() {
    let _alone = super::tui_pty::alone();
    let state = tempfile::tempdir().unwrap();
    let mut terminal = learn(state.path(), 80, 24, &["4"]);
    let see = |terminal: &mut Terminal, what: &str| {
        terminal.wait_for(what, |text| text.contains(what));
    };
    see(&mut terminal, "predict · page 1");
    terminal.send("\r");
    see(&mut terminal, "So far: operations 0 of 1.");
    terminal.send("m");
    see(&mut terminal, "see · page 2");
    terminal.send("J");
    see(&mut terminal, "So far: operations 1 of 1, reads 0 of 1.");
    terminal.send("m");
    see(
        &mut terminal,
        "! The last step leads elsewhere: u takes it back.",
    );
    terminal.send("u");
    see(&mut terminal, "So far: operations 1 of 1, reads 0 of 1.");
    terminal.send("r");
    let text = terminal.wait_for("the chunk", |text| text.contains("see · page 3"));
    // What one more operation would bring, to the end of the sentence.
    assert!(text.contains(", a duplicate."), "{text}");
    assert_told_whole(&text);
    // Passed over, and done when the page behind it begins.
    terminal.send("JJ");
    see(&mut terminal, "So far: operations 2 of 2, reads 1 of 2");
    terminal.send("AA");
    see(&mut terminal, "see · page 5");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
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
