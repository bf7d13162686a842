//! A target that maps and unmaps at full speed with eight threads: the test
//! program run again.

use std::io::{BufRead, BufReader, Read};
use std::num::NonZero;
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use vmascope::internals::algorithms::Random;

const THREADS: usize = 8;

/// Runs this test program's ignored test [`helper_churns`]; it is killed when this
/// is dropped.
pub(crate) struct Churning {
    child: Child,
    /// Kept open: after a minute the test harness has something to say.
    _output: BufReader<ChildStdout>,
}

impl Churning {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "churning::helper_churns",
                "--nocapture",
                "--ignored",
            ])
            .env("CHURN", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("churning") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "it has ended");
        }
        Churning {
            child,
            _output: output,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Churning {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Maps, protects and unmaps until standard input is closed; does nothing
/// unless a [`Churning`] asked for it.
#[test]
#[ignore = "only run by other tests, as a target"]
#[expect(clippy::print_stdout, reason = "it says when it begins")]
fn helper_churns() {
    if std::env::var_os("CHURN").is_none() {
        return;
    }
    for seed in 0..THREADS {
        std::thread::spawn(move || churn_on_one_thread(seed as u64 + 1));
    }
    println!("churning");
    // Ends with whoever holds the other end.
    let _ = std::io::stdin().read(&mut [0]);
}

fn churn_on_one_thread(seed: u64) {
    const LENGTH: usize = 1 << 16;
    let mut random = Random::new(seed);
    let mut mapped = Vec::new();
    loop {
        let length = NonZero::new(LENGTH).unwrap();
        // SAFETY: a new anonymous mapping, at an address the kernel chooses; it
        // is never accessed.
        let new = unsafe {
            mmap_anonymous(None, length, ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE).unwrap()
        };
        mapped.push(new);
        // SAFETY: the middle of that mapping, which nothing refers to.
        unsafe {
            let middle = new.byte_add(LENGTH / 4);
            mprotect(middle, LENGTH / 2, ProtFlags::PROT_NONE).unwrap();
        }
        if mapped.len() > 16 {
            let at = random.below(mapped.len() as u64) as usize;
            let old = mapped.swap_remove(at);
            // SAFETY: mapped above, and nothing refers to it.
            unsafe { munmap(old, LENGTH).unwrap() };
        }
    }
}
