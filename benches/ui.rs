//! What the screen costs: a frame with 65 000 VMAs, and the time until there
//! is a first live one.

#![allow(clippy::print_stdout)] // what a bench is for

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use nix::pty::{Winsize, openpty};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rustix::time::{ClockId, clock_gettime};
use vmascope::internals::maps::{ScanText, Window};
use vmascope::internals::sampling::TakenScan;
use vmascope::internals::session::{Context, Picture, Snapshot};
use vmascope::internals::tui::Cursor;
use vmascope::internals::tui::Message;
use vmascope::internals::tui::render;
use vmascope::internals::tui::{App, View};
use vmascope::internals::tui::{Depth, Theme};

/// VMAs of the watched address space.
const VMAS: u64 = 65_000;
/// Where the first one starts.
const FIRST: u64 = 0x7f00_0000_0000;
/// Where the next one starts behind it.
const APART: u64 = 0x3000;
/// Columns and rows.
const SIZE: (u16, u16) = (200, 60);
/// Frames timed one by one.
const FRAMES: usize = 2_000;
/// Starts timed.
const STARTS: usize = 11;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut app = App::new(SIZE, Theme::new(Depth::True));
    app.update(Message::Snapshot(Box::new(snapshot())));
    let area = Rect::new(0, 0, SIZE.0, SIZE.1);
    let mut buffer = Buffer::empty(area);
    for view in View::ALL {
        app.view = view;
        let name = format!("frame 200x60, 65,000 VMAs, {}", view.name());
        criterion.bench_function(&name, |b| b.iter(|| render(&app, area, &mut buffer)));
    }
    criterion.final_summary();
    app.view = View::Space;
    let scans = [snapshot(), snapshot()];
    let mut times: Vec<Duration> = (0..FRAMES)
        .map(|frame| {
            // Another scan for each frame, as fast as they ever come.
            let scan = Message::Snapshot(Box::new(scans[frame % 2].clone()));
            // Scrolling through all of it.
            let line = frame as u32 * 32;
            let address = FIRST + u64::from(line) * APART;
            app.space.cursor = Some(Cursor { address, line });
            buffer.reset();
            let before = cpu_time();
            app.update(scan);
            render(&app, area, &mut buffer);
            cpu_time() - before
        })
        .collect();
    times.sort();
    println!(
        "\nCPU time of a frame, scrolling: median {:?}, p99 {:?} (p99 at most 4 ms)",
        times[FRAMES / 2],
        times[FRAMES * 99 / 100]
    );
    let mut starts: Vec<Duration> = (0..STARTS).map(|_| first_live_frame()).collect();
    starts.sort();
    println!(
        "start to first live frame: median {:?}, longest {:?} (at most 150 ms)",
        starts[STARTS / 2],
        starts[STARTS - 1]
    );
}

/// This thread's CPU time.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// A scan of many VMAs, ready to be shown.
fn snapshot() -> Snapshot {
    let lines: Vec<String> = (0..VMAS)
        .map(|k| {
            let start = FIRST + k * APART;
            let letter = if k % 2 == 0 { "rw-p" } else { "r--p" };
            format!("{start:x}-{:x} {letter} 00000000 00:00 0 \n", start + APART)
        })
        .collect();
    let chunks: Vec<String> = lines.chunks(83).map(|lines| lines.concat()).collect();
    let chunks = chunks.iter().map(|chunk| (chunk.as_bytes(), Window::ANY));
    let mut picture = Picture {
        scan: TakenScan {
            text: ScanText::from_chunks(chunks, Window::ANY),
            number: 1,
            ..TakenScan::default()
        },
        ..Picture::default()
    };
    picture.index(Context::default());
    picture.lay_out(Vec::new());
    Snapshot {
        picture: Some(Arc::new(picture)),
        ..Snapshot::default()
    }
}

/// Starts the program on a terminal of its own and waits until it shows a
/// scan.
fn first_live_frame() -> Duration {
    let size = Winsize {
        ws_row: 40,
        ws_col: 120,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pty = openpty(&size, None).expect("a pty");
    let clone = || Stdio::from(pty.slave.try_clone().expect("a descriptor"));
    let begin = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .stdin(clone())
        .stdout(clone())
        .stderr(clone())
        .spawn()
        .expect("vmascope starts");
    let mut screen = File::from(pty.master);
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !seen.windows(7).any(|part| part == b"chunk 0") {
        let read = screen.read(&mut buffer).expect("the screen can be read");
        seen.extend_from_slice(&buffer[..read]);
    }
    let took = begin.elapsed();
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    took
}
