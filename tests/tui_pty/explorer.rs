//! The explorer on a real process, in a real terminal.

use std::process::{Child, Command, Stdio};

use vmascope::kernel::features::KernelFacts;

use crate::terminal::Terminal;
use crate::{alone, skip};

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
        Terminal::start(120, 40, &["attach", &pid], true)
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
    terminal.send("g7ffffffff000\r");
    terminal.wait_for("an address", |text| text.contains("▸"));
    terminal.send("\r");
    if KernelFacts::detect().unwrap().procmap_query {
        terminal.wait_for("an answer", |text| {
            text.contains("page size") || text.contains("gate VMA")
        });
    } else {
        skip("PROCMAP_QUERY came with Linux 6.11");
    }
    terminal.send("\x1b");
    terminal.send("/heap\r\x1b[B\r");
    terminal.wait_for("the heap", |text| text.contains("line in maps"));
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
