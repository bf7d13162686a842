//! The explorer on a real process, in a real terminal.

use std::process::{Child, Command, Stdio};

use vmascope::internals::linux::KernelFacts;

use crate::alone;
use crate::support::skip;
use crate::terminal::Terminal;

/// A process that ends with the test.
struct Target(Child);

impl Target {
    /// A shell that holds more and more memory.
    fn growing() -> Self {
        let script = "a=; while :; do a=\"$a$(printf %40000s x)\"; sleep 0.1; done";
        let mut shell = Command::new("sh");
        let shell = shell.args(["-c", script]).stdout(Stdio::null());
        Target(shell.spawn().unwrap())
    }

    fn watch(&self) -> Terminal {
        let pid = self.0.id().to_string();
        // Room for a minute's changes above what smaps says.
        Terminal::start(120, 150, &["attach", &pid], true)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn shows_lines(text: &str) -> bool {
    text.contains(" Scan ") && text.contains("[heap]")
}

#[test]
fn what_grew_in_the_last_minute_and_what_the_kernel_says_of_it() {
    let _alone = alone();
    let target = Target::growing();
    let mut terminal = target.watch();
    terminal.wait_for("first scan", shows_lines);
    terminal.send("/~grow\r");
    terminal.wait_for("what grew", |text| {
        text.contains("filter ~grow") && text.contains("grow +")
    });
    terminal.send("\x1b");
    terminal.wait_for("everything again", |text| text.contains("r-xp"));
    // The first VMA, whatever that is.
    terminal.send("g0\r");
    terminal.wait_for("an address", |text| text.contains("▸"));
    terminal.send("\r");
    if KernelFacts::detect().unwrap().procmap_query {
        terminal.wait_for("an answer", |text| text.contains("page size"));
    } else {
        skip("PROCMAP_QUERY came with Linux 6.11");
    }
    // Esc and a key in one read would be one key with Alt.
    terminal.send("\x1b");
    terminal.wait_for("the list", |text| !text.contains("line in maps"));
    terminal.send("/heap\r");
    terminal.wait_for("the filter", |text| text.contains("filter heap: 1 of"));
    let is_heap = |text: &str, mark: &str| {
        let mut lines = text.lines();
        lines.any(|line| line.contains(mark) && line.contains("[heap]"))
    };
    // The down arrow.
    terminal.send("\x1b[B");
    terminal.wait_for("the heap in the list", |text| is_heap(text, "▸"));
    terminal.send("\r");
    terminal.wait_for("the heap", |text| is_heap(text, "line in maps"));
    terminal.send("u");
    terminal.wait_for("smaps", |text| text.contains("VmFlags"));
    terminal.send("l");
    terminal.wait_for("the log", |text| text.contains(" changes, "));
    terminal.send("qq");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}

#[test]
fn control_c_leaves_while_something_is_typed() {
    let _alone = alone();
    let target = Target::growing();
    let mut terminal = target.watch();
    terminal.wait_for("first scan", shows_lines);
    terminal.send("/q");
    terminal.wait_for("text", |text| text.contains("filter: q"));
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    terminal.assert_sane();
}
