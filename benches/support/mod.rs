//! What the benches share: a modifier, the bare system calls, an allocator
//! that counts, and ratios of what criterion measured.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use vmascope::stage::Stage;
use vmascope::target::modifier::ModifierOptions;

/// A modifier with so many slots, standing still.
pub fn stage_of(slots: u32) -> Stage {
    Stage::new(&ModifierOptions {
        program: env!("CARGO_BIN_EXE_vmascope").into(),
        slots,
        prove: false,
    })
    .expect("the modifier starts")
}

/// `lseek` and `read` of a page until the end, and nothing else.
pub fn bare_scan(pid: u32) -> impl FnMut() {
    let mut file = File::open(format!("/proc/{pid}/maps")).expect("maps can be opened");
    let mut buffer = vec![0; vmascope::kernel::process::page_size() as usize];
    move || {
        file.rewind().expect("seek");
        while file.read(&mut buffer).expect("read") > 0 {}
    }
}

/// `lseek` and two reads of a page.
pub fn bare_boundary(pid: u32) -> impl FnMut() {
    let mut file = File::open(format!("/proc/{pid}/maps")).expect("maps can be opened");
    let mut buffer = vec![0; vmascope::kernel::process::page_size() as usize];
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

/// Ratios between what criterion has measured.
#[derive(Default)]
pub struct Ratios(Vec<[String; 4]>);

impl Ratios {
    /// Notes a ratio to print: `of` over `over`, both of `group`.
    pub fn want(&mut self, group: &str, of: &str, over: &str, budget: &str) {
        self.0.push([group, of, over, budget].map(str::to_owned));
    }

    /// Prints the ratios of the medians.
    pub fn print(&self) {
        println!("\nratios of medians");
        for [group, of, over, budget] in &self.0 {
            match (median(group, of), median(group, over)) {
                (Some(of_ns), Some(over_ns)) => println!(
                    "  {group:<18} {of:>7} / {over:<5} = {:.2}   ({budget})",
                    of_ns / over_ns
                ),
                _ => println!("  {group:<18} {of:>7} / {over:<5} not measured in this run"),
            }
        }
    }
}

/// The median in nanoseconds that criterion has just saved.
fn median(group: &str, id: &str) -> Option<f64> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let path = target
        .join("criterion")
        .join(group)
        .join(id)
        .join("new/estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
