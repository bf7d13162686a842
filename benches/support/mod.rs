//! What the benches share: a modifier, the bare system calls, an allocator
//! that counts, and ratios.

#![allow(unreachable_pub)] // a module of each bench, not of a library

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::io::{Read, Seek};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use vmascope::internals::modifier::ModifierOptions;
use vmascope::internals::setup::ModifierSetup;

/// A modifier with so many slots, standing still.
pub fn stage_of(slots: u32) -> ModifierSetup {
    ModifierSetup::new(&ModifierOptions {
        program: env!("CARGO_BIN_EXE_vmascope").into(),
        slots,
        touch_thread: false,
        writers: 1,
        ..ModifierOptions::default()
    })
    .expect("the modifier starts")
}

/// `lseek` and `read` of a page until the end, and nothing else.
pub fn bare_scan(pid: u32) -> impl FnMut() {
    let mut file = File::open(format!("/proc/{pid}/maps")).expect("maps can be opened");
    let mut buffer = vec![0; vmascope::internals::linux::page_size() as usize];
    move || {
        file.rewind().expect("seek");
        while file.read(&mut buffer).expect("read") > 0 {}
    }
}

/// `lseek` and two reads of a page.
pub fn bare_boundary(pid: u32) -> impl FnMut() {
    let mut file = File::open(format!("/proc/{pid}/maps")).expect("maps can be opened");
    let mut buffer = vec![0; vmascope::internals::linux::page_size() as usize];
    move || {
        file.rewind().expect("seek");
        for _ in 0..2 {
            assert!(file.read(&mut buffer).expect("read") > 0);
        }
    }
}

/// The system's allocator, counting.
pub struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

impl Counting {
    /// Allocations so far.
    pub fn count() -> u64 {
        ALLOCATIONS.load(Ordering::Relaxed)
    }
}

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Ratios of medians, measured in turns: what else the machine does then
/// slows both sides alike.
#[derive(Default)]
pub struct Ratios(Vec<String>);

impl Ratios {
    /// Times `ours` and `bare` in `rounds` turns of `each` calls, and notes
    /// the ratio of the median times.
    pub fn measure(
        &mut self,
        what: &str,
        (rounds, each): (usize, usize),
        mut ours: impl FnMut(),
        mut bare: impl FnMut(),
        budget: &str,
    ) {
        let time = |call: &mut dyn FnMut()| {
            let start = Instant::now();
            for _ in 0..each {
                call();
            }
            start.elapsed().as_secs_f64() / each as f64
        };
        let (mut of, mut over) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            let times = (time(&mut ours), time(&mut bare));
            // The first round warms up.
            if round > 0 {
                of.push(times.0);
                over.push(times.1);
            }
        }
        let (of, over) = (median(&mut of), median(&mut over));
        self.0.push(format!(
            "  {what:<44} {:>9.1} µs / {:>9.1} µs = {:.2}   ({budget})",
            of * 1e6,
            over * 1e6,
            of / over
        ));
    }

    /// Prints them.
    pub fn print(&self) {
        println!("\nratios of medians, measured in turns");
        for line in &self.0 {
            println!("{line}");
        }
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
