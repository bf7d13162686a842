//! The explorer on a real process, in a real terminal.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::num::NonZero;
use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mprotect};
use vmascope::internals::linux::KernelFacts;

use super::alone;
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

/// Two VMAs of this process: one grows up, step by step, at the expense of the
/// other, whose start so moves up.
struct Moving {
    /// Where the first one starts, and the second one ends.
    range: Range<usize>,
    thread: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Moving {
    const STEP: usize = 0x1_0000;

    fn start() -> Self {
        let size = NonZero::new(1 << 32).unwrap();
        let (none, flags) = (ProtFlags::PROT_NONE, MapFlags::MAP_PRIVATE);
        // SAFETY: nobody else has this memory, and nobody uses it.
        let at = unsafe { mmap_anonymous(None, size, none, flags | MapFlags::MAP_NORESERVE) };
        let at = at.unwrap().as_ptr() as usize;
        // One step in front, so that the first does not merge with another VMA.
        let range = at + Self::STEP..at + size.get();
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (stop, range) = (stop.clone(), range.clone());
            move || {
                for next in range.step_by(Self::STEP) {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let next = NonNull::new(next as *mut c_void).unwrap();
                    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
                    // SAFETY: the same memory, which nobody uses.
                    unsafe { mprotect(next, Self::STEP, access).unwrap() };
                    std::thread::park_timeout(Duration::from_millis(5));
                }
            }
        });
        Moving {
            range,
            thread: Some(thread),
            stop,
        }
    }

    /// The row of the VMA that grows: where it ends, and what the query answers
    /// if that is another end.
    fn growing(&self, text: &str) -> Option<(usize, Option<usize>)> {
        let start = format!(" {:x}-", self.range.start);
        let mut rows = text.lines().filter(|row| row.contains("rw-p"));
        let (_, row) = rows.find_map(|row| row.split_once(&start))?;
        let hex = |text: &str| {
            let digits: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
            usize::from_str_radix(&digits, 16).unwrap()
        };
        Some((hex(row), row.split_once("now to ").map(|(_, end)| hex(end))))
    }
}

impl Drop for Moving {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[test]
fn beside_a_vma_that_moves_is_what_was_asked_later_and_no_row_of_what_it_was() {
    let _alone = alone();
    let moving = Moving::start();
    let pid = std::process::id().to_string();
    let mut terminal = Terminal::start(140, 40, &["attach", &pid], true);
    terminal.wait_for("first scan", |text| text.contains(" Scan "));
    let range = format!("{:x}-{:x}", moving.range.start, moving.range.end);
    // All that is there, then only what has changed lately.
    for more in ["", " ~"] {
        terminal.send(&format!("/\x15{range}{more}\r"));
        terminal.wait_for("both", |text| {
            text.contains("Esc shows all") && text.contains(": 2 of ")
        });
        let (mut ends, mut later) = (BTreeSet::new(), 0);
        let has_query = KernelFacts::detect().unwrap().procmap_query;
        // Some of them with another answer, else nothing was compared.
        while ends.len() < 30 || has_query && later == 0 {
            assert!(ends.len() < 600, "no answer is another one");
            let text = terminal.wait_for("another frame", |_| true);
            let (end, answer) = moving.growing(&text).unwrap_or_else(|| panic!("{text}"));
            assert!(answer.is_none_or(|answer| answer > end), "{text}");
            later += usize::from(answer.is_some());
            ends.insert(end);
            let is_gone = |row: &str| row.starts_with(" −") || row.starts_with(" +");
            assert!(!text.lines().any(is_gone), "{text}");
            // At a page boundary the VMA that grows is printed twice now and then.
            let rows = if text.contains("╰ duplicate") { 3 } else { 2 };
            assert!(text.contains(&format!(": {rows} of ")), "{text}");
        }
    }
    terminal.send("q");
    terminal.wait_for_end();
}
