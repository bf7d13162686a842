//! The Protocol view in a real terminal, and a hole of the running kernel
//! explained by it.

use crate::holes::shows_the_empty_tree;
use crate::terminal::Terminal;

#[test]
fn the_model_is_stepped_and_its_checks_are_switched_by_keys() {
    let arguments = ["demo", "--scenario", "split-tail"];
    let mut terminal = Terminal::start(120, 40, &arguments, true);
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    terminal.send("8");
    terminal.wait_for("the model of what runs", |text| {
        text.contains("case   split-tail ") && text.contains("✗ H2, in 41 steps")
    });
    terminal.send("x");
    terminal.wait_for("no gap check", |text| text.contains("reader no-gap-check"));
    terminal.send("n");
    // To the end of the trace.
    terminal.send("\x1b[F");
    terminal.wait_for("the changelog's hole", |text| {
        text.contains("✗ prints r 2-3") && text.contains("step 24 of 24")
    });
    terminal.send("xhHt");
    terminal.wait_for("all cures", |text| {
        text.contains("reader merged-all-cures") && text.contains("✓ holds")
    });
    terminal.send("rw");
    terminal.wait_for("two steps", |text| text.contains("step 2 of 2"));
    // The left arrow.
    terminal.send("\x1b[D");
    terminal.wait_for("a step back", |text| text.contains("step 1 of 2"));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

#[test]
fn the_walk_of_a_seed_is_stepped_through() {
    let arguments = [
        "demo",
        "--scenario",
        "replace",
        "--protocol",
        "merged",
        "--seed",
        "3",
    ];
    let mut terminal = Terminal::start(120, 40, &arguments, true);
    terminal.wait_for("the walk", |text| text.contains(" seed 3, step "));
    terminal.send("\x1b[F");
    terminal.wait_for("its hole", |text| {
        text.contains(" seed 3, step 28 of 28 ") && text.contains("✗ hole")
    });
    terminal.send("\x1b[D");
    terminal.wait_for("a step back", |text| text.contains("step 27 of 28"));
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn a_hole_of_this_kernel_is_explained() {
    if !shows_the_empty_tree() {
        return;
    }
    let arguments = ["demo", "--scenario", "replace"];
    let mut terminal = Terminal::start(120, 40, &arguments, true);
    terminal.wait_for("hole", |text| text.contains("HOLE (H1): "));
    // It is played to the step that matters.
    terminal.send("3e ");
    let shown = terminal.wait_for("its explanation", |text| text.contains("empty tree: H1."));
    assert!(shown.contains("case   replace "), "{shown}");
    assert!(shown.contains("✗ hole H1, replace by maps"), "{shown}");
    assert!(shown.contains("◆ finds r 2-3 again: believed"), "{shown}");
    terminal.send("q");
    terminal.wait_for_end();
}
