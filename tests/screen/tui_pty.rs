//! The application in a real terminal: what it shows, and how it leaves.

mod explorer;
mod job_control;
mod past;

use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::holes::shows_the_empty_tree;
use crate::support::{child_called, has_one_cpu, skip};
use crate::terminal::Terminal;
use nix::sys::signal::Signal;
use std::os::unix::process::ExitStatusExt;
use vmascope::internals::linux::{KernelFacts, Reader, Rule};
use vmascope::internals::scenario::scenarios;

/// One at a time: each keeps two CPUs busy.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the readers of `maps` lock one VMA at a time here.
fn per_vma() -> bool {
    KernelFacts::detect().is_ok_and(|facts| facts.rule_for(Reader::Maps).rule == Rule::LINE_END)
}

fn demo(arguments: &[&str]) -> Terminal {
    Terminal::start(80, 24, arguments, true)
}

fn first_scan(text: &str) -> bool {
    text.contains(" Scan ") && text.contains("chunk ")
}

#[test]
fn the_first_scan_is_shown_and_q_leaves_the_terminal_as_it_was() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    let text = terminal.wait_for("first scan", |text| {
        first_scan(text) && text.contains("0 holes")
    });
    assert!(text.contains("scenario resize"), "{text}");
    assert!(terminal.screen().alternate_screen());
    let modifier = terminal.modifier();
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    modifier.assert_gone();
}

#[test]
fn duplicates_appear_without_a_key() {
    let _alone = alone();
    if !per_vma() {
        return skip("readers of maps hold mmap_lock on this kernel");
    }
    let mut terminal = demo(&["demo"]);
    terminal.wait_for("duplicate", |text| text.contains("duplicate: "));
}

#[test]
fn the_hole_of_replace_is_shown() {
    let _alone = alone();
    if !shows_the_empty_tree() {
        return;
    }
    let all = scenarios();
    let at = all.iter().position(|one| one.name == "replace").unwrap();
    let mut terminal = demo(&["demo", "--scenario", &all[at - 1].name]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("c");
    terminal.wait_for("next scenario", |text| text.contains("scenario replace "));
    // The totals come a moment after the picture.
    terminal.wait_for("hole", |text| {
        text.contains("HOLE (H1): ") && text.contains("A promise is broken")
    });
}

#[test]
fn the_menu_chooses_and_all_scenarios_come_by_themselves() {
    let _alone = alone();
    let mut terminal = demo(&["demo", "--scenario", "all"]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("4");
    terminal.wait_for("the table", |text| {
        text.contains("scenario            maps")
    });
    terminal.wait_for("the next scenario", |text| {
        text.contains("scenario resize ") && text.contains("in turn")
    });
    terminal.send("M");
    terminal.wait_for("the menu", |text| text.contains("type to filter"));
    terminal.send("replace-t");
    terminal.wait_for("the filter", |text| text.contains("filter: replace-t"));
    terminal.send("\r");
    let shown = terminal.wait_for("the chosen one", |text| {
        text.contains("scenario replace-two ")
    });
    // Chosen by hand, it stays.
    assert!(!shown.contains("in turn"), "{shown}");
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    let modifier = terminal.modifier();
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    modifier.assert_gone();
}

#[test]
fn signals_end_it_and_leave_the_terminal_as_it_was() {
    let _alone = alone();
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let mut terminal = demo(&[]);
        let modifier = terminal.modifier();
        terminal.signal(signal);
        assert_eq!(terminal.wait_for_end().signal(), Some(signal as i32));
        terminal.assert_sane();
        modifier.assert_gone();
    }
}

#[test]
fn a_closed_terminal_ends_it() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    let modifier = terminal.modifier();
    terminal.hang_up();
    terminal.wait_for_end();
    modifier.assert_gone();
}

#[test]
fn a_panic_in_any_thread_leaves_the_terminal_as_it_was() {
    let _alone = alone();
    if !cfg!(debug_assertions) {
        return skip("a release build has no panic to ask for");
    }
    for thread in ["ui", "session", "input"] {
        let mut terminal = demo(&["demo", "--panic-in", thread]);
        let status = terminal.wait_for_end();
        assert_eq!(status.code(), Some(3), "{thread}");
        terminal.assert_sane();
        let text = terminal.screen().contents().replace('\n', "");
        assert!(text.contains("vmascope: "), "{thread}: {text}");
        assert!(text.contains("panic on purpose"), "{thread}: {text}");
        assert!(text.contains("please report this"), "{thread}: {text}");
    }
}

#[test]
fn replies_and_pastes_are_no_keys() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    // Each has a `q`: a key would end the program.
    for reply in [
        "\x1bP>|q(1)\x1b\\",
        "\x1b]11;rgb:q/q/q\x07",
        "\x1b_q\x1b\\",
        "\x1b[?2026;2$y",
        "\x1b[>41;354;0q",
        "\x1b[200~quit\rq\x1b[201~",
    ] {
        terminal.send(reply);
    }
    terminal.wait_for("line on pastes", |text| {
        text.contains("a paste does nothing")
    });
    terminal.send("2");
    terminal.wait_for("other view", |text| text.contains("page of the site"));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

#[test]
fn a_terminal_of_no_size_is_taken_for_a_usual_one() {
    let _alone = alone();
    let mut terminal = Terminal::start(0, 0, &[], true);
    terminal.wait_for("size that is said", |text| {
        text.contains("does not say its size")
    });
    terminal.wait_for("first scan", first_scan);
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn a_modifier_that_dies_is_told_and_another_scenario_starts_a_new_one() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    let modifier = terminal.modifier();
    modifier.kill();
    let gone = |text: &str| text.contains("the modifier died") && first_scan(text);
    terminal.wait_for("last picture", gone);
    terminal.send("c");
    let goes_on = |text: &str| !text.contains("the modifier died") && first_scan(text);
    terminal.wait_for("new modifier", goes_on);
    let modifier = terminal.modifier();
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    modifier.assert_gone();
}

#[test]
fn a_modifier_that_dies_with_a_key_on_its_way_is_told_too() {
    let _alone = alone();
    let mut terminal = demo(&["demo", "--scenario", "split"]);
    terminal.wait_for("first scan", first_scan);
    for key in ["p", "i", "c", "m", "s"] {
        let modifier = terminal.modifier();
        modifier.kill();
        terminal.send(key);
        // It is told, or another one runs already; and so the next key does it.
        modifier.assert_gone();
        terminal.send("c");
        let found = terminal.modifier();
        terminal.wait_for("another", |text| !text.contains("the modifier died"));
        drop(found);
    }
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

#[test]
fn it_follows_the_size_of_the_terminal() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    terminal.resize(120, 40);
    let wide = |text: &str| text.contains(" torn/s") && text.lines().count() > 30;
    terminal.wait_for("wider screen", wide);
    terminal.resize(40, 10);
    terminal.wait_for("excuse", |text| text.contains("60 columns and 16"));
    terminal.resize(60, 16);
    terminal.wait_for("small screen", first_scan);
}

#[test]
fn a_tiny_terminal_is_told_so_and_can_be_left() {
    let _alone = alone();
    let mut terminal = Terminal::start(20, 5, &[], true);
    terminal.wait_for("excuse", |text| text.contains("vmascope needs"));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

#[test]
fn without_colours_no_cell_is_coloured() {
    let _alone = alone();
    let mut terminal = Terminal::start(80, 24, &["demo", "--scenario", "replace"], false);
    terminal.wait_for("first scan", first_scan);
    let screen = terminal.screen();
    let cells = (0..24).flat_map(|y| (0..80).map(move |x| (y, x)));
    for (y, x) in cells {
        let Some(cell) = screen.cell(y, x) else {
            continue;
        };
        assert_eq!(cell.fgcolor(), vt100::Color::Default);
        assert_eq!(cell.bgcolor(), vt100::Color::Default);
    }
    // What has no colour still has its weight.
    assert!(screen.cell(0, 1).is_some_and(vt100::Cell::bold));
}

#[test]
fn every_view_and_every_key_can_be_used() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("2");
    terminal.wait_for("Boundary", |text| text.contains("page of the site"));
    terminal.send("3");
    terminal.wait_for("Tears", |text| text.contains("of these backward"));
    terminal.send("?");
    terminal.wait_for("help", |text| text.contains("keys of Tears"));
    terminal.send("\x1b");
    terminal.wait_for("no help", |text| !text.contains("keys of Tears"));
    terminal.send("1p");
    terminal.wait_for("pause", |text| text.contains("paused"));
    terminal.send("m");
    terminal.send("p");
    terminal.wait_for("running", |text| !text.contains("paused"));
    terminal.send(" ");
    terminal.wait_for("frozen display", |text| text.contains("frozen"));
    terminal.send(" ---");
    terminal.wait_for("slower scans", |text| text.contains("≤ 100 /s"));
    terminal.send("it");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn without_a_terminal_it_names_the_check() {
    let output = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("vmascope check"), "{text}");
    assert!(output.stdout.is_empty());
}

#[test]
fn an_unknown_scenario_is_told_before_the_terminal_is_taken() {
    let output = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(["demo", "--scenario", "spilt"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// Whether `resize` can be repeated by hand here.
fn resumes_at_the_last_end() -> bool {
    KernelFacts::detect().is_ok_and(|facts| {
        let rule = facts.rule_for(Reader::Maps).rule;
        rule.position == vmascope::internals::linux::Position::LastEnd
    })
}

#[test]
fn by_hand_each_scenario_shows_its_duplicate_in_few_keys() {
    let _alone = alone();
    for scenario in ["split", "resize", "remap"] {
        let mut terminal = demo(&["demo", "--manual", "--scenario", scenario]);
        terminal.wait_for("manual mode", |text| text.contains("nothing is read yet"));
        if scenario == "resize" && !resumes_at_the_last_end() {
            terminal.send("b");
            terminal.wait_for("reason", |text| text.contains("No duplicate can be had"));
            skip("resize by hand: maps resumes at the next vm_start on this kernel");
            continue;
        }
        for (key, said) in [
            ("m", "turned"),
            ("r", "read() returned a chunk of"),
            ("m", "so a duplicate is next"),
            ("r", "comes after"),
        ] {
            terminal.send(key);
            let unwrapped = |text: &str| text.replace("\n ", " ").replace('\n', " ");
            terminal.wait_for(key, |text| {
                let text = unwrapped(text);
                let words: Vec<&str> = text.split_whitespace().collect();
                words.join(" ").contains(said)
            });
        }
        let shown = terminal.screen().contents();
        assert!(shown.contains("≈ twice"), "{shown}");
        assert!(shown.contains("4 steps: m r m r"), "{shown}");
        // Taken back it is done again but for the last; then that has the same answer.
        terminal.send("t");
        terminal.wait_for("timelines", |text| text.contains("≈ reads "));
        terminal.send("u");
        let shown = terminal.wait_for("back", |text| text.contains("Step r was taken back"));
        assert!(shown.contains("3 steps: m r m"), "{shown}");
        assert!(shown.contains("to the same lines"), "{shown}");
        assert!(!shown.contains("≈ reads "), "{shown}");
        terminal.send("r");
        terminal.wait_for("again", |text| text.contains("≈ reads "));
    }
}

#[test]
fn by_hand_the_counters_stand_still() {
    let _alone = alone();
    let mut terminal = demo(&["demo", "--manual", "--scenario", "split"]);
    terminal.wait_for("manual mode", |text| text.contains("nothing is read yet"));
    let scans = |text: &str| {
        let (_, rest) = text.split_once("seen in ")?;
        rest.split_once(" scans").map(|(scans, _)| scans.to_owned())
    };
    // What was under way may still be counted; then each step is in a frame of
    // its own, and all of them have the same count.
    let (mut still, mut before) = (0, None);
    for step in 1.. {
        terminal.send("m");
        let shown = terminal.wait_for("step", |text| text.contains(&format!("{step} step")));
        let now = scans(&shown);
        still = if now == before { still + 1 } else { 0 };
        before = now;
        if still == 8 {
            break;
        }
        assert!(step < 100, "it counts on:\n{shown}");
    }
}

#[test]
fn a_way_to_a_duplicate_is_played_and_then_everything_runs_again() {
    let _alone = alone();
    let mut terminal = demo(&["demo", "--scenario", "split"]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("s");
    terminal.wait_for("manual mode", |text| text.contains("nothing is read yet"));
    terminal.send("b");
    terminal.wait_for("what is played", |text| {
        text.contains("to a duplicate: m r m r")
    });
    // By itself, a step each moment.
    terminal.wait_for("second step", |text| {
        text.contains("read() returned a chunk")
    });
    // At once.
    terminal.send("b");
    terminal.wait_for("duplicate", |text| text.contains("A duplicate: "));
    // The next scenario is by hand too.
    terminal.send("c");
    terminal.wait_for("next scenario", |text| {
        text.contains("scenario resize") && text.contains("nothing is read yet")
    });
    terminal.send("s");
    terminal.wait_for("scans", |text| {
        first_scan(text) && !text.contains(" 0 scans/s")
    });
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn a_modifier_that_dies_by_hand_is_told_and_the_next_is_by_hand() {
    let _alone = alone();
    let mut terminal = demo(&["demo", "--manual"]);
    terminal.wait_for("manual mode", |text| text.contains("nothing is read yet"));
    terminal.modifier().kill();
    terminal.wait_for("death", |text| text.contains("the modifier died"));
    terminal.send("mr");
    terminal.send("c");
    terminal.wait_for("another", |text| {
        !text.contains("the modifier died") && text.contains("nothing is read yet")
    });
}

#[test]
fn the_probe_asks_the_modifier_and_a_target_of_the_users() {
    let _alone = alone();
    let has_query = KernelFacts::detect().is_ok_and(|facts| facts.procmap_query);
    let mut terminal = demo(&["demo", "--scenario", "split"]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("6");
    if !has_query {
        terminal.wait_for("reason", |text| text.contains("ENOTTY"));
        return skip("no PROCMAP_QUERY before Linux 6.11");
    }
    // The first page of the site is now r--, now r-x.
    terminal.wait_for("changes", |text| {
        text.contains("the latest answers") && text.contains("r--p") && text.contains("r-xp")
    });
    terminal.send("a0\r");
    terminal.wait_for("nothing there", |text| text.contains("ENOENT, no such VMA"));
    terminal.send("N");
    terminal.wait_for("the next", |text| text.contains("answer 10000000-"));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));

    let pid = std::process::id().to_string();
    let mut terminal = demo(&["attach", &pid]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("6");
    terminal.wait_for("answer", |text| {
        text.contains(" answer ") && text.contains("in the mean")
    });
    terminal.send("s");
    terminal.wait_for("refusal", |text| text.contains("no modifier here"));
}

/// Waits until the program has a lab's writer, or has none.
fn wait_for_writer(terminal: &mut Terminal, wanted: bool) {
    let parent = terminal.pid();
    let what = if wanted { "a writer" } else { "no writer" };
    terminal.wait_for_state(what, || {
        child_called(parent, "__writer").is_some() == wanted
    });
}

#[test]
fn the_lab_runs_while_its_view_is_shown() {
    let _alone = alone();
    if has_one_cpu() {
        return skip("the lab wants two CPUs, and there is one only");
    }
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("7");
    let has_ratio = |text: &str| text.contains("who reads") && text.contains("×1.00");
    terminal.wait_for("lab", has_ratio);
    wait_for_writer(&mut terminal, true);
    terminal.send("+");
    terminal.wait_for("a reader", |text| text.contains("[maps 1]"));
    terminal.send("1");
    terminal.wait_for("scans again", |text| {
        first_scan(text) && !text.contains(" 0 scans/s")
    });
    wait_for_writer(&mut terminal, false);
    // Its end while the lab runs.
    terminal.send("7");
    terminal.wait_for("lab", has_ratio);
    let modifier = terminal.modifier();
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    modifier.assert_gone();
}

#[test]
fn the_lab_shows_the_inversion_in_both_places() {
    let _alone = alone();
    let mut terminal = demo(&["demo"]);
    terminal.send("7");
    terminal.wait_for("lab", |text| text.contains("who reads"));
    terminal.send("I");
    let refused = "an inversion cannot be made here";
    let elsewhere = "inversion elsewhere: CPU";
    let text = terminal.wait_for("inversion", |text| {
        text.contains(refused) || text.contains(elsewhere)
    });
    if text.contains(refused) {
        skip(refused);
    } else {
        terminal.send("+");
        terminal.wait_for("reader", |text| text.contains("[maps 1]"));
        // Nobody reads at first there.
        terminal.send("I");
        terminal.wait_for("place", |text| {
            text.contains("inversion on the VMA being read") && text.contains("[maps 0]")
        });
        terminal.send("+");
        terminal.wait_for("reader", |text| text.contains("[maps 1]"));
        terminal.send("I");
        terminal.wait_for("its end", |text| {
            !text.contains("inversion on") && text.contains("[maps 0]")
        });
    }
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

/// The number before this word on the screen.
fn number_of(text: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|one| *one == word)?;
    words.get(at.checked_sub(1)?)?.replace(',', "").parse().ok()
}

#[test]
fn a_hunt_runs_from_its_key_until_its_view_is_left() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("9");
    terminal.wait_for("what it will do", |text| text.contains("s starts a hunt"));
    terminal.send("s");
    let sequences = |text: &str| number_of(text, "sequences").unwrap_or(0);
    let text = terminal.wait_for("sequences", |text| {
        text.contains("hunting for") && sequences(text) > 0
    });
    let before = sequences(&text);
    terminal.wait_for("more of them", |text| sequences(text) > before);
    terminal.send("1");
    terminal.wait_for("scans again", |text| {
        first_scan(text) && !text.contains(" - scans/s")
    });
    terminal.send("9");
    terminal.wait_for("its end", |text| text.contains("stopped after"));
    // The end of the program while it hunts.
    terminal.send("s");
    terminal.wait_for("another", |text| text.contains("hunting for"));
    let modifier = terminal.modifier();
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
    modifier.assert_gone();
}

#[test]
fn a_hunt_is_told_what_to_hunt_with_and_ends_when_its_time_is_over() {
    let _alone = alone();
    let mut terminal = demo(&[]);
    terminal.wait_for("first scan", first_scan);
    terminal.send("9o4711");
    terminal.wait_for("the seed", |text| text.contains("▸  4711"));
    // The next row is the time; the fourth after it the first that is there or not.
    terminal.send("\x1b[B ");
    terminal.wait_for("the time", |text| text.contains("▸  10s"));
    terminal.send("\x1b[B\x1b[B\x1b[B ");
    terminal.wait_for("no query", |text| text.contains("[ ] query  "));
    terminal.send("s");
    let footer = |text: &str| text.lines().last().unwrap_or_default().to_owned();
    let text = terminal.wait_for("a hunt", |text| {
        text.contains("hunting for") && text.contains("seed 4711")
    });
    assert!(footer(&text).contains("s stop"), "{text}");
    assert!(!footer(&text).contains("kit"), "{text}");
    terminal.wait_for("its clock", |text| text.contains("hunting for 0:02"));
    let text = terminal.wait_for("its end", |text| text.contains("stopped after 0:1"));
    assert!(footer(&text).contains("s start"), "{text}");
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

#[test]
fn the_demonstration_of_the_lab_begins_by_itself() {
    let _alone = alone();
    let mut terminal = demo(&["demo", "--walk"]);
    terminal.wait_for("first step", |text| text.contains("Nobody reads"));
    terminal.signal(Signal::SIGKILL);
    terminal.wait_for_end();
}
